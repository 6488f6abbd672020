import StatisticsCore

/// Level, trend and season at a moment.
///
/// An additive season is added to the level, a multiplicative one is a factor.
public struct SmoothingState: Sendable, Hashable, Codable {
  /// The level.
  public var level: Double
  /// By how much the level rises with each value; 0 where the method has no trend.
  public var trend: Double
  /// What the season does to the values to come, the next one first; empty where the method has none.
  public var seasons: [Double]

  /// Makes a state.
  public init(level: Double, trend: Double = 0, seasons: [Double] = []) {
    self.level = level
    self.trend = trend
    self.seasons = seasons
  }
}

/// How much a value that was not expected moves level, trend and season.
///
/// With *e* for the difference between value and expectation, the level moves by `level` · *e*, the
/// trend by `trend` · *e*, an additive season by `season` · *e*; a trend is multiplied by `damping` in
/// each step. (Textbooks in which the trend moves by β* · Δ level have β = α β*.)
public struct SmoothingWeights: Sendable, Hashable, Codable {
  /// α, from 0 to 1; `nil` is estimated, as for the others.
  public var level: Double?
  /// β, from 0 to 1, and to α where it is estimated.
  public var trend: Double?
  /// γ, from 0 to 1, and to 1 − α where it is estimated.
  public var season: Double?
  /// φ, above 0 and at most 1; from 0.8 to 0.98 where it is estimated.
  public var damping: Double?

  /// Makes weights; those left out are estimated.
  public init(
    level: Double? = nil, trend: Double? = nil, season: Double? = nil, damping: Double? = nil
  ) {
    self.level = level
    self.trend = trend
    self.season = season
    self.damping = damping
  }
}

/// The equations of exponential smoothing, with derivatives.
struct SmoothingRecursion {
  var hasMultiplicativeError: Bool
  var hasTrend: Bool
  var isDamped: Bool
  var season: ExponentialSmoothing.Season
  /// How many values make a season; 1 where the method has none.
  var period: Int

  /// The weights in force.
  struct Weights {
    var level = 0.0
    var trend = 0.0
    var season = 0.0
    var damping = 1.0
  }

  /// Follows the values; `nil` where a number that must be positive is not.
  func run(
    _ values: [Double], _ weights: Weights, from start: SmoothingState
  ) -> (fitted: [Double], state: SmoothingState)? {
    var state = start
    var fitted: [Double] = []
    fitted.reserveCapacity(values.count)
    var phase = 0
    for value in values {
      guard let expected = step(&state, phase, weights, { _ in value }) else { return nil }
      fitted.append(expected)
      phase = phase + 1 == period ? 0 : phase + 1
    }
    if season != .none { state.seasons = Array(state.seasons[phase...] + state.seasons[..<phase]) }
    return (fitted, state)
  }

  /// Takes one step, in which the value may depend on what is expected, and returns that.
  func step(
    _ state: inout SmoothingState, _ phase: Int, _ weights: Weights, _ value: (Double) -> Double
  ) -> Double? {
    let base = hasTrend ? state.level + weights.damping * state.trend : state.level
    let expected: Double
    switch season {
    case .none: expected = base
    case .additive: expected = base + state.seasons[phase]
    case .multiplicative: expected = base * state.seasons[phase]
    }
    guard expected.isFinite, !hasMultiplicativeError || expected > 0 else { return nil }
    let error = value(expected) - expected
    switch season {
    case .none:
      state.level = base + weights.level * error
      if hasTrend { state.trend = weights.damping * state.trend + weights.trend * error }
    case .additive:
      state.level = base + weights.level * error
      if hasTrend { state.trend = weights.damping * state.trend + weights.trend * error }
      state.seasons[phase] += weights.season * error
    case .multiplicative:
      let index = state.seasons[phase]
      guard index > 0, base > 0 else { return nil }
      state.level = base + weights.level * error / index
      if hasTrend { state.trend = weights.damping * state.trend + weights.trend * error / index }
      state.seasons[phase] = index + weights.season * error / base
    }
    return expected
  }
}

/// The sum of squares of exponential smoothing as a function of weights and initial state.
///
/// With a multiplicative error the likelihood is greatest where n log Σε² + 2 Σ log μ is least, with ε
/// for relative errors and μ for expected values: a sum of squares too, that of ε times the geometric
/// mean of the μ.
struct SmoothingObjective {
  let recursion: SmoothingRecursion
  let values: [Double]
  let given: SmoothingWeights
  /// Whether the initial state is estimated.
  let hasFreeState: Bool
  let start: SmoothingState

