public import GA4Model
import StatisticsCore

/// The running summary of a ``CohortRevenueQuery``: the orders of every buyer.
public struct CohortRevenueState: MergeableState {
  public let query: CohortRevenueQuery
  private var history: OrderHistory

  init(_ query: CohortRevenueQuery) {
    self.query = query
    history = OrderHistory(query.terms)
  }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) { history.add(slice) }

  public mutating func merge(_ other: CohortRevenueState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    history.merge(other.history)
  }

  public func report() -> CohortRevenue { CohortRevenue(query, history) }

  private static let format = BinaryFormat(kind: "CohortRevenueState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { history.write(to: &$0) }
  }

  public init(decoding bytes: [UInt8], query: CohortRevenueQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = CohortRevenueState(query)
      state.history = try OrderHistory(from: &reader, query.terms)
      return state
    }
  }
}
