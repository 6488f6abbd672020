import StatisticsCore
import Testing

@Suite struct QuantilesTests {
  private static let seven = [-3.5, -1, 0.25, 2, 2, 7.5, 11]
  private static let ten: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  private static let probabilities = [0, 0.05, 0.1, 0.25, 1.0 / 3, 0.5, 0.6, 0.75, 0.9, 0.99, 1]

  // numpy 2.4.6, quantile(method:) with inverted_cdf, averaged_inverted_cdf, closest_observation,
  // interpolated_inverted_cdf, hazen, weibull, linear, median_unbiased and normal_unbiased.
  @Test(
    arguments: [
      (Self.seven, 1, [-3.5, -3.5, -3.5, -1.0, 0.25, 2.0, 2.0, 7.5, 11.0, 11.0, 11.0]),
      (Self.seven, 2, [-3.5, -3.5, -3.5, -1.0, 0.25, 2.0, 2.0, 7.5, 11.0, 11.0, 11.0]),
      (Self.seven, 3, [-3.5, -3.5, -3.5, -1.0, -1.0, 2.0, 2.0, 2.0, 7.5, 11.0, 11.0]),
      (
        Self.seven, 4,
        [
          -3.5, -3.5, -3.5, -1.625, -0.5833333333333337, 1.125, 2.0, 3.375, 8.549999999999999,
          10.754999999999999, 11.0,
        ]
      ),
      (
        Self.seven, 5,
        [
          -3.5, -3.5, -2.9999999999999996, -0.6875, 0.0416666666666663, 2.0, 2.0, 6.125,
          10.299999999999999, 11.0, 11.0,
        ]
      ),
      (
        Self.seven, 6,
        [-3.5, -3.5, -3.5, -1.0, -0.16666666666666685, 2.0, 2.0, 7.5, 11.0, 11.0, 11.0]
      ),
      (
        Self.seven, 7,
        [
          -3.5, -2.75, -1.9999999999999998, -0.375, 0.25, 2.0, 2.0, 4.75, 8.900000000000002, 10.79,
          11.0,
        ]
      ),
      (
        Self.seven, 8,
        [
          -3.5, -3.5, -3.3333333333333335, -0.7916666666666669, -0.0277777777777779, 2.0, 2.0,
          6.583333333333332, 10.766666666666667, 11.0, 11.0,
        ]
      ),
      (
        Self.seven, 9,
        [
          -3.5, -3.5, -3.25, -0.765625, -0.010416666666666852, 2.0, 2.0, 6.46875,
          10.649999999999999, 11.0, 11.0,
        ]
      ),
      (Self.ten, 1, [1.0, 1.0, 1.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 10.0]),
      (Self.ten, 2, [1.0, 1.0, 1.5, 3.0, 4.0, 5.5, 6.5, 8.0, 9.5, 10.0, 10.0]),
      (Self.ten, 3, [1.0, 1.0, 1.0, 2.0, 3.0, 5.0, 6.0, 8.0, 9.0, 10.0, 10.0]),
      (Self.ten, 4, [1.0, 1.0, 1.0, 2.5, 3.333333333333333, 5.0, 6.0, 7.5, 9.0, 9.9, 10.0]),
      (Self.ten, 5, [1.0, 1.0, 1.5, 3.0, 3.833333333333333, 5.5, 6.5, 8.0, 9.5, 10.0, 10.0]),
      (Self.ten, 6, [1.0, 1.0, 1.1, 2.75, 3.6666666666666665, 5.5, 6.6, 8.25, 9.9, 10.0, 10.0]),
      (Self.ten, 7, [1.0, 1.45, 1.9, 3.25, 4.0, 5.5, 6.3999999999999995, 7.75, 9.1, 9.91, 10.0]),
      (
        Self.ten, 8,
        [
          1.0, 1.0, 1.3666666666666667, 2.9166666666666665, 3.7777777777777777, 5.5,
          6.533333333333333, 8.083333333333334, 9.633333333333333, 10.0, 10.0,
        ]
      ),
      (
        Self.ten, 9,
        [1.0, 1.0, 1.4, 2.9375, 3.7916666666666665, 5.5, 6.525, 8.0625, 9.6, 10.0, 10.0]
      ),
    ] as [([Double], Int, [Double])])
  func `all nine types agree with NumPy`(values: [Double], type: Int, expected: [Double]) throws {
    let type = try #require(QuantileType(rawValue: type))
    let found = try #require(
      Quantiles.quantiles(Self.probabilities, ofSorted: values, type: type))
    for (found, expected) in zip(found, expected) {
      #expect(abs(found - expected) <= 4e-15 * max(1, abs(expected)), "\(type)")
    }
  }

  @Test func `types that step have the values of their definitions on random samples`() {
    var random = SeededGenerator(seed: 1, path: "quantiles")
    for _ in 0..<300 {
      let n = random.integer(in: 1...12)
      let values = (0..<n).map { _ in Double(random.integer(below: 20)) }.sorted()
      // Probabilities k / 12n are the steps themselves and points between; whole-number oracle.
      let k = random.integer(in: 0...12 * n)
      let p = Double(k) / Double(12 * n)
      func rank(_ rank: Int) -> Double { values[max(1, min(n, rank)) - 1] }
      let (steps, rest) = k.quotientAndRemainder(dividingBy: 12)
      let up = rank(rest == 0 ? steps : steps + 1)
      #expect(Quantiles.quantile(p, ofSorted: values, type: .inverseDistribution) == up)
      let averaged = rest == 0 ? (rank(steps) + rank(steps + 1)) / 2 : up
      #expect(
        Quantiles.quantile(p, ofSorted: values, type: .averagedInverseDistribution) == averaged)
      let nearest =
        rest < 6 || (rest == 6 && steps.isMultiple(of: 2)) ? rank(steps) : rank(steps + 1)
      #expect(Quantiles.quantile(p, ofSorted: values, type: .nearestEvenRank) == nearest)
    }
  }

  @Test(arguments: QuantileType.allCases)
  func `a quantile never falls as the probability grows, and stays among the values`(
    type: QuantileType
  ) throws {
    var random = SeededGenerator(seed: 2, path: "quantiles")
    for _ in 0..<30 {
      let values = (0..<random.integer(in: 1...9)).map { _ in random.normal() }.sorted()
      var last = -Double.infinity
      for p in (0..<200).map({ _ in random.uniform() }).sorted() {
        let quantile = try #require(Quantiles.quantile(p, ofSorted: values, type: type))
        #expect(quantile >= last)
        #expect(quantile >= values[0] && quantile <= values[values.count - 1])
        last = quantile
      }
    }
  }

  @Test(arguments: QuantileType.allCases)
  func `edges have defined answers`(type: QuantileType) {
    #expect(Quantiles.quantile(0.5, ofSorted: [], type: type) == nil)
    for p in [0, 0.3, 1] {
      #expect(Quantiles.quantile(p, ofSorted: [5], type: type) == 5)
      #expect(Quantiles.quantile(p, ofSorted: [5, 5, 5], type: type) == 5)
    }
    #expect(Quantiles.quantile(0, ofSorted: [1, 2], type: type) == 1)
    #expect(Quantiles.quantile(1, ofSorted: [1, 2], type: type) == 2)
    #expect(Quantiles.quantile(1, ofSorted: [-.infinity, .infinity], type: type) == .infinity)
    #expect(Quantiles.quantile(0, ofSorted: [-.infinity, .infinity], type: type) == -.infinity)
    #expect(Quantiles.quantile(0.5, ofSorted: [1, 2, 3].lazy.map { Double($0) }, type: type)! <= 2)
  }

  @Test func `infinite and huge neighbours do not give NaN`() {
    #expect(Quantiles.quantile(0.5, ofSorted: [1, .infinity]) == .infinity)
    #expect(Quantiles.quantile(0.5, ofSorted: [-.infinity, 1]) == -.infinity)
    #expect(Quantiles.quantile(0.5, ofSorted: [-.infinity, .infinity]) == -.infinity)
    let greatest = Double.greatestFiniteMagnitude
    #expect(Quantiles.quantile(0.5, ofSorted: [-greatest, greatest]) == 0)
    let upper = Quantiles.quantile(0.75, ofSorted: [-greatest, greatest])!
    #expect(abs(upper - greatest / 2) <= upper.ulp)
  }

  @Test func `the median is the middle or the mean of both middles`() {
    #expect(Quantiles.median(ofSorted: []) == nil)
    #expect(Quantiles.median(ofSorted: [3]) == 3)
    #expect(Quantiles.median(ofSorted: [1, 2]) == 1.5)
    #expect(Quantiles.median(ofSorted: [1, 2, 9]) == 2)
    #expect(Quantiles.median(ofSorted: ArraySlice([0, 1, 2, 9, 10])[1..<4]) == 2)
  }

  @Test func `the examples of the documentation hold`() {
    #expect(Quantiles.quantile(0.25, ofSorted: [1, 2, 3, 4]) == 1.75)
    #expect(Quantiles.quantile(0.25, ofSorted: [1, 2, 3, 4], type: .weibull) == 1.25)
  }
}
