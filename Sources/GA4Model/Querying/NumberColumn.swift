extension EventDimension {
  /// Whether the dimension is a value of the event, which can be a number.
  package var isNumber: Bool {
    switch source {
    case .field, .parameter, .userProperty: true
    case .name, .period, .weekday, .hour, .channel: false
    }
  }
}

/// The numbers of a dimension in one log.
package struct NumberColumn {
  private let attribute: AttributeColumn?
  private let record: RecordField?

  package init(_ dimension: EventDimension, in log: EventLog) {
    switch dimension.source {
    case .field(let path):
      if let group = RecordGroup(path: path.rawValue) {
        record = RecordField(log.storage, group, path)
        attribute = nil
      } else {
        attribute = AttributeColumn(log.storage, .field, path.rawValue)
        record = nil
      }
    case .parameter(let key):
      attribute = AttributeColumn(log.storage, .parameter, key.rawValue)
      record = nil
    case .userProperty(let key):
      attribute = AttributeColumn(log.storage, .userProperty, key)
      record = nil
    case .name, .period, .weekday, .hour, .channel:
      preconditionFailure("A number is a parameter, a field or a user property")
    }
  }

  /// The number of `row`, `nil` when it has none or an infinite one.
  package func number(_ row: Int) -> Double? {
    let number = record.map { $0.number(row) } ?? attribute?.value(row)?.number
    return number.flatMap { $0.isFinite ? $0 : nil }
  }
}
