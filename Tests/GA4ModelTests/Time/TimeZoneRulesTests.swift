import StatisticsCore
import Testing

@testable import GA4Model

/// A TZif file of version 1 or later, built field by field as RFC 9636 lists them.
private func tzif(
  version: UInt8 = UInt8(ascii: "2"), changes: [(time: Int64, type: UInt8)] = [],
  offsets: [Int32] = [0], leapSeconds: Int = 0, footer: String? = "", header: String = "TZif"
) -> [UInt8] {
  func block(bytesPerTime: Int, isEmpty: Bool) -> [UInt8] {
    let changes = isEmpty ? [] : changes
    let offsets = isEmpty ? [0] : offsets
    var bytes = Array(header.utf8) + [version] + [UInt8](repeating: 0, count: 15)
    for count in [0, 0, leapSeconds, changes.count, offsets.count, 4] {
      bytes += bigEndian(Int64(count), count: 4)
    }
    for change in changes { bytes += bigEndian(change.time, count: bytesPerTime) }
    bytes += changes.map(\.type)
    for offset in offsets { bytes += bigEndian(Int64(offset), count: 4) + [0, 0] }
    bytes += Array("ABC\0".utf8)
    return bytes + [UInt8](repeating: 0, count: leapSeconds * (bytesPerTime + 4))
  }
  if version == 0 { return block(bytesPerTime: 4, isEmpty: false) }
  let bytes = block(bytesPerTime: 4, isEmpty: true) + block(bytesPerTime: 8, isEmpty: false)
  return footer.map { bytes + Array("\n\($0)\n".utf8) } ?? bytes
}

private func bigEndian(_ value: Int64, count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
}

private func offset(_ rules: TimeZoneRules, _ text: String) throws -> Int {
  let time = try #require(EventTime(text))
  return rules.interval(containing: time.secondsRoundedDown).offset
}

private func rule(_ text: String) -> PosixTimeZoneRule? {
  PosixTimeZoneRule(Array(text.utf8).span)
}

