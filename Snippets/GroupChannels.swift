// GA4's channels, a shorter rule, and rules of one's own.

import GA4Model
import GA4Samples
import ProductMetrics

let newsletter = ChannelInput(source: "news.example", medium: "podcast")
print(ChannelGrouping.ga4.group(for: newsletter))

var own = ChannelGrouping.ga4
own.name = "With podcasts"
own.rules.insert(ChannelRule("Podcasts", .medium(.equals("podcast"))), at: 0)
print(own.group(for: newsletter))

// The rules are data and say in words what they do.
print(ChannelGrouping.simple)

// One log, told by the source of the session or by where the user first came from.
let log = try SampleShop.small.log()
let simple = EventDimension.channel(.simple, scope: .firstUser)
for dimension in [EventDimension.channel, simple] {
  let report = MetricsQuery(by: [dimension]).evaluate(log)
  print(dimension)
  for row in report.rows { print("  \(row.key[0] ?? "none"): \(row.metrics.sessions)") }
}
