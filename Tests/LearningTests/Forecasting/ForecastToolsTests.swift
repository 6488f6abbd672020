import Foundation
import Learning
import TestSupport
import Testing

/// `Reference/forecasting.json`: figures of statsmodels 0.15.0 and statsforecast 2.1.1.
enum ForecastReference {
  static let file: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Reference/forecasting.json")
    return try! JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url))
  }()

  static func entries(_ name: String) -> [Entry] { file[name]!.elements!.map(Entry.init) }

  static func values(_ name: String) -> [Double] {
    switch name {
    case "tiny": file["tiny"]!.numbers
    case "daily_revenue": file["daily_revenue"]!["values"]!.numbers
    case "air_passengers_train132":
      Array(Reference.file["air_passengers"]!.numbers.prefix(132))
    default: Reference.file["air_passengers"]!.numbers
    }
  }

  static func series(_ name: String) throws -> TimeSeries {
    switch name {
    case "tiny": try TimeSeries(values(name))
    case "daily_revenue":
      try TimeSeries(values(name), season: 7, labels: .days(year: 2010, month: 12, day: 1))
    default: try TimeSeries(values(name), season: 12, labels: .months(year: 1949, month: 1))
    }
  }

  struct Entry: Sendable, CustomTestStringConvertible {
    let value: JSONValue
    subscript(key: String) -> JSONValue? { value[key] }
    var series: TimeSeries { get throws { try ForecastReference.series(value["series"]!.text!) } }
    var testDescription: String {
      ["series", "error", "trend", "season", "rule", "variant", "lags"].compactMap {
        value[$0]?.text
      }.joined(separator: " ")
    }
    var learner: ExponentialSmoothing {
      ExponentialSmoothing(
        noise: value["error"]!.text == "A" ? .additive : .multiplicative,
        trend: value["trend"]!.text == "N"
          ? .none : value["trend"]!.text == "A" ? .additive : .damped,
        season: value["season"]!.text == "N"
          ? .none : value["season"]!.text == "A" ? .additive : .multiplicative)
    }
  }
}

func isNear(_ found: [Double], _ wanted: [Double], _ tolerance: Double) -> Bool {
  found.count == wanted.count
    && zip(found, wanted).allSatisfy { abs($0 - $1) <= tolerance * max(abs($1), 1e-3) }
}

@Suite struct ForecastToolsTests {
  @Test(arguments: ForecastReference.entries("ets"))
  func `the likelihood is no lower than that of statsmodels and statsforecast`(
    _ entry: ForecastReference.Entry
  ) throws {
    let model = try entry.learner.fit(try entry.series)
    let found = try #require(model.logLikelihood)
    #expect(found >= entry["statsmodels_llf"]!.number! - 1e-3, "\(found)")
    // There the other tool leaves the weights that it says it keeps to: α + γ at most 1, β at most α.
    if entry["statsforecast_weights_outside"] == nil {
      #expect(found >= entry["statsforecast_llf"]!.number! - 1e-3, "\(found)")
    }
  }

  @Test(arguments: ForecastReference.entries("ets_fixed"))
  func `given weights have the likelihood and the forecasts of statsmodels`(
    _ entry: ForecastReference.Entry
  ) throws {
    var learner = entry.learner
    learner.weights = SmoothingWeights(level: 0.4, trend: 0.1, season: 0.3, damping: 0.9)
    learner.start = .given(
      SmoothingState(
        level: 120, trend: learner.trend == .none ? 0 : 1.5,
        seasons: learner.season == .none ? [] : [-10, -5, 5, 2, -3, 12, 25, 20, 6, -15, -27, -10]))
    let model = try learner.fit(try ForecastReference.series("air_passengers"))
    #expect(isNear([model.logLikelihood!], [entry["llf"]!.number!], 1e-10))
    let forecast = model.forecast(18, levels: [0.95])
    #expect(isNear(forecast.mean, entry["mean"]!.numbers, 1e-9))
    if let deviations = entry["deviation_by_tool"] {
      let interval = forecast.intervals[0]
      let found = zip(interval.upper, interval.lower).map {
        ($0 - $1) / 2 / 1.959963984540054
      }
      #expect(isNear(found, deviations.numbers, 1e-9))
    }
  }

