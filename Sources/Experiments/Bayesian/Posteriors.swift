import StatisticsCore

/// What is believed of a probability after successes and failures.
///
/// ```swift
/// let conversion = BetaPosterior(successes: 12, of: 25)
/// conversion.mean                       // 0.4815
/// conversion.interval(0.95)             // 0.2987…0.6664
/// ```
public struct BetaPosterior: Posterior, Codable {
  /// Successes and the prior's; above 0.
  public let alpha: Double
  /// Failures and the prior's; above 0.
  public let beta: Double

  /// Makes the distribution with the given parameters, above 0.
  public init(alpha: Double, beta: Double) {
    precondition(
      alpha > 0 && alpha < .infinity && beta > 0 && beta < .infinity,
      "The parameters of a beta distribution must be finite and above zero.")
    self.alpha = alpha
    self.beta = beta
  }

  /// Makes the posterior of a count of successes.
  ///
  /// - Parameters:
  ///   - successes: From 0 to `trials`.
  ///   - trials: The number of trials.
  ///   - prior: What was believed before; any probability alike by default.
  public init(
    successes: Int, of trials: Int, prior: BetaPosterior = BetaPosterior(alpha: 1, beta: 1)
  ) {
    precondition(
      successes >= 0 && trials >= successes,
      "The successes must be from 0 to the number of trials.")
    self.init(
      alpha: prior.alpha + Double(successes), beta: prior.beta + Double(trials - successes))
  }

  public var mean: Double { alpha / (alpha + beta) }
  public var variance: Double {
    let sum = alpha + beta
    return alpha / sum * (beta / sum) / (sum + 1)
  }
  public func quantile(_ probability: Double) -> Double {
    BetaDistribution(alpha, beta).quantile(probability)
  }
  public func logTails(at coordinate: Double) -> (lower: Double, upper: Double) {
    let tails =
      coordinate <= 0
      ? BetaTails(alpha, beta, coordinate) : BetaTails(beta, alpha, -coordinate).mirrored
    return (tails.lower, tails.upper)
  }
  public func logDensity(at coordinate: Double) -> Double {
    let slope = Self.logSlope(at: coordinate)
    // Seen from the nearer end, where the share and its complement keep all digits.
    let (near, far) = coordinate <= 0 ? (alpha, beta) : (beta, alpha)
    guard abs(coordinate) < 700 else {
      return -near * abs(coordinate) - GammaFunctions.logBeta(alpha, beta)
    }
    return BetaDistribution(near, far).logDensity(Self.value(at: -abs(coordinate))) + slope
  }
  public static func value(at coordinate: Double) -> Double {
    Quadrature.logistic(coordinate).value
  }
  public static func logSlope(at coordinate: Double) -> Double {
    let place = Quadrature.logistic(coordinate)
    return place.log + place.logComplement
  }
  public var centre: Double { PortableMath.log(alpha / beta) }
  public var spread: Double { (1 / alpha + 1 / beta).squareRoot() }

  public var description: String { "beta distribution (\(alpha), \(beta))" }
}

/// The tails of a beta distribution at a share of at most one half.
private struct BetaTails {
  var lower: Double
  var upper: Double

  init(_ a: Double, _ b: Double, _ coordinate: Double) {
    let tails = IncompleteBeta(a, b, at: Quadrature.logistic(coordinate).value)
    (lower, upper) = (tails.lower.log, tails.upper.log)
  }

  var mirrored: BetaTails {
    var tails = self
    swap(&tails.lower, &tails.upper)
    return tails
  }
}

/// What is believed of a rate after a count of events.
///
/// ```swift
/// let perDay = GammaPosterior(count: 60, exposure: 30)
/// perDay.mean                           // 2.0…
/// ```
public struct GammaPosterior: Posterior, Codable {
  /// Events and the prior's; above 0.
  public let shape: Double
  /// Exposure and the prior's; above 0.
  public let rate: Double

  /// Makes the distribution with the given parameters, above 0; its mean is `shape` / `rate`.
  public init(shape: Double, rate: Double) {
    precondition(
      shape > 0 && shape < .infinity && rate > 0 && rate < .infinity,
      "The parameters of a gamma distribution must be finite and above zero.")
    self.shape = shape
    self.rate = rate
  }

  /// Makes the posterior of a Poisson count.
  ///
  /// - Parameters:
  ///   - count: The number of events.
  ///   - exposure: Users, days or whatever the rate is per; above 0.
  ///   - prior: What was believed before; Jeffreys' prior by default, as half an event in no time.
  public init(count: Int, exposure: Double, prior: GammaPosterior? = nil) {
    precondition(count >= 0, "A count must not be negative.")
    precondition(
      exposure > 0 && exposure < .infinity, "The exposure must be finite and above zero.")
    self.init(
      shape: (prior?.shape ?? 0.5) + Double(count), rate: (prior?.rate ?? 0) + exposure)
  }

