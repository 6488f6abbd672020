import StatisticsCore

/// Whether a test of two means takes the two variances to be equal.
public enum VarianceAssumption: String, Sendable, Hashable, Codable, CaseIterable {
  /// Each sample has its own variance (Welch).
  case unequal
  /// Both samples share one variance (Student).
  case equal
}

/// The t-test of two means, by Welch or by Student.
///
///     let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
///     let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
///     let test = TwoSampleTTest(a, b)
///     test.statistic           // -1.8608134674868526
///     test.degreesOfFreedom    // 17.776473516178488
///     test.pValue              // 0.0793941401873583
///
/// Degenerate cases: if a sample is too small to tell its variance (fewer than two values for
/// Welch, fewer than three in both for Student, none in either) the statistic is 0, p is 1, the
/// degrees of freedom are 0, and the interval is −∞…∞. If no value differs from its mean, p is 1 if
/// the means differ as the null hypothesis says; otherwise the statistic is infinite and p is 0,
/// with the logarithm −∞, and the interval is the difference itself.
///
/// Source: B. L. Welch, Biometrika 34 (1947), 28–35.
public struct TwoSampleTTest: SignificanceTest {
  /// The first sample.
  public let first: SampleMoments
  /// The second sample.
  public let second: SampleMoments
  /// Whether the variances are taken to be equal.
  public let variances: VarianceAssumption
  /// The difference of the means under the null hypothesis.
  public let nullDifference: Double
  public let alternative: Alternative
  /// The difference in standard errors, t.
  public let statistic: Double
  /// The degrees of freedom, by Welch and Satterthwaite if the variances may differ; 0 if the samples
  /// are too small.
  public let degreesOfFreedom: Double
  /// The standard error of the difference.
  public let standardError: Double
  private let probability: TailProbability

  /// Tests whether the first mean minus the second is `nullDifference`.
  /// - Complexity: O(1), without allocations.
  public init(
    _ first: SampleMoments, _ second: SampleMoments, variances: VarianceAssumption = .unequal,
    nullDifference: Double = 0, alternative: Alternative = .twoSided
  ) {
    (self.first, self.second, self.variances) = (first, second, variances)
    (self.nullDifference, self.alternative) = (nullDifference, alternative)
    let (n, m) = (Double(first.count), Double(second.count))
    switch variances {
    case .unequal:
      let (a, b) = (first.squaredError, second.squaredError)
      let isKnown = first.count > 1 && second.count > 1
      standardError = (a + b).squareRoot()
      // With s = a / (a + b), 1 / ν = s² / (n − 1) + (1 − s)² / (m − 1), free of overflow.
      let (share, rest) = a + b > 0 ? (a / (a + b), b / (a + b)) : (0.5, 0.5)
      degreesOfFreedom =
        isKnown ? 1 / (share * share / (n - 1) + rest * rest / (m - 1)) : 0
    case .equal:
      let freedom = n + m - 2
      let isKnown = first.count > 0 && second.count > 0 && freedom > 0
      degreesOfFreedom = isKnown ? freedom : 0
      let pooled =
        isKnown ? (first.variance * (n - 1) + second.variance * (m - 1)) / freedom : 0
      standardError = isKnown ? (pooled * (1 / n + 1 / m)).squareRoot() : 0
    }
    (statistic, probability) = studentAnswer(
      difference: first.mean - second.mean - nullDifference, standardError: standardError,
      degreesOfFreedom: degreesOfFreedom, alternative)
  }

  /// Tests finite values.
  /// - Complexity: O(*n*), where *n* is the number of values.
  public init(
    _ first: some Sequence<Double>, _ second: some Sequence<Double>,
    variances: VarianceAssumption = .unequal, nullDifference: Double = 0,
    alternative: Alternative = .twoSided
  ) {
    self.init(
      SampleMoments(first), SampleMoments(second), variances: variances,
      nullDifference: nullDifference, alternative: alternative)
  }

