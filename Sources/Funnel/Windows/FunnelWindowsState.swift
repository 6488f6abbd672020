public import GA4Model
import StatisticsCore

/// The running summary of a ``FunnelWindowsQuery``: a ``FunnelState`` for each window.
public struct FunnelWindowsState: MergeableState {
  public let query: FunnelWindowsQuery
  private var states: [FunnelState]

  init(_ query: FunnelWindowsQuery) {
    self.query = query
    states = query.queries.map(FunnelState.init)
  }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: that of ``FunnelState/update(_:)`` for each window, save that events are looked up
  ///   once.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let end = query.funnel.dataEnd?.microseconds ?? slice.lastMoment
    var walk = FunnelWalk(states.map(\.query), slice, dataEnd: end)
    walk.run()
    let eventsWithoutUnit = slice.eventsWithoutUnit(query.funnel.unit)
    for (index, sums) in walk.sums.enumerated() {
      states[index].add(sums, dataEnd: end, eventsWithoutUnit: eventsWithoutUnit)
    }
  }

  public mutating func merge(_ other: FunnelWindowsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for index in states.indices { try states[index].merge(other.states[index]) }
  }

  public func report() -> FunnelWindowsReport {
    FunnelWindowsReport(query: query, reports: states.map { $0.report() })
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "FunnelWindowsState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.array(states) { $0.byteArray($1.encoded()) }
    }
  }

  public init(decoding bytes: [UInt8], query: FunnelWindowsQuery) throws(StateError) {
    let parts = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      let offset = reader.offset
      let parts = try reader.array { reader throws(BinaryDecodingError) in
        try reader.byteArray()
      }
      guard parts.count == query.windows.count else {
        throw .valueOutOfRange(name: "number of windows", offset: offset)
      }
      return parts
    }
    self.init(query)
    for (index, part) in parts.enumerated() {
      states[index] = try FunnelState(decoding: part, query: states[index].query)
    }
  }
}
