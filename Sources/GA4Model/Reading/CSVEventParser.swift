/// Reads rows of CSV (RFC 4180) as events into a part.
///
/// A cell is quoted as a whole or not at all; a quote inside an unquoted cell is an error, since
/// nobody can know what was meant. Bytes must be padded as ``ByteScan`` says.
@safe
final class CSVEventParser {
  typealias Cursor = UnsafePointer<UInt8>

  let part = LogPart()
  var tally = ReadReport()
  private let plans: MutableColumn<Plan>
  private let delimiter: UInt8
  private let delimiters: UInt64
  private let lowercasesNames: Bool
  private let unquoted = ByteBuffer()
  private let lowercase = ByteBuffer()
  private let names = TextCache()
  private let texts = TextCache()
  private let users = TextCache()
  private let tails = RowTailCache()
  /// The first of the columns at the end of a row that hold nothing but shared records, or beyond
  /// the last column.
  private let tailStart: Int
  /// Falls while ends of rows do not repeat; at 0 they are not asked any more.
  private var tailCredit = 256
  private var latestDay: (word: UInt64, day: Int32) = (.max, LogPart.noDay)
  private var column = 0

  private var time: Int64 = 0
  private var day: Int32 = 0
  private var name: UInt16 = 0
  private var userID: UInt32 = 0
  private var pseudoID: UInt32 = 0
  private var hasTime = false
  private var hasName = false
  private let groupScratch = RecordGroup.allCases.map { _ in FieldScratch() }
  // The part's columns and the scratches again, held directly: reaching through the part or an
  // array would count references for every cell.
  private let strings: StringInterner
  private let attributeSlots: MutableColumn<UInt16>
  private let attributeValues: MutableColumn<Int64>
  private let scratches: [Unmanaged<FieldScratch>]
  private let interners: [Unmanaged<RecordInterner>]
  private let recordCodes: [Unmanaged<SparseCodes>]
  private let groups: [Int]

  /// What to do with a cell, without references so that a row counts none.
  private struct Plan {
    var action: Action
    var type = CellType.text
    /// The group of a record's field.
    var group = 0
    /// The key in the table of the scope.
    var key = 0
    /// The slots of ``key`` by kind, `.max` where there is none yet.
    var slots = SIMD8<UInt16>(repeating: .max)
  }

  private enum Action: UInt8 {
    case name, microseconds, milliseconds, seconds, iso8601, date, userID, pseudoID, ignored
    /// Values stored by event.
    case parameter, userProperty, field
    /// A field of a shared record.
    case record
  }

  private enum CellType: UInt8 {
    case text, integer, number, truth, automatic

    init(_ type: CSVMapping.ValueType) {
      switch type {
      case .text: self = .text
      case .integer: self = .integer
      case .number: self = .number
      case .automatic: self = .automatic
      }
    }

    init(_ kind: FieldKind?) {
      switch kind {
      case .string: self = .text
      case .int: self = .integer
      case .double: self = .number
      case .bool: self = .truth
      case nil: self = .automatic
      }
    }
  }

