import StatisticsCore
import TestSupport
import Testing

@testable import Learning

/// Random series with a level, a trend and a season.
func randomSeries(
  _ generator: inout SeededGenerator, season: Int, count: Int, isPositive: Bool = true
) -> TimeSeries {
  let level = generator.uniform(in: 50..<200)
  let slope = generator.uniform(in: -0.2..<0.5)
  let figure = (0..<season).map { _ in generator.uniform(in: 0.7..<1.3) }
  let values = (0..<count).map { index in
    let value = (level + slope * Double(index)) * (season > 1 ? figure[index % season] : 1)
    let noisy = value * (1 + generator.normal(standardDeviation: 0.08))
    return isPositive ? max(noisy, 1) : noisy - level
  }
  return try! TimeSeries(values, season: season)
}

private let methods: [ExponentialSmoothing] = ExponentialSmoothing.Noise.allCases.flatMap { noise in
  ExponentialSmoothing.Trend.allCases.flatMap { trend in
    ExponentialSmoothing.Season.allCases.map {
      ExponentialSmoothing(noise: noise, trend: trend, season: $0)
    }
  }
}

@Suite struct ExponentialSmoothingTests {
  // The oracle: the equations as textbooks write them, one state after the other.
  private func follow(_ model: ExponentialSmoothingModel) -> (
    fitted: [Double], state: SmoothingState
  ) {
    let learner = model.learner
    let (alpha, beta) = (model.weights.level!, model.weights.trend ?? 0)
    let (gamma, phi) = (model.weights.season ?? 0, model.weights.damping ?? 1)
    var level = model.initialState.level
    var trend = model.initialState.trend
    var seasons = model.initialState.seasons
    var fitted: [Double] = []
    for value in model.series.values {
      let base = level + phi * trend
      let season = seasons.first ?? 0
      let mean =
        learner.season == .multiplicative
        ? base * season : base + season
      fitted.append(mean)
      let error = value - mean
      let shift = learner.season == .multiplicative ? error / season : error
      level = base + alpha * shift
      if learner.trend != .none { trend = phi * trend + beta * shift }
      if learner.season != .none {
        seasons.removeFirst()
        seasons.append(
          season + gamma * (learner.season == .multiplicative ? error / base : error))
      }
    }
    return (fitted, SmoothingState(level: level, trend: trend, seasons: seasons))
  }

