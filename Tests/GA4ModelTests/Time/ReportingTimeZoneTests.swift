import Foundation
import GA4Model
import Testing

/// Whether this machine has a time zone database, without which the tests of zones cannot run.
private let hasDatabase = TimeZoneDatabase.isInstalled

private func zone(_ identifier: String) throws -> ReportingTimeZone {
  try ReportingTimeZone(identifier: identifier)
}

private func time(_ text: String) throws -> EventTime { try #require(EventTime(text)) }

private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

@Suite struct ReportingTimeZoneTests {
  @Test(.enabled(if: hasDatabase))
  func `every change of the offset is where Python sees it`() throws {
    for table in ZoneChanges.tables {
      let zone = try zone(table.zone)
      var converter = zone.dayConverter()
      for (index, change) in table.changes.enumerated() {
        let at = EventTime(seconds: change.time)
        #expect(zone.secondsFromUTC(at: at) == change.offset, "\(zone) at \(at)")
        // Half way to the next change and at the last microsecond before it the offset holds.
        let end =
          index + 1 < table.changes.count
          ? table.changes[index + 1].time : change.time + 1
        let before = EventTime(microseconds: end * 1_000_000 - 1)
        let middle = EventTime(seconds: (change.time + end) / 2)
        #expect(zone.secondsFromUTC(at: before) == change.offset, "\(zone) at \(before)")
        #expect(zone.secondsFromUTC(at: middle) == change.offset, "\(zone) at \(middle)")
        for time in [at, middle, before] {
          let local = time.microseconds + Int64(change.offset) * 1_000_000
          let day = Int32((Double(local) / 86_400e6).rounded(.down))
          #expect(zone.day(of: time).daysSinceEpoch == day)
          #expect(converter.day(ofMicroseconds: time.microseconds) == day)
          #expect(Int(converter.hour(ofMicroseconds: time.microseconds)) == zone.hour(of: time))
        }
      }
    }
  }

  @Test(.enabled(if: hasDatabase))
  func `the start of a day is the first second whose local day is not earlier`() throws {
    for table in ZoneChanges.tables {
      let zone = try zone(table.zone)
      let start = table.changes[0].time
      for change in table.changes.map(\.time) where change > start + 3 * 86_400 {
        let today = zone.day(of: EventTime(seconds: change))
        for day in [today.advanced(by: -1), today, today.advanced(by: 1)] {
          // Every stretch of one offset has a first such second, or none; the least counts.
          let midnight = Int64(day.daysSinceEpoch) * 86_400
          var expected = Int64.max
          for (index, change) in table.changes.enumerated() {
            let end = index + 1 < table.changes.count ? table.changes[index + 1].time : .max
            let candidate = max(change.time, midnight - Int64(change.offset))
            if candidate < end { expected = min(expected, candidate) }
          }
          #expect(zone.start(of: day) == EventTime(seconds: expected), "\(zone) \(day)")
        }
      }
    }
  }

  @Test(.enabled(if: hasDatabase))
  func `gaps at midnight start the day at the change`() throws {
    let saoPaulo = try zone("America/Sao_Paulo")
    #expect(try saoPaulo.start(of: day("2018-11-04")) == time("2018-11-04T03:00:00Z"))
    #expect(saoPaulo.hour(of: try time("2018-11-04T03:00:00Z")) == 1)
    #expect(try saoPaulo.end(of: day("2018-11-03")) == time("2018-11-04T03:00:00Z"))
    #expect(try saoPaulo.end(of: day("2018-11-04")) == time("2018-11-05T02:00:00Z"))
    // Clocks went from 00:01 back to 23:01: midnight happened twice.
    let stJohns = try zone("America/St_Johns")
    #expect(try stJohns.start(of: day("2010-11-07")) == time("2010-11-07T02:30:00Z"))
    #expect(try stJohns.day(of: time("2010-11-07T02:30:30Z")) == day("2010-11-07"))
    #expect(try stJohns.day(of: time("2010-11-07T02:31:00Z")) == day("2010-11-06"))
  }

  @Test(.enabled(if: hasDatabase))
  func `a skipped day is empty`() throws {
    let apia = try zone("Pacific/Apia")
    let change = try time("2011-12-30T10:00:00Z")
    #expect(try apia.start(of: day("2011-12-30")) == change)
    #expect(try apia.end(of: day("2011-12-30")) == change)
    #expect(try apia.start(of: day("2011-12-31")) == change)
    #expect(try apia.day(of: change - .microseconds(1)) == day("2011-12-29"))
    #expect(try apia.day(of: change) == day("2011-12-31"))
  }

  @Test(.enabled(if: hasDatabase))
  func `local time shows the clock and the offset`() throws {
    let lordHowe = try zone("Australia/Lord_Howe")
    #expect(
      try lordHowe.localTime(of: time("2020-04-04T14:59:59.25Z")).description
        == "2020-04-05T01:59:59.250000+11:00")
    #expect(
      try lordHowe.localTime(of: time("2020-04-04T15:00:00Z")).description
        == "2020-04-05T01:30:00+10:30")
    let paris = try zone("Europe/Paris")
    #expect(
      try paris.localTime(of: time("2050-07-14T10:00:00Z")).description
        == "2050-07-14T12:00:00+02:00")
    #expect(
      try paris.localTime(of: time("1900-01-01T00:00:00Z")).description
        == "1900-01-01T00:09:21+00:09:21")
  }

  @Test(.enabled(if: hasDatabase))
  func `days of far years cost no loop and do not trap`() throws {
    let newYork = try zone("America/New_York")
    for time in [EventTime.min, .max] {
      let day = newYork.day(of: time)
      #expect(newYork.localTime(of: time).day == day)
      #expect(newYork.start(of: day) <= time)
    }
    for day in [CalendarDay.min, .max] {
      let bound: EventTime = day == .min ? .min : .max
      #expect(newYork.start(of: day) == bound)
      #expect(newYork.end(of: day) == bound)
    }
    // The rules repeat with the calendar, every 400 years of 146,097 days.
    var generator = RepeatableGenerator(seed: 4)
    for _ in 0..<2000 {
      let seconds = Int64.random(in: 4_000_000_000..<16_000_000_000, using: &generator)
      let later = EventTime(seconds: seconds + 400 * 146_097 * 216)
      #expect(
        newYork.secondsFromUTC(at: EventTime(seconds: seconds))
          == newYork.secondsFromUTC(at: later))
    }
  }

  @Test(.enabled(if: hasDatabase))
  func `the converter agrees with the zone in any order`() throws {
    var generator = RepeatableGenerator(seed: 5)
    for name in ["Europe/Paris", "Australia/Lord_Howe", "America/St_Johns", "UTC", "-03:30"] {
      let zone = try zone(name)
      var converter = DayConverter(zone)
      for _ in 0..<5000 {
        let wide = Int64.random(in: -5_000_000_000...8_000_000_000, using: &generator)
        let time = EventTime(microseconds: wide * 1_000_003)
        #expect(
          converter.day(ofMicroseconds: time.microseconds) == zone.day(of: time).daysSinceEpoch)
        #expect(Int(converter.hour(ofMicroseconds: time.microseconds)) == zone.hour(of: time))
      }
      #expect(converter.day(ofMicroseconds: .max) > 106_000_000)
      #expect(converter.day(ofMicroseconds: .min) < -106_000_000)
    }
  }

  @Test func `UTC and fixed offsets need no database`() throws {
    for (text, name, offset) in [
      ("UTC", "UTC", 0), ("Z", "UTC", 0), ("+00:00", "UTC", 0), ("+05:30", "+05:30", 19_800),
      ("+0530", "+05:30", 19_800), ("-08", "-08:00", -28_800), ("-23:59", "-23:59", -86_340),
    ] {
      let zone = try zone(text)
      #expect(zone.identifier == name)
      #expect(zone.secondsFromUTC(at: .unixEpoch) == offset)
      #expect(zone.start(of: .unixEpoch) == EventTime(seconds: Int64(-offset)))
    }
    #expect(try zone("UTC") == .utc)
    #expect(try zone("+05:30").description == "+05:30")
  }

  @Test(arguments: [
    "", "Mars/Olympus", "Europe", "Europe/", "/Europe/Paris", "Europe//Paris", "../etc/passwd",
    "Europe/../UTC", "./UTC", "/etc/localtime", "+24:00", "+5:30", "+05:3", "Europe/Paris\0",
    "Europe/Par\u{ED}s", "zone.tab", "Europe/Paris ", String(repeating: "a", count: 65),
  ])
  func `a name that is no zone is refused in a sentence`(identifier: String) throws {
    let error = try #require(throws: TimeZoneError.self) { try zone(identifier) }
    // Without a database a plausible name cannot be told from a wrong one.
    if hasDatabase { #expect(error == .unknownZone(identifier: identifier)) }
  }

  @Test func `errors say what to do`() {
    #expect(
      TimeZoneError.unknownZone(identifier: "Mars/Olympus").description
        == "Mars/Olympus is not a known time zone; use an identifier of the IANA database such as"
        + " Europe/Paris, or an offset such as +05:30.")
    #expect(
      TimeZoneError.unknownZone(identifier: "a\nb").description.hasPrefix(
        "The given text is not a known time zone"))
    #expect(
      TimeZoneError.missingDatabase(identifier: "Europe/Paris").description
        == "The time zone Europe/Paris cannot be read because this machine has no time zone"
        + " database; install the package tzdata, or set TZDIR to the folder that holds it, or use"
        + " UTC or an offset such as +05:30.")
    #expect(
      TimeZoneError.damagedFile(identifier: "Europe/Paris", reason: "it ends too early").description
        == "The file of the time zone Europe/Paris is damaged: it ends too early; install the"
        + " package tzdata again.")
  }

  @Test func `a zone is encoded by its identifier`() throws {
    let zones = [ReportingTimeZone.utc, try zone("+05:30")]
    let json = try JSONEncoder().encode(zones)
    #expect(String(decoding: json, as: UTF8.self) == #"["UTC","+05:30"]"#)
    let decoded = try JSONDecoder().decode([ReportingTimeZone].self, from: json)
    #expect(decoded == zones)
    #expect(decoded[1].secondsFromUTC(at: .unixEpoch) == 19_800)
    let error = try #require(throws: DecodingError.self) {
      try JSONDecoder().decode([ReportingTimeZone].self, from: Data(#"["../x"]"#.utf8))
    }
    #expect("\(error)".contains("is not a known time zone"))
  }
}
