public import GA4Model
import StatisticsCore

/// The running summary of a ``LifecycleQuery``: four counts for each period.
public struct LifecycleState: MergeableState {
  public let query: LifecycleQuery
  private var counts: [Int: Lifecycle.Counts] = [:]
  private var bounds = DataBounds()
  private var eventsWithoutUser = 0

  init(_ query: LifecycleQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together; with a predicate or
  ///   by hours O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    bounds.add(slice, byTime: query.period == .hour)
    eventsWithoutUser += slice.rows.upperBound - slice.userRows.upperBound
    var periods = ActivePeriods(query.period, query.predicate, slice)
    periods.forEachUser { active in
      counts[active[0], default: .init()].new += 1
      for index in active.indices {
        let next = active[index] + 1
        if index + 1 < active.count {
          if active[index + 1] == next {
            counts[next, default: .init()].returning += 1
            continue
          }
          counts[active[index + 1], default: .init()].resurrecting += 1
        }
        counts[next, default: .init()].dormant += 1
      }
    }
  }

  public mutating func merge(_ other: LifecycleState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (number, count) in other.counts { counts[number, default: .init()].merge(count) }
    bounds.merge(other.bounds)
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> Lifecycle {
    let listed = ListedPeriods(counts.keys, of: query.period, bounds, untilDataEnd: true)
    return Lifecycle(
      query: query,
      rows: listed.all.map { period in
        let count = counts[period.number] ?? .init()
        return Lifecycle.Row(
          label: period.label, start: period.start, new: count.new, returning: count.returning,
          resurrecting: count.resurrecting, dormant: count.dormant, isPartial: period.isPartial)
      }, eventsWithoutUser: eventsWithoutUser)
  }

  private static let format = BinaryFormat(kind: "LifecycleState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.array(counts.sorted { $0.key < $1.key }) { writer, entry in
        writer.int64(Int64(entry.key))
        writer.count(entry.value.new)
        writer.count(entry.value.returning)
        writer.count(entry.value.resurrecting)
        writer.count(entry.value.dormant)
      }
      bounds.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: LifecycleQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = LifecycleState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        (
          try reader.periodNumber(),
          Lifecycle.Counts(
            new: try reader.tally(), returning: try reader.tally(),
            resurrecting: try reader.tally(), dormant: try reader.tally())
        )
      }
      for (number, count) in entries { state.counts[number] = count }
      state.bounds = try DataBounds(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}