  /// - Parameter columns: what the columns of the file hold, in order.
  init(columns: [CSVMapping.Column], mapping: CSVMapping, selection: ParameterSelection) {
    let part = self.part
    strings = part.strings
    attributeSlots = part.attributeSlots
    attributeValues = part.attributeValues
    unsafe scratches = unsafe groupScratch.map { unsafe Unmanaged.passUnretained($0) }
    delimiter = mapping.delimiter.asciiValue!
    delimiters = ByteScan.ones &* UInt64(delimiter)
    lowercasesNames = mapping.lowercasesNames
    var groups = Set<Int>()
    plans = MutableColumn(capacity: columns.count)
    for column in columns {
      var plan: Plan
      switch column {
      case .name: plan = Plan(action: .name)
      case .time(.microseconds): plan = Plan(action: .microseconds)
      case .time(.milliseconds): plan = Plan(action: .milliseconds)
      case .time(.seconds): plan = Plan(action: .seconds)
      case .time(.iso8601): plan = Plan(action: .iso8601)
      case .date: plan = Plan(action: .date)
      case .userID: plan = Plan(action: .userID)
      case .userPseudoID: plan = Plan(action: .pseudoID)
      case .ignored: plan = Plan(action: .ignored)
      case .parameter(let name, let type):
        let key = part.parameterKeys.key(name.rawValue)
        plan = Plan(action: .parameter, type: CellType(type), key: key)
        if !selection.keeps(key, part.parameterKeys) { plan.action = .ignored }
      case .userProperty(let name, let type):
        plan = Plan(
          action: .userProperty, type: CellType(type), key: part.userPropertyKeys.key(name))
      case .field(let path):
        let key = part.fieldKeys.key(path.rawValue)
        plan = unsafe Plan(
          action: .field, type: CellType(part.fieldKeys.documented[key]), key: key)
        if let group = unsafe part.fieldKeys.groups[key] {
          groups.insert(group.rawValue)
          plan.action = .record
          plan.group = group.rawValue
        }
      }
      plans.append(plan)
    }
    self.groups = groups.sorted()
    var tailStart = plans.count
    while tailStart > 0, [.record, .ignored].contains(plans[tailStart - 1].action) {
      tailStart -= 1
    }
    // One cell is read as fast, and a record must lie in the end as a whole.
    var isWhole = true
    for column in 0..<tailStart where plans[column].action == .record { isWhole = false }
    self.tailStart = isWhole && plans.count - tailStart > 1 ? tailStart : plans.count
    unsafe interners = unsafe self.groups.map { unsafe Unmanaged.passUnretained(part.records[$0]) }
    unsafe recordCodes = unsafe self.groups.map {
      unsafe Unmanaged.passUnretained(part.recordCodes[$0])
    }
  }

  /// The number of the column in which the latest failure stands, counting from 0, or which is the
  /// first to be missing; `nil` where it is the whole row.
  var failingColumn: Int? { column < plans.count ? column : nil }

  /// Reads the row at `cursor` and leaves `cursor` behind its line end, counting the line ends
  /// passed in `lines`.
  func parseRow(_ cursor: inout Cursor, end: Cursor, lines: inout Int) throws(Malformation) {
    do {
      try unsafe parseCells(&cursor, end: end, lines: &lines)
    } catch {
      part.abandonRow()
      throw error
    }
  }

