import StatisticsCore

/// Exponential smoothing that has been fitted to a series.
public struct ExponentialSmoothingModel: ForecastModel {
  /// The method that it comes from.
  public let learner: ExponentialSmoothing
  /// The series that it was fitted to.
  public let series: TimeSeries
  /// How fast level, trend and season follow; `nil` where the method has none.
  public let weights: SmoothingWeights
  /// The state before the first value.
  public let initialState: SmoothingState
  /// The state after the last value.
  public let state: SmoothingState
  /// The number of weights and initial states that were estimated.
  public let parameterCount: Int
  /// The model card's title, metrics and remarks.
  public var notes = ModelNotes()
  let expected: [Double]

  init(
    learner: ExponentialSmoothing, series: TimeSeries, weights: SmoothingWeights,
    initial: SmoothingState, state: SmoothingState, expected: [Double], parameterCount: Int
  ) {
    self.learner = learner
    self.series = series
    self.weights = weights
    initialState = initial
    self.state = state
    self.expected = expected
    self.parameterCount = parameterCount
  }

  /// For each value what the values before it made expect.
  public var fitted: [Double?] { expected }

  /// The sum of the squared differences between values and what was expected of them.
  public var sumOfSquaredErrors: Double {
    zip(series.values, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// The errors as the method understands them: shares of what was expected where noise is
  /// multiplicative.
  public var errors: [Double] {
    zip(series.values, expected).map { value, expected in
      learner.noise == .multiplicative ? (value - expected) / expected : value - expected
    }
  }

  /// The standard deviation of the errors, with as many degrees of freedom as there are values beyond
  /// the parameters; 0 where every value was expected but for rounding.
  public var standardDeviation: Double {
    let sum = errorSquares
    return isExact(sum) ? 0 : (sum / Double(max(1, series.count - parameterCount))).squareRoot()
  }

  /// The logarithm of the likelihood of the values, `nil` where they fit exactly: no density is then
  /// high enough.
  public var logLikelihood: Double? {
    let sum = errorSquares
    guard !isExact(sum) else { return nil }
    let n = Double(series.count)
    let jacobian =
      learner.noise == .multiplicative
      ? expected.reduce(0) { $0 + PortableMath.log($1) } : 0
    // log 2π
    return -n / 2 * (0x1.d67f1c864beb5p+0 + 1 + PortableMath.log(sum / n)) - jacobian
  }

  /// Akaike's criterion, for which low is good; the variance counts as a parameter.
  public var akaike: Double? { logLikelihood.map { 2 * Double(parameterCount + 1) - 2 * $0 } }

  /// Akaike's criterion with a correction for short series; `nil` also where there are fewer than
  /// three values more than parameters.
  public var correctedAkaike: Double? {
    let k = Double(parameterCount + 1)
    let rest = Double(series.count) - k - 1
    return rest > 0 ? akaike.map { $0 + 2 * k * (k + 1) / rest } : nil
  }

  /// Schwarz' Bayesian criterion: low is good.
  public var bayes: Double? {
    logLikelihood.map {
      Double(parameterCount + 1) * PortableMath.log(Double(series.count)) - 2 * $0
    }
  }

  var errorSquares: Double { errors.reduce(0) { $0 + $1 * $1 } }

  /// Whether the errors are no more than rounding.
  func isExact(_ sum: Double) -> Bool {
    let unit =
      learner.noise == .multiplicative
      ? 1.0 : series.values.reduce(0) { max($0, abs($1)) }
    return sum <= Double(series.count) * (1e-12 * unit) * (1e-12 * unit)
  }

  private var force: SmoothingRecursion.Weights {
    SmoothingRecursion.Weights(
      level: weights.level ?? 0, trend: weights.trend ?? 0, season: weights.season ?? 0,
      damping: weights.damping ?? 1)
  }

  /// Tells the values to come.
  ///
  /// Intervals follow from formulas unless the season is multiplicative; then 5,000 futures are
  /// simulated with the seed of the method.
  public func forecast(_ horizon: Int, levels: [Double]) -> Forecast {
    Forecast.check(horizon)
    let mean = means(horizon)
    if learner.season == .multiplicative {
      return forecast(horizon, levels: levels, simulation: ForecastSimulation(seed: learner.seed))
    }
    return Forecast(
      "\(learner)", series, mean: mean, deviations: deviations(mean), levels: levels)
  }

  /// Tells the values to come with intervals from simulated futures.
  ///
  /// Where a method needs values above 0, a future in which what is expected falls to 0 or below stays
  /// at 0.
  ///
  /// - Parameters:
  ///   - horizon: How many values, at least 1.
  ///   - levels: The probabilities of the intervals, above 0 and below 1.
  ///   - simulation: How many futures are simulated, and of which errors.
  /// - Complexity: O(*h* *s*), where *h* is the horizon and *s* the number of futures.
  public func forecast(
    _ horizon: Int, levels: [Double], simulation: ForecastSimulation
  ) -> Forecast {
    Forecast.check(horizon)
    return Forecast(
      "\(learner)", series, mean: means(horizon), simulated: simulate(horizon, simulation),
      levels: levels)
  }

  private func means(_ horizon: Int) -> [Double] {
    var (base, step) = (state.level, weights.damping ?? 1)
    var trend = state.trend
    return (0..<horizon).map { ahead in
      if learner.trend != .none {
        trend *= step
        if step == 1 { base = state.level + Double(ahead + 1) * state.trend } else { base += trend }
      } else {
        step = 1
      }
      switch learner.season {
      case .none: return base
      case .additive: return base + state.seasons[ahead % state.seasons.count]
      case .multiplicative: return base * state.seasons[ahead % state.seasons.count]
      }
    }
  }

  // Hyndman and others 2008, sections 6.3 and 6.4: what an error adds to the value j steps later is
  // c(j); with multiplicative noise the squares of later values count as well.
  private func deviations(_ mean: [Double]) -> [Double] {
    let sigma = standardDeviation
    let variance = sigma * sigma
    var effects: [Double] = []
    var (sum, power) = (0.0, 1.0)
    for ahead in 1..<max(mean.count, 1) + 1 {
      var effect = weights.level ?? 0
      if let trend = weights.trend {
        power *= weights.damping ?? 1
        sum += power
        effect += trend * sum
      }
      if let season = weights.season, ahead % state.seasons.count == 0 { effect += season }
      effects.append(effect)
    }
    var squares: [Double] = []
    return mean.indices.map { step in
      if learner.noise == .additive {
        var all = 1.0
        for effect in effects.prefix(step) { all += effect * effect }
        return sigma * all.squareRoot()
      }
      var square = mean[step] * mean[step]
      for ahead in 0..<step {
        square += variance * effects[ahead] * effects[ahead] * squares[step - 1 - ahead]
      }
      squares.append(square)
      return max(0, (1 + variance) * square - mean[step] * mean[step]).squareRoot()
    }
  }

  private func simulate(_ horizon: Int, _ simulation: ForecastSimulation) -> [[Double]] {
    let isRelative = learner.noise == .multiplicative
    let recursion = SmoothingRecursion(
      hasMultiplicativeError: isRelative, hasTrend: learner.trend != .none,
      isDamped: learner.trend == .damped, season: learner.season,
      period: max(1, state.seasons.count))
    let (errors, sigma, weights) = (self.errors, standardDeviation, force)
    var result = Array(repeating: [Double](), count: horizon)
    for future in 0..<simulation.futures {
      var generator = SeededGenerator(seed: simulation.seed, path: "futures", UInt64(future))
      var state = self.state
      var hasEnded = false
      for ahead in 0..<horizon {
        let error = simulation.draw(&generator, errors, sigma)
        var value = 0.0
        if !hasEnded {
          let phase = ahead % recursion.period
          let expected = recursion.step(&state, phase, weights) {
            value = isRelative ? $0 * (1 + error) : $0 + error
            return value
          }
          if expected == nil || !value.isFinite {
            hasEnded = true
            value = 0
          }
        }
        result[ahead].append(value)
      }
    }
    return result
  }
}

/// How futures are simulated, of which intervals are made where no formula is known.
public struct ForecastSimulation: Sendable, Hashable, Codable {
  /// Of which errors futures are made.
  public enum Errors: Sendable, Hashable, Codable {
    /// Normal ones.
    case normal
    /// Those of the past, drawn at random: for errors that are skewed or have outliers.
    case resampled
  }

  /// The number of futures, at least 1.
  public var futures: Int
  /// Decides on the errors.
  public var seed: UInt64
  /// Of which errors futures are made.
  public var errors: Errors

  /// Says how futures are simulated.
  public init(futures: Int = 5_000, seed: UInt64, errors: Errors = .normal) {
    precondition(futures >= 1, "An interval is made of at least one future.")
    self.futures = futures
    self.seed = seed
    self.errors = errors
  }

  func draw(_ generator: inout SeededGenerator, _ past: [Double], _ sigma: Double) -> Double {
    switch errors {
    case .normal: generator.normal(standardDeviation: sigma)
    case .resampled: generator.choose(from: past)
    }
  }
}
