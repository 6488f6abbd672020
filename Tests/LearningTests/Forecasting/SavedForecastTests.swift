import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct SavedForecastTests {
  private func models() throws -> [any SavedModel & ForecastModel] {
    var generator = SeededGenerator(seed: 71)
    let series = randomSeries(&generator, season: 4, count: 24)
    let demand = try TimeSeries(
      [0, 2, .nan, 0, 1, 0, 0, 3, 0], labels: .weeks(year: 2025, month: 1, day: 6), missing: .zero)
    return [
      try NaiveForecaster(.drift).fit(series),
      try ExponentialSmoothing.holtWinters(season: .multiplicative, damped: true).fit(series),
      try ExponentialSmoothing(noise: .multiplicative).fit(series),
      try ThetaForecaster().fit(series), try ThetaForecaster(.optimised, season: .none).fit(series),
      try IntermittentDemand().fit(demand), try IntermittentDemand(.aggregated).fit(demand),
    ]
  }

  @Test func `a model that was saved forecasts the same`() throws {
    for var model in try models() {
      model.notes = ModelNotes(title: "T", target: "Demand", metrics: ["mase": 0.8], remarks: ["r"])
      func again<Model: SavedModel & ForecastModel>(_ model: Model) throws {
        let same = try Model(decoding: model.encoded())
        #expect(same.encoded() == model.encoded())
        #expect(same.card == model.card)
        #expect(same.notes == model.notes)
        #expect(same.series == model.series)
        #expect(same.fitted == model.fitted)
        #expect(same.forecast(9) == model.forecast(9))
      }
      try again(model)
    }
  }

  @Test func `the card tells the method and the data`() throws {
    let model = try models()[1]
    #expect(model.card.kind == "ExponentialSmoothingModel")
    #expect(model.card.learner == "Holt–Winters with damped trend, multiplicative season")
    #expect(model.card.trainingRows == 24)
    #expect(model.card.columns.isEmpty)
  }

  @Test func `bytes cut short or changed are refused`() throws {
    for model in try models() {
      func check<Model: SavedModel>(_ model: Model) {
        let bytes = model.encoded()
        for length in Array(0..<60) + [bytes.count / 2, bytes.count - 1] {
          let error = #expect(throws: LearningError.self) {
            try Model(decoding: Array(bytes[..<length]))
          }
          #expect(error?.code == .unreadable)
        }
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
          var damaged = bytes
          damaged[place] ^= 1 << UInt8(place % 8)
          #expect(throws: LearningError.self) { try Model(decoding: damaged) }
        }
      }
      check(model)
    }
  }

  @Test(arguments: Rounds.parts)
  func `damage with a matching checksum never stops the program`(_ part: Int) throws {
    let models = try models()
    for var generator in Rounds.generators("forged forecast", part: part, perPart: 6) {
      func check<Model: SavedModel & ForecastModel>(_ model: Model) {
        var bytes = model.encoded()
        for _ in 0..<generator.integer(in: 1...3) {
          let place = generator.integer(in: 20...(bytes.count - 9))
          bytes[place] = UInt8(generator.integer(below: 256))
        }
        bytes.renewChecksum()
        if let read = try? Model(decoding: bytes) {
          let forecast = read.forecast(5, levels: [0.9])
          #expect(!forecast.mean.contains { $0.isNaN })
          _ = "\(forecast)"
        }
      }
      for model in models { check(model) }
    }
  }
}
