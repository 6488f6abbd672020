import StatisticsCore

/// Forecasts by the theta method: smoothing, and half of the slope of the whole series.
///
/// ```swift
/// let model = try ThetaForecaster().fit(passengers)
/// model.theta, model.levelWeight        // 2 and how fast the level follows
/// print(model.forecast(12))
/// ```
///
/// The season is taken out first by a classical decomposition, and put back into the forecast. The rest
/// is smoothed, and drifts by (1 − 1/θ) of the line through it; θ is 2 in the standard method and
/// estimated in the optimised one. Weight, initial level and θ are those with the least sum of squares
/// of the errors from the fourth value on.
///
/// The method won the M3 competition, and needs little: it is a good first choice for many short
/// series. Intervals are normal: an error moves the level by its weight and is kept from then on.
///
/// Sources: V. Assimakopoulos and K. Nikolopoulos, International Journal of Forecasting 16 (2000),
/// 521–530; J. A. Fiorucci and others, *Models for optimising the theta method and their relationship
/// to state space models*, International Journal of Forecasting 32 (2016), 1151–1161.
public struct ThetaForecaster: ForecastLearner, Hashable, Codable {
  /// How θ is found.
  public enum Variant: Sendable, Hashable, Codable, CaseIterable {
    /// It is 2.
    case standard
    /// It is estimated, from 1.
    case optimised
  }

  /// How the season is taken out.
  public enum Season: Sendable, Hashable, Codable, CaseIterable {
    /// As a factor where the values are above 0 and else as a summand, if the autocorrelation at the
    /// distance of a season stands out at a level of 90 %.
    case automatic
    /// Not at all.
    case none
    /// As a summand.
    case additive
    /// As a factor.
    case multiplicative
  }

  /// How θ is found.
  public var variant: Variant
  /// How the season is taken out.
  public var season: Season

  /// Makes a method.
  public init(_ variant: Variant = .standard, season: Season = .automatic) {
    self.variant = variant
    self.season = season
  }

  /// Fits the method.
  ///
  /// - Throws: ``LearningError`` when there are fewer than six values, or the season cannot be taken out
  ///   as asked: the series has none or not two of them, or values that are not above 0.
  /// - Complexity: O(*n*) for each step of the search, where *n* is the number of values.
  public func fit(_ series: TimeSeries) throws(LearningError) -> ThetaModel {
    guard series.count >= 6 else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(series.count) values, and the theta method needs at least 6. Give more "
          + "values, or take NaiveForecaster.")
    }
    let decomposition = try decompose(series)
    let adjusted = decomposition?.adjusted ?? series.values
    let scale = ExponentialSmoothing.scale(of: adjusted)
    let values = adjusted.map { $0 / scale }
    let recursion = ThetaRecursion(values)
    var best: (parameters: [Double], sum: Double)?
    // The parameters are the weight, the initial level and 1/θ, of which 0.5 is the standard.
    let share = variant == .standard ? 0.5...0.5 : 0...1
    let search = LeastSquaresSearch(
      lower: [0.1, -.infinity, share.lowerBound], upper: [0.99, .infinity, share.upperBound])
    for weight in [0.1, 0.4, 0.8] {
      for inverse in variant == .standard ? [0.5] : [0.5, 0.05, 0.95] {
        if let found = search.minimize(
          from: [weight, values[0] * 0.5, inverse], recursion.point),
          found.sum < best?.sum ?? .infinity
        {
          best = found
        }
      }
    }
    guard let best else {
      preconditionFailure("The theta method has a sum of squares for every series.")
    }
    let path = recursion.run(best.parameters)
    var expected = path.expected.map { $0 * scale }
    if let decomposition {
      for index in expected.indices {
        let part = decomposition.figure[index % series.season]
        expected[index] =
          decomposition.kind == .additive ? expected[index] + part : expected[index] * part
      }
    }
    let squares = path.errors.dropFirst(3).reduce(0) { $0 + $1 * $1 }
    let freedom = Double(max(1, series.count - 3 - (variant == .standard ? 2 : 3)))
    return ThetaModel(
      learner: self, series: series, levelWeight: best.parameters[0],
      inverseTheta: best.parameters[2], initialLevel: best.parameters[1] * scale,
      level: path.level * scale, intercept: recursion.line.intercept * scale,
      slope: recursion.line.slope * scale, seasonKind: decomposition?.kind,
      seasons: decomposition?.figure ?? [], expected: expected,
      standardDeviation: (squares / freedom).squareRoot() * scale)
  }

  private func decompose(_ series: TimeSeries) throws(LearningError) -> ClassicalDecomposition? {
    switch season {
    case .none: return nil
    case .additive: return try ClassicalDecomposition(series, season: .additive)
    case .multiplicative: return try ClassicalDecomposition(series, season: .multiplicative)
    case .automatic:
      guard series.season >= 2, series.count >= 2 * series.season,
        let correlation = try? Autocorrelation(series, lags: series.season)
      else { return nil }
      guard abs(correlation.values.last!) > correlation.bartlettBands(level: 0.9).last! else {
        return nil
      }
      if series.values.allSatisfy({ $0 > 0 }),
        let parts = try? ClassicalDecomposition(series, season: .multiplicative),
        parts.figure.allSatisfy({ $0 >= 0.01 })
      {
        return parts
      }
      return try ClassicalDecomposition(series, season: .additive)
    }
  }
}

