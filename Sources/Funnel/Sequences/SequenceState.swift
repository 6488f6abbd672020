public import GA4Model
import StatisticsCore

/// The running summary of a ``SequenceQuery``.
///
/// It keeps a few counts, and the duration of the first match of each unit that has one.
public struct SequenceState: MergeableState {
  public let query: SequenceQuery
  private var tally = SequenceTally()

  init(_ query: SequenceQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n* *k*), where *n* is the number of events and *k* of elements of the pattern;
  ///   O(*n*) for units that lack an event that every match has.
  public mutating func update(_ slice: EventLog.UserSlice) {
    var walk = SequenceWalk(query, slice)
    walk.run()
    tally.merge(walk.tally)
  }

  public mutating func merge(_ other: SequenceState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    tally.merge(other.tally)
  }

  public func report() -> SequenceReport { SequenceReport(query, tally) }

  private static let format = BinaryFormat(kind: "SequenceState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { tally.write(to: &$0) }
  }

  public init(decoding bytes: [UInt8], query: SequenceQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = SequenceState(query)
      state.tally = try SequenceTally(from: &reader)
      return state
    }
  }
}
