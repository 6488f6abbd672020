import StatisticsCore

/// The file of a saved log.
///
/// All numbers stand in the byte order of the machine, which is little-endian wherever Swift runs;
/// a file of the other order is refused.
///
///     0   8   "GA4LOG\r\n"
///     8   4   the number 0x01020304, which shows the byte order
///     12  4   version of the format
///     16  8   length of the header with options and section table, padded to 64
///     24  8   length of the file
///     32  8   events
///     40  4   sections
///     44  4   length of the options
///     48  8   checksum of the header without this field
///     56  4   where days come from: 0 exported, 1 derived, 2 mixed
///     60  4   1 where the days of every user rise with their times, otherwise 0
///     64      options, padded with zeros to a multiple of 8
///             section table: id (4), width of a value (4), values (8), offset (8), checksum (8)
///             zeros to a multiple of 64, then the sections, each followed by zeros to a multiple
///             of 64, which its checksum covers
///
/// Checksums are XXH64. Nothing depends on time, place or machine: a log has one file.
///
/// Raise ``version`` whenever a section, a number of ``SlotScope`` or ``SlotKind``, the order of
/// ``RecordGroup`` or its division of paths changes.
enum LogFileFormat {
  static let magic = Array("GA4LOG\r\n".utf8)
  static let byteOrder: UInt32 = 0x0102_0304
  static let version: UInt32 = 2
  static let fixedHeader = 64
  static let checksumField = 48..<56
  static let entrySize = 32
  static let alignment = 64

  /// The next multiple of ``alignment`` from `offset` on, `nil` beyond the range of `Int`.
  static func aligned(_ offset: Int) -> Int? {
    let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }
}

/// A part of the file that holds one column.
struct LogSection: Sendable, Hashable {
  let id: UInt32
  /// Bytes of one value.
  let width: Int
  /// What a message calls it.
  let name: String

  private init(_ id: UInt32, _ width: Int, _ name: String) {
    self.id = id
    self.width = width
    self.name = name
  }

  static let stringOffsets = LogSection(1, 8, "text offsets")
  static let stringBytes = LogSection(2, 1, "texts")
  static let slots = LogSection(3, 8, "keys")
  static let names = LogSection(4, 4, "event names")
  static let userKeys = LogSection(5, 4, "users")
  static let userOffsets = LogSection(6, 4, "user offsets")
  static let time = LogSection(7, 8, "times")
  static let day = LogSection(8, 4, "days")
  static let exportedDay = LogSection(9, 1, "day origins")
  static let name = LogSection(10, 2, "names of events")
  static let session = LogSection(11, 4, "sessions of events")
  static let pseudoID = LogSection(12, 4, "pseudo ids")
  static let userID = LogSection(13, 4, "user ids")
  static let attributeOffsets = LogSection(14, 4, "parameter offsets")
  static let attributeSlots = LogSection(15, 2, "parameter keys")
  static let attributeValues = LogSection(16, 8, "parameter values")
  static let itemOffsets = LogSection(17, 4, "item offsets")
  static let itemCodes = LogSection(18, 4, "items")
  static let sessionUser = LogSection(19, 4, "users of sessions")
  static let sessionID = LogSection(20, 8, "ids of sessions")
  static let sessionStart = LogSection(21, 8, "starts of sessions")
  static let sessionEnd = LogSection(22, 8, "ends of sessions")
  static let sessionFirstRow = LogSection(23, 4, "first events of sessions")
  static let sessionEventCount = LogSection(24, 4, "event counts of sessions")
  static let sessionFlags = LogSection(25, 1, "flags of sessions")
  static let dayRunRow = LogSection(26, 4, "first events of days")
  static let dayRunDay = LogSection(27, 4, "days of users")

  static func recordCodes(_ group: RecordGroup) -> LogSection {
    LogSection(0x100 + UInt32(group.rawValue), 4, "\(group) records of events")
  }
  static func recordOffsets(_ group: RecordGroup) -> LogSection {
    LogSection(0x200 + UInt32(group.rawValue), 4, "\(group) record offsets")
  }
  static func recordSlots(_ group: RecordGroup) -> LogSection {
    LogSection(0x300 + UInt32(group.rawValue), 2, "\(group) record keys")
  }
  static func recordValues(_ group: RecordGroup) -> LogSection {
    LogSection(0x400 + UInt32(group.rawValue), 8, "\(group) record values")
  }

