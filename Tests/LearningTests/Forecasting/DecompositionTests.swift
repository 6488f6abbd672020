import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct DecompositionTests {
  @Test func `parts make up the series`() throws {
    var generator = SeededGenerator(seed: 17)
    for season in [2, 5, 12] {
      let series = randomSeries(&generator, season: season, count: 5 * season + 3)
      for kind: ClassicalDecomposition.Season in [.additive, .multiplicative] {
        let parts = try ClassicalDecomposition(series, season: kind)
        for index in series.values.indices {
          guard let trend = parts.trend[index], let rest = parts.remainder[index] else { continue }
          let season = parts.seasonal[index]
          let whole = kind == .additive ? trend + season + rest : trend * season * rest
          #expect(abs(whole - series.values[index]) < 1e-9)
        }
        #expect(parts.trend.count { $0 == nil } == season / 2 * 2)
        let sum = parts.figure.reduce(0, +)
        #expect(abs(sum - (kind == .additive ? 0 : Double(season))) < 1e-9)
      }
      let parts = try STLDecomposition(series)
      for index in series.values.indices {
        let whole = parts.trend[index] + parts.seasonal[index] + parts.remainder[index]
        #expect(abs(whole - series.values[index]) < 1e-9)
      }
      #expect((0...1).contains(parts.trendStrength))
      #expect((0...1).contains(parts.seasonalStrength))
    }
  }

  @Test func `a line with a season is found without remainder`() throws {
    let figure = [3.0, -1, -2, 0]
    let values = (0..<32).map { 10 + 0.5 * Double($0) + figure[$0 % 4] }
    let series = try TimeSeries(values, season: 4)
    let parts = try STLDecomposition(series)
    #expect(parts.remainder.allSatisfy { abs($0) < 1e-6 })
    #expect(parts.seasonalStrength > 0.999999 && parts.trendStrength > 0.999999)
    let classical = try ClassicalDecomposition(series, season: .additive)
    #expect(isNear(classical.figure, figure, 1e-9))
    #expect(isNear(classical.adjusted, (0..<32).map { 10 + 0.5 * Double($0) }, 1e-9))
  }

  @Test func `robust STL leaves an outlier in the remainder`() throws {
    var generator = SeededGenerator(seed: 23)
    let figure = [3.0, -1, -2, 0]
    var values = (0..<48).map {
      10 + 0.5 * Double($0) + figure[$0 % 4] + generator.normal(standardDeviation: 0.1)
    }
    values[21] += 30
    let series = try TimeSeries(values, season: 4)
    let robust = try STLDecomposition(series, options: STLDecomposition.Options(isRobust: true))
    #expect(robust.weights[21] == 0)
    #expect(abs(robust.remainder[21] - 30) < 1)
    let plain = try STLDecomposition(series)
    #expect(plain.weights.allSatisfy { $0 == 1 })
    #expect(plain.remainder[21] < 25)
  }

  @Test func `a series that repeats itself has a level trend`() throws {
    var generator = SeededGenerator(seed: 29)
    let series = randomSeries(&generator, season: 6, count: 40)
    let flat = try TimeSeries((0..<40).map { series.values[$0 % 6] }, season: 6)
    let parts = try STLDecomposition(flat)
    let mean = series.values.prefix(6).reduce(0, +) / 6
    #expect(parts.trend.allSatisfy { abs($0 - mean) < 1e-6 * mean })
  }

  @Test func `what has no season is refused in a sentence`() throws {
    let short = try TimeSeries([1, 2, 3, 4, 5], season: 3)
    for error in [
      #expect(throws: LearningError.self) { try STLDecomposition(short) },
      #expect(throws: LearningError.self) { try ClassicalDecomposition(short, season: .additive) },
    ] {
      #expect(
        error?.description
          == "The series has 5 values and a season of 3, and a decomposition needs a season of at "
          + "least 2 and two of them. Give more values, or the right season.")
    }
    let zeros = try TimeSeries([0, 2, 3, 4], season: 2)
    let error = #expect(throws: LearningError.self) {
      try ClassicalDecomposition(zeros, season: .multiplicative)
    }
    #expect(
      error?.description
        == "The value at position 0 of the series is not above 0, so that a season cannot be a "
        + "factor. Use an additive season.")
    for options in [
      STLDecomposition.Options(seasonalSpan: 4), STLDecomposition.Options(trendSpan: 2),
      STLDecomposition.Options(seasonalSpan: 1), STLDecomposition.Options(innerSteps: 0),
    ] {
      let error = #expect(throws: LearningError.self) {
        try STLDecomposition(zeros, options: options)
      }
      #expect(
        error?.description
          == "The spans of STL are odd, the seasonal one at least 3 and that of the trend above the "
          + "season of 2, with at least one inner step. Change the options.")
    }
  }

  @Test func `autocorrelations tell noise from a pattern`() throws {
    var generator = SeededGenerator(seed: 41)
    let noise = try TimeSeries((0..<400).map { _ in generator.normal() })
    let correlation = try Autocorrelation(noise, lags: 20)
    #expect(correlation.values.count { abs($0) > correlation.noiseBand() } <= 4)
    #expect(try LjungBoxTest(noise, lags: 10).pValue > 0.01)
    // Each value is half of the one before and noise: the second partial correlation is near 0.
    var value = 0.0
    let dependent = try TimeSeries(
      (0..<2_000).map { _ in
        value = 0.5 * value + generator.normal()
        return value
      })
    let found = try Autocorrelation(dependent, lags: 3)
    #expect(abs(found.values[0] - 0.5) < 0.06 && abs(found.values[1] - 0.25) < 0.08)
    #expect(abs(found.partialValues[1]) < 0.06)
    #expect(try LjungBoxTest(dependent, lags: 10).logPValue < -100)
    let model = try ExponentialSmoothing.simple().fit(noise)
    #expect(try LjungBoxTest(residuals: model, lags: 10).pValue > 0.001)
  }

  @Test func `autocorrelation and test print themselves`() throws {
    let correlation = try Autocorrelation(TimeSeries([1, 3, 2, 5, 4, 6, 5, 8]), lags: 2)
    #expect(
      "\(correlation)" == """
        lag  autocorrelation    partial    Bartlett ±
        1              0.245      0.245         0.693
        2              0.412      0.375         0.733
        """)
    let test = try LjungBoxTest(TimeSeries([10, 20, 12, 22, 14, 26]), lags: 2)
    #expect("\(test)" == "Ljung–Box: 6.335 with 2 degrees of freedom, p 0.0421")
  }

  @Test func `a constant has no autocorrelation, and lags need pairs`() throws {
    let flat = #expect(throws: LearningError.self) {
      try Autocorrelation(TimeSeries([0.1, 0.1, 0.1, 0.1]), lags: 1)
    }
    #expect(
      flat?.description
        == "The series is constant, so that its values cannot be compared with each other. Leave the "
        + "question out: a constant is forecast by itself.")
    for lags in [0, 4] {
      let error = #expect(throws: LearningError.self) {
        try Autocorrelation(TimeSeries([1, 2, 3, 4]), lags: lags)
      }
      #expect(
        error?.description
          == "A lag of \(lags) has no pairs in a series of 4 values. Ask for lags from 1 to one less "
          + "than there are values.")
    }
    let error = #expect(throws: LearningError.self) {
      try LjungBoxTest(TimeSeries([1, 2, 3, 4]), lags: 2, parameters: 2)
    }
    #expect(
      error?.description
        == "With 2 parameters and 2 lags no degree of freedom is left. Take more lags.")
  }
}
