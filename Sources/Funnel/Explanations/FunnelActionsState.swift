public import GA4Model
import StatisticsCore

/// The running summary of a ``FunnelActionsQuery``.
///
/// It keeps two counts for each value of the dimension.
public struct FunnelActionsState: MergeableState {
  public let query: FunnelActionsQuery

  /// The units that did one action.
  private struct Tally: Sendable, Hashable {
    var wentOn = 0
    var stopped = 0

    var count: Int { wentOn + stopped }

    mutating func add(_ wentOn: Bool) {
      if wentOn { self.wentOn += 1 } else { stopped += 1 }
    }

    mutating func merge(_ other: Tally) {
      wentOn += other.wentOn
      stopped += other.stopped
    }
  }

  private var tallies: [Bytewise?: Tally] = [:]
  /// The units that did nothing.
  private var idle = Tally()
  private var eventsWithoutUnit = 0

  init(_ query: FunnelActionsQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: as of `FunnelState.update(_:)`.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let walk = UnitWalk(query.funnel, slice)
    let column = DimensionColumn(query.dimension, in: slice.log)
    let ignored = query.ignored == .never ? nil : slice.log.rows(where: query.ignored)
    let isAction = { (row: Int) in ignored.map { !$0.contains(row) } ?? true }
    var byCode = Array(repeating: Tally(), count: column.labels.count)
    walk.forEachUnit { _, events in
      walk.forEachOutcome(of: events) { outcome, _ in
        guard let event = outcome.path[query.step] else { return }
        let wentOn = outcome.path[(query.step + 1)...].contains { $0 != nil }
        let action =
          query.direction == .next
          ? events.rows[(event + 1)...].first(where: isAction)
          : events.rows[..<event].last(where: isAction)
        if let action {
          byCode[Int(column.code(action))].add(wentOn)
        } else {
          idle.add(wentOn)
        }
      }
    }
    for (code, tally) in byCode.enumerated() where tally.count > 0 {
      tallies[column.labels[code].map(Bytewise.init), default: Tally()].merge(tally)
    }
    eventsWithoutUnit += slice.eventsWithoutUnit(query.funnel.unit)
  }

  public mutating func merge(_ other: FunnelActionsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (label, tally) in other.tallies { tallies[label, default: Tally()].merge(tally) }
    idle.merge(other.idle)
    eventsWithoutUnit += other.eventsWithoutUnit
  }

  public func report() -> FunnelActions {
    let sorted = tallies.sorted { left, right in
      left.value.count != right.value.count
        ? left.value.count > right.value.count : Bytewise?.precedes(left.key, right.key)
    }
    func row(_ action: FunnelActions.Action, _ tally: Tally) -> FunnelActions.Row {
      FunnelActions.Row(action: action, wentOn: tally.wentOn, stopped: tally.stopped)
    }
    var rows = sorted.prefix(query.limit).map { row(.value($0.key?.text), $0.value) }
    var other = Tally()
    for entry in sorted.dropFirst(query.limit) { other.merge(entry.value) }
    if other.count > 0 { rows.append(row(.other, other)) }
    if idle.count > 0 { rows.append(row(.nothing, idle)) }
    return FunnelActions(
      query: query, rows: rows, valueCount: sorted.count,
      wentOn: rows.reduce(0) { $0 + $1.wentOn }, stopped: rows.reduce(0) { $0 + $1.stopped },
      eventsWithoutUnit: eventsWithoutUnit)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "FunnelActionsState", version: 1)

  public func encoded() -> [UInt8] {
    func write(_ tally: Tally, _ writer: inout BinaryWriter) {
      writer.count(tally.wentOn)
      writer.count(tally.stopped)
    }
    return StateDocument.encode(Self.format, query: query) { writer in
      let sorted = tallies.sorted { Bytewise?.precedes($0.key, $1.key) }
      writer.array(sorted) { writer, entry in
        writer.optional(entry.key) { $0.string($1.text) }
        write(entry.value, &writer)
      }
      write(idle, &writer)
      writer.count(eventsWithoutUnit)
    }
  }

  public init(decoding bytes: [UInt8], query: FunnelActionsQuery) throws(StateError) {
    func tally(_ reader: inout BinaryReader) throws(BinaryDecodingError) -> Tally {
      Tally(wentOn: try reader.tally(), stopped: try reader.tally())
    }
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = FunnelActionsState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let label = try reader.optional { reader throws(BinaryDecodingError) in
          Bytewise(try reader.string())
        }
        return (label, try tally(&reader))
      }
      for (label, tally) in entries { state.tallies[label] = tally }
      state.idle = try tally(&reader)
      state.eventsWithoutUnit = try reader.tally()
      return state
    }
  }
}