  @inline(__always)
  private func parseCells(_ cursor: inout Cursor, end: Cursor, lines: inout Int)
    throws(Malformation)
  {
    let start = unsafe cursor
    day = LogPart.noDay
    userID = 0
    pseudoID = 0
    hasTime = false
    hasName = false
    for group in groups { unsafe scratches[group]._withUnsafeGuaranteedRef { $0.removeAll() } }
    column = 0
    var tail: RowTailCache.Tail?
    var codes: RowTailCache.Codes?
    while true {
      if column == tailStart, tailCredit > 0 {
        tail = unsafe tails.tail(cursor)
        codes = tail.flatMap { tails.codes($0) }
        if codes != nil, let tail {
          tailCredit = min(tailCredit + 1, 1024)
          unsafe cursor += tail.count + 1
          lines += 1
          column = plans.count
          break
        }
      }
      let place = unsafe cursor
      let cell: Cursor
      let count: Int
      var hasHighBytes = false
      if unsafe cursor.pointee == UInt8(ascii: "\"") {
        unsafe (cell, count) = try unsafe parseQuoted(&cursor, end, &lines)
        hasHighBytes = true
      } else {
        let found = unsafe cellEnd(cursor)
        hasHighBytes = found.hasHighBytes
        unsafe cell = unsafe cursor
        var length = unsafe found.end - cursor
        unsafe cursor = unsafe found.end
        let stop = unsafe cursor.pointee
        if stop != delimiter, unsafe cursor < end {
          guard stop == 0x0A else {
            throw unsafe Malformation(
              cursor,
              stop == 0
                ? "a zero byte in a cell"
                : "a double quote inside a cell that does not begin with one")
          }
        }
        if stop != delimiter, length > 0, unsafe cell[length - 1] == 0x0D { length -= 1 }
        count = length
      }
      guard column < plans.count else {
        throw unsafe Malformation(place, "the row has more cells than the header")
      }
      if count > 0 {
        if hasHighBytes, unsafe !ByteScan.isUTF8(cell, count) {
          throw unsafe Malformation(place, "the cell is not valid UTF-8")
        }
        try unsafe take(cell, count, column, place)
      }
      column += 1
      if unsafe cursor >= end { break }
      if unsafe cursor.pointee == delimiter {
        unsafe cursor += 1
        continue
      }
      // A line end, as the cell's scan has made sure.
      unsafe cursor += 1
      lines += 1
      break
    }
    guard column == plans.count else {
      throw unsafe Malformation(start, "the row has fewer cells than the header")
    }
    guard hasName else { throw unsafe Malformation(start, "the row has no event name") }
    guard hasTime else { throw unsafe Malformation(start, "the row has no time") }
    guard part.attributeSlots.count < Int(UInt32.max) else {
      throw unsafe Malformation(start, "the input holds more parameters than a log can")
    }
    let row = part.count
    let known = codes ?? internRecords(tail)
    for index in groups.indices {
      unsafe recordCodes[index]._withUnsafeGuaranteedRef { $0.set(known[index], row: row) }
    }
    part.endRow(time: time, day: day, name: name, pseudoID: pseudoID, userID: userID)
  }

  /// The codes of the records of the row, remembered with `tail`, the end of the row, if it is one.
  private func internRecords(_ tail: RowTailCache.Tail?) -> RowTailCache.Codes {
    var codes = RowTailCache.Codes()
    for index in groups.indices {
      codes[index] = unsafe interners[index]._withUnsafeGuaranteedRef { interner in
        unsafe scratches[groups[index]]._withUnsafeGuaranteedRef { interner.intern($0) }
      }
    }
    if let tail {
      tails.note(tail, codes)
      tailCredit -= 1
    }
    return codes
  }

  /// Runs to the delimiter, line end, quote or zero that ends an unquoted cell.
  @inline(__always)
  private func cellEnd(_ start: Cursor) -> ByteScan.StringEnd {
    var cursor = unsafe start
    var high: UInt64 = 0
    while true {
      let word = unsafe ByteScan.word(cursor)
      let stop =
        ByteScan.zeros(word ^ delimiters) | ByteScan.zeros(word ^ (ByteScan.ones &* 0x0A))
        | ByteScan.zeros(word ^ (ByteScan.ones &* 0x22)) | ByteScan.zeros(word)
      if stop != 0 {
        high |= word & ByteScan.highs & ((stop & (0 &- stop)) &- 1)
        return unsafe ByteScan.StringEnd(
          end: cursor + (stop.trailingZeroBitCount &>> 3), hasHighBytes: high != 0)
      }
      high |= word & ByteScan.highs
      unsafe cursor += 8
    }
  }

