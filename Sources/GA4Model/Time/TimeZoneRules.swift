import StatisticsCore

/// A stretch of time in which a zone keeps one offset, in seconds since 1970 in UTC.
struct OffsetInterval: Sendable, Hashable {
  /// The first second, or `Int64.min` when there is no earlier offset.
  var lower: Int64
  /// The first second after the stretch, or `Int64.max` when there is no later offset.
  var upper: Int64
  /// Seconds east of UTC.
  var offset: Int
}

/// The offsets of one zone at all times: the content of a TZif file, ready for look-up.
@usableFromInline
final class TimeZoneRules: Sendable {
  /// The longest file that is read, in bytes; those of the database are below 4 KiB.
  static let largestFile = 1 << 20

  /// The offset before the first change.
  private let initialOffset: Int
  /// The times of the changes, ascending, in UTC seconds.
  private let changes: [Int64]
  /// The offset from each change on; as many as `changes`.
  private let offsets: [Int32]
  /// The rule after the last change; `nil` when the last offset stays.
  private let rule: PosixTimeZoneRule?

  /// The rules of a zone that keeps one offset.
  init(constant offset: Int) {
    initialOffset = offset
    changes = []
    offsets = []
    rule = nil
  }

  private init(
    initialOffset: Int, changes: [Int64], offsets: [Int32], rule: PosixTimeZoneRule?
  ) {
    var initialOffset = initialOffset
    var changes = changes
    var offsets = offsets
    var rule = rule
    if let last = changes.last, let footer = rule {
      if footer.isConstant {
        if Int(offsets[offsets.count - 1]) != footer.standardOffset {
          offsets[offsets.count - 1] = Int32(footer.standardOffset)
        }
        rule = nil
      } else {
        // Slim files stop their table at the present rule (New York: 2007). Spelling out the
        // changes of this century makes the look-up of present dates a search of the table.
        let lastYear = CivilCalendar.date(days: Int(CivilCalendar.floorDivide(last, 86_400))).year
        if lastYear >= 1900, lastYear < 2100 {
          var time = last
          while let next = Self.change(after: time, in: footer), next.time < Self.endOfTable {
            changes.append(next.time)
            offsets.append(Int32(next.offset))
            time = next.time
          }
        }
      }
    } else if let footer = rule, footer.isConstant {
      initialOffset = footer.standardOffset
      rule = nil
    }
    self.initialOffset = initialOffset
    self.changes = changes
    self.offsets = offsets
    self.rule = rule
  }

  /// 2100-01-01T00:00:00Z, until which the changes of a rule are spelled out.
  private static let endOfTable: Int64 = 4_102_444_800

  private static func change(
    after time: Int64, in rule: PosixTimeZoneRule
  ) -> (time: Int64, offset: Int)? {
    let upper = rule.interval(containing: time).upper
    return upper == .max ? nil : (upper, rule.interval(containing: upper).offset)
  }

  /// The stretch of one offset that holds a time in UTC seconds.
  ///
  /// - Complexity: O(log *n*), where *n* is the number of changes in the table.
  func interval(containing time: Int64) -> OffsetInterval {
    var low = 0
    var high = changes.count
    // The number of changes at or before the time.
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= time { low = middle + 1 } else { high = middle }
    }
    if low < changes.count {
      return OffsetInterval(
        lower: low == 0 ? .min : changes[low - 1], upper: changes[low],
        offset: low == 0 ? initialOffset : Int(offsets[low - 1]))
    }
    if let rule {
      var interval = rule.interval(containing: time)
      if let last = changes.last { interval.lower = Swift.max(interval.lower, last) }
      return interval
    }
    guard let last = changes.last else {
      return OffsetInterval(lower: .min, upper: .max, offset: initialOffset)
    }
    return OffsetInterval(lower: last, upper: .max, offset: Int(offsets[offsets.count - 1]))
  }
}

// MARK: - Reading TZif

extension TimeZoneRules {
  /// The rules in a TZif file of version 1 to 4, as specified by RFC 8536 and RFC 9636.
  ///
  /// - Throws: ``TimeZoneError/damagedFile(identifier:reason:)`` with the identifier given.
  convenience init(tzif bytes: [UInt8], identifier: String) throws(TimeZoneError) {
    do throws(TZifDamage) {
      let content = try TZifContent(bytes)
      self.init(
        initialOffset: content.initialOffset, changes: content.changes, offsets: content.offsets,
        rule: content.rule)
    } catch {
      throw .damagedFile(identifier: identifier, reason: error.reason)
    }
  }
}

/// What is wrong with a TZif file, as the middle of a sentence.
private struct TZifDamage: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

/// What a TZif file says about offsets; its names and flags are passed over.
private struct TZifContent {
  var initialOffset: Int
  var changes: [Int64]
  var offsets: [Int32]
  var rule: PosixTimeZoneRule?

