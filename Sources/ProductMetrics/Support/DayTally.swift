import GA4Model
import StatisticsCore

/// Counts by day, for the inner loop of a query: an array for the eleven years around one day, and
/// a dictionary for stray days far from it.
struct DayTally {
  private static let reach = 2048
  private let base: Int
  private var near = [Int](repeating: 0, count: 2 * reach)
  private var far: [Int32: Int] = [:]

  init(around day: Int32) { base = Int(day) - Self.reach }

  @inline(__always)
  mutating func add(_ count: Int, on day: Int32) {
    let index = Int(day) &- base
    if index >= 0 && index < near.count {
      near[index] &+= count
    } else {
      addFar(count, on: day)
    }
  }

  @inline(never)
  private mutating func addFar(_ count: Int, on day: Int32) { far[day, default: 0] += count }

  /// Calls `body` with every day whose count is not 0, in no particular order.
  func forEach(_ body: (Int32, Int) -> Void) {
    for index in near.indices where near[index] != 0 {
      // Only days that were added have a count, and those fit.
      body(Int32(truncatingIfNeeded: base + index), near[index])
    }
    for (day, count) in far where count != 0 { body(day, count) }
  }
}

/// Counts by day as a state keeps them.
struct DayCounts: Sendable, Hashable {
  private(set) var counts: [Int32: Int] = [:]

  /// The count of `day`.
  subscript(day: Int32) -> Int { counts[day] ?? 0 }

  /// The sum over all days.
  var total: Int { counts.values.reduce(0, +) }

  mutating func add(_ count: Int, on day: Int32) {
    let sum = counts[day, default: 0] + count
    // States of the same events are equal however they came about.
    counts[day] = sum == 0 ? nil : sum
  }

  mutating func add(_ tally: DayTally) { tally.forEach { add($1, on: $0) } }

  mutating func merge(_ other: DayCounts) {
    for (day, count) in other.counts { add(count, on: day) }
  }

  func write(to writer: inout BinaryWriter) {
    writer.array(counts.sorted { $0.key < $1.key }) { writer, entry in
      writer.int32(entry.key)
      writer.int64(Int64(entry.value))
    }
  }

  init() {}

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let entries = try reader.array(minimumBytes: 12) { reader throws(BinaryDecodingError) in
      (day: try reader.int32(), count: try reader.change())
    }
    for entry in entries { counts[entry.day] = entry.count == 0 ? nil : entry.count }
  }
}

/// The first and the last day of the events that a state has seen.
struct DaySpan: Sendable, Hashable {
  /// Calendars of more days are not filled up: a stray date centuries away is a mistake in the data.
  static let longestFilled = 1 << 16

  private(set) var range: ClosedRange<Int32>?

  init() {}

  /// Takes up the days of the events of `slice`.
  mutating func add(_ slice: EventLog.UserSlice) {
    let runs = slice.log.storage.dayRuns
    if let days = runs.days(of: runs.runs(filling: slice.rows)) { add(days) }
  }

  mutating func add(_ other: ClosedRange<Int32>) {
    range =
      range.map {
        min($0.lowerBound, other.lowerBound)...max($0.upperBound, other.upperBound)
      } ?? other
  }

  mutating func merge(_ other: DaySpan) {
    if let range = other.range { add(range) }
  }

  /// Every day from the first to the last; where these are too far apart, those of `days` alone.
  func filled(_ days: some Sequence<Int32>) -> [Int32] {
    guard let range else { return [] }
    if Int(range.upperBound) - Int(range.lowerBound) < Self.longestFilled { return Array(range) }
    return Set(days).union([range.lowerBound, range.upperBound]).sorted()
  }

  func write(to writer: inout BinaryWriter) {
    writer.optional(range) { writer, range in
      writer.int32(range.lowerBound)
      writer.int32(range.upperBound)
    }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    range = try reader.optional { reader throws(BinaryDecodingError) in
      let first = try reader.int32()
      let offset = reader.offset
      let last = try reader.int32()
      guard first <= last else { throw .valueOutOfRange(name: "last day", offset: offset) }
      return first...last
    }
  }
}
