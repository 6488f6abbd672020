import StatisticsCore
import TestSupport
import Testing

/// Tails against numbers of 70 digits, over grids that reach far beyond the smallest double.
@Suite struct DistributionTests {
  @Test func `normal tails have all digits`() {
    check("normal", DistributionReference.normal, value: 1e-15, log: 1e-15) {
      (NormalDistribution.lower($0[0]), NormalDistribution.upper($0[0]))
    }
  }

  @Test func `gamma tails agree with 70 digits to 1e-15 for every shape`() {
    check("gamma", DistributionReference.gamma, value: 1e-15, log: 1e-15) {
      let distribution = GammaDistribution(shape: $0[0])
      return (distribution.lower($0[1]), distribution.upper($0[1]))
    }
  }

  @Test func `beta tails agree with 70 digits to 1e-15 for all parameters`() {
    check("beta", DistributionReference.beta, value: 1e-15, log: 1e-15) {
      let distribution = BetaDistribution($0[0], $0[1])
      return (distribution.lower($0[2]), distribution.upper($0[2]))
    }
  }

  @Test func `tails of Student's t agree with 70 digits to 1e-15`() {
    check("student", DistributionReference.student, value: 1e-15, log: 1e-15) {
      let distribution = StudentDistribution(degreesOfFreedom: $0[0])
      return (distribution.lower($0[1]), distribution.upper($0[1]))
    }
  }

  @Test func `F tails agree with 70 digits to 1e-15`() {
    check("f", DistributionReference.f, value: 1e-15, log: 1e-15) {
      let distribution = FDistribution($0[0], $0[1])
      return (distribution.lower($0[2]), distribution.upper($0[2]))
    }
  }

  @Test func `binomial tails agree with 70 digits to 1e-15`() {
    check("binomial", DistributionReference.binomial, value: 1e-15, log: 1e-15) {
      let distribution = BinomialDistribution(trials: Int($0[0]), probability: $0[1])
      let count = Int($0[2])
      return (distribution.lower(count), distribution.upper(count + 1))
    }
  }

  @Test func `tails of Kolmogorov's distribution have all digits`() {
    check("kolmogorov", DistributionReference.kolmogorov, value: 1e-15, log: 1e-15) {
      (KolmogorovDistribution.lower($0[0]), KolmogorovDistribution.upper($0[0]))
    }
  }

  /// Compares both tails, their last four numbers in each case, and tells the worst errors.
  private func check(
    _ name: String, _ text: String, value: Double, log: Double,
    _ tails: ([Double]) -> (TailProbability, TailProbability)
  ) {
    var worst = [(0.0, ""), (0.0, "")]
    for fields in GammaReference.cases(text) {
      let (lower, upper) = tails(fields)
      let pairs = zip([lower.value, lower.log, upper.value, upper.log], fields.suffix(4))
      for (index, (result, truth)) in pairs.enumerated() {
        // Below the smallest normal double a value has fewer digits.
        if abs(truth) < 0x1p-1022 {
          #expect(abs(result - truth) <= 0x1p-1073, "\(name) \(fields) \(result)")
          continue
        }
        let error = abs(result - truth) / abs(truth)
        let kind = index % 2
        if !(error <= worst[kind].0) { worst[kind] = (error, "\(fields) \(result)") }
        #expect(error <= (kind == 0 ? value : log), "\(name) \(fields) \(result) \(error)")
      }
    }
    if Rounds.isDeep {
      print("\(name): worst relative error \(worst[0].0) of a tail at \(worst[0].1)")
      print("\(name): worst relative error \(worst[1].0) of a logarithm at \(worst[1].1)")
    }
  }
}

