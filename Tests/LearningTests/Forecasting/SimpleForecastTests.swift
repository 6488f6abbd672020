import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct SimpleForecastTests {
  @Test func `a forecast prints as a table`() throws {
    let series = try TimeSeries(
      [10, 20, 12, 22, 14, 26], season: 2, labels: .quarters(year: 2024, quarter: 2))
    let forecast = try NaiveForecaster(.lastSeason).fit(series).forecast(3, levels: [0.95, 0.5])
    #expect(
      "\(forecast)" == """
        last season
        time     expected  50 % from      to  95 % from      to
        2025-Q4    14.000     12.215  15.785      8.814  19.186
        2026-Q1    26.000     24.215  27.785     20.814  31.186
        2026-Q2    14.000     11.476  16.524      6.666  21.334
        """)
    #expect(
      forecast.clamped(atLeast: 10).interval(at: 0.95)!.lower == [10, 20.814422718263774, 10])
    #expect(forecast.interval(at: 0.9) == nil)
  }

  @Test func `simple forecasts need as many values as their errors`() throws {
    func sentence(_ rule: NaiveForecaster.Rule, _ values: [Double], season: Int = 1) -> String? {
      (#expect(throws: LearningError.self) {
        try NaiveForecaster(rule).fit(TimeSeries(values, season: season))
      })?.description
    }
    #expect(
      sentence(.lastValue, [3])
        == "The series has 1 values, and last value needs at least 2 to know how far it errs. Give "
        + "more values.")
    #expect(sentence(.mean, [3])?.contains("mean needs at least 2") == true)
    #expect(sentence(.drift, [3, 4])?.contains("drift needs at least 3") == true)
    #expect(sentence(.lastSeason, [3, 4, 5], season: 3)?.contains("at least 4") == true)
    let model = try NaiveForecaster(.drift).fit(TimeSeries([1, 3, 5]))
    #expect(model.forecast(2).mean == [7, 9])
    #expect(model.standardDeviation == 0)
    #expect(model.fitted == [nil, 3, 5])
  }

  @Test func `theta takes the season out and the line in`() throws {
    // A line with a season is continued: the drift is half of the slope, and smoothing follows.
    let figure = [0.8, 1.2, 1.0, 1.0]
    let values = (0..<40).map { (100 + Double($0)) * figure[$0 % 4] }
    let model = try ThetaForecaster().fit(TimeSeries(values, season: 4))
    #expect(model.seasonKind == .multiplicative)
    #expect(isNear(model.seasons, figure, 5e-3))
    for (ahead, mean) in model.forecast(4).mean.enumerated() {
      let actual = (140 + Double(ahead)) * figure[ahead]
      #expect(abs(mean - actual) < 0.03 * actual)
    }
    let plain = try ThetaForecaster(season: .none).fit(TimeSeries(values, season: 4))
    #expect(plain.seasonKind == nil && plain.seasons.isEmpty)
    let additive = try ThetaForecaster(season: .additive).fit(TimeSeries(values, season: 4))
    #expect(additive.seasonKind == .additive)
    let zeros = try ThetaForecaster().fit(
      TimeSeries(values.enumerated().map { $0 % 4 == 0 ? 0 : $1 }, season: 4))
    #expect(zeros.seasonKind == .additive)
  }

  @Test func `theta without season is the recursion written out`() throws {
    var generator = SeededGenerator(seed: 4)
    let series = randomSeries(&generator, season: 1, count: 30)
    let model = try ThetaForecaster(.optimised).fit(series)
    // The line through 1 … n, by the sums of textbooks.
    let n = 30.0
    let mean = series.values.reduce(0, +) / n
    let products = zip(1..., series.values).reduce(0) { $0 + Double($1.0) * $1.1 }
    let slope = 6 / (n * n - 1) * (2 * products / n - (n + 1) * mean)
    #expect(isNear([model.slope], [slope], 1e-9))
    let intercept = mean - slope * (n + 1) / 2
    var level = model.initialLevel
    var fitted: [Double] = []
    for (index, value) in series.values.enumerated() {
      var power = 1.0
      for _ in 0..<index { power *= 1 - model.levelWeight }
      let line =
        intercept * power + slope * (1 - power * (1 - model.levelWeight)) / model.levelWeight
      fitted.append(level + (1 - 1 / model.theta) * line)
      level = model.levelWeight * value + (1 - model.levelWeight) * level
    }
    #expect(isNear(model.fitted.map { $0! }, fitted, 1e-9))
    #expect(isNear([model.level], [level], 1e-9))
    #expect(model.theta >= 1 && (0.1...0.99).contains(model.levelWeight))
  }

  @Test func `theta of short and of constant series is defined`() throws {
    let error = #expect(throws: LearningError.self) {
      try ThetaForecaster().fit(TimeSeries([1, 2, 3, 4, 5]))
    }
    #expect(
      error?.description
        == "The series has 5 values, and the theta method needs at least 6. Give more values, or take "
        + "NaiveForecaster.")
    for season in [1, 3] {
      let flat = try TimeSeries(Array(repeating: 4, count: 12), season: season)
      for variant in ThetaForecaster.Variant.allCases {
        let forecast = try ThetaForecaster(variant).fit(flat).forecast(3)
        #expect(isNear(forecast.mean, [4, 4, 4], 1e-6))
        #expect(forecast.intervals[1].upper[2] - forecast.intervals[1].lower[2] < 1e-6)
      }
    }
    #expect(throws: LearningError.self) {
      try ThetaForecaster(season: .multiplicative).fit(
        TimeSeries((0..<12).map { Double($0) }, season: 3))
    }
  }

  @Test func `no demand is expected where there was none`() throws {
    for rule: IntermittentDemand.Rule in [
      .croston(), .syntetosBoylan(), .teunterSyntetosBabai(), .aggregated, .multipleAggregation,
    ] {
      let model = try IntermittentDemand(rule).fit(TimeSeries([0, 0, 0]))
      #expect(model.forecast(2).mean == [0, 0])
      #expect(model.stock(periods: 5, probability: 0.99) == 0)
      let single = try IntermittentDemand(rule).fit(TimeSeries([5]))
      #expect(single.forecast(1).mean == [5 * (rule == .syntetosBoylan() ? 0.95 : 1)])
    }
  }

  @Test func `stock suffices as often as it should`() throws {
    var generator = SeededGenerator(seed: 21)
    func demand() -> Double {
      generator.bernoulli(0.3) ? Double(generator.integer(in: 1...5)) : 0
    }
    let series = try TimeSeries((0..<2_000).map { _ in demand() })
    let model = try IntermittentDemand(.croston(smoothing: 0.01)).fit(series)
    #expect(abs(model.demandPerPeriod - 0.9) < 0.1)
    let stock = model.stock(periods: 6, probability: 0.9)
    let enough = (0..<2_000).count { _ in (0..<6).reduce(0) { sum, _ in sum + demand() } <= stock }
    #expect((0.85...0.95).contains(Double(enough) / 2_000))
    #expect(model.stock(periods: 6, probability: 0.99) > stock)
    let interval = model.forecast(3, levels: [0.9]).intervals[0]
    #expect(interval.lower == [0, 0, 0])
    #expect(interval.upper[0] > 2)
    #expect(model.forecast(3) == model.forecast(3))
  }

  @Test func `croston is the smoothed size by the smoothed interval`() throws {
    var generator = SeededGenerator(seed: 31)
    let values = (0..<50).map { _ in
      generator.bernoulli(0.4) ? Double(generator.integer(in: 1...9)) : 0
    }
    // The slow way: sizes and intervals as lists.
    var (sizes, gaps, gap) = ([Double](), [Double](), 0.0)
    for value in values {
      gap += 1
      if value > 0 {
        sizes.append(value)
        gaps.append(gap)
        gap = 0
      }
    }
    func smooth(_ list: [Double]) -> Double {
      list.dropFirst().reduce(list[0]) { 0.8 * $0 + 0.2 * $1 }
    }
    let model = try IntermittentDemand(.croston(smoothing: 0.2)).fit(TimeSeries(values))
    #expect(isNear([model.demandPerPeriod], [smooth(sizes) / smooth(gaps)], 1e-12))
    let wrong = #expect(throws: LearningError.self) {
      try IntermittentDemand().fit(TimeSeries([1, -2]))
    }
    #expect(
      wrong?.description
        == "The value at position 1 of the series is negative, and demand is not. Count returns "
        + "apart from demand.")
    let none = #expect(throws: LearningError.self) {
      try IntermittentDemand(.croston(smoothing: 0)).fit(TimeSeries([1, 2]))
    }
    #expect(
      none?.description
        == "A smoothing is a share above 0 and at most 1. Change that of IntermittentDemand.")
  }
}
