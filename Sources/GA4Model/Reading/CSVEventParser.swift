/// Reads rows of CSV (RFC 4180) as events into a part.
///
/// A cell is quoted as a whole or not at all; a quote inside an unquoted cell is an error, since
/// nobody can know what was meant. Bytes must be padded as ``ByteScan`` says.
@safe
final class CSVEventParser {
  typealias Cursor = UnsafePointer<UInt8>

  let part = LogPart()
  var tally = ReadReport()
  private let columns: [Plan]
  private let delimiter: UInt8
  private let delimiters: UInt64
  private let lowercasesNames: Bool
  private let unquoted = ByteBuffer()
  private let lowercase = ByteBuffer()
  private var timeOfTextDay: (word: UInt64, day: Int32) = (0, LogPart.noDay)
  private var column = 0

  private var time: Int64 = 0
  private var day: Int32 = 0
  private var name: UInt16 = 0
  private var userID: UInt32 = 0
  private var pseudoID: UInt32 = 0
  private var hasTime = false
  private var hasName = false
  private let groupScratch = RecordGroup.allCases.map { _ in FieldScratch() }
  private let groups: [Int]

  /// What to do with a cell.
  private enum Plan {
    case name, date, userID, pseudoID, ignored
    case time(CSVMapping.TimeFormat)
    /// A value stored by event.
    case attribute(KeyTable, key: Int, CellType)
    /// A field of a shared record.
    case record(group: Int, key: Int, CellType)
  }

  private enum CellType {
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
    delimiter = mapping.delimiter.asciiValue!
    delimiters = ByteScan.ones &* UInt64(delimiter)
    lowercasesNames = mapping.lowercasesNames
    var groups = Set<Int>()
    self.columns = columns.map { column in
      switch column {
      case .name: return .name
      case .time(let format): return .time(format)
      case .date: return .date
      case .userID: return .userID
      case .userPseudoID: return .pseudoID
      case .ignored: return .ignored
      case .parameter(let name, let type):
        let key = part.parameterKeys.key(name.rawValue)
        guard selection.keeps(key, part.parameterKeys) else { return .ignored }
        return .attribute(part.parameterKeys, key: key, CellType(type))
      case .userProperty(let name, let type):
        return .attribute(
          part.userPropertyKeys, key: part.userPropertyKeys.key(name), CellType(type))
      case .field(let path):
        let key = part.fieldKeys.key(path.rawValue)
        let type = unsafe CellType(part.fieldKeys.documented[key])
        guard let group = unsafe part.fieldKeys.groups[key] else {
          return .attribute(part.fieldKeys, key: key, type)
        }
        groups.insert(group.rawValue)
        return .record(group: group.rawValue, key: key, type)
      }
    }
    self.groups = groups.sorted()
  }

