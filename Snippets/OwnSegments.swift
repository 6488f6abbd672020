// Segments of one's own, which must cover every score once.

import Cohorts
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let segments = try RFMSegments(
  classes: 2,
  [
    RFMSegments.Segment("Keep", "222 221 212 211"),
    RFMSegments.Segment("Win back", "122 121 112"),
    RFMSegments.Segment("Let go", "111"),
  ])
let thresholds = RFMThresholds(recency: [7], frequency: [1], monetary: [60])
let query = RFMQuery(
  asOf: log.days!.upperBound, scoring: .thresholds(thresholds), segments: segments)
print(query.evaluate(log))

do {
  _ = try RFMSegments(classes: 2, Array(segments.segments.dropLast()))
} catch {
  print(error)
}
