import Learning
import TestSupport
import Testing

extension ReferenceCase {
  /// The series of a case: AirPassengers, or its first eleven years, or numbers of its own.
  var series: TimeSeries {
    if let own = inputs["y"] { return try! TimeSeries(own.numbers) }
    let all = Reference.file["air_passengers"]!.numbers
    let isTraining = inputs["dataset"]!.text == "air_passengers_train132"
    return try! TimeSeries(
      isTraining ? Array(all.prefix(132)) : all, season: 12,
      labels: .months(year: 1949, month: 1))
  }

  /// The year that follows the training part.
  static var test12: [Double] { Array(Reference.file["air_passengers"]!.numbers.suffix(12)) }
}

// The β of statsmodels is a share of the movement of the level: α times it is ours.
@Suite struct ForecastReferenceTests {
  @Test(arguments: Reference.cases("ses"))
  func `simple smoothing is that of statsmodels`(_ reference: ReferenceCase) throws {
    let inputs = reference.inputs
    let model = try ExponentialSmoothing(
      weights: SmoothingWeights(level: inputs["alpha"]!.number!),
      start: .given(SmoothingState(level: inputs["initial_level"]!.number!))
    ).fit(reference.series)
    reference.expect(model.forecast(1).mean[0], "forecast1")
    reference.expect(model.sumOfSquaredErrors, "sse")
    #expect(model.parameterCount == 0)
  }

  @Test(arguments: Reference.cases("holt_damped"))
  func `the damped trend is that of statsmodels`(_ reference: ReferenceCase) throws {
    let inputs = reference.inputs
    let alpha = inputs["alpha"]!.number!
    let model = try ExponentialSmoothing(
      trend: .damped,
      weights: SmoothingWeights(
        level: alpha, trend: alpha * inputs["beta"]!.number!, damping: inputs["phi"]!.number!),
      start: .given(
        SmoothingState(
          level: inputs["initial_level"]!.number!, trend: inputs["initial_trend"]!.number!))
    ).fit(reference.series)
    reference.expect(model.forecast(6).mean, "forecast6")
    reference.expect(model.sumOfSquaredErrors, "sse")
  }

  @Test(arguments: Reference.cases("holt_winters_fixed"))
  func `given weights and states give the forecasts of statsmodels`(
    _ reference: ReferenceCase
  ) throws {
    let inputs = reference.inputs
    let alpha = inputs["alpha"]!.number!
    let model = try ExponentialSmoothing(
      trend: .additive, season: inputs["kind"]!.text == "add" ? .additive : .multiplicative,
      weights: SmoothingWeights(
        level: alpha, trend: alpha * inputs["beta"]!.number!,
        season: inputs["gamma"]!.number!),
      start: .given(
        SmoothingState(
          level: inputs["initial_level"]!.number!, trend: inputs["initial_trend"]!.number!,
          seasons: inputs["initial_seasons"]!.numbers))
    ).fit(reference.series)
    // The twelfth value differs on purpose: see `ForecastDifferences`.
    let mean = model.forecast(12).mean
    let wanted = reference.expected["forecast12"]!.numbers
    for step in 0..<11 {
      #expect(abs(mean[step] - wanted[step]) <= reference.tolerance * wanted[step])
    }
    let own = ForecastDifferences.twelfthValues[reference.id]!
    #expect(abs(mean[11] - own) <= reference.tolerance * own)
    #expect(abs(wanted[11] - own) > 1)
    reference.expect(model.sumOfSquaredErrors, "sse")
    reference.expect(model.fitted.prefix(5).compactMap { $0 }, "fitted_first5")
  }

  @Test(arguments: Reference.cases("holt_winters_opt"))
  func `the search ends no higher than that of statsmodels`(_ reference: ReferenceCase) throws {
    let isAdditive = reference.inputs["kind"]!.text == "add"
    let model = try ExponentialSmoothing.holtWinters(
      season: isAdditive ? .additive : .multiplicative
    ).fit(reference.series)
    let wanted = reference.expected["sse"]!.number!
    #expect(model.sumOfSquaredErrors <= wanted * (1 + 1e-6), "\(model.sumOfSquaredErrors)")
  }

  @Test(arguments: Reference.cases("forecast_quality"))
  func `theta, Holt-Winters and the last season forecast as well as statsforecast`(
    _ reference: ReferenceCase
  ) throws {
    let learner: any ForecastLearner
    switch reference.id {
    case "fc.theta": learner = ThetaForecaster()
    case "fc.hw_add": learner = ExponentialSmoothing.holtWinters(season: .additive)
    default: learner = NaiveForecaster(.lastSeason)
    }
    let series = reference.series
    let forecast = try learner.fit(series).forecast(12)
    let accuracy = try ForecastAccuracy(of: forecast, actual: ReferenceCase.test12, after: series)
    if reference.id != "fc.hw_add" { reference.expect(forecast.mean, "forecast") }
    let most = 1 + reference.tolerance
    #expect(accuracy.meanAbsoluteError <= reference.expected["mae12"]!.number! * most)
    #expect(
      accuracy.meanAbsolutePercentageError! <= reference.expected["mape12"]!.number! * most)
  }

  @Test(arguments: Reference.cases("intermittent"))
  func `rates of intermittent demand are those of statsforecast`(
    _ reference: ReferenceCase
  ) throws {
    let rule: IntermittentDemand.Rule
    switch reference.id {
    case "int.croston": rule = .croston(smoothing: reference.inputs["alpha"]!.number!)
    case "int.sba": rule = .syntetosBoylan(smoothing: reference.inputs["alpha"]!.number!)
    // The file does not tell the smoothings: they are 0.2, as the forecast shows.
    case "int.tsb": rule = .teunterSyntetosBabai(size: 0.2, probability: 0.2)
    case "int.adida": rule = .aggregated
    default: rule = .multipleAggregation
    }
    let model = try IntermittentDemand(rule).fit(reference.series)
    reference.expect(model.forecast(1).mean[0], "forecast")
  }

  @Test(arguments: Reference.cases("decompose"))
  func `the classical decomposition is that of statsmodels and R`(
    _ reference: ReferenceCase
  ) throws {
    let parts = try ClassicalDecomposition(reference.series, season: .multiplicative)
    reference.expect(parts.figure, "seasonal12")
    reference.expect(parts.trend[6], "trend_7th")
  }

  @Test(arguments: Reference.cases("stl"))
  func `STL is that of statsmodels`(_ reference: ReferenceCase) throws {
    let parts = try STLDecomposition(reference.series)
    reference.expect(Array(parts.seasonal.prefix(12)), "seasonal_first12")
    reference.expect(Array(parts.trend.prefix(3)), "trend_first3")
    reference.expect(parts.trend.last, "trend_last")
  }

  @Test(arguments: Reference.cases("acf"))
  func `the autocorrelation is that of statsmodels and R`(_ reference: ReferenceCase) throws {
    let correlation = try Autocorrelation(reference.series, lags: 12)
    reference.expect([1] + correlation.values, "acf")
  }
}