extension ThetaForecaster: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    let name = variant == .standard ? "theta method" : "optimised theta method"
    switch season {
    case .automatic: return name
    case .none: return name + ", no season"
    case .additive: return name + ", additive season"
    case .multiplicative: return name + ", multiplicative season"
    }
  }
}

/// The equations of the theta method, with derivatives.
private struct ThetaRecursion {
  let values: [Double]
  let line: StraightLine

  init(_ values: [Double]) {
    self.values = values
    line = StraightLine(values)
  }

  func run(_ parameters: [Double]) -> (expected: [Double], errors: [Double], level: Double) {
    let (weight, drift) = (parameters[0], 1 - parameters[2])
    var level = parameters[1]
    var power = 1.0
    var expected: [Double] = []
    for value in values {
      let slope = (1 - power * (1 - weight)) / weight
      expected.append(level + drift * (line.intercept * power + line.slope * slope))
      level = weight * value + (1 - weight) * level
      power *= 1 - weight
    }
    return (expected, zip(values, expected).map { $0 - $1 }, level)
  }

  func point(_ parameters: [Double]) -> LeastSquaresSearch.Point? {
    let (weight, drift) = (parameters[0], 1 - parameters[2])
    var point = LeastSquaresSearch.Point(count: 3)
    var level = parameters[1]
    var byWeight = 0.0
    var byStart = 1.0
    // (1 − α)ᵗ and its derivative.
    var power = 1.0
    var powerSlope = 0.0
    for (index, value) in values.enumerated() {
      let next = power * (1 - weight)
      let nextSlope = powerSlope * (1 - weight) - power
      let slope = (1 - next) / weight
      let slopeByWeight = -nextSlope / weight - slope / weight
      let term = line.intercept * power + line.slope * slope
      let expected = level + drift * term
      let termByWeight = line.intercept * powerSlope + line.slope * slopeByWeight
      if index >= 3 {
        point.add(value - expected, [-(byWeight + drift * termByWeight), -byStart, term])
      }
      byWeight = value - level + (1 - weight) * byWeight
      byStart *= 1 - weight
      level = weight * value + (1 - weight) * level
      power = next
      powerSlope = nextSlope
    }
    return point
  }
}

/// The theta method fitted to a series.
public struct ThetaModel: ForecastModel {
  /// The method that it comes from.
  public let learner: ThetaForecaster
  /// The series that it was fitted to.
  public let series: TimeSeries
  /// By how much of an error the level moves.
  public let levelWeight: Double
  /// The level before the first value, without season.
  public let initialLevel: Double
  /// The level after the last value.
  public let level: Double
  /// The slope of the line through the values without season.
  public let slope: Double
  /// What the season does; `nil` where it was not taken out.
  public let seasonKind: ClassicalDecomposition.Season?
  /// The season, from the first value of the series on; empty where it was not taken out.
  public let seasons: [Double]
  /// The standard deviation of the errors without season, from the fourth value on.
  public let standardDeviation: Double
  /// The model card's title, metrics and remarks.
  public var notes = ModelNotes()
  let inverseTheta: Double
  let intercept: Double
  let expected: [Double]

  init(
    learner: ThetaForecaster, series: TimeSeries, levelWeight: Double, inverseTheta: Double,
    initialLevel: Double, level: Double, intercept: Double, slope: Double,
    seasonKind: ClassicalDecomposition.Season?, seasons: [Double], expected: [Double],
    standardDeviation: Double
  ) {
    self.learner = learner
    self.series = series
    self.levelWeight = levelWeight
    self.inverseTheta = inverseTheta
    self.initialLevel = initialLevel
    self.level = level
    self.intercept = intercept
    self.slope = slope
    self.seasonKind = seasonKind
    self.seasons = seasons
    self.expected = expected
    self.standardDeviation = standardDeviation
  }

  /// θ, from 1; infinity where the whole slope counts.
  public var theta: Double { 1 / inverseTheta }

  /// For each value what the values before it, and the line through all, made expect.
  public var fitted: [Double?] { expected }

  /// Tells the values to come.
  public func forecast(_ horizon: Int, levels: [Double]) -> Forecast {
    Forecast.check(horizon)
    var power = 1.0
    for _ in 0..<series.count { power *= 1 - levelWeight }
    let drift = 1 - inverseTheta
    var level = self.level
    var means: [Double] = []
    var deviations: [Double] = []
    for ahead in 0..<horizon {
      let slopes = (1 - power * (1 - levelWeight)) / levelWeight
      let mean = level + drift * (intercept * power + slope * slopes)
      let part = seasons.isEmpty ? 0 : seasons[(series.count + ahead) % seasons.count]
      let spread = (1 + Double(ahead) * levelWeight * levelWeight).squareRoot()
      switch seasonKind {
      case nil:
        means.append(mean)
        deviations.append(standardDeviation * spread)
      case .additive:
        means.append(mean + part)
        deviations.append(standardDeviation * spread)
      case .multiplicative:
        means.append(mean * part)
        deviations.append(standardDeviation * spread * part)
      }
      level = levelWeight * mean + (1 - levelWeight) * level
      power *= 1 - levelWeight
    }
    return Forecast("\(learner)", series, mean: means, deviations: deviations, levels: levels)
  }
}
