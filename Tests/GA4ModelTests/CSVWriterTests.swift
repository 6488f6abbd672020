import Testing

@testable import GA4Model

/// The obvious reader of RFC 4180, byte by byte: `nil` for a cell of nothing, text for any other.
private func parseCSV(_ bytes: [UInt8]) -> [[String?]] {
  var rows: [[String?]] = []
  var row: [String?] = []
  var cell: [UInt8] = []
  var wasQuoted = false
  var isQuoted = false
  var index = 0
  func endCell() {
    row.append(cell.isEmpty && !wasQuoted ? nil : String(decoding: cell, as: UTF8.self))
    cell = []
    wasQuoted = false
  }
  while index < bytes.count {
    let byte = bytes[index]
    if isQuoted {
      if byte == UInt8(ascii: "\"") {
        if index + 1 < bytes.count, bytes[index + 1] == byte {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      } else {
        cell.append(byte)
      }
    } else if byte == UInt8(ascii: "\"") {
      isQuoted = true
      wasQuoted = true
    } else if byte == UInt8(ascii: ",") {
      endCell()
    } else if byte == 0x0D || byte == 0x0A {
      if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
      endCell()
      rows.append(row)
      row = []
    } else {
      cell.append(byte)
    }
    index += 1
  }
  return rows
}

struct CSVWriterTests {
  private static let columns: [ExportColumn] =
    .skinny + [
      .isoTime, .isoDate, .userID, .userPseudoID, .itemCount, .parameter("k"),
      .parameter(.pageTitle, as: "title, \"quoted\""), .userProperty("tier"), .field("own"),
      .field("batch_event_index"), .field("batch_page_id.x"), .field("own.deep.er"),
      .field("is_active_user"), .field("never"), .eventName.named("again"),
    ]

  @Test func `the ten columns that suffice stand in their order`() throws {
    var event = Event(
      .purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "1003697.9625",
      date: CalendarDay("2020-12-20"))
    event.geo.country = "Korea, South"
    event[field: .deviceCategory] = "mobile"
    event[field: .firstUserSource] = "(direct)"
    event[field: .firstUserMedium] = "(none)"
    event.ecommerce.transactionID = ""
    event.ecommerce.purchaseRevenueInUSD = 54
    let bytes = CSVWriter(.skinny).bytes(of: [event, Event(.pageView, at: .unixEpoch)])
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        user_id,event_date,event_timestamp,event_name,country,device_category,source,medium,\
        transaction_id,purchase_revenue_usd
        1003697.9625,20201220,1608484805027497,purchase,"Korea, South",mobile,(direct),(none),"",54
        ,,0,page_view,,,,,,

        """)
  }

  @Test(
    arguments: CSVFormat.Quoting.allCases.flatMap { quoting in
      CSVFormat.LineEnding.allCases.map { CSVFormat(quoting: quoting, lineEnding: $0) }
    })
  func `cells read back as the values of the events`(format: CSVFormat) throws {
    let writer = CSVWriter(Self.columns, format: format)
    for seed in 0..<30 {
      var events = WriterSamples.events(40, seed: UInt64(seed))
      for index in events.indices { events[index].date = CalendarDay(daysSinceEpoch: 18_000) }
      let log = try EventLog(events)
      let rows = parseCSV(writer.bytes(of: log))
      #expect(rows.first == Self.columns.map(\.name))
      let expected = log.map { event in
        Self.columns.map { column -> String? in column.value(in: event)?.text }
      }
      #expect(Array(rows.dropFirst()) == expected)
      #expect(writer.bytes(of: Array(log)) == writer.bytes(of: log))
    }
  }

  @Test func `quotes stand where they are needed, or around all that has a value`() {
    let table = [CSVCell.text("a"), .text("a b"), .text(""), .absent, .int(-5), .number(0.5)]
    var csv = CSVTable(header: ["a", "b", "c", "d", "e", "f"])
    csv.append(table)
    csv.append([.text("a,b"), .text("\""), .text("x\ny"), .text("\r"), .number(.nan), .number(54)])
    #expect(
      String(decoding: csv.bytes(), as: UTF8.self)
        == "a,b,c,d,e,f\na,a b,\"\",,-5,0.5\n\"a,b\",\"\"\"\",\"x\ny\",\"\r\",NaN,54\n")
    let format = CSVFormat(
      quoting: .always, lineEnding: .carriageReturnLineFeed, hasHeader: false)
    #expect(
      String(decoding: csv.bytes(format), as: UTF8.self)
        == "\"a\",\"a b\",\"\",,\"-5\",\"0.5\"\r\n"
        + "\"a,b\",\"\"\"\",\"x\ny\",\"\r\",\"NaN\",\"54\"\r\n")
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+1+1", "'+1+1"), ("-1-1", "'-1-1"),
    ("-5", "-5"), ("+5", "+5"), ("-1.5e3", "-1.5e3"), ("-", "'-"), ("\tx", "'\tx"),
    ("\rx", "\"'\rx\""), ("\nx", "\"'\nx\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("＝1", "'＝1"),
    ("－1", "'－1"), ("a=1", "a=1"), (" =1", " =1"), ("-0x10", "'-0x10"), ("-inf", "'-inf"),
    ("'", "'"), ("（", "（"),
  ])
  func `a text that a spreadsheet would compute gets an apostrophe`(text: String, cell: String) {
    var output: [UInt8] = []
    CSVText.append(text, CSVFormat(guardsAgainstFormulas: true), to: &output)
    #expect(String(decoding: output, as: UTF8.self) == cell)
    output = []
    CSVText.append(text, CSVFormat(), to: &output)
    #expect(parseCSV(output + [0x0A]) == [[text]])
  }

  @Test func `numbers are never guarded, infinities are`() {
    let format = CSVFormat(guardsAgainstFormulas: true)
    var output: [UInt8] = []
    CSVText.append(Int64(-5), format, to: &output)
    CSVText.append(-0.5, format, to: &output)
    CSVText.append(-Double.infinity, format, to: &output)
    #expect(String(decoding: output, as: UTF8.self) == "-5-0.5'-Infinity")
  }

  @Test func `a row of one absent value is not a blank line`() {
    let bytes = CSVWriter([.userID]).bytes(of: [Event("a", at: .unixEpoch)])
    #expect(String(decoding: bytes, as: UTF8.self) == "user_id\n\"\"\n")
  }

  @Test func `a log knows the session and the day of its events`() throws {
    let log = try EventLog([
      Event("a", at: EventTime(seconds: 0), by: "x"),
      Event("b", at: EventTime(seconds: 90_000), by: "x"),
    ])
    let bytes = CSVWriter([.session, .date, .isoDate.named("day")]).bytes(of: log)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "session,event_date,day\n0,19700101,1970-01-01\n1,19700102,1970-01-02\n")
  }
}
