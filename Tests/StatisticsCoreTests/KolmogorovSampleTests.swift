import StatisticsCore
import TestSupport
import Testing

@Suite struct KolmogorovSampleTests {
  /// Size and distance; the two-sided probability and its logarithm, and the one-sided one's.
  ///
  /// mpmath 1.3.0 with 60 digits: the power of the matrix of Marsaglia, Tsang and Wang (2003), and
  /// Birnbaum and Tingey's sum.
  private static let reference = """
      1 0.6 0.80000000000000004441 -0.22314355131420970026 0.4000000000000000222 -0.91629073187415500967
      2 0.3 0.98000000000000000888 -0.020202707317519439345 0.61000000000000001776 -0.49429632181478009016
      5 0.21 0.94460128000000001449 -0.056992366450108912139 0.56066451040000001917 -0.57863257302248961394
      10 0.3 0.27053557480000003846 -1.3073516743706629352 0.13546355560000001936 -1.9990526372008678749
      10 0.05 1.0 0.0 0.9224335892010742126 -0.08073989568479690125
      10 0.75 2.48650390625e-6 -12.90463288780954204 1.243251953125e-6 -13.59778006836948735
      30 0.1 0.89607826800508969064 -0.10972751713797825041 0.5150661722374582485 -0.66345989679103351305
      30 0.3 0.0068522433629125412191 -4.9831791820884370076 0.0034261217071475036548 -5.6763263551497481943
      100 0.05 0.95321597106357248148 -0.047913778690644060985 0.58714533808053370118 -0.53248289511479894385
      100 0.12 0.10330374901820256859 -2.2700816109865196066 0.051658269157194415995 -2.9631049963822271463
      100 0.2 0.00055519273280280968097 -7.4961952381894605412 0.00027759636640373369734 -8.189342418741016487
      140 0.17 0.00052461086874709048593 -7.5528537725854432069 0.00026230543437599068104 -8.2460009531360656516
      400 0.06 0.10777126814683762521 -2.2277441852825881325 0.053893856195939085468 -2.9207387927970370418
    """

  @Test func `probabilities of samples have all digits`() {
    let cases = StatisticsReference.cases(Self.reference)
    #expect(cases.count == 13)
    for fields in cases {
      let numbers = fields.map { Double($0)! }
      let (size, distance) = (Int(numbers[0]), numbers[1])
      let both = KolmogorovDistribution.upper(distance, size: size)
      let one = KolmogorovDistribution.upperOneSided(distance, size: size)
      // Every place that is passed adds its rounding.
      let tolerance = 1e-14 + 1e-16 * numbers[0]
      #expect(isClose(both.value, numbers[2], tolerance), "\(both) \(fields)")
      #expect(isClose(both.log, numbers[3], tolerance), "\(both) \(fields)")
      #expect(isClose(one.value, numbers[4], 1e-14), "\(one) \(fields)")
      #expect(isClose(one.log, numbers[5], 1e-14), "\(one) \(fields)")
    }
  }

  @Test func `probabilities beyond the smallest double keep their logarithm`() {
    let far = KolmogorovDistribution.upper(0.9, size: 2_000)
    #expect(far.value == 0 && far.log < -3_000 && far.log > -.infinity)
    #expect(far == KolmogorovDistribution.upperOneSided(0.9, size: 2_000).doubled)
    #expect(KolmogorovDistribution.upper(1, size: 5) == .zero)
    #expect(KolmogorovDistribution.upperOneSided(0, size: 5) == .one)
    #expect(KolmogorovDistribution.upper(0.1, size: 5) == .one)
  }

  @Test func `large samples come near the limit`() {
    for x in [0.5, 1, 1.5, 2.2] {
      let exact = KolmogorovDistribution.upper(x / 800.0.squareRoot(), size: 800)
      let limit = KolmogorovDistribution.upper(x + 1 / (6 * 800.0.squareRoot()))
      #expect(isClose(exact.value, limit.value, 2e-2), "\(x)")
    }
  }

  @Test func `a larger distance is never more probable`() {
    for size in [1, 2, 3, 7, 20] {
      var (both, one) = (1.0, 1.0)
      for step in 1...200 {
        let distance = Double(step) / 200
        let next = KolmogorovDistribution.upper(distance, size: size).value
        let nextOne = KolmogorovDistribution.upperOneSided(distance, size: size).value
        #expect(next <= both + 1e-14 && nextOne <= one + 1e-14, "\(size) \(distance)")
        #expect(next <= 2 * nextOne + 1e-14 && next >= nextOne - 1e-14)
        (both, one) = (next, nextOne)
      }
    }
  }
}
