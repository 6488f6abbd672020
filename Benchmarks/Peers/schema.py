"""The columns of the shared files, spelled once for all engines."""

from datetime import date

# Types: text, integer, number, date (20240131 as a whole number). A dict is a record, a list of
# one element a repeated one.
CSV = {
    "user_id": "text", "event_date": "integer", "event_timestamp": "integer",
    "event_name": "text", "country": "text", "device_category": "text", "source": "text",
    "medium": "text", "transaction_id": "text", "purchase_revenue_usd": "number",
}

NDJSON = {
    "event_date": "text",
    "event_timestamp": "integer",
    "event_name": "text",
    "user_id": "text",
    "user_pseudo_id": "text",
    "event_params": [{
        "key": "text",
        "value": {
            "string_value": "text", "int_value": "integer", "float_value": "number",
            "double_value": "number"},
    }],
    "user_properties": [{
        "key": "text",
        "value": {
            "string_value": "text", "int_value": "integer", "float_value": "number",
            "double_value": "number", "set_timestamp_micros": "integer"},
    }],
    "event_bundle_sequence_id": "integer",
    "event_value_in_usd": "number",
    "user_first_touch_timestamp": "integer",
    "device": {
        "category": "text", "is_limited_ad_tracking": "text", "language": "text",
        "mobile_brand_name": "text", "mobile_model_name": "text", "operating_system": "text",
        "operating_system_version": "text",
        "web_info": {"browser": "text", "browser_version": "text"},
    },
    "geo": {
        "city": "text", "continent": "text", "country": "text", "region": "text",
        "sub_continent": "text"},
    "traffic_source": {"medium": "text", "name": "text", "source": "text"},
    "ecommerce": {
        "purchase_revenue": "number", "purchase_revenue_in_usd": "number",
        "refund_value": "number", "refund_value_in_usd": "number", "shipping_value": "number",
        "shipping_value_in_usd": "number", "tax_value": "number", "tax_value_in_usd": "number",
        "total_item_quantity": "integer", "transaction_id": "text", "unique_items": "integer",
    },
    "platform": "text",
    "privacy_info": {"uses_transient_token": "text"},
    "stream_id": "text",
    "items": [{
        "coupon": "text", "creative_slot": "text", "item_brand": "text",
        "item_category": "text", "item_id": "text", "item_list_index": "text",
        "item_list_name": "text", "item_name": "text", "item_refund": "number",
        "item_revenue": "number", "price": "number", "promotion_id": "text",
        "promotion_name": "text", "quantity": "integer",
    }],
}

# The day from which recency is counted.
RFM_DAY = date(2025, 1, 1)



def scores(rows):
    """The three scores of each row as one text."""
    return [[f"{r}{f}{m}", *sums] for r, f, m, *sums in rows]


# The funnel and its window.
FUNNEL = ("view_item", "add_to_cart", "begin_checkout", "add_payment_info", "purchase")
FUNNEL_MICROSECONDS = 7 * 86_400 * 1_000_000


def funnel(levels):
    """How many units reach each step, from how many stop at each level."""
    stopped = dict(levels)
    return [[step + 1, sum(n for level, n in stopped.items() if level > step)]
            for step in range(len(FUNNEL))]


# Seconds are counted from here in the checks, so that their sum stays small.
GAP_MICROSECONDS = 30 * 60 * 1_000_000


def channel_group(source, medium):
    """The group of the library's `ChannelGrouping.simple`; the first rule that matches decides."""
    source, medium = (source or "").lower(), (medium or "").lower()
    if "organic" in medium:
        return "Organic Search"
    if source in ("google", "bing", "yahoo") and medium in ("cpc", "ppc", "paid", "paid-search"):
        return "Paid Search"
    if medium == "email":
        return "Email"
    if medium in ("social", "social-network", "social-media") or source in (
            "facebook", "twitter", "instagram", "linkedin"):
        return "Social"
    if medium == "affiliate":
        return "Affiliates"
    if medium == "referral":
        return "Referral"
    if medium in ("display", "cpm", "banner"):
        return "Display"
    if medium in ("(none)", "none", "direct") or source == "(direct)":
        return "Direct"
    return "Other"


def facts(rows):
    """Rows of day, source, medium and figures with the channel group put in its place."""
    return [
        [str(day), channel_group(source, medium), source or "", medium or "", *figures]
        for day, source, medium, *figures in rows
    ]