  /// Every section in the order of the file.
  static let all: [LogSection] =
    [
      stringOffsets, stringBytes, slots, names, userKeys, userOffsets, time, day, exportedDay, name,
      session, pseudoID, userID, attributeOffsets, attributeSlots, attributeValues, itemOffsets,
      itemCodes, sessionUser, sessionID, sessionStart, sessionEnd, sessionFirstRow,
      sessionEventCount, sessionFlags, dayRunRow, dayRunDay,
    ] + RecordGroup.ofEvents.map(recordCodes) + RecordGroup.allCases.map(recordOffsets)
    + RecordGroup.allCases.map(recordSlots) + RecordGroup.allCases.map(recordValues)
}

/// A column of any element, for what is done with all columns alike.
protocol AnyColumn: AnyObject, Sendable {
  var count: Int { get }
  var byteCount: Int { get }
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result
}

extension Column: AnyColumn {
  var byteCount: Int { count * MemoryLayout<Element>.stride }
}

extension EventLogStorage {
  /// The columns in the order of ``LogSection/all``.
  var columns: [any AnyColumn] {
    var exportedDay = Column<UInt8>([])
    if case .mixed(let given) = dayOrigin { exportedDay = given }
    var columns: [any AnyColumn] = [
      strings.offsets, strings.bytes, Column(slots.map(\.word)), Column(names), userKeys,
      userOffsets, time, day, exportedDay, name, session, pseudoID, userID, attributeOffsets,
      attributeSlots, attributeValues, itemOffsets, itemCodes, sessions.user, sessions.id,
      sessions.start, sessions.end, sessions.firstRow, sessions.eventCount, sessions.flags,
      dayRuns.firstRow, dayRuns.day,
    ]
    for codes in recordCodes { columns.append(codes) }
    for table in records { columns.append(table.offsets) }
    for table in records { columns.append(table.slots) }
    for table in records { columns.append(table.values) }
    return columns
  }
}

// MARK: - Writing

/// A log laid out as a file.
struct LogFileLayout {
  private var header: [UInt8]
  private let columns: [any AnyColumn]
  /// The length of the file.
  let byteCount: Int

  /// - Complexity: O(*b*), where *b* is the number of bytes: the checksums are taken here.
  init(_ storage: EventLogStorage) {
    columns = storage.columns
    precondition(columns.count == LogSection.all.count, "A column without section")
    let options = Self.encoded(storage.options)
    let tableStart = LogFileFormat.fixedHeader + (options.count + 7) & ~7
    let headerLength = Self.aligned(tableStart + columns.count * LogFileFormat.entrySize)

    var table: [UInt8] = []
    var offset = headerLength
    for (section, column) in zip(LogSection.all, columns) {
      table.append(section.id)
      table.append(UInt32(section.width))
      table.append(UInt64(column.count))
      table.append(UInt64(offset))
      var checksum = Checksum()
      unsafe column.withBytes { unsafe checksum.update($0) }
      checksum.update(Self.padding(after: column.byteCount))
      table.append(checksum.value)
      offset += Self.aligned(column.byteCount)
    }
    byteCount = offset

    header = LogFileFormat.magic
    header.append(LogFileFormat.byteOrder)
    header.append(LogFileFormat.version)
    header.append(UInt64(headerLength))
    header.append(UInt64(byteCount))
    header.append(UInt64(storage.rowCount))
    header.append(UInt32(columns.count))
    header.append(UInt32(options.count))
    header.append(UInt64(0))
    let dayOrigin: UInt32 =
      switch storage.dayOrigin {
      case .exported: 0
      case .derived: 1
      case .mixed: 2
      }
    header.append(dayOrigin)
    header.append(UInt32(storage.dayRuns.daysRise ? 1 : 0))
    header += options
    header += repeatElement(0, count: tableStart - header.count)
    header += table
    header += repeatElement(0, count: headerLength - header.count)
    var checksum: [UInt8] = []
    checksum.append(Self.checksum(ofHeader: header))
    header.replaceSubrange(LogFileFormat.checksumField, with: checksum)
  }

