import Foundation
import GA4Model
import Testing

@Suite struct CalendarDayTests {
  @Test func `every day from 1600 to 2400 agrees with counting one by one`() throws {
    // The oracle knows the lengths of months, and nothing else.
    var (year, month, day) = (1600, 1, 1)
    var week = 1
    var weekYear = 1600
    let first = try #require(CalendarDay(year: 1600, month: 1, day: 1))
    // 1600-01-01 was a Saturday, in the last week of 1599.
    var weekday = Weekday.saturday
    (weekYear, week) = (1599, 52)
    var dayOfYear = 1
    var number = first.daysSinceEpoch
    var failures = 0
    while year <= 2400 {
      let value = CalendarDay(daysSinceEpoch: number)
      let components = value.components
      let agrees =
        components == (year, month, day) && value.weekday == weekday
        && value.dayOfYear == dayOfYear && value.quarter == (month + 2) / 3
        && value.isoWeek.year == weekYear && value.isoWeek.number == week
        && CalendarDay(year: year, month: month, day: day) == value
        && value.description == String(format: "%04d-%02d-%02d", year, month, day)
        && CalendarDay(value.description) == value
        && CalendarDay(value.basicDescription) == value
        && value.startOfMonth == CalendarDay(year: year, month: month, day: 1)
        && value.startOfYear == CalendarDay(year: year, month: 1, day: 1)
        && value.startOfQuarter == CalendarDay(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
      if !agrees {
        failures += 1
        Issue.record("\(value) is not \(year)-\(month)-\(day)")
      }
      if failures > 5 { return }
      number += 1
      dayOfYear += 1
      weekday = Weekday(isoNumber: weekday.isoNumber % 7 + 1)!
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] {
        (month, day) = (month + 1, 1)
        if month > 12 { (year, month, dayOfYear) = (year + 1, 1, 1) }
      }
      if weekday == .monday {
        // A week belongs to the year of its Thursday: 29 December to 4 January start week 1.
        if (month == 12 && day >= 29) || (month == 1 && day <= 4) {
          (weekYear, week) = (month == 12 ? year + 1 : year, 1)
        } else {
          week += 1
        }
      }
    }
    #expect(number - first.daysSinceEpoch == 292_560)
  }

  @Test(arguments: [
    (2021, 2, 29), (1900, 2, 29), (2020, 13, 1), (2020, 0, 1), (2020, 4, 31), (2020, 1, 0),
    (2020, 1, 32), (.max, 1, 1), (.min, 1, 1), (5_881_580, 7, 12), (-5_877_641, 6, 22),
  ])
  func `a date that does not exist gives nil`(year: Int, month: Int, day: Int) {
    #expect(CalendarDay(year: year, month: month, day: day) == nil)
  }

  @Test func `the bounds are the days that Int32 allows`() {
    #expect(CalendarDay.max == CalendarDay(year: 5_881_580, month: 7, day: 11))
    #expect(CalendarDay.min == CalendarDay(year: -5_877_641, month: 6, day: 23))
    #expect(CalendarDay.max.advanced(by: 1) == .max)
    #expect(CalendarDay.min.advanced(by: .min) == .min)
    #expect(CalendarDay.unixEpoch.advanced(by: .max) == .max)
    #expect(CalendarDay.min.startOfWeek() == .min)
    #expect(CalendarDay.min.startOfYear == .min)
    #expect(CalendarDay.min.distance(to: .max) == Int(UInt32.max))
  }

