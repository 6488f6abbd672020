import Foundation
import GA4Model
import Testing

@Suite struct EventTimeTests {
  @Test(arguments: [
    ("2020-12-20T17:20:05.027497Z", 1_608_484_805_027_497),
    ("2020-12-20", 1_608_422_400_000_000),
    ("20201220", 1_608_422_400_000_000),
    ("2020-12-20T17:20", 1_608_484_800_000_000),
    ("2020-12-20 17:20:05", 1_608_484_805_000_000),
    ("2020-12-20t17:20:05z", 1_608_484_805_000_000),
    ("2020-12-20 17:20:05.027497 UTC", 1_608_484_805_027_497),
    ("2020-12-20T17:20:05.5Z", 1_608_484_805_500_000),
    ("2020-12-20T17:20:05.123456789Z", 1_608_484_805_123_456),
    ("2020-12-20T18:20:05+01:00", 1_608_484_805_000_000),
    ("2020-12-20T22:50:05+0530", 1_608_484_805_000_000),
    ("2020-12-20T09:20:05-08", 1_608_484_805_000_000),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
    ("1969-12-31T23:59:59.999999Z", -1),
    ("1969-12-31T23:59:59.5Z", -500_000),
  ])
  func `ISO 8601 is read`(text: String, microseconds: Int64) {
    #expect(EventTime(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2020", "2020-12-20T", "2020-12-20T17", "2020-12-20T17:2", "2020-12-20T24:00:00Z",
    "2020-12-20T17:60:00Z", "2020-12-20T17:20:61Z", "2020-12-20T17:20:05.Z", "2020-12-20Z",
    "2020-12-20T17:20:05.1234567890Z", "2020-12-20T17:20:05+24:00", "2020-12-20T17:20:05+1:00",
    "2020-12-20T17:20:05+01:", "2020-12-20T17:20:05+01:60", "2020-12-20T17:20:05ZZ",
    "2020-12-20T17:20:05 UT", "2020-12-20T17:20:05 Z", "2020-12-20  17:20:05",
    "2020-12-20T17:20:05 +01:00", "2021-02-29T00:00:00Z", "+400000-01-01", "1608484805027497",
    "2020-12-20T17:20:05,5Z",
  ])
  func `other text gives nil`(text: String) {
    #expect(EventTime(text) == nil)
  }

  @Test func `the text has as many digits as needed`() {
    func text(_ microseconds: Int64) -> String { EventTime(microseconds: microseconds).description }
    #expect(text(1_608_484_805_027_497) == "2020-12-20T17:20:05.027497Z")
    #expect(text(1_608_484_805_027_000) == "2020-12-20T17:20:05.027Z")
    #expect(text(1_608_484_805_000_000) == "2020-12-20T17:20:05Z")
    #expect(text(-1) == "1969-12-31T23:59:59.999999Z")
    #expect(text(.max) == "+294247-01-10T04:00:54.775807Z")
    #expect(text(.min) == "-290308-12-21T19:59:05.224192Z")
  }

  @Test func `every instant survives as text and as JSON`() throws {
    var generator = RepeatableGenerator(seed: 2)
    var times: [EventTime] = [.min, .max, .unixEpoch]
    for _ in 0..<5000 {
      let bits = Int.random(in: 0..<64, using: &generator)
      let number = Int64.random(in: .min ... .max, using: &generator) >> Int64(bits)
      times.append(EventTime(microseconds: number / 1000 * 1000))
      times.append(EventTime(microseconds: number))
    }
    for time in times { #expect(EventTime(time.description) == time) }
    let json = try JSONEncoder().encode(times)
    #expect(json.starts(with: Data("[-9223372036854775808,9223372036854775807,0,".utf8)))
    #expect(try JSONDecoder().decode([EventTime].self, from: json) == times)
  }

  @Test func `arithmetic is exact and stops at the bounds`() {
    let time = EventTime(seconds: 100)
    #expect(time + .seconds(60) == EventTime(seconds: 160))
    #expect(time - .milliseconds(1) == EventTime(microseconds: 99_999_000))
    #expect(time + .nanoseconds(1999) == EventTime(microseconds: 100_000_001))
    #expect(EventTime(seconds: 90) - EventTime(seconds: 60) == .seconds(30))
    #expect(EventTime.max - .min == .microseconds(Int64.max) - .microseconds(Int64.min))
    #expect(EventTime.max + .nanoseconds(1000) == .max)
    #expect(EventTime.min - .nanoseconds(1000) == .min)
    #expect(EventTime.min + .seconds(Int64.min) == .min)
    #expect(EventTime.max - .seconds(Int64.min) == .max)
    #expect(EventTime.unixEpoch - .microseconds(Int64.min) == .max)
    #expect(EventTime(seconds: .max) == .max)
    #expect(EventTime(milliseconds: .min) == .min)
    #expect(EventTime(milliseconds: 1500) == EventTime(microseconds: 1_500_000))
    var moved = time
    moved += .seconds(1)
    moved -= .seconds(3)
    #expect(moved == EventTime(seconds: 98))
    #expect(moved < time)
  }

  @Test func `random bytes are refused or read, and never trap`() {
    var generator = RepeatableGenerator(seed: 3)
    let alphabet = Array("0123456789-+:.TtZz UTC/".utf8)
    let model = Array("2020-12-20T17:20:05.027497+01:00".utf8)
    var read = 0
    for _ in 0..<20_000 {
      var bytes = model
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          alphabet.randomElement(using: &generator)!
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      if let time = EventTime(String(decoding: bytes, as: UTF8.self)) {
        read += 1
        #expect(EventTime(time.description) == time)
      }
    }
    #expect(read > 100)
  }
}
