import GA4Model
import StatisticsCore
import TestSupport
import Testing

struct JSONEventParserTests {
  @Test(arguments: Rounds.parts)
  func `lines read as Foundation reads them`(part: Int) async throws {
    for generator in Rounds.generators("ndjson", part: part) {
      var random = RandomExport(generator)
      let bytes = random.lines()
      var events: [Event] = []
      for line in bytes.split(separator: 0x0A) where line.contains(where: { $0 > 0x20 }) {
        events.append(try #require(NaiveExport.event(try JSONValue(Array(line)))))
      }
      let reader = EventReader(format: random.generator.choose(from: [.ndjson, .automatic]))
      let reading = await readInEveryWay(bytes, reader, &random.generator)
      guard case .read(let result) = reading else {
        Issue.record("\(reading) \(String(decoding: bytes, as: UTF8.self))")
        continue
      }
      #expect(result.report.lines == events.count)
      expect(result.log, isLogOf: events, EventLogOptions())
    }
  }

  @Test(arguments: Rounds.parts)
  func `arrays read as Foundation reads them`(part: Int) async throws {
    for generator in Rounds.generators("array", part: part) {
      var random = RandomExport(generator)
      let bytes = random.array()
      let rows = try #require(try JSONValue(bytes).elements)
      let events = try rows.map { try #require(NaiveExport.event($0)) }
      let reader = EventReader(format: random.generator.choose(from: [.jsonArray, .automatic]))
      let reading = await readInEveryWay(bytes, reader, &random.generator)
      guard case .read(let result) = reading else {
        Issue.record("\(reading) \(String(decoding: bytes, as: UTF8.self))")
        continue
      }
      #expect(result.report.lines == events.count)
      expect(result.log, isLogOf: events, EventLogOptions())
    }
  }

  /// A row with `member` in it.
  private static func row(_ member: String) -> [UInt8] {
    Array(#"{"event_name":"a","event_timestamp":1,\#(member)}"#.utf8)
  }

  private func event(_ member: String) throws -> Event {
    let log = try EventReader().read(bytes: Self.row(member)).log
    return try #require(log.first)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9223372036854775807", Int64.max),
    ("-9223372036854775808", Int64.min), ("\"12\"", 12), ("\"-7\"", -7),
    ("1608484805027497", 1_608_484_805_027_497), ("\"0012\"", 12),
  ])
  func `whole numbers stand as numbers or as text`(text: String, number: Int64) throws {
    let event = try event(#""event_params":[{"key":"k","value":{"int_value":\#(text)}}]"#)
    #expect(event.parameters["k"] == .int(number))
  }

  @Test(arguments: Rounds.parts)
  func `decimals are rounded as the C library rounds them`(part: Int) throws {
    for var generator in Rounds.generators("decimals", part: part) {
      var text = generator.bernoulli(0.5) ? "-" : ""
      let digits = generator.integer(in: 1...generator.choose(from: [3, 17, 25, 400]))
      let first = generator.integer(in: digits > 1 ? 1...9 : 0...9)
      text += "\(first)" + (1..<digits).map { _ in "\(generator.integer(below: 10))" }.joined()
      if generator.bernoulli(0.7) {
        text += "."
        for _ in 0...generator.integer(below: 20) {
          text += "\(generator.bernoulli(0.5) ? 0 : generator.integer(below: 10))"
        }
      }
      if generator.bernoulli(0.5) {
        text += generator.choose(from: ["e", "E", "e+", "e-"]) + "\(generator.integer(below: 330))"
      }
      let expected = try #require(Double(text))
      guard expected.isFinite else { continue }
      let found = try event(#""event_value_in_usd":\#(text)"#)[field: .eventValueInUSD]
      #expect(found?.number?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  @Test func `an exponent makes up for a very long fraction`() throws {
    let zeros = String(repeating: "0", count: 100_010)
    let value = try event(#""event_value_in_usd":0.\#(zeros)1e100012"#)[field: .eventValueInUSD]
    #expect(value == .double(10))
  }

  @Test func `a truth value in quotes must be spelled out`() throws {
    #expect(try event(#""is_active_user":"true""#)[field: "is_active_user"] == .bool(true))
    for text in [#""""#, #""t""#, #""tru""#, #""true\u0000and more""#, #""falsehood""#, "1"] {
      let error = #expect(throws: ReadError.self) { try event(#""is_active_user":\#(text)"#) }
      #expect(
        error?.description == "line 1, column 56: is_active_user: expected true or false", "\(text)"
      )
    }
  }

  @Test func `a field beside its record belongs to the row alone`() throws {
    let rows = [
      #"{"event_name":"a","event_timestamp":1,"geo.city":"Rome","geo":{"country":"Italy"}}"#,
      #"{"event_name":"a","event_timestamp":2,"geo":{"country":"Italy"}}"#,
      #"{"event_name":"a","event_timestamp":3,"geo":{"country":"Italy"},"geo.city":"Bari"}"#,
      #"{"event_name":"a","event_timestamp":4,"geo.city":"Rome","geo":{"country":"Italy"}}"#,
      #"{"event_name":"a","event_timestamp":5,"geo":{"country":"Italy"}}"#,
    ]
    let log = try EventReader().read(bytes: Array(rows.joined(separator: "\n").utf8)).log
    #expect(log.map { $0[field: .country] } == Array(repeating: .string("Italy"), count: 5))
    #expect(log.map { $0[field: .city]?.text } == ["Rome", nil, "Bari", "Rome", nil])
  }

  @Test func `numbers taken as text are counted in every row`() async throws {
    let row = #"{"event_name":7,"event_timestamp":1,"device":{"category":5},"app_info":{"id":1}}"#
    let bytes = Array(Array(repeating: row, count: 9).joined(separator: "\n").utf8)
    var generator = SeededGenerator(seed: 1)
    let reading = await readInEveryWay(bytes, EventReader(), &generator)
    guard case .read(let result) = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(result.report.numbersAsText == 27)
  }

  @Test func `the report counts what was kept in another way`() throws {
    let rows = [
      #"{"event_name":"a","event_timestamp":1,"event_params":[{"key":"k","value":{"int_value":1}},{"key":"k","value":{"int_value":2}}]}"#,
      #"{"event_name":"a","event_timestamp":2,"event_params":[{"key":"k","value":{"int_value":1,"string_value":"x"}}]}"#,
      #"{"event_name":"a","event_timestamp":3,"event_params":[{"value":{"int_value":1}},{"key":"k","what":[{}]}]}"#,
    ]
    let report = try EventReader().read(bytes: Array(rows.joined(separator: "\n").utf8)).report
    #expect(report.repeatedParameters == 1)
    #expect(report.multipleValues == 1)
    #expect(report.ignoredEntries == 2)
    #expect(
      report.description
        == "3 records read, 0 skipped, 1 events repeat a parameter, 1 parameters with several values, 2 unknown entries left out"
    )
  }

  @Test func `only the parameters asked for are kept`() throws {
    var reader = EventReader()
    reader.parameters = .only(["b"])
    let row = Self.row(
      #""event_params":[{"key":"a","value":{"int_value":1}},{"key":"b","value":{"int_value":2}},{"key":"ga_session_id","value":{"int_value":3}},{"key":"session_engaged","value":{"string_value":"1"}}]"#
    )
    let event = try #require(try reader.read(bytes: row).log.first)
    #expect(event.parameters.map(\.key.rawValue) == ["b", "ga_session_id", "session_engaged"])
  }

  /// Malformed rows with the sentences that say so.
  static let faults: [(row: String, sentence: String)] = [
    ("nonsense", "line 1, column 1: expected an object that begins with '{'"),
    (
      #"{"event_name":"a"}"#,
      "line 1, column 1: the row has no event_timestamp; every event needs one"
    ),
    (
      #"{"event_timestamp":1}"#,
      "line 1, column 1: the row has no event_name; every event needs one"
    ),
    (
      #"{"event_name":"a","event_timestamp":null}"#,
      "line 1, column 1: the row has no event_timestamp; every event needs one"
    ),
    ("{}", "line 1, column 1: the row has no event_name; every event needs one"),
    (#"{"event_name":"a","#, "line 1, column 19: expected a key in double quotes"),
    (#"{"event_name":"a""#, "line 1, column 18: event_name: the record is cut short"),
    (
      #"{"event_name":"secr"#,
      "line 1, column 20: event_name: the record is cut short inside a string"
    ),
    (#"{"event_name""#, "line 1, column 14: expected ':' after a key"),
    (#"{"event_name":"#, "line 1, column 15: event_name: expected text in double quotes"),
    (#"{"event_name":{}}"#, "line 1, column 15: event_name: expected text in double quotes"),
    (#"{"event_name":true}"#, "line 1, column 15: event_name: expected text in double quotes"),
    (#"{"event_name":nul}"#, "line 1, column 15: event_name: expected a value"),
    (
      #"{"event_timestamp":"soon"}"#,
      "line 1, column 20: event_timestamp: expected a whole number of microseconds"
    ),
    (
      #"{"event_timestamp":1.5}"#,
      "line 1, column 20: event_timestamp: expected a whole number of microseconds"
    ),
    (
      #"{"event_timestamp":1000000000000000000000000000000}"#,
      "line 1, column 20: event_timestamp: expected a whole number of microseconds"
    ),
    (#"{"event_timestamp":[]}"#, "line 1, column 20: event_timestamp: expected a value"),
    (
      #"{"event_timestamp":01}"#,
      "line 1, column 20: event_timestamp: expected a number as JSON spells it"
    ),
    (
      #"{"event_timestamp":+1}"#,
      "line 1, column 20: event_timestamp: expected a number as JSON spells it"
    ),
    (#"{"event_date":"20201301"}"#, "line 1, column 15: event_date: expected a day as YYYYMMDD"),
    (
      #"{"event_value_in_usd":1e999}"#,
      "line 1, column 23: event_value_in_usd: the number is out of the range of a double"
    ),
    (#"{"event_value_in_usd":"much"}"#, "line 1, column 23: event_value_in_usd: expected a number"),
    (#"{"event_value_in_usd":true}"#, "line 1, column 23: event_value_in_usd: expected a number"),
    (#"{"secret":1e999}"#, "line 1, column 11: the number is out of the range of a double"),
    (
      #"{"batch_page_id":1000000000000000000000000000000}"#,
      "line 1, column 18: batch_page_id: expected a whole number of at most 64 bits"
    ),
    (#"{"device":"secret"}"#, "line 1, column 11: device: expected an object"),
    (
      #"{"device":{"web_info":{"browser":tru}}}"#,
      "line 1, column 34: device.web_info.browser: expected a value"
    ),
    (
      #"{"device":{"time_zone_offset_seconds":"x"}}"#,
      "line 1, column 39: device.time_zone_offset_seconds: expected a whole number of at most 64 bits"
    ),
    (#"{"device":{"category":"a"} "#, "line 1, column 28: device: the record is cut short"),
    (#"{"event_params":{}}"#, "line 1, column 17: event_params: expected an array"),
    (
      #"{"event_params":[1]}"#,
      "line 1, column 18: event_params: expected an object with a key and a value"
    ),
    (
      #"{"event_params":[{"key":"secret","value":{"int_value":"x"}}]}"#,
      "line 1, column 55: event_params.int_value: expected a whole number of at most 64 bits"
    ),
    (
      #"{"event_params":[{"key":"secret","value":{"double_value":"x"}}]}"#,
      "line 1, column 58: event_params.double_value: expected a number"
    ),
    (
      #"{"event_params":[{"key":"secret","value":{"my_secret":[1,]}}]}"#,
      "line 1, column 58: event_params: expected a value"
    ),
    (
      #"{"event_params":[{"key":"a"}"#,
      "line 1, column 29: event_params: the record is cut short"
    ),
    (#"{"items":[{"price":"dear"}]}"#, "line 1, column 20: items.price: expected a number"),
    (#"{"items":[5]}"#, "line 1, column 11: items: expected an item as an object"),
    (#"{"a":"\x"}"#, #"line 1, column 7: an unknown escape in a string"#),
    (#"{"a":"\u12G4"}"#, #"line 1, column 7: \u needs four hexadecimal digits"#),
    (#"{"a":"\uD800"}"#, #"line 1, column 7: an unpaired surrogate in \u escapes"#),
    (#"{"a":"\uDC00"}"#, #"line 1, column 7: an unpaired surrogate in \u escapes"#),
    (#"{"a":"\uD800\u0041"}"#, #"line 1, column 7: an unpaired surrogate in \u escapes"#),
    (
      "{\"a\":\"tab\there\"}",
      "line 1, column 10: a control character inside a string must be escaped"
    ),
    (
      #"{"event_name":"a","event_timestamp":1} x"#,
      "line 1, column 40: unexpected text after the object"
    ),
    (
      #"{"event_name":"a","event_timestamp":1}}"#,
      "line 1, column 39: unexpected text after the object"
    ),
    (
      #"{"event_name":"a","event_timestamp":1,}"#,
      "line 1, column 39: expected a key in double quotes"
    ),
    (#"{'event_name':"a"}"#, "line 1, column 2: expected a key in double quotes"),
    (
      "{\"a\":" + String(repeating: "[", count: 65),
      "line 1, column 70: objects are nested too deeply; raise ReadLimits.nesting"
    ),
    (
      "{\"event_params\":[{\"a\":" + String(repeating: "[", count: 65),
      "line 1, column 86: event_params: objects are nested too deeply; raise ReadLimits.nesting"
    ),
  ]

  @Test(arguments: faults.indices)
  func `a fault is named with its place and never its value`(index: Int) async throws {
    let fault = Self.faults[index]
    var generator = SeededGenerator(seed: UInt64(index))
    let bytes = Array(fault.row.utf8)
    let reading = await readInEveryWay(bytes, EventReader(format: .ndjson), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("\(fault.row) was read")
      return
    }
    #expect(error.description == fault.sentence)
    #expect(error.code == .malformed)
    #expect(!error.description.contains("secr"))

    // Skipped, it is counted, and its neighbours are read.
    var reader = EventReader(format: .ndjson)
    reader.malformed = .skip(limit: 1)
    let good = Self.row(#""user_id":"u""#)
    let skipping = await readInEveryWay(good + [0x0A] + bytes + [0x0A] + good, reader, &generator)
    guard case .read(let result) = skipping else {
      Issue.record("\(skipping)")
      return
    }
    #expect(result.report.lines == 3)
    #expect(result.report.skipped == 1)
    #expect(result.log.count == 2)
    let problem = fault.sentence.replacing("line 1,", with: "line 2,")
    #expect(result.report.description == "3 records read, 1 skipped\n  \(problem)")
  }

  @Test func `text that is not UTF-8 is refused`() async {
    for bad: [UInt8] in [
      [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF5], [0xFF], [0xF0, 0x9F, 0x98],
    ] {
      var generator = SeededGenerator(seed: 3)
      let bytes = Array(#"{"user_id":"ab"#.utf8) + bad + Array(#""}"#.utf8)
      let reading = await readInEveryWay(bytes, EventReader(), &generator)
      guard case .refused(let error) = reading else {
        Issue.record("\(bad)")
        continue
      }
      #expect(error.description == "line 1, column 13: user_id: the text is not valid UTF-8")
    }
  }

  @Test func `an escaped key does not outlive its buffer`() async {
    // The first key is noted for messages from the buffer that the second one outgrows.
    let long = String(repeating: "\\u0041", count: 5000)
    let row = #"{"items":[{"pr\u0069ce":1,"\#(long)"#
    var generator = SeededGenerator(seed: 4)
    let reading = await readInEveryWay(Array(row.utf8), EventReader(), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("read")
      return
    }
    #expect(
      error.description == "line 1, column 30028: items: the record is cut short inside a string")
  }

  @Test func `more names or keys than a log can hold are refused`() async {
    let names = (0...65_535).map { #"{"event_name":"e\#($0)","event_timestamp":1}"# }
    let reading = Reading { () throws in
      try EventReader().read(bytes: Array(names.joined(separator: "\n").utf8))
    }
    guard case .refused(let error) = reading else {
      Issue.record("read")
      return
    }
    #expect(
      error.description
        == "line 65536, column 15: event_name: more than 65,535 distinct event names; check that names carry no ids"
    )
    let keys = (0...65_535).map { #"{"event_name":"e","event_timestamp":1,"k\#($0)":1}"# }
    let other = Reading { () throws in
      try EventReader().read(bytes: Array(keys.joined(separator: "\n").utf8))
    }
    guard case .refused(let error) = other else {
      Issue.record("read")
      return
    }
    #expect(
      error.description
        == "line 65536, column 49: more than 65,535 distinct keys and field paths; check that keys carry no ids"
    )
  }

  @Test func `keys by the million cost memory by the key and not more`() throws {
    // 200,000 keys with null values are no slots; each row must still be read.
    let rows = (0..<2_000).map { row in
      #"{"event_name":"e","event_timestamp":1"#
        + (0..<100).map { #","k\#(row)x\#($0)":null"# }.joined() + "}"
    }
    #expect(
      try EventReader().read(bytes: Array(rows.joined(separator: "\n").utf8)).log.count == 2_000)
  }
}
