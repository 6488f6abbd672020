import StatisticsCore

/// The Shapiro–Wilk test: whether a sample comes from a normal distribution.
///
/// With fewer than three values, or if all are equal, there is no shape to judge: the statistic is 1
/// and p is 1. Royston's approximation holds up to 5,000 values; beyond, p is only roughly right, and
/// the smallest departure is found anyway.
///
/// Source: P. Royston, *Remark AS R94: A remark on Algorithm AS 181: The W-test for normality*,
/// Applied Statistics 44 (1995), 547–551.
public struct ShapiroWilkTest: SignificanceTest {
  public let statistic: Double
  /// The number of values.
  public let count: Int
  private let probability: TailProbability

  /// Tests finite values.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(_ values: some Sequence<Double>) {
    let sorted = values.sorted()
    let n = sorted.count
    count = n
    let moments = Moments(sorted)
    let squares = moments.centredSumOfSquares
    precondition(squares.isFinite, "The values of a sample must be finite.")
    guard n > 2, squares > 0 else {
      (statistic, probability) = (1, .one)
      return
    }
    let weights = Self.weights(n)
    let scale = squares.squareRoot()
    var slope = 0.0
    for (index, weight) in weights.enumerated() {
      slope += weight * ((sorted[n - 1 - index] - sorted[index]) / scale)
    }
    // 1 − W from its two factors keeps its digits near normality.
    let rest = max(0, (1 - slope) * (1 + slope))
    statistic = 1 - rest
    probability = Self.probability(rest, n)
  }

  public var method: String { "Shapiro–Wilk test" }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// Returns the weights of the differences between the greatest and the smallest values and so on.
  private static func weights(_ n: Int) -> [Double] {
    if n == 3 { return [(1.0 / 2).squareRoot()] }
    let size = Double(n)
    let scores = (1...(n / 2)).map {
      -NormalDistribution.quantile((Double($0) - 0.375) / (size + 0.25))
    }
    let sum = 2 * scores.reduce(0) { $0 + $1 * $1 }
    let root = sum.squareRoot()
    let u = 1 / size.squareRoot()
    let first = polynomial([0, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056], u)
    var weights = scores
    weights[0] = first + scores[0] / root
    if n > 5 {
      let second = polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u)
      weights[1] = second + scores[1] / root
      let divisor =
        ((sum - 2 * scores[0] * scores[0] - 2 * scores[1] * scores[1])
        / (1 - 2 * weights[0] * weights[0] - 2 * weights[1] * weights[1])).squareRoot()
      for index in weights.indices.dropFirst(2) { weights[index] = scores[index] / divisor }
    } else {
      let divisor =
        ((sum - 2 * scores[0] * scores[0]) / (1 - 2 * weights[0] * weights[0])).squareRoot()
      for index in weights.indices.dropFirst() { weights[index] = scores[index] / divisor }
    }
    return weights
  }

  /// Returns the probability of a W at least as far from 1.
  private static func probability(_ rest: Double, _ n: Int) -> TailProbability {
    guard rest > 0 else { return .one }
    let size = Double(n)
    if n == 3 {
      // Exact: 1 − (6 / π) arcsin √(1 − W), where the arcsine of a sine is the arctangent of its
      // tangent, which is Student's with one degree of freedom.
      let tangent = (rest / max(1 - rest, .leastNormalMagnitude)).squareRoot()
      let both = StudentDistribution(degreesOfFreedom: 1).twoSided(tangent)
      return TailProbability(max(0, 3 * both.value - 2))
    }
    var y = PortableMath.log(rest)
    let (mean, deviation): (Double, Double)
    if n <= 11 {
      let limit = polynomial([-2.273, 0.459], size)
      if y >= limit { return TailProbability(1e-99) }
      y = -PortableMath.log(limit - y)
      mean = polynomial([0.544, -0.39978, 0.025054, -0.0006714], size)
      deviation = PortableMath.exp(
        polynomial([1.3822, -0.77857, 0.062767, -0.0020322], size))
    } else {
      let log = PortableMath.log(size)
      mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], log)
      deviation = PortableMath.exp(polynomial([-0.4803, -0.082676, 0.0030302], log))
    }
    return NormalDistribution.upper((y - mean) / deviation)
  }

  private static func polynomial(_ terms: [Double], _ x: Double) -> Double {
    terms.reversed().reduce(0) { $0 * x + $1 }
  }
}