/// What is not read off a table.
@Suite struct DistributionLawTests {
  @Test func `quantiles invert the tails of every continuous distribution`() {
    let logs = [-1e-12, -1e-3, -0.05, -0.5, -0.7, -2, -10, -100, -800, -5000]
    for shape in [0.01, 0.5, 1, 3.5, 40, 1e4, 1e9] {
      let gamma = GammaDistribution(shape: shape)
      for log in logs {
        for isUpper in [false, true] {
          let x = isUpper ? gamma.quantile(logUpper: log) : gamma.quantile(logLower: log)
          checkInverse("gamma \(shape)", x, log, isUpper, gamma.lower, gamma.upper)
        }
      }
    }
    for (a, b) in [(0.02, 0.03), (0.5, 0.5), (1, 20), (3, 5), (0.5, 1e6), (80, 1e3), (1e8, 2e8)] {
      let beta = BetaDistribution(a, b)
      for log in logs {
        for isUpper in [false, true] {
          let x = isUpper ? beta.quantile(logUpper: log) : beta.quantile(logLower: log)
          checkInverse("beta \(a) \(b)", x, log, isUpper, beta.lower, beta.upper)
        }
      }
    }
    for n in [0.5, 1, 2, 7.5, 100, 1e6, .infinity] {
      let student = StudentDistribution(degreesOfFreedom: n)
      for log in logs {
        for isUpper in [false, true] {
          let t = isUpper ? student.quantile(logUpper: log) : student.quantile(logLower: log)
          checkInverse("t \(n)", t, log, isUpper, student.lower, student.upper)
        }
      }
    }
    for (a, b) in [(1.0, 10.0), (4, 4), (200, 7), (3, 1e8)] {
      let f = FDistribution(a, b)
      for log in logs {
        for isUpper in [false, true] {
          let x = isUpper ? f.quantile(logUpper: log) : f.quantile(logLower: log)
          checkInverse("F \(a) \(b)", x, log, isUpper, f.lower, f.upper)
        }
      }
    }
  }

  /// The tail at the quantile is the one asked for, as far as neighbouring doubles can tell.
  private func checkInverse(
    _ name: String, _ x: Double, _ log: Double, _ isUpper: Bool,
    _ lower: (Double) -> TailProbability, _ upper: (Double) -> TailProbability
  ) {
    #expect(!x.isNaN, "\(name) \(log)")
    guard x != 0, x.isFinite, abs(x) > 1e-300, abs(x) < 1e150, x != 1 else { return }
    let tail = isUpper ? upper : lower
    let opposite = isUpper ? lower : upper
    // Of a sure event the small complement has the digits.
    let isSure = log > -0.6
    let truth = isSure ? -PortableMath.expm1(log) : log
    func value(_ x: Double) -> Double { isSure ? opposite(x).value : tail(x).log }
    let steps = [x.nextUp, x.nextDown].map { abs(value($0) - value(x)) }
    let slack = 4 * max(steps[0], steps[1]) + 1e-14 * abs(truth)
    #expect(abs(value(x) - truth) <= slack, "\(name) \(log) upper \(isUpper) at \(x): \(value(x))")
  }