  // The order of parameters: α, β/α, φ, γ/(1 − α), level, trend, all seasons but the last.
  private var trendPlace: Int? { recursion.hasTrend ? 1 : nil }
  private var dampingPlace: Int? { recursion.isDamped ? 2 : nil }
  private var seasonPlace: Int? {
    recursion.season == .none
      ? nil : 1 + (recursion.hasTrend ? 1 : 0) + (recursion.isDamped ? 1 : 0)
  }
  private var statePlace: Int {
    1 + (recursion.hasTrend ? 1 : 0) + (recursion.isDamped ? 1 : 0)
      + (recursion.season == .none ? 0 : 1)
  }
  var count: Int {
    hasFreeState
      ? statePlace + 1 + (recursion.hasTrend ? 1 : 0)
        + (recursion.season == .none ? 0 : recursion.period - 1) : statePlace
  }

  /// How many of them are estimated.
  var freeCount: Int {
    var given = self.given.level == nil ? 0 : 1
    if recursion.hasTrend, self.given.trend != nil { given += 1 }
    if recursion.isDamped, self.given.damping != nil { given += 1 }
    if recursion.season != .none, self.given.season != nil { given += 1 }
    return count - given
  }

  var search: LeastSquaresSearch {
    var lower = Array(repeating: 0.0, count: statePlace)
    var upper = Array(repeating: 1.0, count: statePlace)
    func fix(_ place: Int?, _ value: Double?) {
      if let place, let value { (lower[place], upper[place]) = (value, value) }
    }
    fix(0, given.level)
    fix(trendPlace, given.trend)
    fix(seasonPlace, given.season)
    if let place = dampingPlace { (lower[place], upper[place]) = (0.8, 0.98) }
    fix(dampingPlace, given.damping)
    if hasFreeState {
      lower += Array(repeating: -Double.infinity, count: count - statePlace)
      upper += Array(repeating: Double.infinity, count: count - statePlace)
    }
    return LeastSquaresSearch(lower: lower, upper: upper)
  }

  func parameters(
    level: Double, trend: Double, season: Double, damping: Double = 0.95
  ) -> [Double] {
    var result = [given.level ?? level]
    if recursion.hasTrend { result.append(given.trend ?? trend) }
    if recursion.isDamped { result.append(given.damping ?? damping) }
    if recursion.season != .none { result.append(given.season ?? season) }
    if hasFreeState {
      result.append(start.level)
      if recursion.hasTrend { result.append(start.trend) }
      if recursion.season != .none { result += start.seasons.dropLast() }
    }
    return result
  }

  func weights(_ parameters: [Double]) -> SmoothingRecursion.Weights {
    var weights = SmoothingRecursion.Weights(level: parameters[0])
    if let place = trendPlace {
      weights.trend = given.trend ?? parameters[0] * parameters[place]
    }
    if let place = seasonPlace {
      weights.season = given.season ?? (1 - parameters[0]) * parameters[place]
    }
    if let place = dampingPlace { weights.damping = parameters[place] }
    return weights
  }

  func state(_ parameters: [Double]) -> SmoothingState {
    guard hasFreeState else { return start }
    var place = statePlace
    var state = SmoothingState(level: parameters[place])
    place += 1
    if recursion.hasTrend {
      state.trend = parameters[place]
      place += 1
    }
    if recursion.season != .none {
      state.seasons = Array(parameters[place...])
      // Seasons add up to 0, or to their number, so that the level has a meaning.
      let all = recursion.season == .additive ? 0 : Double(recursion.period)
      state.seasons.append(all - state.seasons.reduce(0, +))
    }
    return state
  }

