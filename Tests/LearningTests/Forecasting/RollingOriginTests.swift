import Foundation
import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct RollingOriginTests {
  @Test func `folds never see what they forecast`() {
    let past = RollingOrigin(initial: 5, horizon: 3, step: 2)
    let folds = past.folds(count: 12)
    #expect(folds.map(\.training) == [0..<5, 0..<7, 0..<9])
    #expect(folds.map(\.test) == [5..<8, 7..<10, 9..<12])
    let sliding = RollingOrigin(initial: 5, horizon: 3, step: 2, window: 4)
    #expect(sliding.folds(count: 12).map(\.training) == [1..<5, 3..<7, 5..<9])
    #expect(past.folds(count: 7).isEmpty)
    #expect(past.folds(count: 0).isEmpty)
  }

  // The oracle: a loop over all forecasts, with the figures as their definitions say.
  @Test func `figures are those of the definitions`() throws {
    var generator = SeededGenerator(seed: 51)
    let series = randomSeries(&generator, season: 4, count: 40)
    let past = RollingOrigin(initial: 20, horizon: 3, step: 4, levels: [0.8])
    let accuracy = try past.evaluate(NaiveForecaster(.lastSeason), on: series)
    var errors: [Double] = []
    var (scaled, shares, symmetric, inside, scores) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for origin in stride(from: 20, through: 37, by: 4) {
      let values = series.values[..<origin]
      let steps = (4..<origin).map { abs(values[$0] - values[$0 - 4]) }
      let scale = steps.reduce(0, +) / Double(steps.count)
      let sigma =
        (steps.reduce(0) { $0 + $1 * $1 } / Double(steps.count)).squareRoot() * 1.2815515655446004
      for ahead in 0..<3 {
        let (actual, mean) = (series.values[origin + ahead], values[origin - 4 + ahead])
        let error = mean - actual
        errors.append(error)
        scaled += abs(error) / scale
        shares += abs(error / actual)
        symmetric += 2 * abs(error) / (actual + mean)
        inside += abs(error) <= sigma ? 1 : 0
        scores += 2 * sigma + 10 * max(0, abs(error) - sigma)
      }
    }
    let n = Double(errors.count)
    #expect(accuracy.count == errors.count)
    func near(_ found: Double?, _ wanted: Double) -> Bool { isNear([found!], [wanted], 1e-9) }
    #expect(near(accuracy.meanError, errors.reduce(0, +) / n))
    #expect(near(accuracy.meanAbsoluteError, errors.reduce(0) { $0 + abs($1) } / n))
    #expect(
      near(accuracy.rootMeanSquaredError, (errors.reduce(0) { $0 + $1 * $1 } / n).squareRoot()))
    #expect(near(accuracy.meanAbsolutePercentageError, shares / n))
    #expect(near(accuracy.symmetricMeanAbsolutePercentageError, symmetric / n))
    #expect(near(accuracy.meanAbsoluteScaledError, scaled / n))
    #expect(accuracy.coverage[0].share == inside / n)
    #expect(near(accuracy.coverage[0].meanScore, scores / n))
    #expect(
      near(
        accuracy.meanAbsoluteErrorBySteps.reduce(0, +) / 3, accuracy.meanAbsoluteError))
  }

  @Test func `methods are compared, and those that fail say why`() async throws {
    let all = try ForecastReference.series("air_passengers")
    let series = all[0..<96]
    let past = RollingOrigin(initial: 60, horizon: 12, step: 12)
    let learners: [any ForecastLearner] = [
      NaiveForecaster(.lastSeason), ThetaForecaster(),
      ExponentialSmoothing.holtWinters(season: .multiplicative), NaiveForecaster(.drift),
    ]
    let comparison = try past.compare(learners, on: series)
    #expect(comparison.folds == 3)
    #expect(comparison.entries.map(\.method) == learners.map { "\($0)" })
    for workers in [1, 2, 7] {
      #expect(try await past.compare(learners, on: series, workers: workers) == comparison)
    }
    let best = try #require(comparison.best(by: .meanAbsoluteScaledError))
    #expect(best == 1 || best == 2)
    for measure in ForecastComparison.Measure.allCases {
      #expect(comparison.best(by: measure) != nil)
    }
    #expect(
      try JSONDecoder().decode(
        ForecastComparison.self, from: JSONEncoder().encode(comparison)) == comparison)

    let zeros = try TimeSeries((0..<30).map { Double($0 % 3) }, season: 3)
    let short = RollingOrigin(initial: 12, horizon: 3, step: 6)
    let failing = try short.compare(
      [
        ExponentialSmoothing.holtWinters(season: .multiplicative), NaiveForecaster(.lastValue),
      ], on: zeros)
    #expect(failing.entries[0].accuracy == nil)
    #expect(failing.entries[0].failure?.hasPrefix("The value at position 0 of the series") == true)
    #expect(failing.best(by: .meanAbsoluteError) == 1)
    #expect(failing.best(by: .meanAbsoluteScaledError) == nil)
    #expect(failing.entries[1].accuracy?.meanAbsolutePercentageError == nil)
    #expect(
      "\(failing)" == """
        3 folds, 3 ahead
        method         MAE    RMSE  MAPE   sMAPE  MASE  in 80 %  in 95 %
        last value  1.0000  1.2910     -  88.9 %     -   66.7 %    100 %
        Holt–Winters, multiplicative season: The value at position 0 of the series is not above 0, \
        and multiplicative noise and seasons need values above 0. Use additive ones, or \
        IntermittentDemand where many values are 0.
        """)
  }

  @Test func `accuracy prints as a table`() throws {
    let series = try TimeSeries([10, 20, 12, 22, 14, 26], season: 2)
    let forecast = try NaiveForecaster(.lastSeason).fit(series).forecast(2)
    #expect(
      try "\(ForecastAccuracy(of: forecast, actual: [15, 30], after: series))" == """
        values             2
        mean error   -2.5000
        MAE           2.5000
        RMSE          2.9155
        MAPE            10 %
        sMAPE         10.6 %
        MASE           1.000
        inside 80 %     50 %
        inside 95 %    100 %
        """)
  }

  @Test func `a series without folds or methods is refused`() throws {
    let series = try TimeSeries([1, 2, 3, 4, 5, 6])
    let past = RollingOrigin(initial: 5, horizon: 3)
    let error = #expect(throws: LearningError.self) {
      try past.evaluate(NaiveForecaster(.mean), on: series)
    }
    #expect(
      error?.description
        == "The series has 6 values, and the first origin at 5 with a horizon of 3 needs 8. Give "
        + "more values, or begin earlier.")
    #expect(throws: LearningError.self) {
      try RollingOrigin(initial: 2, horizon: 1).compare([], on: series)
    }
    // When every method fails, the reason of the first is the error.
    #expect(throws: LearningError.self) {
      try RollingOrigin(initial: 2, horizon: 1).compare([ThetaForecaster()], on: series)
    }
    let forecast = try NaiveForecaster(.mean).fit(series).forecast(2)
    #expect(throws: LearningError.self) {
      try ForecastAccuracy(of: forecast, actual: [1], after: series)
    }
    #expect(throws: LearningError.self) {
      try ForecastAccuracy(of: forecast, actual: [1, .nan], after: series)
    }
  }

  @Test func `intervals cover as often as they say`() throws {
    // A random walk: the last value is the right model.
    var generator = SeededGenerator(seed: 61)
    var value = 100.0
    let series = try TimeSeries(
      (0..<1_200).map { _ in
        value += generator.normal()
        return value
      })
    let accuracy = try RollingOrigin(initial: 200, horizon: 4, step: 5).evaluate(
      NaiveForecaster(.lastValue), on: series)
    #expect(abs(accuracy.coverage[0].share - 0.8) < 0.05)
    #expect(abs(accuracy.coverage[1].share - 0.95) < 0.03)
    let steps = accuracy.meanAbsoluteErrorBySteps
    #expect(steps[3] > 1.5 * steps[0])
  }

  @Test func `daily revenue of a shop is forecast better with its week`() async throws {
    let series = try ForecastReference.series("daily_revenue")
    let past = RollingOrigin(initial: 280, horizon: 14, step: 14)
    let comparison = try await past.compare(
      [
        NaiveForecaster(.mean), NaiveForecaster(.lastSeason), ThetaForecaster(),
        ExponentialSmoothing(season: .additive),
      ], on: series, workers: 2)
    let errors = comparison.entries.map { $0.accuracy!.meanAbsoluteError }
    #expect(errors[3] < errors[0] && errors[3] < errors[1])
    #expect(errors[2] < errors[0])
  }
}
