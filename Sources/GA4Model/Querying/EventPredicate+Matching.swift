/// What a predicate means for one value; the columnar form, the row form and SQL agree with it.
extension EventPredicate.Comparison {
  /// Whether `value` compares with `literal` as this says; false when it cannot be compared.
  func holds(_ value: FieldValue, _ literal: PredicateLiteral) -> Bool {
    switch literal {
    case .text(let text):
      guard let own = value.text else { return false }
      switch self {
      case .contains: return own.utf8.containsRun(text.utf8)
      case .hasPrefix: return own.utf8.starts(with: text.utf8)
      case .hasSuffix: return own.utf8.reversed().starts(with: text.utf8.reversed())
      default:
        if own.utf8.elementsEqual(text.utf8) { return holds(0) }
        return holds(own.utf8.lexicographicallyPrecedes(text.utf8) ? -1 : 1)
      }
    case .integer(let number):
      // Integers are compared as such: a double cannot tell large ones apart.
      if let own = value.int { return holds(own < number ? -1 : own > number ? 1 : 0) }
      guard let own = value.number, !own.isNaN else { return false }
      let other = Double(number)
      return holds(own < other ? -1 : own > other ? 1 : 0)
    case .number(let number):
      guard let own = value.number, !own.isNaN else { return false }
      return holds(own < number ? -1 : own > number ? 1 : 0)
    case .truth(let truth):
      guard let own = value.bool else { return false }
      return holds(own == truth ? 0 : own ? 1 : -1)
    }
  }

  /// Whether an order of −1, 0 or 1 is meant.
  private func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    case .contains, .hasPrefix, .hasSuffix: false
    }
  }
}

extension String.UTF8View {
  /// Whether `run` stands anywhere in the bytes.
  fileprivate func containsRun(_ run: String.UTF8View) -> Bool {
    guard let first = run.first else { return true }
    var index = startIndex
    while let found = self[index...].firstIndex(of: first) {
      if self[found...].starts(with: run) { return true }
      index = self.index(after: found)
    }
    return false
  }
}

extension EventPredicate {
  /// Whether `event` meets the condition; `day` stands in for an event without a date.
  ///
  /// A log is better asked as a whole: see ``EventLog/filter(_:)-(EventPredicate)``.
  public func matches(_ event: Event) -> Bool { node.matches(event, item: nil) }
}

extension EventPredicate.Node {
  fileprivate func matches(_ event: Event, item: Item?) -> Bool {
    switch self {
    case .constant(let truth): truth
    case .compare(let operand, let comparison, let literal):
      operand.value(in: event, item).map { comparison.holds($0, literal) } ?? false
    case .oneOf(let operand, let literals):
      operand.value(in: event, item).map { value in
        literals.contains { EventPredicate.Comparison.equal.holds(value, $0) }
      } ?? false
    case .isPresent(let operand): operand.value(in: event, item).map { $0 != .empty } ?? false
    case .anyItem(let node): event.items.contains { node.matches(event, item: $0) }
    case .and(let left, let right):
      left.matches(event, item: item) && right.matches(event, item: item)
    case .or(let left, let right):
      left.matches(event, item: item) || right.matches(event, item: item)
    case .not(let node): !node.matches(event, item: item)
    }
  }
}

extension EventPredicate.Operand {
  fileprivate func value(in event: Event, _ item: Item?) -> FieldValue? {
    switch self {
    case .name: .string(event.name.rawValue)
    case .userID: event.userID.map(FieldValue.string)
    case .userPseudoID: event.userPseudoID.map(FieldValue.string)
    case .time: .int(event.time.microseconds)
    case .date: event.date.map { .string($0.description) }
    case .parameter(let key): event.parameters[key]
    case .userProperty(let key): event.userProperties.first { $0.key == key }?.value
    case .field(let path): event.fields[path]
    case .itemField(let path): item?.fields[path]
    }
  }
}
