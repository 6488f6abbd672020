import Foundation
import Learning
import Testing

@Suite struct TimeSeriesTests {
  @Test func `labels follow the calendar`() {
    #expect(TimeLabels.months(year: 2025, month: 11)[2] == "2026-01")
    #expect(TimeLabels.quarters(year: 2025, quarter: 4)[1] == "2026-Q1")
    #expect(TimeLabels.years(2025)[3] == "2028")
    #expect(TimeLabels.positions(first: 1)[4] == "5")
    let days = TimeLabels.days(year: 2024, month: 2, day: 27)
    #expect((0..<4).map { days[$0] } == ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"])
    #expect(TimeLabels.days(year: 1900, month: 2, day: 28)[1] == "1900-03-01")
    #expect(TimeLabels.days(year: 2000, month: 12, day: 31)[1] == "2001-01-01")
    #expect(TimeLabels.weeks(year: 2024, month: 12, day: 30)[1] == "2025-01-06")
    #expect(TimeLabels.months(year: 2025, month: 1)[-1] == "2024-12")
  }

  @Test func `days are those of Foundation's calendar`() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    let start = calendar.date(from: DateComponents(year: 1895, month: 12, day: 31))!
    let labels = TimeLabels.days(year: 1895, month: 12, day: 31)
    for position in stride(from: 0, to: 80_000, by: 37) {
      let date = calendar.date(byAdding: .day, value: position, to: start)!
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let pad = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
      #expect(labels[position] == "\(parts.year!)-\(pad(parts.month!))-\(pad(parts.day!))")
    }
  }

  @Test func `a part of a series keeps its labels`() throws {
    let values = (0..<40).map { Double($0) }
    for labels: TimeLabels in [
      .days(year: 2024, month: 2, day: 20), .weeks(year: 2024, month: 2, day: 20),
      .months(year: 2024, month: 2), .quarters(year: 2024, quarter: 2), .years(2024),
      .positions(first: -3),
    ] {
      let series = try TimeSeries(values, season: 4, labels: labels)
      let part = series[15..<38]
      #expect(part.values == Array(values[15..<38]))
      #expect(part.season == 4)
      #expect(part.labels[0] == labels[15])
      #expect(part.labels[30] == labels[45])
    }
  }

  @Test func `missing values are filled by the rule`() throws {
    let nan = Double.nan
    let values = [nan, 2, nan, nan, 5, 7, nan]
    #expect(
      try TimeSeries(values, missing: .interpolated).values == [2, 2, 3, 4, 5, 7, 7])
    #expect(try TimeSeries(values, missing: .zero).values == [0, 2, 0, 0, 5, 7, 0])
    #expect(try TimeSeries(values, missing: .zero).filled == [0, 2, 3, 6])
    #expect(try TimeSeries([nan], missing: .zero).values == [0])
    #expect(
      try TimeSeries([1, 2, nan, nan, nan, 4], season: 2, missing: .sameSeason).values
        == [1, 2, 1, 2, 1, 4])
    #expect(
      try TimeSeries([nan, 2, 3, 4], season: 2, missing: .sameSeason).values == [3, 2, 3, 4])
  }

  @Test func `what is no series is refused in a sentence`() {
    func sentence(_ make: () throws -> TimeSeries) -> String? {
      (#expect(throws: LearningError.self) { try make() })?.description
    }
    #expect(
      sentence { try TimeSeries([]) }
        == "The series has no values, so there is nothing to learn from. Give at least one.")
    #expect(
      sentence { try TimeSeries([1, .nan]) }
        == "The value at position 1 of the series is missing. Say what stands for missing values: "
        + ".interpolated, .zero or .sameSeason.")
    #expect(
      sentence { try TimeSeries([1, -.infinity], missing: .zero) }
        == "The value at position 1 of the series is infinite or beyond 1e100. Find out where it "
        + "comes from, or give NaN and a rule for missing values.")
    #expect(
      sentence { try TimeSeries([1], season: 0) }
        == "A season of 0 values has no meaning. Give the number of values after which the pattern "
        + "comes again, up to 1,000,000, or 1 where there is none.")
    #expect(
      sentence { try TimeSeries([1], labels: .days(year: 2023, month: 2, day: 29)) }
        == "The first label of the series is no date of the calendar. Give a month from 1 to 12 and "
        + "a day that this month has.")
    #expect(
      sentence { try TimeSeries([.nan, .nan], missing: .interpolated) }
        == "Every value of the series is missing. Give at least one number.")
    #expect(
      sentence { try TimeSeries([.nan, 1, .nan, 3], season: 2, missing: .sameSeason) }
        == "The value at position 0 of the series is missing, and so are those one season before "
        + "and after it. Use .interpolated, or leave out the beginning.")
  }

  @Test func `a series is stored as JSON and checked when read`() throws {
    let series = try TimeSeries(
      [1, .nan, 3], season: 2, labels: .months(year: 2025, month: 3), missing: .interpolated)
    let data = try JSONEncoder().encode(series)
    #expect(try JSONDecoder().decode(TimeSeries.self, from: data) == series)
    let text = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: "\"season\":2", with: "\"season\":0")
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(TimeSeries.self, from: Data(text.utf8))
    }
  }
}