  /// Hands the file to `sink` piece by piece.
  func write<Failure: Error>(to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void)
    throws(Failure)
  {
    unsafe try Self.send(header, to: sink)
    for column in columns {
      unsafe try column.withBytes(sink)
      unsafe try Self.send(Self.padding(after: column.byteCount), to: sink)
    }
  }

  private static func send<Failure: Error>(
    _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    unsafe try Column(bytes).withBytes(sink)
  }

  /// The checksum of a header without the field that holds it.
  static func checksum(ofHeader header: [UInt8]) -> UInt64 {
    var checksum = Checksum()
    checksum.update(Array(header[..<LogFileFormat.checksumField.lowerBound]))
    checksum.update(Array(header[LogFileFormat.checksumField.upperBound...]))
    return checksum.value
  }

  private static func padding(after count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: aligned(count) - count)
  }

  private static func aligned(_ count: Int) -> Int {
    LogFileFormat.aligned(count)!  // A column lies in memory, so its length leaves room.
  }

  private static func encoded(_ options: EventLogOptions) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(options.users.rawValue)
    bytes.append(options.sessions.boundary.rawValue)
    for duration in [options.sessions.gap, options.sessions.engagedAfter] {
      bytes.append(duration.components.seconds)
      bytes.append(duration.components.attoseconds)
    }
    bytes.append(Int64(options.sessions.engagedViews))
    bytes.append(UInt32(options.sessions.keyEvents.count))
    for name in options.sessions.keyEvents { bytes.append(name.rawValue) }
    bytes.append(options.timeZone.identifier)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    var value = value
    unsafe Swift.withUnsafeBytes(of: &value) { unsafe append(contentsOf: $0) }
  }

  fileprivate mutating func append(_ text: String) {
    append(UInt32(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}

// MARK: - Reading

/// What the header of a file says, checked against the file's length.
struct LogFileHeader {
  /// Where a section lies.
  struct Entry {
    var count: Int
    /// The bytes of the section with the zeros after it.
    var range: Range<Int>
    var checksum: UInt64
  }

  let options: EventLogOptions
  let dayOrigin: UInt32
  let daysRise: Bool
  let rowCount: Int
  /// In the order of ``LogSection/all``.
  let entries: [Entry]

  init(_ file: SavedBytes) throws(EventLogError) {
    guard file.count >= LogFileFormat.fixedHeader,
      file.array(0..<LogFileFormat.magic.count) == LogFileFormat.magic
    else { throw EventLogError(.notALog) }
    var fixed = ByteCursor(file.array(LogFileFormat.magic.count..<LogFileFormat.fixedHeader))
    let byteOrder = try fixed.number(UInt32.self)
    guard byteOrder != LogFileFormat.byteOrder.byteSwapped else {
      throw EventLogError(
        .unsupportedVersion, "it comes from a machine of the opposite byte order")
    }
    guard byteOrder == LogFileFormat.byteOrder else {
      throw EventLogError(.damaged, "its header has no byte order")
    }
    let version = try fixed.number(UInt32.self)
    guard version == LogFileFormat.version else {
      throw EventLogError(
        .unsupportedVersion,
        "it has format \(version), and this version reads format \(LogFileFormat.version)")
    }
    let headerLength = try fixed.count()
    let fileLength = try fixed.count()
    rowCount = try fixed.count()
    let sectionCount = Int(try fixed.number(UInt32.self))
    let optionsLength = Int(try fixed.number(UInt32.self))
    let checksum = try fixed.number(UInt64.self)
    dayOrigin = try fixed.number(UInt32.self)
    let rise = try fixed.number(UInt32.self)
    daysRise = rise == 1

    guard fileLength == file.count else {
      throw EventLogError(
        .damaged,
        "it has \(NumberText.grouped(file.count)) bytes where its header says"
          + " \(NumberText.grouped(fileLength))")
    }
    guard headerLength >= LogFileFormat.fixedHeader, headerLength <= fileLength else {
      throw EventLogError(.damaged, "its header is longer than the file")
    }
    let header = file.array(0..<headerLength)
    guard LogFileLayout.checksum(ofHeader: header) == checksum else {
      throw EventLogError(.damaged, "the checksum of its header is wrong")
    }
    let tableStart = LogFileFormat.fixedHeader + (optionsLength + 7) & ~7
    guard sectionCount == LogSection.all.count, rise <= 1, dayOrigin <= 2,
      tableStart <= headerLength,
      LogFileFormat.aligned(tableStart + sectionCount * LogFileFormat.entrySize) == headerLength
    else { throw EventLogError(.damaged, "its header is not that of its format") }

    var text = ByteCursor(
      Array(header[LogFileFormat.fixedHeader..<LogFileFormat.fixedHeader + optionsLength]))
    options = try text.options()
    guard text.isAtEnd else { throw EventLogError(.damaged, "its options are too long") }

    var table = ByteCursor(Array(header[tableStart...]))
    var entries: [Entry] = []
    var offset = headerLength
    for section in LogSection.all {
      let id = try table.number(UInt32.self)
      let width = try table.number(UInt32.self)
      guard id == section.id, Int(width) == section.width else {
        throw EventLogError(.damaged, "the section of its \(section.name) is not where it belongs")
      }
      let count = try table.count()
      let start = try table.count()
      let (bytes, overflow) = count.multipliedReportingOverflow(by: section.width)
      guard start == offset, !overflow, let length = LogFileFormat.aligned(bytes),
        length <= fileLength - offset
      else {
        throw EventLogError(
          .damaged, "the section of its \(section.name) does not fit into the file")
      }
      entries.append(
        Entry(
          count: count, range: offset..<offset + length, checksum: try table.number(UInt64.self)))
      offset += length
    }
    guard offset == fileLength else {
      throw EventLogError(.damaged, "bytes follow its last section")
    }
    self.entries = entries
  }
}

/// Reads numbers and texts of a header one after the other.
private struct ByteCursor {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  private mutating func take(_ count: Int) throws(EventLogError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else {
      throw EventLogError(.damaged, "its header ends early")
    }
    position += count
    return bytes[position - count..<position]
  }

  mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type)
    throws(EventLogError) -> Value
  {
    let slice = try take(MemoryLayout<Value>.size)
    return unsafe slice.withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
  }

  /// A 64-bit number that can be a count or an offset.
  mutating func count() throws(EventLogError) -> Int {
    guard let count = Int(exactly: try number(UInt64.self)) else {
      throw EventLogError(.damaged, "its header holds an impossible size")
    }
    return count
  }

  private mutating func text() throws(EventLogError) -> String {
    String(decoding: try take(Int(try number(UInt32.self))), as: UTF8.self)
  }

  mutating func options() throws(EventLogError) -> EventLogOptions {
    guard let users = UserIdentity(rawValue: try text()) else {
      throw EventLogError(.damaged, "its user rule is unknown")
    }
    guard let boundary = SessionRule.Boundary(rawValue: try text()) else {
      throw EventLogError(.damaged, "its session rule is unknown")
    }
    let gap = try duration()
    let engagedAfter = try duration()
    guard SessionRule.isGap(gap) else {
      throw EventLogError(.damaged, "its session gap is not between 0 and 7 hours 55 minutes")
    }
    guard let engagedViews = Int(exactly: try number(Int64.self)) else {
      throw EventLogError(.damaged, "its session rule is beyond this machine")
    }
    var keyEvents: [EventName] = []
    for _ in 0..<(try number(UInt32.self)) { keyEvents.append(EventName(try text())) }
    let identifier = try text()
    let zone: ReportingTimeZone
    do {
      zone = try ReportingTimeZone(identifier: identifier)
    } catch {
      throw EventLogError(.timeZone, error.description)
    }
    return EventLogOptions(
      users: users,
      sessions: SessionRule(
        boundary, gap: gap, engagedAfter: engagedAfter, keyEvents: keyEvents,
        engagedViews: engagedViews),
      timeZone: zone)
  }

  private mutating func duration() throws(EventLogError) -> Duration {
    let seconds = try number(Int64.self)
    let attoseconds = try number(Int64.self)
    return Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
  }
}
