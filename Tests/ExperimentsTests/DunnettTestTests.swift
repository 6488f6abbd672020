import TestSupport
import Testing

@testable import Experiments

struct DunnettTestTests {
  // Blood counts of Dunnett 1955; p-values of SciPy's `dunnett`, whose randomised integration varies by
  // about 1e-4.
  @Test func `the published case has the p-values of SciPy`() {
    let control = MetricMoments([7.40, 8.50, 7.20, 8.24, 9.84, 8.32])
    let treatments = [
      MetricMoments([9.76, 8.80, 7.68, 9.36]), MetricMoments([12.80, 9.68, 12.16, 9.20, 10.55]),
    ]
    let test = DunnettTest(control: control, treatments: treatments)
    #expect(near(test.adjustedP[0], 0.62004941, 2e-4))
    #expect(near(test.adjustedP[1], 0.0059035, 2e-4))
    #expect(test.degreesOfFreedom == 12)
    #expect(test.description == "Dunnett's test, two-sided: p = 0.6201, 0.0058")
  }

  // Dunnett 1955 and 1964: critical values at 5 % for equal arms.
  @Test(arguments: [
    (2, Double.infinity, Alternative.twoSided, 2.21), (3, .infinity, .twoSided, 2.35),
    (2, 10, .twoSided, 2.57), (4, 20, .twoSided, 2.65), (2, .infinity, .greater, 1.92),
    (3, 10, .greater, 2.34),
  ])
  func `critical values are those published`(
    _ count: Int, _ freedom: Double, _ alternative: Alternative, _ value: Double
  ) {
    let shares = [Double](repeating: 0.5.squareRoot(), count: count)
    let low = DunnettTest.tail(value - 0.005, shares, freedom, alternative)
    let high = DunnettTest.tail(value + 0.005, shares, freedom, alternative)
    #expect(low >= 0.05 && high <= 0.05, "\(low) \(high)")
  }

  @Test func `one treatment is Student's test`() {
    let arms = MetricComparisonTests.arms().map { MetricEstimate(.mean(0), of: $0) }
    let test = DunnettTest(control: arms[0], treatments: [arms[1]])
    let student = MetricComparison(control: arms[0], treatment: arms[1], reference: .student)
    #expect(near(test.adjustedP[0], student.pValue, 1e-12))
    #expect(near(test.statistics[0], student.statistic, 1e-12))
  }

  @Test func `p-values lie between the single one and Bonferroni's`() {
    for (shares, value) in [
      ([0.7, 0.7, 0.5], 2.0), ([0.9, 0.2], 3.5), ([0.6, 0.6, 0.6, 0.6], 5),
    ] {
      let single = DunnettTest.tail(value, [shares[0]], 30, .twoSided)
      let all = DunnettTest.tail(value, shares, 30, .twoSided)
      #expect(all > single && all < Double(shares.count) * single)
    }
  }

  @Test func `arms without units or variance are answered`() {
    let flat = MetricMoments([2, 2, 2])
    let test = DunnettTest(
      control: flat, treatments: [flat, MetricMoments([3, 3]), MetricMoments([Double]())])
    #expect(test.adjustedP == [1, 0, 1])
    #expect(
      DunnettTest(control: MetricMoments([1]), treatments: [MetricMoments([2])]).adjustedP == [1])
  }
}
