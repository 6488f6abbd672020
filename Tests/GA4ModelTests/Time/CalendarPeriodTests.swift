import Foundation
import GA4Model
import Testing

private let dayPeriods: [CalendarPeriod] =
  [.day, .month, .quarter, .year] + Weekday.allCases.map { .week(startingOn: $0) }

@Suite struct CalendarPeriodTests {
  @Test func `periods tile the days and are counted one by one`() throws {
    let first = try #require(CalendarDay("2019-11-20"))
    for period in dayPeriods {
      var starts = 0
      var label = period.label(for: first)
      for day in first...first.advanced(by: 1500) {
        let start = period.start(of: day)
        #expect(start <= day)
        #expect(period.start(of: start) == start)
        let next = period.next(after: day)
        #expect(next > day)
        #expect(period.start(of: next) == next)
        #expect(period.start(of: next.advanced(by: -1)) == start)
        if day > first, start == day {
          starts += 1
          #expect(period.label(for: day) > label)
          label = period.label(for: day)
        }
        #expect(period.label(for: day) == label)
        #expect(period.count(from: first, to: day) == starts)
        #expect(period.count(from: day, to: first) == -starts)
        #expect(
          period.advance(first, by: starts) == (starts == 0 ? period.start(of: first) : start))
        #expect(period.advance(day, by: -starts) == period.start(of: first))
      }
      #expect(starts >= 4)
    }
  }

  @Test func `labels are those of the examples`() throws {
    let day = try #require(CalendarDay("2020-12-19"))
    #expect(
      [.day, .week(), .week(startingOn: .sunday), .month, .quarter, .year].map {
        (period: CalendarPeriod) in period.label(for: day)
      } == ["2020-12-19", "2020-W51", "2020-12-13", "2020-12", "2020-Q4", "2020"])
  }

  @Test func `the ends of the calendar stop the periods`() {
    for period in dayPeriods {
      #expect(period.next(after: .max) == .max)
      #expect(period.start(of: .min) >= .min)
      #expect(period.advance(.unixEpoch, by: .max) == .max)
      #expect(period.advance(.unixEpoch, by: .min) == .min)
      #expect(period.count(from: .min, to: .max) > 0)
    }
  }

  @Test(.enabled(if: TimeZoneDatabase.isInstalled))
  func `hours follow the local clock through its changes`() throws {
    func labels(_ zone: String, _ from: String, _ count: Int) throws -> [String] {
      let zone = try ReportingTimeZone(identifier: zone)
      let first = try #require(EventTime(from))
      var time = first
      return (0..<count).map { index in
        let label = CalendarPeriod.hour.label(for: time, in: zone)
        #expect(CalendarPeriod.hour.count(from: first, to: time, in: zone) == index)
        #expect(CalendarPeriod.hour.count(from: time, to: first, in: zone) == -index)
        time = CalendarPeriod.hour.next(after: time, in: zone)
        #expect(CalendarPeriod.hour.start(of: time, in: zone) == time)
        return label
      }
    }
    #expect(
      try labels("Europe/Paris", "2020-10-24T23:59:59.5Z", 4) == [
        "2020-10-25T01:00+02:00", "2020-10-25T02:00+02:00", "2020-10-25T02:00+01:00",
        "2020-10-25T03:00+01:00",
      ])
    #expect(
      try labels("Europe/Paris", "2020-03-29T00:30:00Z", 3) == [
        "2020-03-29T01:00+01:00", "2020-03-29T03:00+02:00", "2020-03-29T04:00+02:00",
      ])
    #expect(
      try labels("Australia/Lord_Howe", "2020-04-04T14:30:00Z", 3) == [
        "2020-04-05T01:00+11:00", "2020-04-05T01:30+10:30", "2020-04-05T02:00+10:30",
      ])
    #expect(
      try labels("Asia/Kolkata", "2020-04-04T14:30:00Z", 2) == [
        "2020-04-04T20:00+05:30", "2020-04-04T21:00+05:30",
      ])
    #expect(try labels("UTC", "2020-04-04T14:30:00Z", 1) == ["2020-04-04T14:00Z"])
  }

  @Test(.enabled(if: TimeZoneDatabase.isInstalled))
  func `periods of instants are those of their local days`() throws {
    let paris = try ReportingTimeZone(identifier: "Europe/Paris")
    let time = try #require(EventTime("2020-12-31T23:30:00Z"))
    #expect(
      CalendarPeriod.month.start(of: time, in: paris).description == "2020-12-31T23:00:00Z")
    #expect(CalendarPeriod.year.next(after: time, in: paris).description == "2021-12-31T23:00:00Z")
    #expect(CalendarPeriod.year.label(for: time, in: paris) == "2021")
    #expect(
      CalendarPeriod.year.count(from: time, to: time + .seconds(86_400 * 366), in: paris) == 1)
    #expect(CalendarPeriod.day.count(from: time, to: time - .seconds(1801), in: paris) == -1)
  }

  @Test func `a day has no hours to divide it into`() async {
    await #expect(processExitsWith: .failure) {
      _ = CalendarPeriod.hour.start(of: CalendarDay.unixEpoch)
    }
  }

  @Test func `periods are encoded by name`() throws {
    let periods = [.hour] + dayPeriods
    let json = try JSONEncoder().encode(periods)
    #expect(try JSONDecoder().decode([CalendarPeriod].self, from: json) == periods)
    #expect(
      String(decoding: json, as: UTF8.self).hasPrefix(
        #"["hour","day","month","quarter","year","week from Monday","#))
    #expect(
      try JSONDecoder().decode([CalendarPeriod].self, from: Data(#"["week"]"#.utf8)) == [.week()])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([CalendarPeriod].self, from: Data(#"["fortnight"]"#.utf8))
    }
    #expect(CalendarPeriod.week(startingOn: .sunday).description == "week from Sunday")
  }
}