  private func parseQuoted(_ cursor: inout Cursor, _ end: Cursor, _ lines: inout Int)
    throws(Malformation) -> (Cursor, Int)
  {
    let open = unsafe cursor
    unsafe cursor += 1
    let start = unsafe cursor
    var isCopied = false
    var runStart = unsafe cursor
    while true {
      guard let quote = unsafe ByteScan.first(UInt8(ascii: "\""), cursor, end - cursor) else {
        throw unsafe Malformation(open, "the double quote of the cell is never closed")
      }
      lines += unsafe ByteScan.occurrences(of: 0x0A, cursor, quote - cursor)
      unsafe cursor = unsafe quote + 1
      if unsafe cursor < end, unsafe cursor.pointee == UInt8(ascii: "\"") {
        if !isCopied {
          unquoted.removeAll()
          isCopied = true
        }
        unsafe unquoted.append(runStart, count: cursor - runStart)
        unsafe cursor += 1
        unsafe runStart = unsafe cursor
        continue
      }
      let result: (Cursor, Int)
      if isCopied {
        unsafe unquoted.append(runStart, count: quote - runStart)
        unsafe result = unsafe (Cursor(unquoted.start), unquoted.count)
      } else {
        unsafe result = unsafe (start, quote - start)
      }
      if unsafe cursor < end, unsafe cursor.pointee == 0x0D,
        unsafe cursor + 1 == end || cursor[1] == 0x0A
      {
        unsafe cursor += 1
      }
      guard unsafe cursor >= end || cursor.pointee == delimiter || cursor.pointee == 0x0A else {
        throw unsafe Malformation(cursor, "text after the closing quote of a cell")
      }
      return unsafe result
    }
  }

