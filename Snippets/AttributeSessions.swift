// Where each session came from.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let attribution = SessionAttribution(log, lookback: .seconds(30 * 86_400))
for index in 0..<3 {
  let source = attribution.source(ofSession: index)
  let group = ChannelGrouping.ga4.group(for: source)
  print(log.sessions[index].start, source.source ?? "-", source.medium ?? "-", group)
}
