// A funnel over logs that hold the same users, such as one for each day.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let funnel = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.purchase)],
  window: .fromFirstStep(.seconds(7 * 86_400)))

// A day at a time, in any order.
let query = FunnelPartsQuery(funnel)
var state = query.makeState()
for day in log.days!.reversed() { state.update(log.filter(days: day...day)) }
print(state.report())
print(state.report() == funnel.evaluate(log))

// Kept until tomorrow.
let bytes = state.encoded()
let again = try FunnelPartsState(decoding: bytes, query: query)
print(again.report() == state.report())
