import GA4Model
import StatisticsCore
import TestSupport
import Testing

/// A table by RFC 4180, as simply as it can be read: rows of cells, `nil` where it is malformed.
enum NaiveCSV {
  static func rows(_ text: [UInt8], delimiter: UInt8 = 0x2C) -> [[String]]? {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var index = 0
    func end() { row.append(String(decoding: cell, as: UTF8.self)); cell = [] }
    while index < text.count {
      if text[index] == 0x22 && cell.isEmpty {
        index += 1
        while true {
          guard index < text.count else { return nil }
          if text[index] == 0x22 {
            if index + 1 < text.count, text[index + 1] == 0x22 { index += 1 } else { break }
          }
          cell.append(text[index])
          index += 1
        }
        index += 1
      } else {
        while index < text.count, ![delimiter, 0x0A, 0x22].contains(text[index]) {
          cell.append(text[index])
          index += 1
        }
        if index < text.count, text[index] == 0x22 { return nil }
        if index == text.count || text[index] == 0x0A, cell.last == 0x0D { cell.removeLast() }
      }
      if index < text.count, text[index] == 0x0D { index += 1 }
      let isLast = index >= text.count
      if !isLast, text[index] == delimiter {
        end()
        index += 1
        if index == text.count { end(); rows.append(row) }
        continue
      }
      guard isLast || text[index] == 0x0A else { return nil }
      end()
      if row != [""] { rows.append(row) }
      row = []
      index += 1
    }
    return rows
  }
}

struct CSVEventParserTests {
  private static let texts = RandomEvents.texts.filter { !$0.utf8.contains(0) || $0.count > 1 }

