import GA4Model
import GA4Samples

let path = "events.ndjson"

// A made-up shop stands in for your own export.
let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-30")!
let shop = SampleShop(seed: 1, users: 2_000, days: days, dirt: .realistic)
try NDJSONWriter().write(shop.events, toPath: path)