  public var mean: Double { shape / rate }
  public var variance: Double { shape / rate / rate }
  public func quantile(_ probability: Double) -> Double {
    GammaDistribution(shape: shape, rate: rate).quantile(probability)
  }
  public func logTails(at coordinate: Double) -> (lower: Double, upper: Double) {
    let tails = IncompleteGamma(shape: shape, at: rate * PortableMath.exp(coordinate))
    return (tails.lower.log, tails.upper.log)
  }
  public func logDensity(at coordinate: Double) -> Double {
    let value = PortableMath.exp(coordinate)
    guard value > 0, value < .infinity else {
      let place = coordinate + PortableMath.log(rate)
      return shape * place - PortableMath.exp(place) - GammaFunctions.logGamma(shape)
    }
    return GammaDistribution(shape: shape, rate: rate).logDensity(value) + coordinate
  }
  public static func value(at coordinate: Double) -> Double { PortableMath.exp(coordinate) }
  public static func logSlope(at coordinate: Double) -> Double { coordinate }
  public var centre: Double { PortableMath.log(shape / rate) }
  public var spread: Double { (1 / shape).squareRoot() }

  public var description: String { "gamma distribution (shape \(shape), rate \(rate))" }
}

/// What is believed of a mean, or of the effect of a treatment.
///
/// ```swift
/// let effect = NormalPosterior(estimate: 0.29, standardError: 0.1248)
/// effect.chanceAboveZero                // 0.9899
/// effect.expectedLoss                   // 0.0004: what choosing the treatment costs if it is worse
/// ```
public struct NormalPosterior: Posterior, Codable {
  public let mean: Double
  /// The standard deviation, above 0.
  public let standardDeviation: Double

  /// Makes the distribution.
  public init(mean: Double, standardDeviation: Double) {
    precondition(mean.isFinite, "The mean of a normal distribution must be finite.")
    precondition(
      standardDeviation > 0 && standardDeviation < .infinity,
      "The standard deviation must be finite and above zero.")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Makes the posterior of an estimate with a normal error.
  ///
  /// - Parameters:
  ///   - estimate: The estimate, such as ``MetricComparison/difference`` or its lift.
  ///   - standardError: Its standard error, above 0.
  ///   - prior: What was believed before; `nil` for nothing.
  public init(estimate: Double, standardError: Double, prior: NormalPosterior? = nil) {
    guard let prior else {
      self.init(mean: estimate, standardDeviation: standardError)
      return
    }
    precondition(
      standardError > 0 && standardError < .infinity,
      "The standard error must be finite and above zero.")
    let (own, other) = (standardError * standardError, prior.variance)
    self.init(
      mean: estimate * (other / (own + other)) + prior.mean * (own / (own + other)),
      standardDeviation: (own / (own + other) * other).squareRoot())
  }

  public var variance: Double { standardDeviation * standardDeviation }
  public func quantile(_ probability: Double) -> Double {
    mean + standardDeviation * NormalDistribution.quantile(probability)
  }
  public func logTails(at coordinate: Double) -> (lower: Double, upper: Double) {
    let z = (coordinate - mean) / standardDeviation
    return (NormalDistribution.lower(z).log, NormalDistribution.upper(z).log)
  }
  public func logDensity(at coordinate: Double) -> Double {
    NormalDistribution.logDensity((coordinate - mean) / standardDeviation)
      - PortableMath.log(standardDeviation)
  }
  public static func value(at coordinate: Double) -> Double { coordinate }
  public static func logSlope(at coordinate: Double) -> Double { 0 }
  public var centre: Double { mean }
  public var spread: Double { standardDeviation }

  /// The shortest interval, which is the central one.
  public func shortestInterval(_ probability: Double = 0.95) -> ClosedRange<Double> {
    interval(probability)
  }

  /// The probability that the number is above zero: the chance to win of an effect.
  public var chanceAboveZero: Double { NormalDistribution.lower(mean / standardDeviation).value }

  /// The natural logarithm of ``chanceAboveZero``.
  public var logChanceAboveZero: Double { NormalDistribution.lower(mean / standardDeviation).log }

  /// What is lost on average by acting as if the effect were positive: the mean of its negative part.
  public var expectedLoss: Double { standardDeviation * Self.shortfall(mean / standardDeviation) }

  /// What is lost on average by acting as if the effect were negative: the mean of its positive part.
  public var expectedGain: Double { standardDeviation * Self.shortfall(-mean / standardDeviation) }

  /// φ(z) − z Φ(−z), the mean of the negative part of a normal number with the mean z.
  private static func shortfall(_ z: Double) -> Double {
    guard z > 8 else {
      return NormalDistribution.density(z) - z * NormalDistribution.upper(z).value
    }
    // The asymptotic series of the difference, which rounding would eat.
    let square = 1 / (z * z)
    var (term, sum) = (square, square)
    for index in 1...12 {
      term *= -Double(2 * index + 1) * square
      sum += term
    }
    return NormalDistribution.density(z) * sum
  }

  public var description: String {
    "normal distribution (mean \(mean), standard deviation \(standardDeviation))"
  }
}
