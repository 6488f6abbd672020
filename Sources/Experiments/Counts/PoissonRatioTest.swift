import StatisticsCore

/// The test of the ratio of two Poisson rates.
///
///     let test = PoissonRatioTest(PoissonRate(60, per: 51477.5), PoissonRate(30, per: 54308.7))
///     test.pValue   // 0.000675…
///
/// Without any events p is 1, the estimate is `nil` and the interval is 0…∞.
///
/// Source: J. Przyborowski and H. Wilenski, Biometrika 31 (1940), 313–323 (conditional); K. Gu,
/// H. K. T. Ng, M. L. Tang and W. R. Schucany, Biometrical Journal 50 (2008), 283–298 (the others).
public struct PoissonRatioTest: SignificanceTest {
  /// How the probability is found.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Given the events of both together, those of the first are binomial: never rejects too often.
    case conditional
    /// By the normal distribution, with the variance of the null hypothesis.
    case score
    /// By the normal distribution, with the variance of the observed rates.
    case wald
    /// By the score statistic's own distribution under the best fit of the null hypothesis (the
    /// E-test): closer to its level than the conditional one.
    case parametric
  }

  /// The first rate.
  public let first: PoissonRate
  /// The second rate.
  public let second: PoissonRate
  /// The first rate divided by the second under the null hypothesis.
  public let nullRatio: Double
  /// How the probability is found.
  public let kind: Method
  public let alternative: Alternative
  /// z, or for ``Method/conditional`` the first count.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the first rate divided by the second is `nullRatio`.
  /// - Complexity: O(1), conditional O(log *c*), parametric O(√*c* log *c*), where *c* is the number
  ///   of events.
  public init(
    _ first: PoissonRate, _ second: PoissonRate, nullRatio: Double = 1,
    method: Method = .conditional, alternative: Alternative = .twoSided
  ) {
    precondition(
      nullRatio > 0 && nullRatio.isFinite, "The ratio of two rates is finite and above zero.")
    (self.first, self.second, self.nullRatio) = (first, second, nullRatio)
    (kind, self.alternative) = (method, alternative)
    // The ratio of the expected counts under the null hypothesis.
    let ratio = nullRatio * (first.exposure / second.exposure)
    let (x, y) = (Double(first.count), Double(second.count))
    guard first.count + second.count > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    switch method {
    case .conditional:
      let test = BinomialTest(
        Proportion(first.count, of: first.count + second.count),
        nullRate: ratio / (1 + ratio), alternative: alternative)
      statistic = x
      probability = TailProbability(value: test.pValue, log: test.logP)
    case .score, .parametric:
      let z = ScoreStatistic(ratio: ratio).value(x, y)
      statistic = z
      probability =
        method == .score
        ? alternative.normalTail(z)
        : ScoreStatistic(ratio: ratio).tail(x, y, alternative)
    case .wald:
      let z = (x - y * ratio) / (x + y * ratio * ratio).squareRoot()
      statistic = z
      probability = alternative.normalTail(z)
    }
  }

  public var method: String {
    switch kind {
    case .conditional: "Exact conditional test of two Poisson rates"
    case .score: "Score test of two Poisson rates"
    case .wald: "Wald test of two Poisson rates"
    case .parametric: "E-test of two Poisson rates"
    }
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The first rate divided by the second: ∞ if only the second is zero, `nil` if both are.
  public var estimate: Double? {
    first.count + second.count == 0 ? nil : first.rate / second.rate
  }

  /// Returns the exact conditional interval of the ratio, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    let total = first.count + second.count
    guard total > 0 else { return 0...Double.infinity }
    let share = BinomialTest(
      Proportion(first.count, of: total), nullRate: 0.5, alternative: alternative
    ).confidenceInterval(level: level)
    let factor = second.exposure / first.exposure
    func ratio(_ share: Double) -> Double { share / (1 - share) * factor }
    return ratio(share.lowerBound)...ratio(share.upperBound)
  }
}

/// The score statistic of two counts whose expectations have a given ratio.
private struct ScoreStatistic {
  let ratio: Double

  func value(_ x: Double, _ y: Double) -> Double {
    x + y == 0 ? 0 : (x - y * ratio) / ((x + y) * ratio).squareRoot()
  }

  /// Returns the probability of a statistic at least as extreme if the counts are those of the best
  /// fit.
  ///
  /// For each first count the statistic falls with the second, so that a tail of it counts.
  func tail(_ x: Double, _ y: Double, _ alternative: Alternative) -> TailProbability {
    let observed = value(x, y)
    let mean = (x + y) / (1 + ratio)
    let (first, second) = (
      PoissonDistribution(mean: mean * ratio), PoissonDistribution(mean: mean)
    )
    let slack = 1e-12 * max(1, abs(observed))
    let far = alternative == .twoSided ? abs(observed) : observed
    let tiny = 1e-25
    let range = first.quantile(tiny)...first.upperQuantile(tiny)
    let limit = Double(second.upperQuantile(tiny)) + 10
    /// The number of second counts from 0 on for which a condition holds that fails from some count
    /// on.
    func length(_ holds: (Double) -> Bool) -> Double {
      if !holds(0) { return 0 }
      var (low, high) = (0.0, limit)
      if holds(limit) { return limit + 1 }
      while high - low > 1 {
        let middle = ((low + high) / 2).rounded(.down)
        if holds(middle) { low = middle } else { high = middle }
      }
      return high
    }
    var sum = 0.0
    for count in range {
      let x = Double(count)
      var share = 0.0
      if alternative != .less {
        let length = length { value(x, $0) >= far - slack }
        share += second.lower(Int(length) - 1).value
      }
      if alternative != .greater {
        let bound = alternative == .twoSided ? -far : far
        let length = length { value(x, $0) > bound + slack }
        share += second.upper(Int(length)).value
      }
      sum += first.mass(count).value * min(1, share)
    }
    return TailProbability(min(1, sum))
  }
}
