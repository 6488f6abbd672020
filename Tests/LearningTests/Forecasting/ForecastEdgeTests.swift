import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct ForecastEdgeTests {
  private let learners: [any ForecastLearner] =
    NaiveForecaster.Rule.allCases.map { NaiveForecaster($0) }
    + [
      ExponentialSmoothing.simple(), ExponentialSmoothing.holt(damped: true),
      ExponentialSmoothing.holtWinters(season: .additive),
      ExponentialSmoothing.holtWinters(season: .multiplicative),
      ExponentialSmoothing(noise: .multiplicative, trend: .additive, season: .multiplicative),
      ExponentialSmoothing(noise: .multiplicative, season: .additive), AutomaticSmoothing(),
      ThetaForecaster(), ThetaForecaster(.optimised, season: .multiplicative),
      IntermittentDemand(), IntermittentDemand(.teunterSyntetosBabai()),
      IntermittentDemand(.multipleAggregation),
    ]

  // Lengths from one value, zeros, plateaus, jumps, and numbers at the ends of the range.
  private func oddSeries(_ generator: inout SeededGenerator) -> TimeSeries {
    let count = generator.integer(in: 1...26)
    let kind = generator.integer(below: 7)
    let values = (0..<count).map { index -> Double in
      switch kind {
      case 0: return 0
      case 1: return generator.bernoulli(0.3) ? 1 : 0
      case 2: return generator.choose(from: [1e100, 1, 1e-100])
      case 3: return generator.choose(from: [-1e100, 1e100])
      case 4: return index < count / 2 ? 5 : 500
      case 5: return 1e-300 * Double(index + 1)
      default: return Double(index % 3) + 1
      }
    }
    return try! TimeSeries(values, season: generator.integer(in: 1...5))
  }

  @Test(arguments: Rounds.parts)
  func `odd series give finite numbers or a sentence`(_ part: Int) {
    for var generator in Rounds.generators("odd series", part: part, perPart: 3) {
      let series = oddSeries(&generator)
      for learner in learners {
        do throws(LearningError) {
          let model = try learner.fit(series)
          let forecast = model.forecast(7, levels: [0.9])
          let numbers =
            forecast.mean + forecast.intervals[0].lower + forecast.intervals[0].upper
            + model.fitted.compactMap { $0 }
          let isFinite = numbers.allSatisfy { $0.isFinite }
          #expect(isFinite, "\(learner) \(series)")
          let interval = forecast.intervals[0]
          #expect(zip(interval.lower, interval.upper).allSatisfy { $0 <= $1 })
          #expect(!"\(forecast)".isEmpty)
        } catch {
          #expect(error.code == .parameterOutOfRange && error.description.hasSuffix("."))
        }
      }
      if let parts = try? STLDecomposition(series) {
        let isFinite = (parts.trend + parts.seasonal).allSatisfy { $0.isFinite }
        #expect(isFinite)
      }
      for kind: ClassicalDecomposition.Season in [.additive, .multiplicative] {
        if let parts = try? ClassicalDecomposition(series, season: kind) {
          let isFinite = parts.figure.allSatisfy { $0.isFinite }
          #expect(isFinite, "\(series)")
        }
      }
      if let correlation = try? Autocorrelation(series, lags: max(1, series.count / 2)) {
        let values = correlation.values + correlation.partialValues
        let isInside = values.allSatisfy { abs($0) <= 1 + 1e-12 }
        #expect(isInside)
      }
    }
  }

  // The totals that the file of daily revenue must have.
  @Test func `daily revenue has the known totals of Online Retail`() throws {
    let series = try ForecastReference.series("daily_revenue")
    #expect(series.count == 374)
    #expect(series.labels[373] == "2011-12-09")
    #expect(abs(series.values.reduce(0, +) - 8_911_407.904) < 1)
    #expect(series.values.last == 184_349.28)
    #expect(abs(series.values.suffix(7).reduce(0, +) - 428_945.11) < 0.02)
    // The shop is closed on Saturdays: 4 December 2010 is the first.
    let saturdays = stride(from: 3, to: 374, by: 7).map { series.values[$0] }
    #expect(saturdays == Array(repeating: 0, count: 53))
  }
}