@Suite struct TimeZoneRulesTests {
  @Test(arguments: [UInt8(0), 0x32, 0x33, 0x34])
  func `every version of the format is read`(version: UInt8) throws {
    let bytes = tzif(
      version: version, changes: [(1000, 1), (2000, 0)], offsets: [3600, 7200])
    let rules = try TimeZoneRules(tzif: bytes, identifier: "Test/Zone")
    let answers = [Int64.min, 999, 1000, 1999, 2000, .max].map {
      rules.interval(containing: $0).offset
    }
    #expect(answers == [3600, 3600, 7200, 7200, 3600, 3600])
    #expect(
      rules.interval(containing: 1500) == OffsetInterval(lower: 1000, upper: 2000, offset: 7200))
  }

  @Test func `a file without changes follows its rule`() throws {
    let fixed = try TimeZoneRules(tzif: tzif(footer: "<+03>-3"), identifier: "Test/Zone")
    #expect(try offset(fixed, "2020-07-01") == 10_800)
    let paris = try TimeZoneRules(
      tzif: tzif(footer: "CET-1CEST,M3.5.0,M10.5.0/3"), identifier: "Test/Zone")
    #expect(try offset(paris, "2020-07-01") == 7200)
    #expect(try offset(paris, "2020-03-29T00:59:59Z") == 3600)
    #expect(try offset(paris, "2020-03-29T01:00:00Z") == 7200)
    #expect(try offset(paris, "2020-10-25T01:00:00Z") == 3600)
  }

  @Test func `the rule takes over after the last change`() throws {
    // A slim file, whose table ends in 2007.
    let rules = try TimeZoneRules(
      tzif: tzif(
        changes: [(1_173_596_400, 1), (1_194_156_000, 0)], offsets: [-18_000, -14_400],
        footer: "EST5EDT,M3.2.0,M11.1.0"), identifier: "Test/Zone")
    for year in [2008, 2020, 2050, 2099, 2100, 2101, 5000] {
      #expect(try offset(rules, "\(year)-01-15") == -18_000)
      #expect(try offset(rules, "\(year)-07-15") == -14_400)
      #expect(try offset(rules, "\(year)-12-15") == -18_000)
    }
    #expect(try offset(rules, "2007-01-15") == -18_000)
    #expect(try offset(rules, "1950-07-15") == -18_000)
  }

  @Test func `damage is named`() throws {
    func reason(_ bytes: [UInt8]) throws -> String {
      let error = try #require(throws: TimeZoneError.self) {
        try TimeZoneRules(tzif: bytes, identifier: "Test/Zone")
      }
      guard case .damagedFile("Test/Zone", let reason) = error else { return "\(error)" }
      return reason
    }
    #expect(try reason([]) == "it ends too early")
    #expect(
      try reason(Array("# leap seconds, a text file, is no zone".utf8))
        == "it does not start with TZif")
    #expect(try reason(tzif(version: 0x31)) == "its version is unknown")
    #expect(try reason(tzif(offsets: [])) == "it defines no local time")
    #expect(try reason(tzif(leapSeconds: 1)).hasPrefix("it counts leap seconds"))
    #expect(
      try reason(tzif(changes: [(5, 0), (5, 0)])) == "its changes are not in ascending order")
    #expect(
      try reason(tzif(changes: [(5, 1)])) == "a change refers to a local time that is not defined")
    #expect(try reason(tzif(offsets: [93_600])) == "an offset from UTC is longer than a day")
    #expect(try reason(tzif(offsets: [.min])) == "an offset from UTC is longer than a day")
    #expect(try reason(tzif(footer: nil)) == "it ends too early")
    #expect(try reason(tzif(footer: "XX")) == "its rule for later years cannot be understood")
    #expect(try reason(tzif(footer: nil) + [0x41]) == "its footer is missing")
    var bytes = tzif()
    bytes.replaceSubrange(32..<36, with: [0x7F, 0xFF, 0xFF, 0xFF])
    #expect(try reason(bytes) == "a count in its header is impossible")
    #expect(try reason([UInt8](repeating: 0, count: 1 << 20 + 1)).hasPrefix("it is longer"))
  }

  @Test func `damaged files are refused or read, and never trap`() throws {
    var generator = RepeatableGenerator(seed: 6)
    var models = [
      tzif(
        changes: [(1_173_596_400, 1), (1_194_156_000, 0)], offsets: [-18_000, -14_400],
        footer: "EST5EDT,M3.2.0,M11.1.0"),
      tzif(footer: "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"),
      tzif(version: 0, changes: [(0, 0), (9, 1)], offsets: [0, 60]),
    ]
    models.append(models[0])
    var read = 0
    for _ in 0..<20_000 {
      var bytes = models.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] =
          Bool.random(using: &generator)
          ? bytes[index] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
          : UInt8.random(in: 0...255, using: &generator)
      }
      if Int.random(in: 0..<4, using: &generator) == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      guard let zone = try? ReportingTimeZone(identifier: "Test/Zone", tzif: bytes) else {
        continue
      }
      read += 1
      for time in [EventTime.min, .unixEpoch, EventTime(seconds: 2_000_000_000), .max] {
        let day = zone.day(of: time)
        let interval = zone.rules.interval(containing: time.secondsRoundedDown)
        #expect(interval.lower <= time.secondsRoundedDown)
        #expect(interval.upper > time.secondsRoundedDown)
        #expect(zone.start(of: day) <= zone.end(of: day))
        #expect(zone.start(of: day) <= time)
      }
    }
    #expect(read > 1000)
  }
}

