import GA4Model
import StatisticsCore

/// Where the data of a state lie: its zone and its end.
struct DataBounds: Sendable {
  private(set) var zone: ReportingTimeZone?
  private(set) var end: Int64?

  init() {}

  mutating func add(_ slice: EventLog.UserSlice, byTime: Bool) {
    let last = slice.lastMoment(byTime: byTime)
    end = max(end ?? last, last)
    add(slice.log.options.timeZone)
  }

  mutating func merge(_ other: DataBounds) {
    if let last = other.end { end = max(end ?? last, last) }
    if let zone = other.zone { add(zone) }
  }

  /// Logs of one report have one zone; of several, the same one stands in whatever order they come.
  private mutating func add(_ other: ReportingTimeZone) {
    if zone.map({ Bytewise(other.identifier) < Bytewise($0.identifier) }) ?? true { zone = other }
  }

  func write(to writer: inout BinaryWriter) {
    writer.optional(end) { $0.int64($1) }
    writer.optional(zone) { $0.string($1.identifier) }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    end = try reader.optional { reader throws(BinaryDecodingError) in try reader.int64() }
    zone = try reader.optional { reader throws(BinaryDecodingError) in try reader.timeZone() }
  }
}

extension BinaryReader {
  /// Reads the number of a period.
  mutating func periodNumber() throws(BinaryDecodingError) -> Int {
    let start = offset
    let number = try int64()
    // No event has a period beyond the hours of all microseconds.
    guard number.magnitude < 1 << 40 else {
      throw .valueOutOfRange(name: "period", offset: start)
    }
    return Int(number)
  }
}
