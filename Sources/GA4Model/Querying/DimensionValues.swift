extension EventLog {
  /// The values of a dimension, one for each event.
  ///
  /// ```swift
  /// let channels = log.values(of: .channel)
  /// for session in log.sessions { print(channels[session.firstEvent] ?? "unknown") }
  /// ```
  ///
  /// - Complexity: O(*v*) or O(*n*), where *v* is the number of different values and *n* of events,
  ///   by the dimension.
  public func values(of dimension: EventDimension) -> DimensionValues {
    DimensionValues(column: DimensionColumn(dimension, in: self), count: count)
  }

  /// The value of a dimension for each event of a log.
  ///
  /// Values that are the same have the same code, so that walks over many events need not compare
  /// texts:
  ///
  /// ```swift
  /// let names = log.values(of: .name)
  /// let purchase = names.labels.firstIndex(of: "purchase")
  /// let orders = names.indices.count { names.code(at: $0) == purchase }
  /// ```
  public struct DimensionValues: RandomAccessCollection, Sendable {
    fileprivate let column: DimensionColumn
    public let count: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    /// The different values, `nil` for a missing one, in no particular order; some may belong to no
    /// event.
    public var labels: [String?] { column.labels }

    /// The position in ``labels`` of the value of the event at `position`.
    public func code(at position: Int) -> Int { Int(column.code(position)) }

    /// The value of the event at `position`, `nil` for a missing one.
    public subscript(position: Int) -> String? { column.labels[code(at: position)] }
  }
}
