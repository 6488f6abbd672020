public import GA4Model
import StatisticsCore

/// The running summary of a ``PurchaseIntervalQuery``: the orders of every buyer.
public struct PurchaseIntervalState: MergeableState {
  public let query: PurchaseIntervalQuery
  private var history: OrderHistory

  init(_ query: PurchaseIntervalQuery) {
    self.query = query
    history = OrderHistory(query.terms)
  }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) { history.add(slice) }

  public mutating func merge(_ other: PurchaseIntervalState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    history.merge(other.history)
  }

  public func report() -> PurchaseIntervals { PurchaseIntervals(query, history) }

  private static let format = BinaryFormat(kind: "PurchaseIntervalState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { history.write(to: &$0) }
  }

  public init(decoding bytes: [UInt8], query: PurchaseIntervalQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = PurchaseIntervalState(query)
      state.history = try OrderHistory(from: &reader, query.terms)
      return state
    }
  }
}