  init(_ bytes: [UInt8]) throws(TZifDamage) {
    guard bytes.count <= TimeZoneRules.largestFile else {
      throw TZifDamage("it is longer than 1 MiB")
    }
    var reader = Reader(bytes: bytes)
    let first = try Header(&reader)
    var header = first
    if first.version >= 2 {
      // The first block repeats what 32 bits can say, for readers of version 1.
      try reader.skip(first.size(bytesPerTime: 4))
      header = try Header(&reader)
    }
    let bytesPerTime = first.version >= 2 ? 8 : 4
    guard header.typeCount > 0 else { throw TZifDamage("it defines no local time") }
    guard header.leapSecondCount == 0 else {
      throw TZifDamage("it counts leap seconds, which the time of events does not")
    }
    try reader.require(header.size(bytesPerTime: bytesPerTime))

    changes = []
    changes.reserveCapacity(header.timeCount)
    for _ in 0..<header.timeCount {
      let time = try bytesPerTime == 8 ? Int64(reader.int64()) : Int64(reader.int32())
      if let last = changes.last, time <= last {
        throw TZifDamage("its changes are not in ascending order")
      }
      changes.append(time)
    }
    var types: [Int] = []
    types.reserveCapacity(header.timeCount)
    for _ in 0..<header.timeCount {
      let type = Int(try reader.byte())
      guard type < header.typeCount else {
        throw TZifDamage("a change refers to a local time that is not defined")
      }
      types.append(type)
    }
    var typeOffsets: [Int32] = []
    for _ in 0..<header.typeCount {
      let offset = try reader.int32()
      // RFC 9636 wants less than a day and two hours.
      guard offset > -90_000, offset < 93_600 else {
        throw TZifDamage("an offset from UTC is longer than a day")
      }
      typeOffsets.append(offset)
      try reader.skip(2)
    }
    offsets = types.map { typeOffsets[$0] }
    initialOffset = Int(typeOffsets[0])
    try reader.skip(header.characterCount + header.standardCount + header.universalCount)
    if first.version >= 2 { rule = try Self.footer(&reader) }
  }

  /// Reads the rule between two line ends; an empty one gives `nil`.
  private static func footer(_ reader: inout Reader) throws(TZifDamage) -> PosixTimeZoneRule? {
    let newline = UInt8(ascii: "\n")
    guard try reader.byte() == newline else { throw TZifDamage("its footer is missing") }
    var text: [UInt8] = []
    while true {
      let byte = try reader.byte()
      if byte == newline { break }
      text.append(byte)
    }
    if text.isEmpty { return nil }
    guard let rule = PosixTimeZoneRule(text.span) else {
      throw TZifDamage("its rule for later years cannot be understood")
    }
    return rule
  }

  /// The 44 bytes before each block.
  private struct Header {
    var version: Int
    var universalCount: Int
    var standardCount: Int
    var leapSecondCount: Int
    var timeCount: Int
    var typeCount: Int
    var characterCount: Int

    init(_ reader: inout Reader) throws(TZifDamage) {
      for expected in "TZif".utf8 where try reader.byte() != expected {
        throw TZifDamage("it does not start with TZif")
      }
      let byte = try reader.byte()
      switch byte {
      case 0: version = 1
      case UInt8(ascii: "2")...UInt8(ascii: "9"): version = Int(byte - 0x30)
      default: throw TZifDamage("its version is unknown")
      }
      try reader.skip(15)
      universalCount = try reader.count()
      standardCount = try reader.count()
      leapSecondCount = try reader.count()
      timeCount = try reader.count()
      typeCount = try reader.count()
      characterCount = try reader.count()
    }

    /// The length of the block in bytes.
    func size(bytesPerTime: Int) -> Int {
      timeCount * (bytesPerTime + 1) + typeCount * 6 + characterCount
        + leapSecondCount * (bytesPerTime + 4) + standardCount + universalCount
    }
  }

  /// A position in the bytes that cannot pass their end.
  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func require(_ count: Int) throws(TZifDamage) {
      guard count <= bytes.count - position else { throw TZifDamage("it ends too early") }
    }

    mutating func skip(_ count: Int) throws(TZifDamage) {
      try require(count)
      position += count
    }

    mutating func byte() throws(TZifDamage) -> UInt8 {
      try require(1)
      position += 1
      return bytes[position - 1]
    }

    mutating func int32() throws(TZifDamage) -> Int32 {
      try require(4)
      var value: UInt32 = 0
      for index in position..<(position + 4) { value = value << 8 | UInt32(bytes[index]) }
      position += 4
      return Int32(bitPattern: value)
    }

    mutating func int64() throws(TZifDamage) -> Int64 {
      try require(8)
      var value: UInt64 = 0
      for index in position..<(position + 8) { value = value << 8 | UInt64(bytes[index]) }
      position += 8
      return Int64(bitPattern: value)
    }

    /// A count of the header: at most the length of the longest file, so that sums cannot overflow.
    mutating func count() throws(TZifDamage) -> Int {
      let value = try int32()
      guard value >= 0, value <= TimeZoneRules.largestFile else {
        throw TZifDamage("a count in its header is impossible")
      }
      return Int(value)
    }
  }
}
