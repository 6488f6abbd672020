import GA4Model
import StatisticsCore

/// What is added up over units.
struct SequenceTally: Sendable {
  /// How many units were looked at.
  var units = 0
  /// How many of these have an event that the pattern asks for.
  var unitsWithEvents = 0
  /// By number of matches, how many units have so many; without those that have none.
  private(set) var unitsByMatches: [Int: Int] = [:]
  /// From the first event to the last of the first match of each unit, in microseconds, in no order.
  private(set) var durations: [Int64] = []
  var eventsWithoutUnit = 0

  /// How many units match.
  var matchingUnits: Int { durations.count }

  /// Adds a unit with one match or more, the first of which took so long.
  mutating func add(matches: Int, duration: Int64) {
    unitsByMatches[matches, default: 0] += 1
    durations.append(duration)
  }

  mutating func merge(_ other: SequenceTally) {
    units += other.units
    unitsWithEvents += other.unitsWithEvents
    unitsByMatches.merge(other.unitsByMatches, uniquingKeysWith: +)
    durations += other.durations
    eventsWithoutUnit += other.eventsWithoutUnit
  }

  init() {}

  // MARK: Encoding

  func write(to writer: inout BinaryWriter) {
    writer.count(units)
    writer.count(unitsWithEvents)
    writer.array(unitsByMatches.sorted { $0.key < $1.key }) { writer, entry in
      writer.count(entry.key)
      writer.count(entry.value)
    }
    // The order in which units came must not show.
    writer.int64s(durations.sorted())
    writer.count(eventsWithoutUnit)
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    units = try reader.tally()
    unitsWithEvents = try reader.tally()
    let offset = reader.offset
    let entries = try reader.array { reader throws(BinaryDecodingError) in
      // A unit has fewer matches than events, and a log has at most 32 bits of them.
      let matches = try reader.integer("number of matches", in: 1...Int(UInt32.max))
      return (matches, try reader.integer("number of units", in: 1...Int(UInt32.max)))
    }
    for (matches, units) in entries { unitsByMatches[matches, default: 0] += units }
    durations = try reader.int64s()
    guard durations.allSatisfy({ $0 >= 0 }), matchingUnits <= unitsWithEvents,
      unitsWithEvents <= units, matchingUnits == entries.reduce(0, { $0 + $1.1 })
    else { throw .valueOutOfRange(name: "units with a match", offset: offset) }
    eventsWithoutUnit = try reader.tally()
  }
}
