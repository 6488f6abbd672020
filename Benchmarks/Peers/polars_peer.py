"""The tasks in Polars."""

import polars as pl

import schema

NAME = "Polars"
TYPES = {"text": pl.String, "integer": pl.Int64, "number": pl.Float64}


def version():
    return pl.__version__


class Peer:
    """The number of threads is set by POLARS_MAX_THREADS before Polars is imported."""

    def __init__(self, csv, ndjson, threads):
        assert pl.thread_pool_size() == threads, "POLARS_MAX_THREADS must be set first"
        self.csv = csv
        self.events = None
        # A file of purchases, named by who needs it, and the frame of it.
        self.purchases = None
        self.orders = None

    def prepare(self, task):
        if task == "rfm":
            self.load_orders()
        elif not task.startswith("read"):
            self.load()

    def read_csv(self):
        return self.read(self.csv)

    def read(self, path):
        return pl.read_csv(path, schema={key: TYPES[kind] for key, kind in schema.CSV.items()})

    def load_orders(self):
        """Purchases sorted by user and time, with users and transactions as numbers."""
        if self.orders is not None:
            return
        self.orders = self.read(self.purchases).select(
            usr=pl.col("user_id").rank("dense").cast(pl.UInt32), ts="event_timestamp",
            day=pl.col("event_date").cast(pl.String).str.to_date("%Y%m%d"),
            tx=pl.col("transaction_id").rank("dense").cast(pl.UInt32),
            revenue="purchase_revenue_usd",
        ).sort("usr", "ts").rechunk()

    def read_csv_answer(self, frame):
        row = frame.select(
            pl.len(), pl.col("user_id").drop_nulls().n_unique(),
            (pl.col("event_timestamp") // 1_000_000).sum(), pl.col("transaction_id").count(),
            pl.col("purchase_revenue_usd").sum(), pl.col("country").drop_nulls().n_unique()
            .alias("countries"))
        return [list(row.row(0))]

    def load(self):
        """A frame sorted by user and time, users as numbers, other texts as enumerations."""
        if self.events is not None:
            return
        raw = self.read_csv()
        enums = {
            name: pl.Enum(raw[name].drop_nulls().unique().sort())
            for name in ("event_name", "source", "medium")}
        self.events = raw.select(
            usr=pl.col("user_id").rank("dense").cast(pl.UInt32), ts="event_timestamp",
            day=pl.col("event_date").cast(pl.String).str.to_date("%Y%m%d"),
            name=pl.col("event_name").cast(enums["event_name"]),
            source=pl.col("source").cast(enums["source"]),
            medium=pl.col("medium").cast(enums["medium"]), revenue="purchase_revenue_usd",
        ).sort("usr", "ts").rechunk()

    def dau(self):
        events = self.events.lazy()
        return {
            "n_unique": events.group_by("day").agg(pl.col("usr").n_unique()),
            "unique, then count":
                events.select("day", "usr").unique().group_by("day").agg(pl.len()),
            "sorted rows":
                events.filter((pl.col("usr") != pl.col("usr").shift(1)).fill_null(True)
                              | (pl.col("day") != pl.col("day").shift(1)))
                .group_by("day").agg(pl.len()),
        }

    def gap_sessions(self):
        events = self.events.lazy()
        usr, ts = pl.col("usr"), pl.col("ts")
        return {
            "window by user":
                events.filter((ts.diff().over("usr") > schema.GAP_MICROSECONDS).fill_null(True))
                .group_by("day").agg(pl.len()),
            "sorted rows":
                events.filter(((usr != usr.shift(1)) | (ts.diff() > schema.GAP_MICROSECONDS))
                              .fill_null(True))
                .group_by("day").agg(pl.len()),
        }

    def fact_table(self):
        name, revenue = pl.col("name"), pl.col("revenue")
        events = self.events.lazy()
        figures = ("session_start", "add_to_cart", "purchase")
        return {
            "filtered counts":
                events.group_by("day", "source", "medium").agg(
                    *[(name == figure).sum().alias(figure) for figure in figures],
                    revenue.filter(name == "purchase").sum()),
            "by name, then pivot":
                events.group_by("day", "source", "medium", "name")
                .agg(n=pl.len(), revenue=revenue.sum())
                .group_by("day", "source", "medium").agg(
                    *[pl.col("n").filter(name == figure).sum().alias(figure)
                      for figure in figures],
                    revenue.filter(name == "purchase").sum()),
        }

    def rfm(self):
        """Repeats lie beside each other in the rows, so keeping any first one is right."""
        r, f, m = pl.col("recency"), pl.col("orders"), pl.col("revenue")

        def passed(value):
            quantiles = [value.quantile(i / 5, "linear") for i in range(1, 5)]
            return sum((value > q).cast(pl.UInt8) for q in quantiles)

        def customers(orders):
            return orders.group_by("usr").agg(
                recency=(pl.lit(schema.RFM_DAY) - pl.col("day").max()).dt.total_days(),
                orders=pl.len(), revenue=pl.col("revenue").sum())

        def scores(frame):
            return (frame.select(
                        "orders", "revenue", r=5 - passed(r), f=1 + passed(f), m=1 + passed(m))
                    .group_by("r", "f", "m").agg(pl.len(), f.sum(), m.sum()))

        orders = self.orders.lazy()
        return {
            "unique ids":
                scores(customers(orders.unique("tx", keep="any"))),
            "group by id, then user":
                scores(customers(orders.group_by("tx").agg(
                    pl.col("usr").first(), pl.col("day").first(), pl.col("revenue").first()))),
            "sorted rows":
                scores(customers(orders.filter(
                    (pl.col("tx") != pl.col("tx").shift(1)).fill_null(True)))),
        }

    def retention(self):
        events = self.events.lazy()
        usr, day = pl.col("usr"), pl.col("day")
        distance = (day - pl.col("first")).dt.total_days().alias("distance")
        days = events.select("usr", "day").unique()
        firsts = events.group_by("usr").agg(first=day.min())
        starts = (usr != usr.shift(1)).fill_null(True)
        return {
            "first day by window":
                days.with_columns(first=day.min().over("usr"))
                .group_by("first", distance).agg(pl.len()),
            "join with first days":
                days.join(firsts, on="usr").group_by("first", distance).agg(pl.len()),
            "list of days by user":
                events.group_by("usr").agg(first=day.min(), day=day.unique()).explode("day")
                .group_by("first", distance).agg(pl.len()),
            "sorted rows":
                events.select("usr", "day").filter(starts | (day != day.shift(1)))
                .with_columns(first=pl.when(starts).then(day).forward_fill())
                .group_by("first", distance).agg(pl.len()),
        }

    def variants(self, task):
        if task == "read_csv":
            return {"typed": (self.read_csv, self.read_csv_answer)}
        if task in ("read_ndjson", "funnel"):
            return {}

        def answer(frame):
            if task == "rfm":
                return schema.scores(frame.rows())
            rows = [[str(row[0]), *row[1:]] for row in frame.rows()]
            return schema.facts(rows) if task == "fact_table" else rows

        return {
            f"{name}, {engine}": (lambda q=query, e=engine: q.collect(engine=e), answer)
            for name, query in getattr(self, task)().items()
            for engine in ("in-memory", "streaming")
        }
