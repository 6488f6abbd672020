import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct MetricComparisonTests {
  /// The arms of `tt60` with orders, sessions, revenue and their covariates as variables.
  static func arms() -> [MetricMoments] {
    let variant = ExperimentVector.column("variant")
    let columns = [
      "orders", "sessions", "revenue", "orders_covariate", "sessions_covariate",
      "revenue_covariate",
    ].map(ExperimentVector.column)
    return [0.0, 1.0].map { arm in
      MetricMoments(
        columns: columns.map { column in
          zip(column, variant).filter { $0.1 == arm }.map(\.0)
        })
    }
  }

  private static func reference(_ inputs: JSONValue) -> MetricComparison.Reference {
    guard case .bool(true)? = inputs["use_t"] else { return .normal }
    if case .bool(true)? = inputs["equal_var"] { return .student }
    return .welch
  }

  @Test(arguments: ExperimentVector.of("tea_tasting"))
  func `means, ratios and adjusted ones are those of tea-tasting`(_ vector: ExperimentVector) {
    let arms = Self.arms()
    let estimates: [MetricEstimate] =
      switch vector.inputs["metric"]!.text! {
      case "mean": arms.map { MetricEstimate(.mean(2), of: $0) }
      case "ratio": arms.map { MetricEstimate(.ratio(0, over: 1), of: $0) }
      case "cuped": CovariateAdjustment(.mean(2), covariates: [.mean(5)], arms: arms).estimates
      default:
        CovariateAdjustment(
          .ratio(0, over: 1), covariates: [.ratio(3, over: 4)], arms: arms
        ).estimates
      }
    let test = MetricComparison(
      control: estimates[0], treatment: estimates[1], reference: Self.reference(vector.inputs),
      confidence: vector.number("confidence"))
    vector.check(estimates[0].value, "control")
    vector.check(estimates[1].value, "treatment")
    vector.check(test.difference, "effect")
    vector.check(test.statistic, "statistic")
    vector.check(test.pValue, "p_value")
    vector.check(test.interval, "ci")
    vector.check(test.lift, "relative_effect")
    vector.check(test.liftInterval!, "relative_ci")
  }

  private static func moments(_ arm: JSONValue) -> MetricMoments {
    MetricMoments(
      count: Int(arm["n"]!.number!), sums: [arm["sum"]!.number!],
      products: [[arm["sum_squares"]!.number!]])
  }

  private static func check(
    _ test: MetricComparison, _ vector: ExperimentVector
  ) {
    if vector.inputs["difference_type"]!.text == "relative" {
      vector.check(test.lift, "expected")
      vector.check(test.liftInterval!, "ci")
      vector.check(test.liftPValue, "p_value")
      vector.check(test.liftStandardError, "se")
    } else {
      vector.check(test.difference, "expected")
      vector.check(test.interval, "ci")
      vector.check(test.pValue, "p_value")
      vector.check(test.standardError, "se")
    }
  }

  /// The estimate of GrowthBook, which divides the variance of a proportion by n and not n − 1.
  static func growthBookEstimate(_ arm: JSONValue) -> MetricEstimate {
    let moments = moments(arm)
    let estimate = MetricEstimate(.mean(0), of: moments)
    guard moments.isBinary(0) else { return estimate }
    let share = estimate.value!
    return MetricEstimate(units: moments.count, value: share, variance: share * (1 - share))
  }

  @Test(arguments: ExperimentVector.of("growthbook_ttest"))
  func `differences and linear lifts are those of GrowthBook`(_ vector: ExperimentVector) {
    Self.check(
      MetricComparison(
        control: Self.growthBookEstimate(vector.inputs["a"]!),
        treatment: Self.growthBookEstimate(vector.inputs["b"]!),
        confidence: 1 - vector.number("alpha"), relativeInterval: .linear), vector)
  }

  @Test(arguments: ExperimentVector.of("growthbook_ratio"))
  func `ratios are those of GrowthBook`(_ vector: ExperimentVector) {
    let estimates = ["a", "b"].map { name in
      let arm = vector.inputs[name]!
      func number(_ key: String) -> Double { arm[key]!.number! }
      return MetricEstimate(
        .ratio(0, over: 1),
        of: MetricMoments(
          count: Int(number("n")), sums: [number("m_sum"), number("d_sum")],
          products: [
            [number("m_sumsq"), number("md_sum")], [number("md_sum"), number("d_sumsq")],
          ]))
    }
    vector.check(estimates[0].value, "mean_a")
    vector.check(estimates[0].variance, "var_a")
    vector.check(estimates[1].value, "mean_b")
    vector.check(estimates[1].variance, "var_b")
    Self.check(
      MetricComparison(
        control: estimates[0], treatment: estimates[1], relativeInterval: .linear), vector)
  }

  @Test(arguments: ExperimentVector.of("growthbook_cuped"))
  func `adjusted differences are those of GrowthBook`(_ vector: ExperimentVector) {
    let arms = ["a", "b"].map { name in
      let arm = vector.inputs[name]!
      func number(_ key: String) -> Double { arm[key]!.number! }
      return MetricMoments(
        count: Int(number("n")), sums: [number("post_sum"), number("pre_sum")],
        products: [
          [number("post_sumsq"), number("post_pre_sum")],
          [number("post_pre_sum"), number("pre_sumsq")],
        ])
    }
    let adjusted = CovariateAdjustment(.mean(0), covariates: [.mean(1)], arms: arms).estimates
    let test = MetricComparison(
      control: adjusted[0], treatment: adjusted[1], relativeInterval: .linear)
    if ExperimentVector.differences[vector.id] != nil {
      // Relative to the adjusted control instead of the plain one.
      #expect(near(test.lift!, vector.expected["expected"]!.number!, 0.01))
    } else {
      Self.check(test, vector)
    }
  }

  @Test func `where nothing is known nothing is claimed`() {
    let one = MetricEstimate(.mean(0), of: MetricMoments([3]))
    let some = MetricEstimate(.mean(0), of: MetricMoments([1, 2, 4]))
    let none = MetricEstimate(.mean(0), of: MetricMoments([Double]()))
    for (a, b) in [(one, some), (some, one), (none, some), (none, none)] {
      let test = MetricComparison(control: a, treatment: b)
      #expect(test.pValue == 1 && test.logP == 0 && test.lift == nil)
      #expect(test.interval == -Double.infinity...Double.infinity)
    }
    let ratio = MetricForm.ratio(0, over: 1)
    let empty = MetricMoments(columns: [[1, 2], [0, 0]])
    #expect(MetricEstimate(ratio, of: empty).value == nil)
    #expect(MetricEstimate(ratio, of: empty).variance == nil)
  }

  @Test func `without variance equal values are equal and others differ`() {
    func test(_ a: Double, _ b: Double) -> MetricComparison {
      MetricComparison(
        control: MetricEstimate(.mean(0), of: MetricMoments([a, a, a])),
        treatment: MetricEstimate(.mean(0), of: MetricMoments([b, b])))
    }
    #expect(test(2, 2).pValue == 1)
    #expect(test(2, 2).liftInterval == 0...0)
    #expect(test(2, 3).pValue == 0 && test(2, 3).logP == -.infinity)
    #expect(test(2, 3).interval == 1...1)
    #expect(test(0, 3).lift == nil && test(0, 3).liftInterval == nil)
  }

  @Test func `one-sided tests have one-sided intervals`() {
    let estimates = Self.arms().map { MetricEstimate(.mean(0), of: $0) }
    func test(_ alternative: Alternative) -> MetricComparison {
      MetricComparison(
        control: estimates[0], treatment: estimates[1], alternative: alternative)
    }
    #expect(near(test(.less).pValue + test(.greater).pValue, 1, 1e-14))
    #expect(near(2 * min(test(.less).pValue, test(.greater).pValue), test(.twoSided).pValue, 1e-14))
    #expect(test(.less).interval.lowerBound == -.infinity)
    #expect(test(.less).liftInterval!.lowerBound == -1)
    #expect(test(.greater).interval.upperBound == .infinity)
    #expect(
      test(.twoSided).description.hasPrefix("Welch's t-test, two-sided: difference 0."))
  }

  @Test func `Fieller's interval holds the quotients that a test does not reject`() {
    let arms = Self.arms()
    let estimates = arms.map { MetricEstimate(.mean(2), of: $0) }
    let test = MetricComparison(
      control: estimates[0], treatment: estimates[1], reference: .normal, relativeInterval: .fieller
    )
    for bound in [test.liftInterval!.lowerBound, test.liftInterval!.upperBound] {
      let quotient = 1 + bound
      let scaled = MetricEstimate(
        units: 30, value: estimates[0].value! * quotient,
        variance: estimates[0].variance! * quotient * quotient)
      let check = MetricComparison(control: scaled, treatment: estimates[1], reference: .normal)
      #expect(near(check.pValue, 0.05, 1e-12))
    }
    let uncertain = MetricEstimate(units: 10, value: 0.1, variance: 100)
    #expect(
      MetricComparison(control: uncertain, treatment: uncertain, relativeInterval: .fieller)
        .liftInterval == -Double.infinity...Double.infinity)
  }

  @Test(arguments: Rounds.parts)
  func `intervals cover and p-values are uniform under the null hypothesis`(part: Int) {
    let rounds = Rounds.isDeep ? 4_000 : 200
    var generator = SeededGenerator(seed: 9, path: "coverage", UInt64(part))
    var (covered, rejected, lifts) = (0, 0, 0)
    for _ in 0..<rounds {
      let estimates = [60, 90].map { count in
        MetricEstimate(
          .mean(0),
          of: MetricMoments(
            (0..<count).map { _ in
              generator.normal(mean: 5, standardDeviation: Double(count) / 40)
            }))
      }
      let test = MetricComparison(control: estimates[0], treatment: estimates[1])
      if test.interval.contains(0) { covered += 1 }
      if test.pValue < 0.2 { rejected += 1 }
      if test.liftInterval!.contains(0) { lifts += 1 }
    }
    #expect(near(count: covered, of: rounds, share: 0.95))
    #expect(near(count: rejected, of: rounds, share: 0.2))
    #expect(near(count: lifts, of: rounds, share: 0.95))
  }
}