  /// The sum with its derivatives; `nil` where a number that must be positive is not.
  func point(_ parameters: [Double]) -> LeastSquaresSearch.Point? {
    let count = self.count
    let weights = self.weights(parameters)
    var state = self.state(parameters)
    let period = recursion.season == .none ? 0 : recursion.period
    let isFactor = recursion.season == .multiplicative
    // Derivatives of level, trend and each season by the parameters, one after the other.
    var level = Array(repeating: 0.0, count: count)
    var trend = Array(repeating: 0.0, count: count)
    var seasons = Array(repeating: 0.0, count: period * count)
    if hasFreeState {
      var place = statePlace
      level[place] = 1
      place += 1
      if recursion.hasTrend {
        trend[place] = 1
        place += 1
      }
      for phase in 0..<max(0, period - 1) {
        seasons[phase * count + place + phase] = 1
        seasons[(period - 1) * count + place + phase] = -1
      }
    }
    // How the weights depend on the parameters.
    let trendByLevel = given.trend == nil ? trendPlace.map { parameters[$0] } ?? 0 : 0
    let trendByOwn = given.trend == nil ? parameters[0] : 0
    let seasonByLevel = given.season == nil ? seasonPlace.map { -parameters[$0] } ?? 0 : 0
    let seasonByOwn = given.season == nil ? 1 - parameters[0] : 0

    var point = LeastSquaresSearch.Point(count: count)
    var derivatives = Array(repeating: 0.0, count: count)
    var base = derivatives
    var meanLogarithm = 0.0
    var meanSlope = derivatives
    var phase = 0
    for value in values {
      let q = recursion.hasTrend ? state.level + weights.damping * state.trend : state.level
      for index in 0..<count { base[index] = level[index] + weights.damping * trend[index] }
      if let place = dampingPlace { base[place] += state.trend }
      let index = period > 0 ? state.seasons[phase] : 0
      let start = phase &* count
      let expected = isFactor ? q * index : q + index
      guard expected.isFinite else { return nil }
      if recursion.hasMultiplicativeError, expected <= 0 { return nil }
      if isFactor, !(index > 0 && q > 0) { return nil }
      let error = value - expected
      // Derivatives of the expected value, and from here on of the error.
      for j in 0..<count {
        derivatives[j] =
          isFactor
          ? -(base[j] * index + q * seasons[start &+ j])
          : -(period > 0 ? base[j] + seasons[start &+ j] : base[j])
      }
      if recursion.hasMultiplicativeError {
        meanLogarithm += PortableMath.log(expected)
        let inverse = 1 / expected
        var relative = derivatives
        for j in 0..<count {
          meanSlope[j] -= derivatives[j] * inverse
          relative[j] = derivatives[j] * value * inverse * inverse
        }
        point.add(error * inverse, relative)
      } else {
        point.add(error, derivatives)
      }
      // The step itself.
      let shift = isFactor ? error / index : error
      for j in 0..<count {
        let change =
          isFactor ? (derivatives[j] - shift * seasons[start &+ j]) / index : derivatives[j]
        level[j] = base[j] + weights.level * change
        if recursion.hasTrend { trend[j] = weights.damping * trend[j] + weights.trend * change }
      }
      level[0] += shift
      if let place = trendPlace {
        trend[0] += trendByLevel * shift
        trend[place] += trendByOwn * shift
      }
      if let place = dampingPlace { trend[place] += state.trend }
      if let place = seasonPlace {
        let part = isFactor ? error / q : error
        for j in 0..<count {
          let change = isFactor ? (derivatives[j] - part * base[j]) / q : derivatives[j]
          seasons[start &+ j] += weights.season * change
        }
        seasons[start] += seasonByLevel * part
        seasons[start &+ place] += seasonByOwn * part
        state.seasons[phase] = index + weights.season * part
      }
      state.level = q + weights.level * shift
      if recursion.hasTrend { state.trend = weights.damping * state.trend + weights.trend * shift }
      phase = phase &+ 1 >= period ? 0 : phase &+ 1
    }
    if recursion.hasMultiplicativeError { scale(&point, meanLogarithm, meanSlope) }
    return point
  }

  /// Turns the sum of ε² into that of (ε G)², where G is the geometric mean of the expected values.
  private func scale(
    _ point: inout LeastSquaresSearch.Point, _ logarithm: Double, _ slope: [Double]
  ) {
    let n = Double(values.count)
    let factor = PortableMath.exp(2 * logarithm / n)
    let count = slope.count
    let old = point.gradient
    for row in 0..<count {
      for column in 0...row {
        let place = row * count + column
        point.normal[place] +=
          (old[row] * slope[column] + old[column] * slope[row]
            + point.sum * slope[row] * slope[column] / n) / n
        point.normal[place] *= factor
      }
      point.gradient[row] = (old[row] + point.sum * slope[row] / n) * factor
    }
    point.sum *= factor
  }
}