  /// A random table with the events that it holds.
  private static func table(_ generator: inout SeededGenerator) -> (bytes: [UInt8], events: [Event])
  {
    let columns = generator.shuffled([
      "event_name", "event_timestamp", "EVENT_DATE", "user_id", "user_pseudo_id", "country",
      "purchase_revenue", "ga_session_id", "session_engaged", "my \"own\"", "device.category",
      "is_active_user",
    ])
    let lineEnd = generator.choose(from: ["\n", "\r\n"])
    func quoted(_ text: String, _ generator: inout SeededGenerator) -> String {
      let must = text.contains { ",\"\n\r\u{0}".contains($0) || $0.isNewline }
      if !must && (text.isEmpty || generator.bernoulli(0.7)) { return text }
      return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
    var text = columns.map { quoted($0, &generator) }.joined(separator: ",") + lineEnd
    var events: [Event] = []
    for _ in 0..<generator.integer(below: 14) {
      var event = Event("", at: .unixEpoch)
      var cells: [String] = []
      for column in columns {
        var cell = ""
        switch column {
        case "event_name":
          cell = generator.choose(from: texts.filter { !$0.isEmpty })
          event.name = EventName(rawValue: cell)
        case "event_timestamp":
          let time: Int64 = generator.choose(from: [0, -1, 1_608_484_805_027_497, .max, .min])
          cell = String(time)
          event.time = EventTime(microseconds: time)
        case _ where generator.bernoulli(0.3): break
        case "EVENT_DATE":
          cell = generator.choose(from: ["20201220", "2020-12-21"])
          event.date = CalendarDay(cell)
        case "user_id":
          cell = generator.choose(from: texts)
          event.userID = cell.isEmpty ? nil : cell
        case "user_pseudo_id":
          cell = generator.choose(from: ["1003.9625", "77", "\u{0}"])
          event.userPseudoID = cell
        case "country":
          cell = generator.choose(from: texts)
          event[field: .country] = cell.isEmpty ? nil : .string(cell)
        case "purchase_revenue":
          cell = generator.choose(from: ["54", "-0.5", "1e3"])
          event[field: .purchaseRevenue] = .double(Double(cell)!)
        case "ga_session_id":
          cell = String(generator.integer(below: 3))
          event.parameters.append(.sessionID, .int(Int64(cell)!))
        case "session_engaged":
          cell = generator.choose(from: ["1", "0"])
          event.parameters.append("session_engaged", .int(Int64(cell)!))
        case "device.category":
          cell = generator.choose(from: texts)
          event[field: .deviceCategory] = cell.isEmpty ? nil : .string(cell)
        case "is_active_user":
          cell = generator.choose(from: ["true", "false", "TRUE", "0"])
          event[field: "is_active_user"] = .bool(cell.lowercased() == "true")
        default:
          cell = generator.choose(from: texts + ["12.5", "-3"])
          if !cell.isEmpty { event.parameters.append("my \"own\"", automatic(cell)) }
        }
        cells.append(cell)
      }
      events.append(event)
      text += cells.map { quoted($0, &generator) }.joined(separator: ",")
      text += generator.bernoulli(0.1) ? lineEnd + lineEnd : lineEnd
    }
    if generator.bernoulli(0.3) { text.removeLast() }
    var bytes = Array(text.utf8)
    if generator.bernoulli(0.2) { bytes = [0xEF, 0xBB, 0xBF] + bytes }
    return (bytes, events)
  }

  private static func automatic(_ cell: String) -> FieldValue {
    let digits = cell.hasPrefix("-") ? cell.dropFirst() : cell[...]
    if digits.count > 1, digits.hasPrefix("0"), digits.dropFirst().first!.isNumber {
      return .string(cell)
    }
    if cell.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }), let whole = Int64(cell) {
      return .int(whole)
    }
    if let number = NumberText.double(cell) { return .double(number) }
    return .string(cell)
  }

  @Test(arguments: Rounds.parts)
  func `tables read as they were written`(part: Int) async throws {
    for var generator in Rounds.generators("csv", part: part) {
      let (bytes, events) = Self.table(&generator)
      let plain = bytes.starts(with: [0xEF]) ? Array(bytes.dropFirst(3)) : bytes
      #expect(NaiveCSV.rows(plain)?.count == events.count + 1)
      let reader = EventReader(format: generator.choose(from: [.automatic, .csv(.automatic)]))
      let reading = await readInEveryWay(bytes, reader, &generator)
      guard case .read(let result) = reading else {
        Issue.record("\(reading) \(String(decoding: bytes, as: UTF8.self))")
        continue
      }
      #expect(result.report.lines == events.count)
      expect(result.log, isLogOf: events, EventLogOptions())
    }
  }

  @Test(arguments: Rounds.parts)
  func `damaged tables are read or refused as RFC 4180 says`(part: Int) async throws {
    // Only the shape is looked at: every column but two may hold anything.
    let alphabet = Array("ab1,,\"\"\"\n\r\u{0}é".utf8)
    for var generator in Rounds.generators("damaged csv", part: part) {
      var body: [UInt8] = []
      for _ in 0..<generator.integer(below: 40) { body.append(generator.choose(from: alphabet)) }
      var mapping = CSVMapping(columns: [
        "a": .name, "b": .parameter("b", .text), "c": .time(.microseconds),
      ])
      mapping.header = ["a", "b", "c"]
      var text: [UInt8] = []
      for row in body.split(separator: 0x0A, omittingEmptySubsequences: false) {
        text += Array("n,".utf8) + row + Array(",1\n".utf8)
      }
      var reader = EventReader(format: .csv(mapping))
      reader.malformed = .skip(limit: .max)
      let reading = await readInEveryWay(text, reader, &generator)
      guard case .read(let result) = reading else {
        Issue.record("\(reading)")
        continue
      }
      // Whole tables that the oracle can read, cell by cell, are read with nothing skipped.
      guard let rows = NaiveCSV.rows(text), rows.allSatisfy({ $0.count == 3 }),
        rows.allSatisfy({ !$0[0].isEmpty && Int64($0[2]) != nil }), !text.contains(0),
        !text.contains(0x0D), text.allSatisfy({ $0 < 0x80 })
      else { continue }
      #expect(result.report.skipped == 0)
      #expect(Set(result.log.map { $0["b"]?.text ?? "" }) == Set(rows.map { $0[1] }))
    }
  }

  static let faults: [(row: String, place: String, reason: String)] = [
    ("a,1", "line 3, column 1: note", "the row has fewer cells than the header"),
    ("a", "line 3, column 1: event_timestamp", "the row has fewer cells than the header"),
    ("a,1,x,secret", "line 3, column 7", "the row has more cells than the header"),
    (",1,x", "line 3, column 1", "the row has no event name"),
    ("a,,x", "line 3, column 1", "the row has no time"),
    (
      "a,soon,x", "line 3, column 3: event_timestamp",
      "expected a whole number; if times are written as dates, map the column as .iso8601"
    ),
    (
      "a,1.0,x", "line 3, column 3: event_timestamp",
      "expected a whole number; if times are written as dates, map the column as .iso8601"
    ),
    (
      "a,99999999999999999999,x", "line 3, column 3: event_timestamp",
      "expected a whole number; if times are written as dates, map the column as .iso8601"
    ),
    (
      "a,1,secr\"et", "line 3, column 9: note",
      "a double quote inside a cell that does not begin with one"
    ),
    ("a,1,\"secret\"x", "line 3, column 13: note", "text after the closing quote of a cell"),
    ("a,1,\"secret\"\rx", "line 3, column 13: note", "text after the closing quote of a cell"),
    ("a,1,sec\u{0}ret", "line 3, column 8: note", "a zero byte in a cell"),
    (
      "a,\"1\nsoon\",x", "line 3, column 3: event_timestamp",
      "expected a whole number; if times are written as dates, map the column as .iso8601"
    ),
    (
      "\"a\nb\",1,secr\"et", "line 4, column 10: note",
      "a double quote inside a cell that does not begin with one"
    ),
  ]

  @Test(arguments: faults.indices)
  func `a fault is named with its place and never its value`(index: Int) async throws {
    let fault = Self.faults[index]
    var generator = SeededGenerator(seed: UInt64(index))
    let head = "event_name,event_timestamp,note\na,1,x\n"
    let bytes = Array((head + fault.row + "\n" + "b,2,y\n").utf8)
    let reading = await readInEveryWay(bytes, EventReader(), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("\(fault.row) was read")
      return
    }
    #expect(error.description == fault.place + ": " + fault.reason)
    var reader = EventReader()
    reader.malformed = .skip(limit: 1)
    let skipping = await readInEveryWay(bytes, reader, &generator)
    guard case .read(let result) = skipping else {
      Issue.record("\(skipping)")
      return
    }
    // An odd quote takes the next line with it, since line ends between quotes are text.
    let isOpen = fault.row.count { $0 == "\"" } % 2 == 1
    #expect(result.log.map(\.name) == (isOpen ? ["a"] : ["a", "b"]))
    #expect(result.report.skipped == 1)
  }

  @Test func `a quote that is never closed is found where it opens`() async {
    var generator = SeededGenerator(seed: 9)
    let bytes = Array("event_name,event_timestamp,note\na,1,x\na,2,\"secret\na,3,x\n".utf8)
    let reading = await readInEveryWay(bytes, EventReader(), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("read")
      return
    }
    #expect(
      error.description == "line 3, column 5: note: the double quote of the cell is never closed")
  }

  @Test func `cells must be UTF-8`() async {
    var generator = SeededGenerator(seed: 10)
    let bytes = Array("event_name,event_timestamp,note\na,1,x".utf8) + [0xE9] + Array("\n".utf8)
    let reading = await readInEveryWay(bytes, EventReader(), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("read")
      return
    }
    #expect(error.description == "line 2, column 5: note: the cell is not valid UTF-8")
  }

  @Test func `eight zero bytes are no day`() throws {
    let bytes = Array("event_name,event_timestamp,event_date\na,1,\"\0\0\0\0\0\0\0\0\"\n".utf8)
    let error = #expect(throws: ReadError.self) { try EventReader().read(bytes: bytes) }
    #expect(
      error?.description
        == "line 2, column 5: event_date: expected a day as YYYYMMDD or YYYY-MM-DD")
  }

  @Test func `headers that lack what every event needs are refused`() async {
    let cases = [
      (
        "event_timestamp,x\n1,2\n",
        "line 1: no column of the header holds the event name; name it event_name or map it with CSVMapping.columns"
      ),
      (
        "event_name,x\n1,2\n",
        "line 1: no column of the header holds the time; name it event_timestamp or map it with CSVMapping.columns"
      ),
      (
        "nonsense",
        "line 1: no column of the header holds the event name; name it event_name or map it with CSVMapping.columns"
      ),
      (
        "\"event_name,\nevent_timestamp",
        "line 1: no column of the header holds the event name; name it event_name or map it with CSVMapping.columns"
      ),
    ]
    for (text, sentence) in cases {
      var generator = SeededGenerator(seed: 11)
      let reading = await readInEveryWay(Array(text.utf8), EventReader(), &generator)
      guard case .refused(let error) = reading else {
        Issue.record("\(text)")
        continue
      }
      #expect(error.description == sentence)
      #expect(error.code == .header)
    }
    var generator = SeededGenerator(seed: 12)
    let reading = await readInEveryWay([0x61, 0xE9, 0x0A], EventReader(), &generator)
    guard case .refused(let error) = reading else {
      Issue.record("read")
      return
    }
    #expect(error.description == "line 1: the header is not valid UTF-8; convert the file")
    var mapping = CSVMapping.automatic
    mapping.unknownColumns = .refused
    let refused = Reading { () throws in
      try EventReader(format: .csv(mapping)).read(bytes: Array("event_name,secret\n".utf8))
    }
    guard case .refused(let error) = refused else {
      Issue.record("read")
      return
    }
    #expect(
      error.description
        == "a column of the header is not in the mapping; add it or let unknown columns pass")
  }

  @Test func `mappings name columns, times and delimiters`() throws {
    var mapping = CSVMapping.automatic
    mapping.columns["when"] = .time(.iso8601)
    mapping.columns["what"] = .name
    mapping.columns["tier"] = .userProperty("tier", .text)
    mapping.columns["n"] = .parameter("n", .integer)
    mapping.columns["skip"] = .ignored
    mapping.delimiter = ";"
    mapping.lowercasesNames = true
    let text = "What;When;Tier;N;Skip\nBUY;2020-12-20T17:20:05Z;7;7;x\n"
    let log = try EventReader(format: .csv(mapping)).read(bytes: Array(text.utf8)).log
    #expect(
      Array(log) == [
        Event(
          "buy", at: EventTime("2020-12-20T17:20:05Z")!, parameters: ["n": 7],
          userProperties: [UserProperty("tier", "7")])
      ])
    mapping.columns["when"] = .time(.seconds)
    mapping.header = ["what", "when"]
    let rows = Array("a;1608484805\n".utf8)
    #expect(
      try EventReader(format: .csv(mapping)).read(bytes: rows).log.first?.time
        == EventTime(seconds: 1_608_484_805))
    let error = #expect(throws: ReadError.self) {
      try EventReader(format: .csv(mapping)).read(bytes: Array("a;99999999999999999\n".utf8))
    }
    #expect(
      error?.description
        == "line 1, column 3: when: the time is out of range; check its unit in the mapping")
  }
}
