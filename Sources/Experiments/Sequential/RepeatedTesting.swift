import StatisticsCore

/// What happens to a fixed test that is looked at again and again.
///
/// ```swift
/// RepeatedTesting.falsePositiveRate(level: 0.05, looks: 5)     // 0.142
/// RepeatedTesting.falsePositiveRate(level: 0.05, looks: 20)    // 0.248
/// ```
public enum RepeatedTesting {
  /// Returns the chance that a two-sided z-test of level `level` rejects a true null hypothesis at any
  /// of `looks` equally spaced looks.
  ///
  /// Source: P. Armitage, C. K. McPherson and B. C. Rowe, Journal of the Royal Statistical Society A
  /// 132 (1969), 235–244.
  ///
  /// - Parameters:
  ///   - level: The level of each look, above 0 and below 1.
  ///   - looks: The number of looks, 1 or more.
  /// - Complexity: O(*k*³) for *k* looks.
  public static func falsePositiveRate(level: Double, looks: Int) -> Double {
    precondition(level > 0 && level < 1, "The level must lie between 0 and 1.")
    precondition(looks >= 1, "A test is looked at once or more.")
    let bound = -NormalDistribution.quantile(level / 2)
    var integration = SequentialIntegration(
      information: (1...looks).map { Double($0) / Double(looks) }, drift: 0)
    var sum = 0.0
    for _ in 0..<looks {
      let exit = integration.advance(lower: -bound, upper: bound)
      sum += exit.above + exit.below
    }
    return sum
  }
}