  @Test func `partial autocorrelations are those of statsmodels`() throws {
    for name in ["air_passengers", "daily_revenue"] {
      let wanted = ForecastReference.file["pacf"]![name]!.numbers
      let found = try Autocorrelation(ForecastReference.series(name), lags: wanted.count)
      #expect(isNear(found.partialValues, wanted, 1e-9))
    }
    let bands = ForecastReference.file["bartlett"]!["half_widths"]!.numbers
    let found = try Autocorrelation(ForecastReference.series("air_passengers"), lags: 24)
    #expect(isNear(found.bartlettBands(), bands, 1e-10))
    #expect(isNear([found.noiseBand()], [bands[0]], 1e-10))
  }

  @Test(arguments: ForecastReference.entries("ljung_box"))
  func `the test of Ljung and Box is that of statsmodels`(
    _ entry: ForecastReference.Entry
  ) throws {
    let test = try LjungBoxTest(
      try entry.series, lags: Int(entry["lags"]!.whole!),
      parameters: Int(entry["parameters"]!.whole!))
    #expect(isNear([test.statistic], [entry["statistic"]!.number!], 1e-9))
    let wanted = entry["p"]!.number!
    #expect(abs(test.pValue - wanted) <= 1e-9 * wanted)
    #expect(abs(test.logPValue - log(wanted)) <= 1e-9 * abs(log(wanted)))
  }

  @Test(arguments: ForecastReference.entries("stl"))
  func `options of STL do what they do in statsmodels`(
    _ entry: ForecastReference.Entry
  ) throws {
    let given = entry["options"]!
    let options = STLDecomposition.Options(
      seasonalSpan: given["seasonal"]?.whole.map { Int($0) } ?? 7,
      trendSpan: given["trend"]?.whole.map { Int($0) },
      isSeasonLinear: given["seasonal_deg"]?.whole != 0, isRobust: given["robust"] != nil)
    let parts = try STLDecomposition(try entry.series, options: options)
    func part(_ values: [Double]) -> [Double] {
      stride(from: 0, to: values.count, by: 7).map { values[$0] }
    }
    let scale = parts.series.values.max()!
    func isSame(_ found: [Double], _ key: String, _ unit: Double) -> Bool {
      zip(part(found), entry[key]!.numbers).allSatisfy { abs($0 - $1) <= 1e-8 * unit }
    }
    #expect(isSame(parts.trend, "trend", scale))
    #expect(isSame(parts.seasonal, "seasonal", scale))
    #expect(isSame(parts.weights, "weights", 1))
  }

  @Test(arguments: ForecastReference.entries("naive"))
  func `simple forecasts are those of statsforecast`(_ entry: ForecastReference.Entry) throws {
    let rules: [String: NaiveForecaster.Rule] = [
      "mean": .mean, "lastValue": .lastValue, "drift": .drift, "lastSeason": .lastSeason,
    ]
    let model = try NaiveForecaster(rules[entry["rule"]!.text!]!).fit(try entry.series)
    let forecast = model.forecast(15)
    #expect(isNear(forecast.mean, entry["mean"]!.numbers, 1e-6))
    // For the drift the tool does not count the slope among what was estimated: its variance has one
    // more degree of freedom than that of Hyndman and Athanasopoulos, section 5.4.
    let errors = Double(model.series.count - 1)
    let factor = model.learner.rule == .drift ? ((errors - 1) / errors).squareRoot() : 1
    func limits(_ limits: [Double]) -> [Double] {
      zip(limits, forecast.mean).map { $1 + ($0 - $1) * factor }
    }
    let lower = limits(forecast.interval(at: 0.95)!.lower)
    #expect(isNear(lower, entry["lower95"]!.numbers, 1e-6))
    #expect(isNear(limits(forecast.interval(at: 0.8)!.upper), entry["upper80"]!.numbers, 1e-6))
  }

  @Test(arguments: ForecastReference.entries("theta"))
  func `the theta method errs no more than that of statsforecast`(
    _ entry: ForecastReference.Entry
  ) throws {
    let variant: ThetaForecaster.Variant =
      entry["variant"]!.text == "standard" ? .standard : .optimised
    let model = try ThetaForecaster(variant).fit(try entry.series)
    let freedom = Double(model.series.count - 3 - (variant == .standard ? 2 : 3))
    let sum = model.standardDeviation * model.standardDeviation * freedom
    let wanted = entry["sse_from_fourth"]!.number!
    #expect(sum <= wanted * (1 + 1e-9), "\(sum) instead of \(wanted)")
    #expect(isNear(model.forecast(14).mean, entry["mean"]!.numbers, 0.01))
  }
}
