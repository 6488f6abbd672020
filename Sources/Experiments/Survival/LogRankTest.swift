import StatisticsCore

/// The log-rank test: whether several groups have events at the same rate at all times.
///
/// At each time of an event the events are shared out in proportion to those at risk; the statistic
/// compares the sums with those observed. Empty groups are left out. With fewer than two groups, or
/// if no event ever finds two groups at risk, the statistic is 0 and p is 1.
///
/// Source: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163–170; R. Peto and J. Peto 1972.
public struct LogRankTest: SignificanceTest {
  /// χ².
  public let statistic: Double
  /// The degrees of freedom: the number of groups that were compared minus 1.
  public let degreesOfFreedom: Int
  /// The observed number of events of each group.
  public let observed: [Double]
  /// The number expected under the null hypothesis.
  public let expected: [Double]
  private let probability: TailProbability

  /// Tests groups of survival times.
  /// - Complexity: O(*n* log *n* + *t k*²), where *n* is the number of units, *t* that of times with
  ///   events and *k* that of groups.
  public init(_ groups: [[SurvivalTime]]) {
    let count = groups.count
    let sorted = groups.map { $0.sorted { $0.time < $1.time } }
    var places = Array(repeating: 0, count: count)
    var observed = Array(repeating: 0.0, count: count)
    var expected = observed
    var covariance = Array(repeating: observed, count: count)
    for (time, atRisk, events) in EventTimes(groups.flatMap { $0 }) {
      var risks: [Double] = []
      for group in 0..<count {
        while places[group] < sorted[group].count, sorted[group][places[group]].time < time {
          places[group] += 1
        }
        risks.append(Double(sorted[group].count - places[group]))
        var place = places[group]
        while place < sorted[group].count, sorted[group][place].time == time {
          if sorted[group][place].isEvent { observed[group] += 1 }
          place += 1
        }
      }
      let (n, d) = (Double(atRisk), Double(events))
      for i in 0..<count {
        expected[i] += d * risks[i] / n
        guard atRisk > 1 else { continue }
        let factor = d * (n - d) / (n - 1)
        for j in 0..<count {
          let share = i == j ? risks[i] / n * (1 - risks[i] / n) : -risks[i] / n * (risks[j] / n)
          covariance[i][j] += factor * share
        }
      }
    }
    (self.observed, self.expected) = (observed, expected)
    // Groups that were never compared have no variance; of the others the last one follows from
    // the rest.
    let compared = (0..<count).filter { covariance[$0][$0] > 0 }.dropLast()
    let matrix = compared.map { i in compared.map { covariance[i][$0] } }
    let excess = compared.map { observed[$0] - expected[$0] }
    guard let solution = solve(matrix, excess), !compared.isEmpty else {
      (statistic, degreesOfFreedom, probability) = (0, 0, .one)
      return
    }
    degreesOfFreedom = compared.count
    statistic = max(0, zip(excess, solution).reduce(0) { $0 + $1.0 * $1.1 })
    probability = ChiSquareDistribution(degreesOfFreedom: Double(compared.count))
      .upper(statistic)
  }

  public var method: String { "Log-rank test" }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}

/// Returns the solution of a system with a positive definite matrix, or `nil` without one.
private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
  guard let factor = CholeskyFactor(matrix) else { return nil }
  return factor.solve(right)
}