  @Test func `densities are the slopes of the tails`() {
    func check(_ name: String, _ x: Double, _ density: Double, _ lower: (Double) -> Double) {
      let step = 1e-4 * abs(x)
      // Richardson's extrapolation of central differences.
      let wide = (lower(x + step) - lower(x - step)) / (2 * step)
      let narrow = (lower(x + step / 2) - lower(x - step / 2)) / step
      let slope = (4 * narrow - wide) / 3
      #expect(
        abs(slope - density) <= 1e-9 * density + 1e-11, "\(name) at \(x): \(slope) \(density)")
    }
    for x in [0.3, 1, 2.5, 7] {
      check("normal", x, NormalDistribution.density(x)) { NormalDistribution.lower($0).value }
      let gamma = GammaDistribution(shape: 2.5, scale: 1.5)
      check("gamma", x, gamma.density(x)) { gamma.lower($0).value }
      let square = ChiSquareDistribution(degreesOfFreedom: 5)
      check("chi-square", x, square.density(x)) { square.lower($0).value }
      let student = StudentDistribution(degreesOfFreedom: 4)
      check("t", x, student.density(x)) { student.lower($0).value }
      let f = FDistribution(3, 9)
      check("F", x, f.density(x)) { f.lower($0).value }
      let beta = BetaDistribution(2.5, 1.5)
      check("beta", x / 8, beta.density(x / 8)) { beta.lower($0).value }
    }
  }

  @Test(arguments: Rounds.parts)
  func `tails of counts are sums of masses and quantiles invert them`(part: Int) {
    for var random in Rounds.generators("counts", part: part, perPart: 5) {
      let trials = random.integer(in: 1...40)
      let binomial = BinomialDistribution(
        trials: trials, probability: random.uniform())
      let poisson = PoissonDistribution(mean: random.uniform(in: 0..<12))
      let marked = random.integer(in: 0...trials)
      let drawn = random.integer(in: 0...trials)
      let hands = HypergeometricDistribution(
        population: trials, marked: marked, sample: drawn)
      var sums = [0.0, 0.0, 0.0]
      for count in 0...40 {
        let masses = [binomial.mass(count), poisson.mass(count), hands.mass(count)]
        let lowers = [binomial.lower(count), poisson.lower(count), hands.lower(count)]
        let uppers = [
          binomial.upper(count + 1), poisson.upper(count + 1), hands.upper(count + 1),
        ]
        for index in 0..<3 {
          sums[index] += masses[index].value
          #expect(isClose(lowers[index].value, sums[index], 1e-12), "\(index) \(count)")
          #expect(abs(lowers[index].value + uppers[index].value - 1) < 1e-14)
        }
      }
      let level = random.uniform()
      let quantile = binomial.quantile(level)
      #expect(binomial.lower(quantile).value >= level - 1e-13)
      #expect(quantile == 0 || binomial.lower(quantile - 1).value < level)
      let count = poisson.quantile(level)
      #expect(poisson.lower(count).value >= level - 1e-13)
      #expect(count == 0 || poisson.lower(count - 1).value < level)
      let hand = hands.quantile(level)
      #expect(hands.lower(hand).value >= level - 1e-13)
      #expect(hand == hands.support.lowerBound || hands.lower(hand - 1).value < level)
    }
  }

  @Test func `the studentised range of two is Student's t`() {
    for n in [1.0, 4, 12, 200, .infinity] {
      let range = StudentizedRangeDistribution(groups: 2, degreesOfFreedom: n)
      let student = StudentDistribution(degreesOfFreedom: n)
      for q in [0.1, 1, 3.7, 8, 30] where n < 1e9 || q < 20 {
        let expected = student.twoSided(q / 2.0.squareRoot())
        let tail = range.upper(q)
        #expect(isClose(tail.value, expected.value, 1e-12), "\(n) \(q) \(tail) \(expected)")
      }
    }
  }

  @Test func `the studentised range agrees with mpmath`() {
    // k, ν, q, upper tail: mpmath 1.4.1 by nested quadrature with 30 digits.
    let cases: [(Int, Double, Double, Double)] = StudentizedRangeReference.cases
    for (groups, degrees, q, truth) in cases {
      let range = StudentizedRangeDistribution(groups: groups, degreesOfFreedom: degrees)
      let value = range.upper(q).value
      #expect(isClose(value, truth, 1e-12), "\(groups) \(degrees) \(q): \(value)")
    }
    let range = StudentizedRangeDistribution(groups: 3, degreesOfFreedom: 12)
    #expect(isClose(range.upper(range.upperQuantile(0.05)).value, 0.05, 1e-11))
    #expect(range.upper(0).value == 1 && range.upperQuantile(0) == .infinity)
  }

  @Test func `the bivariate normal distribution has its known values`() {
    func lower(_ h: Double, _ k: Double, _ r: Double) -> Double {
      BivariateNormalDistribution(correlation: r).lower(h, k)
    }
    #expect(isClose(lower(1, 1, 0.5), 0.7452035868467497, 1e-14))
    #expect(isClose(lower(1.96, 1.96, 0.9), 0.9648258343323342, 1e-14))
    // At the origin the probability is ¼ + arcsin r / 2π.
    for (r, share) in [(0.5, 1.0 / 3), (-0.5, 1.0 / 6), (0, 0.25), (1, 0.5), (-1, 0)] {
      #expect(abs(lower(0, 0, r) - share) < 2e-15)
    }
    // Nearly the same number twice.
    #expect(isClose(lower(0.3, 0.7, 1 - 1e-12), NormalDistribution.lower(0.3).value, 1e-13))
    #expect(lower(.infinity, 0, 0.3) == 0.5 && lower(0.2, -.infinity, 0.3) == 0)
  }

  @Test func `roots are found to the last places`() {
    #expect(
      RootFinder.root(in: 1...2) { $0 * $0 - 2 }.distance(to: 2.0.squareRoot()).magnitude < 1e-15)
    #expect(
      abs(RootFinder.root(in: 0...10) { PortableMath.exp($0) - 5 } - 1.6094379124341003) < 2e-15)
    #expect(RootFinder.root(in: -1...3) { $0 } == 0)
    // Flat almost everywhere.
    let place = RootFinder.root(in: 0...1) { $0 < 0.123 ? -1 : 1 }
    #expect(abs(place - 0.123) < 1e-15)
  }
}
