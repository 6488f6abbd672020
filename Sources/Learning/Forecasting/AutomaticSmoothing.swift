import StatisticsCore

/// Chooses among the methods of exponential smoothing the one with the best information criterion.
///
/// ```swift
/// let model = try AutomaticSmoothing().fit(passengers)
/// model.learner                                       // Holt–Winters with damped trend, …
/// print(try AutomaticSmoothing().candidates(for: passengers))   // all of them, as a table
/// ```
///
/// All combinations of noise, trend and season that the series admits are fitted: multiplicative ones
/// where every value is above 0, seasonal ones where there are two seasons, none with as many
/// parameters as values. A multiplicative season with additive noise is left out, for it has infinite
/// variances (Hyndman and others 2008, chapter 15); ask ``ExponentialSmoothing`` for it.
///
/// Where methods fit a series without error the one with the fewest parameters is taken.
public struct AutomaticSmoothing: ForecastLearner, Hashable, Codable {
  /// By what a method is chosen.
  public enum Criterion: Sendable, Hashable, Codable, CaseIterable {
    /// Akaike's criterion with a correction for short series.
    case correctedAkaike
    /// Akaike's criterion.
    case akaike
    /// Schwarz' Bayesian criterion, which prefers simpler methods.
    case bayes
  }

  /// By what a method is chosen.
  public var criterion: Criterion
  /// Decides on simulated intervals.
  public var seed: UInt64

  /// Makes a choice.
  public init(criterion: Criterion = .correctedAkaike, seed: UInt64 = 0) {
    self.criterion = criterion
    self.seed = seed
  }

  /// Chooses and fits in the calling thread.
  ///
  /// - Throws: ``LearningError`` when no method can be fitted: with fewer than five values.
  public func fit(_ series: TimeSeries) throws(LearningError) -> ExponentialSmoothingModel {
    try choose(try learners(series).map { try? $0.fit(series) }, series)
  }

  /// Chooses and fits with several workers, which share the methods: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ series: TimeSeries, workers: Int
  ) async throws(LearningError) -> ExponentialSmoothingModel {
    let models = await concurrentMap(try learners(series), workers: workers) {
      try? $0.fit(series)
    }
    return try choose(models, series)
  }

  /// All methods that were considered, with their criteria.
  ///
  /// - Throws: ``LearningError`` as `fit`.
  public func candidates(for series: TimeSeries) throws(LearningError) -> SmoothingCandidates {
    let models = try learners(series).map { try? $0.fit(series) }
    let best = try choose(models, series)
    return SmoothingCandidates(
      criterion: criterion, chosen: best.learner,
      entries: models.compactMap { model in
        model.map {
          SmoothingCandidates.Entry(
            learner: $0.learner, parameters: $0.parameterCount, logLikelihood: $0.logLikelihood,
            correctedAkaike: $0.correctedAkaike, akaike: $0.akaike, bayes: $0.bayes)
        }
      })
  }

  private func learners(_ series: TimeSeries) throws(LearningError) -> [ExponentialSmoothing] {
    guard series.count >= 5 else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(series.count) values, too few to choose a method by what they say. Give at "
          + "least 5, or take NaiveForecaster.")
    }
    let isPositive = series.values.allSatisfy { $0 > 0 }
    let hasSeason = series.season >= 2 && series.count >= 2 * series.season
    var result: [ExponentialSmoothing] = []
    for noise in ExponentialSmoothing.Noise.allCases where isPositive || noise == .additive {
      for trend in ExponentialSmoothing.Trend.allCases {
        for season in ExponentialSmoothing.Season.allCases where hasSeason || season == .none {
          if season == .multiplicative, noise == .additive { continue }
          result.append(
            ExponentialSmoothing(noise: noise, trend: trend, season: season, seed: seed))
        }
      }
    }
    return result
  }

  private func choose(
    _ models: [ExponentialSmoothingModel?], _ series: TimeSeries
  ) throws(LearningError) -> ExponentialSmoothingModel {
    let fitted = models.compactMap { $0 }
    // The method with the fewest parameters among those without error; the first of equal ones.
    var exact: ExponentialSmoothingModel?
    for model in fitted where model.logLikelihood == nil {
      if model.parameterCount < exact?.parameterCount ?? .max { exact = model }
    }
    if let exact { return exact }
    var best: (model: ExponentialSmoothingModel, value: Double)?
    for model in fitted {
      guard let value = value(model) else { continue }
      if value < best?.value ?? .infinity { best = (model, value) }
    }
    guard let best else {
      throw LearningError(
        .parameterOutOfRange,
        "No method of exponential smoothing has fewer parameters than the \(series.count) values can "
          + "tell. Give more values, or take NaiveForecaster.")
    }
    return best.model
  }

  private func value(_ model: ExponentialSmoothingModel) -> Double? {
    switch criterion {
    case .correctedAkaike: model.correctedAkaike
    case .akaike: model.akaike
    case .bayes: model.bayes
    }
  }
}

extension AutomaticSmoothing: CustomStringConvertible {
  /// The choice in words.
  public var description: String {
    switch criterion {
    case .correctedAkaike: "exponential smoothing chosen by corrected AIC"
    case .akaike: "exponential smoothing chosen by AIC"
    case .bayes: "exponential smoothing chosen by BIC"
    }
  }
}

/// The methods of exponential smoothing that were considered for a series.
public struct SmoothingCandidates: Sendable, Hashable, Codable, CustomStringConvertible {
  /// A method with its criteria; they are `nil` where it fits without error, or has too many parameters.
  public struct Entry: Sendable, Hashable, Codable {
    /// The method.
    public let learner: ExponentialSmoothing
    /// The number of weights and initial states.
    public let parameters: Int
    /// The logarithm of the likelihood.
    public let logLikelihood: Double?
    /// Akaike's criterion with the correction for short series.
    public let correctedAkaike: Double?
    /// Akaike's criterion.
    public let akaike: Double?
    /// Schwarz' Bayesian criterion.
    public let bayes: Double?
  }

  /// By what a method is chosen.
  public let criterion: AutomaticSmoothing.Criterion
  /// The method that was chosen.
  public let chosen: ExponentialSmoothing
  /// All that could be fitted.
  public let entries: [Entry]

  /// The methods as a text table; the chosen one has an asterisk.
  public var description: String {
    func text(_ value: Double?) -> String { value.map { FigureText.fixed($0, 2) } ?? "" }
    return FigureText.table([
      ["method"] + entries.map { "\($0.learner)" + ($0.learner == chosen ? " *" : "") },
      ["parameters"] + entries.map { "\($0.parameters)" },
      ["log-likelihood"] + entries.map { text($0.logLikelihood) },
      ["AICc"] + entries.map { text($0.correctedAkaike) },
      ["AIC"] + entries.map { text($0.akaike) },
      ["BIC"] + entries.map { text($0.bayes) },
    ])
  }
}
