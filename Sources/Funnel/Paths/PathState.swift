public import GA4Model
import StatisticsCore

/// The running summary of a ``PathQuery``.
///
/// It grows with the number of different paths, and of the units that have several of them; nothing
/// is cut off before the report.
public struct PathState: MergeableState {
  public let query: PathQuery
  /// The values of the labels of ``tally`` from 1 on.
  private var values: [Bytewise?] = []
  private var labels: [Bytewise?: UInt32] = [:]
  private var tally = PathTally()
  private var eventsWithoutUnit = 0
  private var eventsWithoutValue = 0

  init(_ query: PathQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n* + *a* *d*), where *n* is the number of events, *a* of anchors and *d* of
  ///   steps.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    var walk = PathWalk(query, slice)
    walk.run()
    // Texts are looked at once for each value that occurs on a path.
    var known = [UInt32](repeating: .max, count: walk.values.count + 1)
    known[Int(PathTree.end)] = PathTree.end
    for label in walk.tally.tree.labels where known[Int(label)] == .max {
      known[Int(label)] = self.label(walk.values[Int(label) - 1].map(Bytewise.init))
    }
    tally.merge(walk.tally, labels: known)
    eventsWithoutUnit += walk.eventsWithoutUnit
    eventsWithoutValue += walk.eventsWithoutValue
  }

  public mutating func merge(_ other: PathState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    tally.merge(other.tally, labels: [PathTree.end] + other.values.map { label($0) })
    eventsWithoutUnit += other.eventsWithoutUnit
    eventsWithoutValue += other.eventsWithoutValue
  }

  private mutating func label(_ value: Bytewise?) -> UInt32 {
    if let label = labels[value] { return label }
    values.append(value)
    let label = UInt32(values.count)
    labels[value] = label
    return label
  }

  /// The answer for all events seen so far.
  ///
  /// - Complexity: O(*p* *d*), where *p* is the number of different paths and *d* of steps.
  public func report() -> PathReport {
    PathReport(
      query: query, tally: tally, values: values, eventsWithoutUnit: eventsWithoutUnit,
      eventsWithoutValue: eventsWithoutValue)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "PathState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      // Numbers of labels and nodes tell the order in which they were met: equal states must be equal
      // bytes.
      let order = values.indices.sorted { Bytewise?.precedes(values[$0], values[$1]) }
      var labels = [PathTree.end] + values.map { _ in 0 }
      for (rank, index) in order.enumerated() { labels[index + 1] = UInt32(rank + 1) }
      var sorted = PathTally()
      sorted.merge(tally, sortedBy: labels)
      writer.array(order) { writer, index in
        writer.optional(values[index]) { $0.string($1.text) }
      }
      sorted.write(to: &writer)
      writer.count(eventsWithoutUnit)
      writer.count(eventsWithoutValue)
    }
  }

  public init(decoding bytes: [UInt8], query: PathQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = PathState(query)
      let start = reader.offset
      let values = try reader.array { reader throws(BinaryDecodingError) in
        try reader.optional { reader throws(BinaryDecodingError) in
          Bytewise(try reader.string())
        }
      }
      for value in values {
        guard state.label(value) == state.values.count else {
          throw .valueOutOfRange(name: "value of a node", offset: start)
        }
      }
      state.tally = try PathTally(from: &reader, query: query, labelCount: values.count + 1)
      state.eventsWithoutUnit = try reader.tally()
      state.eventsWithoutValue = try reader.tally()
      return state
    }
  }
}
