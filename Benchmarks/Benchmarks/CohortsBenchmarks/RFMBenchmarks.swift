import Benchmark
import BenchmarkSample
import Cohorts
import GA4Model
import GA4Samples

/// Registers the benchmarks of RFM and churn.
func measureRFM() {
  let end = Sample.shop.days.upperBound
  measure("RFM", RFMQuery(asOf: end))
  measure("RFM, every purchase", RFMQuery(asOf: end, purchases: .none))
  measure("churn", ChurnQuery(after: end.advanced(by: -7), within: 7))
}
