import StatisticsCore

/// Reads lines of transactions and gathers those of one invoice.
final class TransactionParser {
  private let reader: TransactionReader
  private let part = LogPart()
  private let texts = StringInterner()
  private let scratch = FieldScratch()
  /// The input from the beginning of the unfinished line on.
  private var buffer: [UInt8] = []
  /// What the quoted cells of the line say.
  private var unquoted: [UInt8] = []
  private var report = ReadReport()
  private var firstCode = ReadError.Code.malformed

  // Where the reading of the input stands.
  private var path: String?
  private var line = 1
  private var columns: [TransactionFormat.Column]?
  private var names: [String] = []
  private var hasBegun = false
  /// Where in the buffer the scan for the next line end goes on.
  private var scanned = 0
  private var isQuoted = false

  // The invoices, by the order of their first lines.
  private struct Invoice {
    var time: Int64
    var number: UInt32
    var customer: UInt32
    var isCancelled: Bool
    var revenue = ExactSum()
    var quantity: Int64 = 0
  }
  private var invoices: [Invoice] = []
  private var invoiceOfKey: [UInt64: Int] = [:]
  private let fieldPaths: [FieldPath]
  /// The texts of the fields of each invoice, as many as there are paths.
  private var fieldTexts: [UInt32] = []
  private var lineInvoices: [UInt32] = []
  private var lineItems: [UInt32] = []
  private var leftOut = [Int](repeating: 0, count: Exclusion.allCases.count)

  /// Why a sound line is no part of an event, by the order in which it is asked.
  private enum Exclusion: Int, CaseIterable {
    case noTime, noQuantity, noPrice, cancelled, quantity, negativePrice, noCustomer, free

    var reason: String {
      switch self {
      case .noTime: "no time"
      case .noQuantity: "no quantity"
      case .noPrice: "no price"
      case .cancelled: "a cancellation"
      case .quantity: "the quantity of a sale is not above 0, or of a cancellation 0"
      case .negativePrice: "the price is below 0"
      case .noCustomer: "no customer"
      case .free: "the price is 0"
      }
    }
  }

  /// A cell in ``buffer``, or in ``unquoted``.
  private struct Cell {
    var start: Int
    var end: Int
    var isUnquoted = false
    /// Where it begins in the line, counting from 0.
    var place: Int
  }
  private var cells: [Cell] = []

  private struct Failure: Error {
    var place: Int
    var reason: String
    var field: String?
  }

  init(_ reader: TransactionReader) {
    self.reader = reader
    fieldPaths = Set(
      reader.format.columns.values.compactMap { column in
        if case .field(let path) = column { path } else { nil }
      }
    ).sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
  }

  // MARK: Input

  func beginInput(path: String?) {
    self.path = path
    line = 1
    columns = nil
    hasBegun = false
    scanned = 0
    isQuoted = false
    buffer.removeAll(keepingCapacity: true)
  }

  /// Takes up the next bytes of the input and reads the lines that end in them.
  func take(_ bytes: some Collection<UInt8>) throws(ReadError) {
    report.bytes += Int64(bytes.count)
    buffer.append(contentsOf: bytes)
    guard hasBegun || buffer.count >= 3 else { return }
    try readLines(isWhole: false)
  }

  func endInput() throws(ReadError) {
    try readLines(isWhole: true)
    buffer.removeAll(keepingCapacity: true)
  }

  private func readLines(isWhole: Bool) throws(ReadError) {
    var start = 0
    if !hasBegun {
      hasBegun = true
      start = try skipMark()
      scanned = start
    }
    let count = buffer.count
    let quotes = reader.format.separator != .blanks
    var place = scanned
    while place < count {
      let byte = buffer[place]
      place += 1
      if byte == UInt8(ascii: "\""), quotes {
        isQuoted.toggle()
      } else if byte == 0x0A, !isQuoted {
        try readLine(start..<place - 1)
        start = place
      }
    }
    if isWhole, start < count {
      try readLine(start..<count)
      start = count
    }
    guard count - start <= reader.limits.recordBytes else {
      throw ReadError(
        .tooLong,
        "the record is longer than \(reader.limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes",
        path: path, line: line, column: 1)
    }
    guard part.strings.byteCount + texts.byteCount <= reader.limits.textBytes else {
      throw EventReader.tooMuchText
    }
    buffer.removeFirst(start)
    scanned = buffer.count
  }