  @inline(__always)
  private func take(_ cell: Cursor, _ count: Int, _ column: Int, _ place: Cursor)
    throws(Malformation)
  {
    let plan = unsafe plans.base + column
    switch unsafe plan.pointee.action {
    case .ignored: break
    case .name: try unsafe takeName(cell, count, place)
    case .microseconds:
      guard let number = unsafe ByteScan.integer(cell, count) else {
        throw unsafe notATime(place)
      }
      time = number
      hasTime = true
    case .milliseconds: try unsafe takeTime(cell, count, 1_000, place)
    case .seconds: try unsafe takeTime(cell, count, 1_000_000, place)
    case .iso8601:
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: cell, count: min(count, 64)), as: UTF8.self)
      guard let value = EventTime(text) else {
        throw unsafe Malformation(place, "expected a time such as 2020-12-20T17:20:05Z")
      }
      time = value.microseconds
      hasTime = true
    case .date:
      if unsafe count == 8 && ByteScan.word(cell) == latestDay.word {
        day = latestDay.day
      } else {
        guard let value = unsafe ByteScan.day(cell, count) else {
          throw unsafe Malformation(place, "expected a day as YYYYMMDD or YYYY-MM-DD")
        }
        day = value.daysSinceEpoch
        if count == 8 { latestDay = unsafe (ByteScan.word(cell), day) }
      }
    case .userID: userID = unsafe code(of: cell, count, users)
    case .pseudoID: pseudoID = unsafe code(of: cell, count, users)
    case .parameter, .userProperty, .field:
      let (slot, value) = try unsafe parseValue(cell, count, plan, place)
      attributeSlots.append(slot)
      attributeValues.append(value)
    case .record:
      let (slot, value) = try unsafe parseValue(cell, count, plan, place)
      unsafe scratches[plan.pointee.group]._withUnsafeGuaranteedRef { $0.append(slot, value) }
    }
  }

  @inline(__always)
  private func takeName(_ cell: Cursor, _ count: Int, _ place: Cursor) throws(Malformation) {
    if let code = unsafe names.code(cell, count) {
      name = UInt16(truncatingIfNeeded: code)
    } else {
      var bytes = unsafe cell
      if lowercasesNames {
        lowercase.removeAll()
        for index in 0..<count {
          let byte = unsafe cell[index]
          lowercase.append((65...90).contains(byte) ? byte | 0x20 : byte)
        }
        unsafe bytes = unsafe Cursor(lowercase.start)
      }
      guard let code = unsafe part.nameCode(bytes, count: count) else {
        throw unsafe Malformation(
          place, "more than 65,535 distinct event names; check that names carry no ids")
      }
      name = code
      unsafe names.note(cell, count, UInt32(code))
    }
    hasName = true
  }

  private func notATime(_ place: Cursor) -> Malformation {
    unsafe Malformation(
      place, "expected a whole number; if times are written as dates, map the column as .iso8601")
  }

  private func takeTime(_ cell: Cursor, _ count: Int, _ factor: Int64, _ place: Cursor)
    throws(Malformation)
  {
    guard let number = unsafe ByteScan.integer(cell, count) else { throw unsafe notATime(place) }
    let (time, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else {
      throw unsafe Malformation(place, "the time is out of range; check its unit in the mapping")
    }
    self.time = time
    hasTime = true
  }

  /// The slot and the value of a cell.
  @inline(__always)
  private func parseValue(
    _ cell: Cursor, _ count: Int, _ plan: UnsafeMutablePointer<Plan>, _ place: Cursor
  ) throws(Malformation) -> (UInt16, Int64) {
    switch unsafe plan.pointee.type {
    case .text: return try unsafe text(cell, count, plan, place)
    case .integer:
      guard let value = unsafe ByteScan.integer(cell, count) else {
        throw unsafe Malformation(place, "expected a whole number of at most 64 bits")
      }
      return (try unsafe slot(plan, .int, place), value)
    case .number:
      guard let value = unsafe ByteScan.double(cell, count), value.isFinite else {
        throw unsafe Malformation(place, "expected a number")
      }
      return (
        try unsafe slot(plan, .double, place),
        Int64(bitPattern: value.bitPattern)
      )
    case .truth:
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: cell, count: min(count, 8)), as: UTF8.self)
      guard let truth = FieldValue.string(text).bool else {
        throw unsafe Malformation(place, "expected true or false")
      }
      return (try unsafe slot(plan, .bool, place), truth ? 1 : 0)
    case .automatic:
      // "007" is a code, not a number: only what would be written the same way counts as one.
      let first = unsafe cell[0] == UInt8(ascii: "-") ? 1 : 0
      if count > first + 1, unsafe cell[first] == 48, unsafe cell[first + 1] &- 48 <= 9 {
        return try unsafe text(cell, count, plan, place)
      }
      if let value = unsafe ByteScan.integer(cell, count) {
        return (try unsafe slot(plan, .int, place), value)
      }
      if let value = unsafe ByteScan.double(cell, count), value.isFinite {
        return (
          try unsafe slot(plan, .double, place),
          Int64(bitPattern: value.bitPattern)
        )
      }
      return try unsafe text(cell, count, plan, place)
    }
  }

  @inline(__always)
  private func text(
    _ cell: Cursor, _ count: Int, _ plan: UnsafeMutablePointer<Plan>, _ place: Cursor
  ) throws(Malformation) -> (UInt16, Int64) {
    let slot = try unsafe slot(plan, .string, place)
    return (slot, Int64(unsafe code(of: cell, count, texts)))
  }

  /// The code of a text that `cache` may know.
  @inline(__always)
  private func code(of cell: Cursor, _ count: Int, _ cache: TextCache) -> UInt32 {
    if let code = unsafe cache.code(cell, count) { return code }
    let code = unsafe strings.intern(cell, count: count)
    unsafe cache.note(cell, count, code)
    return code
  }

  @inline(__always)
  private func slot(
    _ plan: UnsafeMutablePointer<Plan>, _ kind: SlotKind, _ place: Cursor
  ) throws(Malformation) -> UInt16 {
    let slot = unsafe plan.pointee.slots[Int(kind.rawValue)]
    return slot != .max ? slot : try unsafe newSlot(plan, kind, place)
  }

  @inline(never)
  private func newSlot(
    _ plan: UnsafeMutablePointer<Plan>, _ kind: SlotKind, _ place: Cursor
  ) throws(Malformation) -> UInt16 {
    let keys: KeyTable =
      switch unsafe plan.pointee.action {
      case .parameter: part.parameterKeys
      case .userProperty: part.userPropertyKeys
      default: part.fieldKeys
      }
    guard let slot = unsafe part.slot(keys, plan.pointee.key, kind) else {
      throw unsafe Malformation(
        place, "more than 65,535 distinct keys and field paths; check that keys carry no ids")
    }
    unsafe plan.pointee.slots[Int(kind.rawValue)] = slot
    return slot
  }
}