  public var method: String {
    variances == .unequal ? "Welch's t-test" : "Student's t-test"
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The first mean minus the second, or `nil` if a sample is empty.
  public var estimate: Double? {
    first.count > 0 && second.count > 0 ? first.mean - second.mean : nil
  }

  /// Returns the interval of the difference, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    studentInterval(
      estimate, standardError: standardError, degreesOfFreedom: degreesOfFreedom, level: level,
      alternative)
  }

  /// The difference divided by the pooled standard deviation, or `nil` without one (Cohen).
  public var cohensD: Double? {
    let freedom = Double(first.count + second.count - 2)
    guard freedom > 0, first.count > 0, second.count > 0 else { return nil }
    let pooled =
      (first.variance * Double(first.count - 1) + second.variance * Double(second.count - 1))
      / freedom
    return pooled > 0 ? (first.mean - second.mean) / pooled.squareRoot() : nil
  }

  /// Cohen's d without its bias in small samples (Hedges 1981), by the exact factor.
  public var hedgesG: Double? {
    guard let cohensD else { return nil }
    let freedom = Double(first.count + second.count - 2)
    guard freedom > 1 else { return nil }
    let factor = GammaFunctions.logGammaDifference((freedom - 1) / 2, plus: 0.5)
    return cohensD * PortableMath.exp(factor) / (freedom / 2).squareRoot()
  }

  /// The probability that a value of the first sample exceeds one of the second, if both are normal
  /// with these moments; `nil` without variance.
  public var commonLanguageEffect: Double? {
    let square = first.variance + second.variance
    guard first.count > 0, second.count > 0, square > 0 else { return nil }
    return NormalDistribution.lower((first.mean - second.mean) / square.squareRoot()).value
  }
}

/// The t-test of one mean, or of the mean of differences within pairs.
///
///     let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
///     let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
///     let test = OneSampleTTest(pairs: zip(a, b))
///     test.statistic   // -4.062127683382037
///
/// Degenerate cases: with fewer than two values the statistic is 0, p is 1, the degrees of freedom
/// are 0, and the interval is −∞…∞. If no value differs from the mean, p is 1 if the mean is that of
/// the null hypothesis, and otherwise 0 with an infinite statistic.
public struct OneSampleTTest: SignificanceTest {
  /// The sample.
  public let sample: SampleMoments
  /// The mean under the null hypothesis.
  public let nullMean: Double
  public let alternative: Alternative
  /// The mean's distance from the null hypothesis in standard errors, t.
  public let statistic: Double
  /// The number of values minus 1; 0 with fewer than two.
  public let degreesOfFreedom: Double
  /// Whether the values are differences within pairs.
  public let isPaired: Bool
  private let probability: TailProbability

  /// Tests whether the true mean is `nullMean`.
  public init(
    _ sample: SampleMoments, nullMean: Double = 0, alternative: Alternative = .twoSided
  ) {
    self.init(sample, nullMean: nullMean, alternative: alternative, isPaired: false)
  }

  /// Tests whether the first of each pair minus the second has the mean `nullMean`.
  /// - Complexity: O(*n*), where *n* is the number of pairs.
  public init(
    pairs: some Sequence<(Double, Double)>, nullMean: Double = 0,
    alternative: Alternative = .twoSided
  ) {
    self.init(
      SampleMoments(pairs.map { $0.0 - $0.1 }), nullMean: nullMean, alternative: alternative,
      isPaired: true)
  }

  private init(
    _ sample: SampleMoments, nullMean: Double, alternative: Alternative, isPaired: Bool
  ) {
    (self.sample, self.nullMean) = (sample, nullMean)
    (self.alternative, self.isPaired) = (alternative, isPaired)
    degreesOfFreedom = Double(max(0, sample.count - 1))
    (statistic, probability) = studentAnswer(
      difference: sample.mean - nullMean, standardError: sample.squaredError.squareRoot(),
      degreesOfFreedom: degreesOfFreedom, alternative)
  }

  public var method: String { isPaired ? "Paired t-test" : "One-sample t-test" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The mean, or `nil` without values.
  public var estimate: Double? { sample.count > 0 ? sample.mean : nil }

  /// Returns the interval of the mean, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    studentInterval(
      estimate, standardError: sample.squaredError.squareRoot(),
      degreesOfFreedom: degreesOfFreedom, level: level, alternative)
  }
}

/// Returns statistic and probability of a difference with its standard error.
func studentAnswer(
  difference: Double, standardError: Double, degreesOfFreedom: Double, _ alternative: Alternative
) -> (Double, TailProbability) {
  guard degreesOfFreedom > 0 else { return (0, .one) }
  if standardError == 0 {
    if difference == 0 { return (0, .one) }
    let isCounted =
      alternative == .twoSided || (alternative == .less) == (difference < 0)
    return (difference < 0 ? -.infinity : .infinity, isCounted ? .zero : .one)
  }
  let t = difference / standardError
  return (t, alternative.studentTail(t, degreesOfFreedom: degreesOfFreedom))
}

/// Returns the interval of an estimate whose error is Student's.
func studentInterval(
  _ estimate: Double?, standardError: Double, degreesOfFreedom: Double, level: Double,
  _ alternative: Alternative
) -> ClosedRange<Double> {
  checkLevel(level)
  guard let estimate, degreesOfFreedom > 0 else { return -Double.infinity...Double.infinity }
  let distribution = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
  return alternative.interval(
    estimate, standardError: standardError, level: level,
    quantile: { distribution.upperQuantile($0) })
}
