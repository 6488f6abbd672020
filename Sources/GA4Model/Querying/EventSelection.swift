/// The rows of a slice that meet a condition.
///
/// What depends on the name alone is looked up by its code; only what asks for more looks at rows,
/// and only at rows whose name lets it.
package struct EventSelection: Sendable {
  /// Whether every row meets the condition.
  package let isAlways: Bool
  /// By name code, what the name decides.
  private let byName: [Gate]
  /// The rows that meet what else is asked, of those whose name lets them.
  private let rows: RowSet?

  private enum Gate: UInt8 { case closed, open, rowsDecide }

  /// Finds the rows of `slice` that meet `predicate`.
  ///
  /// - Complexity: O(*n*) where it asks for more than the name, *n* being the number of rows of the
  ///   slice.
  package init(_ predicate: EventPredicate, in slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    isAlways = predicate == .always
    let (ofName, rest) = predicate.node.dividedByName
    let gate = EventPredicate(node: ofName ?? .constant(true))
    let isOpen = storage.names.map {
      gate.matches(Event(EventName(storage.strings[$0]), at: .unixEpoch))
    }
    byName = isOpen.map { $0 ? rest == nil ? .open : .rowsDecide : .closed }
    rows = rest.map { rest in
      var candidates = RowSet(count: slice.log.count)
      storage.name.withValues { names in
        for row in slice.rows where isOpen[Int(names[row])] { candidates.insert(row) }
      }
      return slice.log.rows(where: EventPredicate(node: rest), among: candidates)
    }
  }

  /// Whether some row whose name has the code `name` may meet the condition.
  package func mayContain(name: Int) -> Bool { byName[name] != .closed }

  /// Whether `row`, whose name has the code `name`, meets the condition.
  @inline(__always)
  package func contains(_ row: Int, name: UInt16) -> Bool {
    switch byName[Int(name)] {
    case .closed: false
    case .open: true
    case .rowsDecide: rows!.contains(row)
    }
  }
}

extension EventPredicate.Node {
  /// Whether the condition asks for the name and nothing else.
  private var isOfName: Bool {
    switch self {
    case .constant: true
    case .compare(let operand, _, _), .oneOf(let operand, _), .isPresent(let operand):
      operand == .name
    case .anyItem: false
    case .and(let left, let right), .or(let left, let right): left.isOfName && right.isOfName
    case .not(let node): node.isOfName
    }
  }

  /// The condition as one on the name and another one, both of which must hold; `nil` for none.
  package var dividedByName: (ofName: Self?, rest: Self?) {
    if isOfName { return (self, nil) }
    guard case .and(let left, let right) = self else { return (nil, self) }
    let (leftName, leftRest) = left.dividedByName
    let (rightName, rightRest) = right.dividedByName
    func joined(_ a: Self?, _ b: Self?) -> Self? {
      guard let a, let b else { return a ?? b }
      return .and(a, b)
    }
    return (joined(leftName, rightName), joined(leftRest, rightRest))
  }
}