  @Test(arguments: methods)
  func `a model is what the equations make of its weights`(_ method: ExponentialSmoothing) throws {
    var generator = SeededGenerator(seed: 3, path: "\(method)")
    let series = randomSeries(&generator, season: 4, count: 40)
    let model = try method.fit(series)
    let oracle = follow(model)
    #expect(isNear(model.fitted.map { $0! }, oracle.fitted, 1e-9))
    #expect(isNear([model.state.level], [oracle.state.level], 1e-9))
    #expect(isNear([model.state.trend], [oracle.state.trend], 1e-6))
    #expect(isNear(model.state.seasons, oracle.state.seasons, 1e-6))
    let weights = model.weights
    #expect((0...1).contains(weights.level!))
    #expect(weights.trend.map { $0 >= 0 && $0 <= weights.level! } ?? (method.trend == .none))
    #expect(
      weights.season.map { $0 >= 0 && $0 <= 1 - weights.level! + 1e-15 } ?? (method.season == .none)
    )
    #expect(weights.damping.map { (0.8...0.98).contains($0) } ?? (method.trend != .damped))
  }

  @Test(arguments: methods)
  func `derivatives are those of small differences`(_ method: ExponentialSmoothing) throws {
    var generator = SeededGenerator(seed: 5, path: "\(method)")
    let period = method.season == .none ? 1 : 4
    let values = randomSeries(&generator, season: 4, count: 30).values.map { $0 / 100 }
    let seasons =
      method.season == .none
      ? [] : method.season == .additive ? [0.1, -0.05, 0.02, -0.07] : [1.1, 0.95, 1.02, 0.93]
    let objective = SmoothingObjective(
      recursion: SmoothingRecursion(
        hasMultiplicativeError: method.noise == .multiplicative, hasTrend: method.trend != .none,
        isDamped: method.trend == .damped, season: method.season, period: period),
      values: values, given: SmoothingWeights(), hasFreeState: true,
      start: SmoothingState(level: 1.1, trend: 0.01, seasons: seasons))
    let place = objective.parameters(level: 0.3, trend: 0.2, season: 0.4, damping: 0.9)
    let point = try #require(objective.point(place))
    for index in place.indices {
      var (up, down) = (place, place)
      up[index] += 1e-6
      down[index] -= 1e-6
      let slope = (objective.point(up)!.sum - objective.point(down)!.sum) / 2e-6
      #expect(abs(slope - 2 * point.gradient[index]) <= 1e-6 * max(1, abs(slope)))
    }
  }

  @Test(arguments: Rounds.parts)
  func `no place nearby has a smaller sum`(_ part: Int) throws {
    for var generator in Rounds.generators("smoothing optimum", part: part, perPart: 3) {
      let series = randomSeries(&generator, season: 4, count: 32)
      var method = generator.choose(from: methods)
      method.weights = SmoothingWeights()
      let model = try method.fit(series)
      guard let best = model.logLikelihood else { continue }
      for _ in 0..<20 {
        func moved(_ value: Double?, _ limit: ClosedRange<Double>) -> Double? {
          value.map {
            min(
              max($0 + generator.normal(standardDeviation: 0.02), limit.lowerBound),
              limit.upperBound)
          }
        }
        let level = moved(model.weights.level, 0...1)!
        var other = method
        other.weights = SmoothingWeights(
          level: level, trend: moved(model.weights.trend, 0...level),
          season: moved(model.weights.season, 0...(1 - level)),
          damping: moved(model.weights.damping, 0.8...0.98))
        var start = model.initialState
        start.level *= 1 + generator.normal(standardDeviation: 0.003)
        start.trend *= 1 + generator.normal(standardDeviation: 0.01)
        other.start = .given(start)
        guard let found = try? other.fit(series).logLikelihood else { continue }
        #expect(found <= best + 1e-6, "\(method) \(found) \(best)")
      }
    }
  }

  @Test(arguments: methods.filter { $0.season != .multiplicative })
  func `formulas for intervals agree with simulated futures`(_ method: ExponentialSmoothing) throws
  {
    var generator = SeededGenerator(seed: 8, path: "\(method)")
    let model = try method.fit(randomSeries(&generator, season: 4, count: 40))
    let exact = model.forecast(9, levels: [0.8]).intervals[0]
    let simulated = model.forecast(
      9, levels: [0.8], simulation: ForecastSimulation(futures: 8_000, seed: 1)
    ).intervals[0]
    for step in 0..<9 {
      let width = exact.upper[step] - exact.lower[step]
      #expect(abs(simulated.upper[step] - exact.upper[step]) < 0.04 * width)
      #expect(abs(simulated.lower[step] - exact.lower[step]) < 0.04 * width)
    }
  }

  @Test func `resampled errors keep intervals inside of what the past allows`() throws {
    var generator = SeededGenerator(seed: 9)
    let series = randomSeries(&generator, season: 1, count: 60)
    let model = try ExponentialSmoothing.simple().fit(series)
    let forecast = model.forecast(
      1, levels: [0.999], simulation: ForecastSimulation(seed: 2, errors: .resampled))
    let errors = model.errors.sorted()
    #expect(forecast.intervals[0].lower[0] >= forecast.mean[0] + errors.first! - 1e-9)
    #expect(forecast.intervals[0].upper[0] <= forecast.mean[0] + errors.last! + 1e-9)
  }

  @Test func `a scale and workers change nothing`() async throws {
    let series = try ForecastReference.series("air_passengers")[0..<48]
    let automatic = AutomaticSmoothing()
    let model = try automatic.fit(series)
    for workers in [1, 2, 7] {
      #expect(try await automatic.fit(series, workers: workers).encoded() == model.encoded())
    }
    // A power of two changes the exponents only.
    let large = try TimeSeries(
      series.values.map { $0 * 1_048_576 }, season: 12, labels: series.labels)
    let other = try automatic.fit(large)
    #expect(other.weights == model.weights)
    #expect(
      other.forecast(12).mean == model.forecast(12).mean.map { $0 * 1_048_576 })
    #expect(model.learner.season == .multiplicative && model.learner.noise == .multiplicative)
  }

  @Test func `candidates are listed with the chosen one marked`() throws {
    let candidates = try AutomaticSmoothing().candidates(
      for: try ForecastReference.series("tiny"))
    #expect(candidates.entries.count == 6)
    #expect(candidates.chosen == ExponentialSmoothing())
    #expect(
      candidates.description.split(separator: "\n").prefix(2).joined(separator: "\n")
        == """
        method                                                 parameters  log-likelihood   AICc    AIC    BIC
        simple exponential smoothing *                                  2          -37.65  82.45  81.30  84.96
        """)
    for entry in candidates.entries {
      let k = Double(entry.parameters + 1)
      #expect(abs(entry.akaike! - 2 * k + 2 * entry.logLikelihood!) < 1e-9)
      #expect(abs(entry.correctedAkaike! - entry.akaike! - 2 * k * (k + 1) / (24 - k)) < 1e-9)
    }
  }

  @Test func `a constant is expected to stay`() throws {
    let series = try TimeSeries(Array(repeating: 7, count: 24), season: 4)
    for method in methods {
      let forecast = try method.fit(series).forecast(5)
      #expect(isNear(forecast.mean, Array(repeating: 7, count: 5), 1e-9))
      for interval in forecast.intervals {
        #expect(zip(interval.lower, interval.upper).allSatisfy { $1 - $0 < 1e-9 })
      }
    }
    let model = try AutomaticSmoothing().fit(series)
    #expect(model.learner == ExponentialSmoothing())
    #expect(model.logLikelihood == nil && model.akaike == nil && model.standardDeviation == 0)
    let zeros = try AutomaticSmoothing().fit(TimeSeries(Array(repeating: 0, count: 9)))
    #expect(zeros.forecast(2).mean == [0, 0])
  }

  @Test func `a line is continued`() throws {
    let series = try TimeSeries((0..<20).map { 3 + 2 * Double($0) })
    let model = try AutomaticSmoothing().fit(series)
    #expect(model.learner.trend == .additive)
    #expect(isNear(model.forecast(3).mean, [43, 45, 47], 1e-6))
  }

  @Test func `long seasons are read off the values`() throws {
    var generator = SeededGenerator(seed: 13)
    let series = randomSeries(&generator, season: 52, count: 160)
    let model = try ExponentialSmoothing(season: .multiplicative).fit(series)
    #expect(model.parameterCount == 2 + 52)
    let naive = try NaiveForecaster(.lastValue).fit(series)
    #expect(model.standardDeviation < naive.standardDeviation)
    #expect(model.forecast(60).mean.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test func `what cannot be fitted is refused in a sentence`() throws {
    func sentence(_ method: some ForecastLearner, _ values: [Double], season: Int = 1) -> String? {
      (#expect(throws: LearningError.self) {
        try method.fit(TimeSeries(values, season: season))
      })?.description
    }
    let many = (0..<12).map { Double($0 % 4) }
    #expect(
      sentence(ExponentialSmoothing.holtWinters(season: .multiplicative), many, season: 4)
        == "The value at position 0 of the series is not above 0, and multiplicative noise and "
        + "seasons need values above 0. Use additive ones, or IntermittentDemand where many values "
        + "are 0.")
    #expect(
      sentence(ExponentialSmoothing.holtWinters(season: .additive), many)
        == "The series has no season, and the method has one. Say how many values make a season, or "
        + "use a method without.")
    #expect(
      sentence(ExponentialSmoothing.holtWinters(season: .additive), many, season: 7)
        == "The series has 12 values, and two seasons of 7 are needed to tell a season from chance. "
        + "Give more values, or use a method without a season.")
    #expect(
      sentence(ExponentialSmoothing.simple(), [4])
        == "The series has 1 values for 2 parameters of simple exponential smoothing. Give more "
        + "values, or take a simpler method such as NaiveForecaster.")
    #expect(
      sentence(AutomaticSmoothing(), [4, 5, 6])
        == "The series has 3 values, too few to choose a method by what they say. Give at least 5, "
        + "or take NaiveForecaster.")
    #expect(
      sentence(ExponentialSmoothing.simple(level: 1.5), many)
        == "The weight of level does not lie from 0 to 1. Change it, or leave it out to have it "
        + "estimated.")
    #expect(
      sentence(
        ExponentialSmoothing(start: .given(SmoothingState(level: 1, seasons: [2]))), many)
        == "The initial state has 1 seasons, or a number that is not finite. Give one for each value "
        + "of a season, and none where the method has no season.")
    #expect(
      sentence(
        ExponentialSmoothing(
          noise: .multiplicative, weights: SmoothingWeights(level: 0.1),
          start: .given(SmoothingState(level: -5))), [1, 2, 3, 4])
        == "From the initial state and with the weights of simple exponential smoothing, "
        + "multiplicative noise an expected value is not positive. Let them be estimated, or use "
        + "additive noise and an additive season.")
  }
}
