// Conditions on events are values.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()

let big = EventPredicate { $0.name == .purchase && $0[.value] > 50 }
print(big)
print(log.count(where: big))

// Fields, items, user properties.
let mobile = EventPredicate { $0[field: .deviceCategory] == "mobile" }
let apparel = EventPredicate { $0.items.contains { $0.category == "Apparel" && $0.price > 20 } }
print(log.count(where: mobile && apparel))

// An absent value compares with nothing, so these two are not the same:
print(log.count(where: EventPredicate { $0[.currency] != "USD" }))
print(log.count(where: !EventPredicate { $0[.currency] == "USD" }))

// The events that meet a condition, as if only these had been read.
let carts = log.filter { $0.name == .addToCart }
print(carts)
