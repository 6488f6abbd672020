/// How a metric is made from the variables of a unit.
public enum MetricForm: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The mean of a variable over units.
  case mean(Int)
  /// The sum of a variable over the sum of another: revenue per order, clicks per view.
  ///
  /// The unit of the analysis stays the unit that was assigned: its numerator and denominator go
  /// together, and the variance is that of the delta method. With clusters as units, sums as
  /// numerators and sizes as denominators it is the mean with a cluster-robust error.
  ///
  /// Source: A. Deng, U. Knoblich and J. Lu, *Applying the Delta Method in Metric Analytics*, KDD 2018.
  case ratio(Int, over: Int)

  /// The variables that the form reads.
  var variables: [Int] {
    switch self {
    case .mean(let variable): [variable]
    case .ratio(let numerator, let denominator): [numerator, denominator]
    }
  }

  /// The value for an arm, `nil` without units or with a denominator of zero.
  public func value(of arm: MetricMoments) -> Double? { value { arm.mean($0) } }

  /// The value for the means of the variables.
  func value(_ mean: (Int) -> Double?) -> Double? {
    switch self {
    case .mean(let variable): return mean(variable)
    case .ratio(let numerator, let denominator):
      guard let above = mean(numerator), let below = mean(denominator), below != 0 else {
        return nil
      }
      return above / below
    }
  }

  /// How the value changes with the mean of each variable, `nil` where there is no value.
  func gradient(_ mean: (Int) -> Double?) -> [(variable: Int, slope: Double)]? {
    guard let value = value(mean) else { return nil }
    switch self {
    case .mean(let variable): return [(variable, 1)]
    case .ratio(let numerator, let denominator):
      let below = mean(denominator)!
      return [(numerator, 1 / below), (denominator, -value / below)]
    }
  }

  /// How the value of an arm changes with the mean of each variable.
  func gradient(_ arm: MetricMoments) -> [(variable: Int, slope: Double)]? {
    gradient { arm.mean($0) }
  }

  /// The sum over units of the products of what each adds to two values to first order, with slopes
  /// that may be those of other units.
  static func products(
    _ arm: MetricMoments, _ first: [(variable: Int, slope: Double)],
    _ second: [(variable: Int, slope: Double)]
  ) -> Double {
    var sum = 0.0
    for (a, slopeA) in first {
      for (b, slopeB) in second { sum += slopeA * slopeB * arm.centredProducts(a, b) }
    }
    return sum
  }

  public var description: String {
    switch self {
    case .mean(let variable): "mean of variable \(variable)"
    case .ratio(let numerator, let denominator):
      "ratio of variable \(numerator) to variable \(denominator)"
    }
  }
}