  /// The number of the column in which the latest failure stands, counting from 0.
  var failingColumn: Int { min(column, columns.count - 1) }

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
    for group in groups { groupScratch[group].removeAll() }
    column = 0
    while true {
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
      guard column < columns.count else {
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
    guard column == columns.count else {
      throw unsafe Malformation(start, "the row has fewer cells than the header")
    }
    guard hasName else { throw unsafe Malformation(start, "the row has no event name") }
    guard hasTime else { throw unsafe Malformation(start, "the row has no time") }
    let row = part.count
    for group in groups {
      let scratch = groupScratch[group]
      if unsafe scratch.count > 0 {
        part.recordCodes[group].set(part.records[group].intern(scratch), row: row)
      } else {
        part.recordCodes[group].set(0, row: row)
      }
    }
    part.endRow(time: time, day: day, name: name, pseudoID: pseudoID, userID: userID)
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
      if unsafe cursor < end, unsafe cursor.pointee == 0x0D { unsafe cursor += 1 }
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
    switch columns[column] {
    case .ignored: break
    case .name:
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
      hasName = true
    case .time(let format):
      time = try unsafe parseTime(cell, count, format, place)
      hasTime = true
    case .date:
      if count == 8, case let word = unsafe ByteScan.word(cell), word == timeOfTextDay.word {
        day = timeOfTextDay.day
      } else {
        guard let value = unsafe ByteScan.day(cell, count) else {
          throw unsafe Malformation(place, "expected a day as YYYYMMDD or YYYY-MM-DD")
        }
        day = value.daysSinceEpoch
        if count == 8 { timeOfTextDay = unsafe (ByteScan.word(cell), day) }
      }
    case .userID: userID = unsafe part.strings.intern(cell, count: count)
    case .pseudoID: pseudoID = unsafe part.strings.intern(cell, count: count)
    case .attribute(let keys, let key, let type):
      let (kind, value) = try unsafe parseValue(cell, count, type, place)
      part.attributeSlots.append(try unsafe slot(keys, key, kind, place))
      part.attributeValues.append(value)
    case .record(let group, let key, let type):
      let (kind, value) = try unsafe parseValue(cell, count, type, place)
      groupScratch[group].append(try unsafe slot(part.fieldKeys, key, kind, place), value)
    }
  }

  private func parseTime(
    _ cell: Cursor, _ count: Int, _ format: CSVMapping.TimeFormat, _ place: Cursor
  ) throws(Malformation) -> Int64 {
    if format == .iso8601 {
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: cell, count: min(count, 64)), as: UTF8.self)
      guard let time = EventTime(text) else {
        throw unsafe Malformation(place, "expected a time such as 2020-12-20T17:20:05Z")
      }
      return time.microseconds
    }
    guard let number = unsafe ByteScan.integer(cell, count) else {
      throw unsafe Malformation(
        place, "expected a whole number; if times are written as dates, map the column as .iso8601")
    }
    let factor: Int64 =
      switch format {
      case .milliseconds: 1_000
      case .seconds: 1_000_000
      default: 1
      }
    let (time, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else {
      throw unsafe Malformation(place, "the time is out of range; check its unit in the mapping")
    }
    return time
  }

  @inline(__always)
  private func parseValue(
    _ cell: Cursor, _ count: Int, _ type: CellType, _ place: Cursor
  ) throws(Malformation) -> (SlotKind, Int64) {
    switch type {
    case .text: return (.string, Int64(unsafe part.strings.intern(cell, count: count)))
    case .integer:
      guard let value = unsafe ByteScan.integer(cell, count) else {
        throw unsafe Malformation(place, "expected a whole number of at most 64 bits")
      }
      return (.int, value)
    case .number:
      guard let value = unsafe ByteScan.double(cell, count), value.isFinite else {
        throw unsafe Malformation(place, "expected a number")
      }
      return (.double, Int64(bitPattern: value.bitPattern))
    case .truth:
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: cell, count: min(count, 8)), as: UTF8.self)
      switch text.lowercased() {
      case "true", "1": return (.bool, 1)
      case "false", "0": return (.bool, 0)
      default: throw unsafe Malformation(place, "expected true or false")
      }
    case .automatic:
      // "007" is a code, not a number: only what would be written the same way counts as one.
      let first = unsafe cell[0] == UInt8(ascii: "-") ? 1 : 0
      if count > first + 1, unsafe cell[first] == 48, unsafe cell[first + 1] &- 48 <= 9 {
        return (.string, Int64(unsafe part.strings.intern(cell, count: count)))
      }
      if let value = unsafe ByteScan.integer(cell, count) { return (.int, value) }
      if let value = unsafe ByteScan.double(cell, count), value.isFinite {
        return (.double, Int64(bitPattern: value.bitPattern))
      }
      return (.string, Int64(unsafe part.strings.intern(cell, count: count)))
    }
  }

  @inline(__always)
  private func slot(_ keys: KeyTable, _ key: Int, _ kind: SlotKind, _ place: Cursor)
    throws(Malformation) -> UInt16
  {
    guard let slot = part.slot(keys, key, kind) else {
      throw unsafe Malformation(
        place, "more than 65,535 distinct keys and field paths; check that keys carry no ids")
    }
    return slot
  }
}