@Suite struct PosixTimeZoneRuleTests {
  /// The changes of a year as texts, with the offset in hours from then on.
  private func changes(_ text: String, year: Int) throws -> [String] {
    try #require(rule(text)).changes(year: year).map {
      "\(EventTime(seconds: Int64($0.time))) \(Double($0.offset) / 3600)"
    }
  }

  @Test func `the three ways to name a day`() throws {
    #expect(
      try changes("CET-1CEST,M3.5.0,M10.5.0/3", year: 2020)
        == ["2020-03-29T01:00:00Z 2.0", "2020-10-25T01:00:00Z 1.0"])
    // J60 is the first of March in every year, 59 the 29 February of leap years.
    #expect(
      try changes("AAA0BBB,J60/0,J300/0", year: 2020)
        == ["2020-03-01T00:00:00Z 1.0", "2020-10-26T23:00:00Z 0.0"])
    #expect(
      try changes("AAA0BBB,59/0,J300/0", year: 2020).first == "2020-02-29T00:00:00Z 1.0")
    #expect(
      try changes("AAA0BBB,59/0,J300/0", year: 2021).first == "2021-03-01T00:00:00Z 1.0")
    #expect(
      try changes("AAA0BBB,J59/0,J300/0", year: 2021).first == "2021-02-28T00:00:00Z 1.0")
  }

  @Test func `names in brackets, odd offsets and far times`() throws {
    #expect(rule("<+03>-3") == PosixTimeZoneRule(constant: 10_800))
    #expect(rule("<-0330>3:30")?.standardOffset == -12_600)
    #expect(rule("LMT-0:09:21") == PosixTimeZoneRule(constant: 561))
    // Lord Howe: half an hour; Nuuk: the day before; Gaza: 50 hours after a Thursday's midnight.
    #expect(
      try changes("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", year: 2020)
        == ["2020-10-03T15:30:00Z 11.0", "2020-04-04T15:00:00Z 10.5"])
    #expect(
      try changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", year: 2024)
        == ["2024-03-31T01:00:00Z -1.0", "2024-10-27T01:00:00Z -2.0"])
    #expect(
      try changes("EET-2EEST,M3.4.4/50,M10.4.4/50", year: 2024)
        == ["2024-03-30T00:00:00Z 3.0", "2024-10-25T23:00:00Z 2.0"])
    // Dublin's law calls winter time the saving.
    #expect(
      try changes("IST-1GMT0,M10.5.0,M3.5.0/1", year: 2024)
        == ["2024-10-27T01:00:00Z 0.0", "2024-03-31T01:00:00Z 1.0"])
  }

  @Test func `saving time may last all year or never be`() throws {
    #expect(rule("EST5EDT,0/0,J365/25") == PosixTimeZoneRule(constant: -14_400))
    #expect(rule("XXX3EDT4,0/0,J365/23") == PosixTimeZoneRule(constant: -14_400))
    #expect(rule("EST5EDT,J100/2,J100/3") == PosixTimeZoneRule(constant: -18_000))
    #expect(rule("AAA0BBB0,J1,J100") == PosixTimeZoneRule(constant: 0))
  }

  @Test(arguments: [
    "", "A", "AB1", "ABC", "ABC25", "<AB>1", "<ABC1", "<A_C>1", "ABC1DEF", "ABC1DEF,", "ABC1D2",
    "ABC1DEF,M3.2.0", "ABC1DEF,M3.2.0,", "ABC1DEF,M0.2.0,M11.1.0", "ABC1DEF,M13.2.0,M11.1.0",
    "ABC1DEF,M3.0.0,M11.1.0", "ABC1DEF,M3.6.0,M11.1.0", "ABC1DEF,M3.2.7,M11.1.0",
    "ABC1DEF,J0,J1", "ABC1DEF,J366,J1", "ABC1DEF,366,J1", "ABC1DEF,M3.2.0/168,M11.1.0",
    "ABC1DEF,M3.2.0/2:60,M11.1.0", "ABC1DEF,M3.2.0,M11.1.0x", "ABC1:2", "ABC1DEF,M3.2,M11.1.0",
    "ABC--1", "ABC1DEF,M3.2.0/,M11.1.0",
  ])
  func `other texts are refused`(text: String) {
    #expect(rule(text) == nil)
  }

  @Test func `intervals tile the time, agree with a scan, and never trap`() {
    var generator = RepeatableGenerator(seed: 7)
    let alphabet = Array("ABCD<>+-0123456789:,./JM".utf8)
    var read = 0
    for _ in 0..<20_000 {
      var text: String
      if Bool.random(using: &generator) {
        func part() -> String {
          let day =
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: "J\(Int.random(in: 1...365, using: &generator))"
            case 1: "\(Int.random(in: 0...365, using: &generator))"
            default:
              "M\(Int.random(in: 1...12, using: &generator))"
                + ".\(Int.random(in: 1...5, using: &generator))"
                + ".\(Int.random(in: 0...6, using: &generator))"
            }
          return day + "/\(Int.random(in: -167...167, using: &generator))"
        }
        text = "AAA\(Int.random(in: -12...12, using: &generator))BBB,\(part()),\(part())"
      } else {
        var bytes = Array("AAA-1BBB,M3.5.0,M10.5.0/3".utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
            alphabet.randomElement(using: &generator)!
        }
        bytes.removeLast(Int.random(in: 0...2, using: &generator))
        text = String(decoding: bytes, as: UTF8.self)
      }
      guard let rule = rule(text) else { continue }
      read += 1
      let time = Int64.random(in: -10_000_000_000...100_000_000_000, using: &generator)
      let interval = rule.interval(containing: time)
      #expect(interval.lower <= time && time < interval.upper, "\(text)")
      if rule.isConstant { continue }
      // The ends belong to the neighbours: the first second does, the one after does not.
      #expect(rule.interval(containing: interval.lower) == interval, "\(text)")
      #expect(rule.interval(containing: interval.upper - 1) == interval, "\(text)")
      #expect(rule.interval(containing: interval.upper).lower == interval.upper, "\(text)")
      // The latest change of seven years at or before the time brought the offset.
      let year = CivilCalendar.date(days: Int(CivilCalendar.floorDivide(time, 86_400))).year
      let past = ((year - 3)...(year + 3)).flatMap { rule.changes(year: $0) }
        .filter { $0.time <= Int(time) }
      let latest = past.map(\.time).max()!
      #expect(past.contains { $0.time == latest && $0.offset == interval.offset }, "\(text)")
    }
    #expect(read > 8000)
  }
}
