import StatisticsCore
import Testing

@Suite struct DistributionDrawTests {
  private static let count = 20_000

  /// Checks the mean and the variance of many draws against the truth, to five standard errors.
  private func check(
    _ name: String, mean: Double, variance: Double, fourthMoment: Double,
    _ draw: (inout SeededGenerator) -> Double
  ) {
    var random = SeededGenerator(seed: 11, path: name)
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<Self.count {
      let deviation = draw(&random) - mean
      sum += deviation
      squares += deviation * deviation
    }
    let n = Double(Self.count)
    #expect(abs(sum / n) < 5 * (variance / n).squareRoot(), "mean of \(name)")
    let error = ((fourthMoment - variance * variance) / n).squareRoot()
    #expect(abs(squares / n - variance) < 5 * error, "variance of \(name)")
  }

  @Test func `continuous draws have the right mean and variance`() {
    check("normal", mean: 3, variance: 4, fourthMoment: 48) {
      $0.normal(mean: 3, standardDeviation: 2)
    }
    check("exponential", mean: 0.5, variance: 0.25, fourthMoment: 9.0 / 16) {
      $0.exponential(rate: 2)
    }
    for shape in [0.3, 1, 2.5, 40] {
      // Kurtosis 3 + 6 / shape.
      check(
        "gamma \(shape)", mean: 2 * shape, variance: 4 * shape,
        fourthMoment: 16 * shape * shape * (3 + 6 / shape)
      ) { $0.gamma(shape: shape, scale: 2) }
    }
    // The logarithm of a log-normal draw is normal.
    check("log-normal", mean: 1, variance: 0.25, fourthMoment: 3.0 / 16) {
      PortableMath.log($0.logNormal(mean: 1, standardDeviation: 0.5))
    }
  }

  @Test func `counting draws have the right mean and variance`() {
    for mean in [0.2, 3, 9.9, 10, 30, 1_000, 1e6] {
      // Fourth central moment of Poisson: mean (1 + 3 mean).
      check(
        "poisson \(mean)", mean: mean, variance: mean, fourthMoment: mean * (1 + 3 * mean)
      ) { Double($0.poisson(mean: mean)) }
    }
    for p in [0.1, 0.5, 0.9] {
      let variance = (1 - p) / (p * p)
      // Excess kurtosis 6 + p² / (1 − p).
      check(
        "geometric \(p)", mean: (1 - p) / p, variance: variance,
        fourthMoment: variance * variance * (9 + p * p / (1 - p))
      ) { Double($0.geometric(probability: p)) }
    }
  }

  @Test func `a normal draw falls below the quartiles as often as it should`() {
    var random = SeededGenerator(seed: 12)
    var below = [0, 0, 0, 0]
    // Φ(−1.959964) = 0.025, Φ(−0.6744898) = 0.25, Φ(0) = 0.5, Φ(1.2815516) = 0.9.
    let points = [-1.959964, -0.6744898, 0, 1.2815516]
    for _ in 0..<Self.count {
      let draw = random.normal()
      for (index, point) in points.enumerated() where draw < point { below[index] += 1 }
    }
    for (count, p) in zip(below, [0.025, 0.25, 0.5, 0.9]) {
      let n = Double(Self.count)
      #expect(abs(Double(count) - p * n) < 5 * (n * p * (1 - p)).squareRoot())
    }
  }

  @Test(arguments: [8.0, 12.0])
  func `Poisson counts follow the distribution on both sides of the change of method`(mean: Double)
  {
    var random = SeededGenerator(seed: 13, path: "poisson \(mean)")
    var counts = [Int](repeating: 0, count: 100)
    for _ in 0..<Self.count { counts[min(99, random.poisson(mean: mean))] += 1 }
    var probability = PortableMath.exp(-mean)
    for k in 0..<25 {
      let expected = Double(Self.count) * probability
      #expect(abs(Double(counts[k]) - expected) < 5 * expected.squareRoot() + 2, "\(k)")
      probability *= mean / Double(k + 1)
    }
  }

  @Test(arguments: [(1, 1.0), (10, 0), (10, 0.5), (50, 1), (50, 1.7), (1_000, 3)])
  func `Zipf ranks follow the powers of the rank`(ranks: Int, exponent: Double) {
    var random = SeededGenerator(seed: 14, path: "zipf")
    let distribution = ZipfDistribution(count: ranks, exponent: exponent)
    var counts = [Int](repeating: 0, count: ranks + 1)
    for _ in 0..<Self.count { counts[random.zipf(distribution)] += 1 }
    #expect(counts[0] == 0)
    let weights = (1...ranks).map { PortableMath.pow(Double($0), -exponent) }
    let total = weights.reduce(0, +)
    for rank in 1...min(ranks, 20) {
      let expected = Double(Self.count) * weights[rank - 1] / total
      #expect(
        abs(Double(counts[rank]) - expected) < 5 * expected.squareRoot() + 2,
        "rank \(rank) of \(ranks), exponent \(exponent)")
    }
  }

  @Test func `edges of the parameters have defined draws`() {
    var random = SeededGenerator(seed: 15)
    for _ in 0..<50 {
      #expect(random.poisson(mean: 0) == 0)
      #expect(random.geometric(probability: 1) == 0)
      #expect(random.geometric(probability: .leastNonzeroMagnitude) == .max)
      #expect(random.normal(mean: 5, standardDeviation: 0) == 5)
      #expect(random.gamma(shape: 1e-300) >= 0)
      #expect(abs(Double(random.poisson(mean: 1e9)) - 1e9) < 3e5)
      #expect(random.zipf(ZipfDistribution(count: .max, exponent: 50)) == 1)
    }
  }

  @Test func `the bits of every draw are those of the reference table`() {
    // Written by this implementation; they must be the same on every machine.
    func bits(_ draw: (inout SeededGenerator) -> Double) -> UInt64 {
      var random = SeededGenerator(seed: 16, path: "reference")
      var hash = 0 as UInt64
      for _ in 0..<1_000 { hash = SeededGenerator.mix13(hash &+ draw(&random).bitPattern) }
      return hash
    }
    let zipf = ZipfDistribution(count: 1_000, exponent: 1.1)
    #expect(bits { $0.uniform() } == 0x8535_3287_e53d_6605)
    #expect(bits { $0.normal() } == 0xdcc9_4740_7deb_591e)
    #expect(bits { $0.logNormal(mean: 1, standardDeviation: 2) } == 0x5b8b_bd3b_e71b_00ae)
    #expect(bits { $0.exponential() } == 0xc4bb_fe4e_29ec_f3e1)
    #expect(bits { $0.gamma(shape: 0.7) } == 0x803a_23a8_f368_15e3)
    #expect(bits { Double($0.poisson(mean: 4)) } == 0xc986_0d89_3d98_9811)
    #expect(bits { Double($0.poisson(mean: 40)) } == 0xe937_1c84_670e_04a7)
    #expect(bits { Double($0.geometric(probability: 0.2)) } == 0xd9ad_ffed_ede6_8837)
    #expect(bits { Double($0.zipf(zipf)) } == 0xdd24_bb86_9552_2ac7)
    #expect(bits { Double($0.integer(below: 1_000)) } == 0x9a57_24ef_c31a_ea5a)
  }
}