  @Test func `names are English`() throws {
    let day = try #require(CalendarDay("2020-12-19"))
    #expect("\(day.weekday) \(day.monthName)" == "Saturday December")
    #expect(day.weekday.isWeekend)
    #expect(Weekday.allCases.map(\.isoNumber) == Array(1...7))
    #expect(
      Weekday.allCases.map(\.description).joined(separator: " ")
        == "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
    #expect(Weekday(isoNumber: 0) == nil)
    #expect(Weekday.allCases == Weekday.allCases.sorted())
    let months = (1...12).compactMap { CalendarDay(year: 2020, month: $0, day: 1)?.monthName }
    #expect(
      months.joined(separator: " ")
        == "January February March April May June July August September October November December")
  }

  @Test(arguments: [
    ("2020-12-19", "2020-W51"), ("2021-01-03", "2020-W53"), ("2021-01-04", "2021-W01"),
    ("2018-12-31", "2019-W01"), ("2016-01-01", "2015-W53"), ("0000-01-01", "-000001-W52"),
  ])
  func `weeks of ISO 8601 are numbered by their Thursday`(day: String, week: String) throws {
    #expect(try #require(CalendarDay(day)).isoWeek.description == week)
  }

  @Test func `weeks start on any day`() throws {
    let saturday = try #require(CalendarDay("2020-12-19"))
    for weekday in Weekday.allCases {
      let start = saturday.startOfWeek(startingOn: weekday)
      #expect(start.weekday == weekday)
      #expect((0..<7).contains(start.distance(to: saturday)))
    }
    #expect(saturday.startOfWeek().description == "2020-12-14")
    #expect(saturday.startOfWeek(startingOn: .sunday).description == "2020-12-13")
  }

  @Test(arguments: [
    "", "2020", "2020-12", "2020-12-1", "2020-12-19 ", " 2020-12-19", "2020-12-19T", "2020/12/19",
    "202012190", "2020121", "2020121x", "20201319", "2020-12-32", "20-12-19", "+2020-12-19",
    "+02020-12-19", "２０２０１２１９", "-0001-01-01", "2020-12-1９", "99999999",
    "+99999999-01-01", "2020-12-19-2020-12-19-2020-12-19",
  ])
  func `a text that is not a day gives nil`(text: String) {
    #expect(CalendarDay(text) == nil)
  }

  @Test func `years of more than four digits survive as text`() throws {
    for number: Int32 in [.min, -719_529, -719_528, 2_932_896, 2_932_897, .max] {
      let day = CalendarDay(daysSinceEpoch: number)
      #expect(CalendarDay(day.description) == day)
      #expect(CalendarDay(day.basicDescription) == day)
    }
    #expect(CalendarDay(daysSinceEpoch: 2_932_897).description == "+010000-01-01")
    #expect(CalendarDay(daysSinceEpoch: -719_529).description == "-000001-12-31")
    #expect(CalendarDay(daysSinceEpoch: -719_528).basicDescription == "00000101")
  }

  @Test func `the fast readers agree with the slow one`() throws {
    var generator = RepeatableGenerator(seed: 1)
    for _ in 0..<20_000 {
      var digits = (0..<8).map { _ in UInt8.random(in: 0x30...0x39, using: &generator) }
      // Mostly plausible months and days.
      digits[4] = UInt8.random(in: 0x30...0x31, using: &generator)
      digits[6] = UInt8.random(in: 0x30...0x33, using: &generator)
      let text = String(decoding: digits, as: UTF8.self)
      let slow = CalendarDay(
        year: Int(text.prefix(4))!, month: Int(text.dropFirst(4).prefix(2))!,
        day: Int(text.suffix(2))!)
      let padded = [0x30, 0x78] + digits + [0x79]
      #expect(CalendarDay(text) == slow)
      #expect(CalendarDay(yyyymmdd: Int(text)!) == slow)
      #expect(CalendarDay(eightDigits: padded.span, at: 2) == slow)
      #expect(
        unsafe digits.withUnsafeBufferPointer { unsafe CalendarDay(eightDigits: $0.baseAddress!) }
          == slow)
    }
    let bytes = Array("20201219".utf8)
    #expect(CalendarDay(eightDigits: bytes.span, at: 1) == nil)
    #expect(CalendarDay(eightDigits: bytes.span, at: -1) == nil)
    #expect(CalendarDay(eightDigits: bytes.span, at: .max) == nil)
    #expect(CalendarDay(eightDigits: Array("2020121/".utf8).span, at: 0) == nil)
    #expect(CalendarDay(yyyymmdd: -20_201_219) == nil)
    #expect(CalendarDay(yyyymmdd: .max) == nil)
  }

  @Test func `days order, stride and encode as text`() throws {
    let first = try #require(CalendarDay("2020-12-30"))
    let days = Array(first..<first.advanced(by: 4))
    #expect(days.map(\.description) == ["2020-12-30", "2020-12-31", "2021-01-01", "2021-01-02"])
    #expect(days == days.shuffled().sorted())
    let json = try JSONEncoder().encode(days)
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"["2020-12-30","2020-12-31","2021-01-01","2021-01-02"]"#)
    #expect(try JSONDecoder().decode([CalendarDay].self, from: json) == days)
    #expect(
      try JSONDecoder().decode([CalendarDay].self, from: Data(#"["20201230"]"#.utf8)) == [first])
    let error = try #require(throws: DecodingError.self) {
      try JSONDecoder().decode([CalendarDay].self, from: Data(#"["secret"]"#.utf8))
    }
    #expect(
      "\(error)".contains("This text is not a day; write a day as 2020-12-19 or 20201219."))
    #expect(!"\(error)".contains("secret"))
  }
}
