// How long units take, from which entry, and how the times are spread.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
var query = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.purchase)],
  window: .fromFirstStep(.seconds(7 * 86_400)))

let time = query.evaluate(log).timeToConvert(from: 0, to: 2)!
print(time.count, "users, mean", time.mean, "median", time.median, "seconds")
for bin in time.histogram(bins: 4) { print(bin.lower, bin.upper, bin.count) }

// From the first contact inside the window instead of the latest.
query.times = .fromFirstEntry
print(query.evaluate(log).timeToConvert(from: 0, to: 2)!.median)

// Counts alone: the state keeps no time.
query.times = .notMeasured
let counts = query.evaluate(log)
print(counts.steps.map(\.count), counts.timeToConvert(from: 0, to: 2) == nil)