  private func skipMark() throws(ReadError) -> Int {
    let head = buffer.prefix(3)
    if head.starts(with: [0x1F, 0x8B]) {
      throw ReadError(
        .format, "the input is gzip-compressed; decompress it first", path: path)
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw ReadError(.format, "the input is UTF-16; convert it to UTF-8", path: path)
    }
    return head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  // MARK: Lines

  private func readLine(_ range: Range<Int>) throws(ReadError) {
    var end = range.upperBound
    if end > range.lowerBound, buffer[end - 1] == 0x0D { end -= 1 }
    let first = line
    line += 1 + buffer[range].count { $0 == 0x0A }
    if end == range.lowerBound { return }
    if columns == nil, try takeHeader(range.lowerBound..<end, first) { return }
    report.lines += 1
    do throws(Failure) {
      try split(range.lowerBound..<end)
      try takeLine(columns!)
    } catch {
      try note(error, first)
    }
  }

  /// Settles what the columns hold; `true` when the line is the header.
  private func takeHeader(_ range: Range<Int>, _ line: Int) throws(ReadError) -> Bool {
    let isHeader = reader.format.header == nil
    do throws(Failure) {
      try split(range)
      names = reader.format.header ?? cells.map(text)
    } catch {
      guard isHeader else { return false }
      throw ReadError(.header, error.reason, path: path, line: line, column: error.place + 1)
    }
    do {
      columns = try reader.format.columns(named: names)
    } catch {
      var error = error
      error.path = path
      error.line = isHeader ? line : nil
      throw error
    }
    return isHeader
  }

  private func note(_ failure: Failure, _ line: Int) throws(ReadError) {
    report.skipped += 1
    if report.problems.count < ReadReport.listed {
      report.problems.append(
        ReadReport.Problem(
          path: path, line: line, column: failure.place + 1, field: failure.field,
          reason: failure.reason))
    }
    if report.skipped > reader.malformed.limit {
      throw reader.malformed.refusal(report, .malformed)
    }
  }

  // MARK: Cells

  private func split(_ range: Range<Int>) throws(Failure) {
    cells.removeAll(keepingCapacity: true)
    unquoted.removeAll(keepingCapacity: true)
    let start = range.lowerBound
    let isUTF8 = unsafe buffer.withUnsafeBufferPointer { bytes in
      unsafe bytes.baseAddress.map { unsafe ByteScan.isUTF8($0 + start, range.count) } ?? true
    }
    guard isUTF8 else {
      throw Failure(place: 0, reason: "the line is not valid UTF-8; convert the file")
    }
    guard case .character(let character) = reader.format.separator else {
      var place = start
      while place < range.upperBound {
        if Self.isBlank(buffer[place]) {
          place += 1
          continue
        }
        let first = place
        while place < range.upperBound, !Self.isBlank(buffer[place]) { place += 1 }
        cells.append(Cell(start: first, end: place, place: first - start))
      }
      return
    }
    let separator = character.asciiValue!
    var place = start
    while true {
      let first = place
      if place < range.upperBound, buffer[place] == UInt8(ascii: "\"") {
        cells.append(try quoted(&place, range))
        guard place == range.upperBound || buffer[place] == separator else {
          throw Failure(
            place: place - start, reason: "text after the closing quote of a cell")
        }
      } else {
        while place < range.upperBound, buffer[place] != separator {
          if buffer[place] == UInt8(ascii: "\"") {
            throw Failure(
              place: place - start,
              reason: "a double quote inside a cell that does not begin with one")
          }
          place += 1
        }
        cells.append(Cell(start: first, end: place, place: first - start))
      }
      if place == range.upperBound { return }
      place += 1
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private func quoted(_ place: inout Int, _ range: Range<Int>) throws(Failure) -> Cell {
    let open = place
    let first = unquoted.count
    place += 1
    while place < range.upperBound {
      let byte = buffer[place]
      place += 1
      if byte == UInt8(ascii: "\"") {
        guard place < range.upperBound, buffer[place] == byte else {
          return Cell(
            start: first, end: unquoted.count, isUnquoted: true, place: open - range.lowerBound)
        }
        place += 1
      }
      unquoted.append(byte)
    }
    throw Failure(
      place: open - range.lowerBound, reason: "the double quote of the cell is never closed")
  }

  /// Calls `body` with the bytes of a cell, which is not empty.
  private func withBytes<Result>(
    _ cell: Cell, _ body: (UnsafePointer<UInt8>, Int) -> Result
  ) -> Result {
    unsafe (cell.isUnquoted ? unquoted : buffer).withUnsafeBufferPointer { bytes in
      unsafe body(bytes.baseAddress! + cell.start, cell.end - cell.start)
    }
  }

  private func text(_ cell: Cell) -> String {
    String(decoding: (cell.isUnquoted ? unquoted : buffer)[cell.start..<cell.end], as: UTF8.self)
  }

  /// The code of the text of a cell.
  private func code(_ cell: Cell, _ interner: StringInterner) -> UInt32 {
    unsafe withBytes(cell) { unsafe interner.intern($0, count: $1) }
  }

  // MARK: Values

  private func takeLine(_ columns: [TransactionFormat.Column]) throws(Failure) {
    guard cells.count == columns.count else {
      throw Failure(
        place: 0, reason: "the line has \(cells.count) cells where the header has \(columns.count)")
    }
    var time: Int64?
    var number: UInt32 = 0
    var customer: UInt32 = 0
    var quantity: Int64?
    var price: Double?
    var amount: Double?
    var isCancelled = false
    var hasQuantity = false
    var hasPrice = false
    scratch.removeAll()
    for (index, column) in columns.enumerated() {
      let cell = cells[index]
      switch column {
      case .quantity: hasQuantity = true
      case .unitPrice, .amount: hasPrice = true
      default: break
      }
      if cell.start == cell.end { continue }
      func fail(_ reason: String) -> Failure {
        Failure(place: cell.place, reason: reason, field: names[index])
      }
      switch column {
      case .ignored, .field: break
      case .invoice:
        number = code(cell, texts)
        if let prefix = reader.format.cancellationPrefix {
          isCancelled = text(cell).utf8.starts(with: prefix.utf8)
        }
      case .customer: customer = code(cell, texts)
      case .time(let format): time = try self.time(cell, format, fail)
      case .quantity:
        let value = self.number(cell)
        // Beyond that a double no longer tells whole numbers apart.
        guard let value, value.magnitude < 0x1p53, let whole = Int64(exactly: value) else {
          throw fail("expected a whole number")
        }
        quantity = whole
      case .unitPrice:
        price = self.number(cell)
        if price == nil { throw fail("expected a number") }
      case .amount:
        amount = self.number(cell)
        if amount == nil { throw fail("expected a number") }
      case .itemID: try addItem("item_id", cell)
      case .itemName: try addItem("item_name", cell)
      case .itemCategory: try addItem("item_category", cell)
      }
    }
    let cleaning = reader.cleaning
    func exclude(_ exclusion: Exclusion) { leftOut[exclusion.rawValue] += 1 }
    guard let time else { return exclude(.noTime) }
    if hasQuantity, quantity == nil { return exclude(.noQuantity) }
    guard let value = amount ?? price, hasPrice else { return exclude(.noPrice) }
    if isCancelled, !cleaning.keepsCancellations { return exclude(.cancelled) }
    // A cancellation takes units back, whichever sign it writes them with.
    let units = isCancelled ? quantity.map { abs($0) } : quantity
    if let units, units <= 0 { return exclude(.quantity) }
    let cost = isCancelled && amount != nil ? abs(value) : value
    if cost < 0 { return exclude(.negativePrice) }
    if cleaning.requiresCustomer, customer == 0 { return exclude(.noCustomer) }
    if cleaning.requiresPrice, cost == 0 { return exclude(.free) }

    let invoice = self.invoice(number, customer, time, isCancelled)
    invoices[invoice].time = min(invoices[invoice].time, time)
    if let units {
      try addItem("quantity", .int, units)
      invoices[invoice].quantity &+= units
    }
    if amount != nil {
      try addItem("item_revenue", .double, Int64(bitPattern: cost.bitPattern))
      invoices[invoice].revenue.add(cost)
    } else {
      try addItem("price", .double, Int64(bitPattern: cost.bitPattern))
      invoices[invoice].revenue.addProduct(cost, Double(units ?? 1))
    }
    guard lineItems.count < Int(UInt32.max) else {
      throw Failure(place: 0, reason: "the input holds more lines than a log can")
    }
    lineInvoices.append(UInt32(invoice))
    lineItems.append(part.records[RecordGroup.item.rawValue].intern(scratch))
  }

  private func number(_ cell: Cell) -> Double? {
    let value = unsafe withBytes(cell) { unsafe ByteScan.double($0, $1) }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  private func time(
    _ cell: Cell, _ format: CSVMapping.TimeFormat, _ fail: (String) -> Failure
  ) throws(Failure) -> Int64 {
    if format == .iso8601 {
      let value = unsafe withBytes(cell) {
        unsafe EventTime(utf8: Span(_unsafeStart: $0, count: $1))
      }
      guard let value else { throw fail("expected a time such as 2020-12-20T17:20:05Z") }
      return value.microseconds
    }
    let value = unsafe withBytes(cell) { unsafe ByteScan.integer($0, $1) }
    guard let value else {
      throw fail(
        "expected a whole number; if times are written as dates, map the column as .iso8601")
    }
    let factor: Int64 =
      switch format {
      case .seconds: 1_000_000
      case .milliseconds: 1_000
      default: 1
      }
    let (time, overflow) = value.multipliedReportingOverflow(by: factor)
    if overflow { throw fail("the time is out of range; check its unit in the format") }
    return time
  }

  private func addItem(_ key: String, _ cell: Cell) throws(Failure) {
    try addItem(key, .string, Int64(code(cell, part.strings)))
  }

  private func addItem(_ key: String, _ kind: SlotKind, _ word: Int64) throws(Failure) {
    guard let slot = part.slot(part.itemKeys, part.itemKeys.key(key), kind) else {
      throw Failure(place: 0, reason: "more distinct keys than a log can hold")
    }
    scratch.append(slot, word)
  }

  /// The position of the invoice of a line.
  private func invoice(
    _ number: UInt32, _ customer: UInt32, _ time: Int64, _ isCancelled: Bool
  ) -> Int {
    let key = UInt64(number) << 32 | UInt64(customer)
    if number != 0, let known = invoiceOfKey[key] { return known }
    let position = invoices.count
    invoices.append(
      Invoice(time: time, number: number, customer: customer, isCancelled: isCancelled))
    if number != 0 { invoiceOfKey[key] = position }
    for path in fieldPaths {
      let index = columns!.firstIndex(of: .field(path))
      var code: UInt32 = 0
      if let index, cells[index].start < cells[index].end {
        code = self.code(cells[index], texts)
      }
      fieldTexts.append(code)
    }
    return position
  }

  // MARK: Result

  /// The log of all that was taken.
  func result() throws(ReadError) -> EventReader.Result {
    report.leftOut = Exclusion.allCases.filter { leftOut[$0.rawValue] > 0 }.map {
      ReadReport.LeftOut(reason: $0.reason, lines: leftOut[$0.rawValue])
    }
    let pool = texts.sealed()
    // The items of an invoice side by side, in the order of their lines.
    var ends = [Int](repeating: 0, count: invoices.count + 1)
    for invoice in lineInvoices { ends[Int(invoice) + 1] += 1 }
    for index in invoices.indices { ends[index + 1] += ends[index] }
    let starts = ends
    var items = [UInt32](repeating: 0, count: lineItems.count)
    for (line, invoice) in lineInvoices.enumerated() {
      items[ends[Int(invoice)]] = lineItems[line]
      ends[Int(invoice)] += 1
    }
    do throws(EventLogError) {
      for (index, invoice) in invoices.enumerated() {
        var event = Event(
          invoice.isCancelled ? "refund" : .purchase, at: EventTime(microseconds: invoice.time),
          by: nil, userID: pool.text(invoice.customer))
        let sum = invoice.revenue.rounded
        event.ecommerce = Ecommerce(
          transactionID: pool.text(invoice.number),
          purchaseRevenue: invoice.isCancelled ? nil : sum,
          refundValue: invoice.isCancelled ? sum : nil,
          totalItemQuantity: invoice.quantity == 0 ? nil : invoice.quantity)
        for (place, path) in fieldPaths.enumerated() {
          if let text = pool.text(fieldTexts[index * fieldPaths.count + place]) {
            event[field: path] = .string(text)
          }
        }
        if let currency = reader.format.currency {
          event.parameters.append("currency", .string(currency))
        }
        try part.append(event, items: items[starts[index]..<starts[index + 1]])
      }
      let log = try LogAssembly.log([part.sealed()], options: reader.options)
      return EventReader.Result(log: log, report: report)
    } catch {
      throw ReadError(.limit, error.description)
    }
  }
}
