/// A condition on events, as a value: it prints, hashes and encodes, and runs on the columns of a
/// log.
///
/// ```swift
/// let big = EventPredicate { $0.name == .purchase && $0[.value] > 50 }
/// print(big)                                // name = "purchase" and value > 50
/// let log = log.filter(big)
/// ```
///
/// The closure runs once: `$0` is a stand-in whose comparisons *describe* the condition. The logic
/// has two values: a comparison with an absent or unconvertible value is false, `!=` too, and `!p`
/// is exactly the complement of `p`. A number is compared with the number that a value is or
/// spells, a text with the value's text, byte by byte.
public struct EventPredicate: Sendable, Hashable, Codable {
  /// What is compared.
  package enum Operand: Sendable, Hashable, Codable {
    case name, userID, userPseudoID
    /// Microseconds since 1970.
    case time
    /// Text such as 2020-12-20, which sorts as days do.
    case date
    case parameter(ParameterKey)
    case userProperty(String)
    case field(FieldPath)
    /// A field of the item in ``Node/anyItem(_:)``.
    case itemField(FieldPath)
  }

  /// How it is compared.
  package enum Comparison: String, Sendable, Hashable, Codable {
    case equal = "="
    case notEqual = "≠"
    case less = "<"
    case lessOrEqual = "≤"
    case greater = ">"
    case greaterOrEqual = "≥"
    case contains = "contains"
    case hasPrefix = "begins with"
    case hasSuffix = "ends with"
  }

  /// The tree of the condition.
  package indirect enum Node: Sendable, Hashable, Codable {
    case constant(Bool)
    case compare(Operand, Comparison, PredicateLiteral)
    case oneOf(Operand, [PredicateLiteral])
    case isPresent(Operand)
    case anyItem(Node)
    case and(Node, Node)
    case or(Node, Node)
    case not(Node)
  }

  package var node: Node

  package init(node: Node) { self.node = node }

  /// Makes the condition that `body` describes with a stand-in for an event.
  public init(_ body: (EventStandIn) -> EventPredicate) { self = body(EventStandIn()) }

  /// The condition that every event meets.
  public static let always = EventPredicate(node: .constant(true))

  /// The condition that no event meets.
  public static let never = EventPredicate(node: .constant(false))

  /// Both conditions.
  public static func && (left: EventPredicate, right: EventPredicate) -> EventPredicate {
    EventPredicate(node: .and(left.node, right.node))
  }

  /// At least one of the conditions.
  public static func || (left: EventPredicate, right: EventPredicate) -> EventPredicate {
    EventPredicate(node: .or(left.node, right.node))
  }

  /// The complement of a condition.
  public static prefix func ! (predicate: EventPredicate) -> EventPredicate {
    EventPredicate(node: .not(predicate.node))
  }
}

/// A value that a predicate compares with: text, a number or a truth value.
public enum PredicateLiteral: Sendable, Hashable, Codable {
  /// Text, compared byte by byte.
  case text(String)
  /// A whole number.
  case integer(Int64)
  /// A number; never NaN.
  case number(Double)
  /// A truth value.
  case truth(Bool)
}

/// A type whose values a predicate can compare with.
public protocol PredicateValue {
  /// The value as a literal.
  var predicateLiteral: PredicateLiteral { get }
}

extension String: PredicateValue {
  /// The text.
  public var predicateLiteral: PredicateLiteral { .text(self) }
}
extension Int: PredicateValue {
  /// The whole number.
  public var predicateLiteral: PredicateLiteral { .integer(Int64(self)) }
}
extension Int64: PredicateValue {
  /// The whole number.
  public var predicateLiteral: PredicateLiteral { .integer(self) }
}
extension Double: PredicateValue {
  /// The number; −0 counts as 0, and NaN is a programmer's mistake since nothing compares with it.
  public var predicateLiteral: PredicateLiteral {
    precondition(!isNaN, "A predicate cannot compare with NaN; use isPresent to test for a value")
    return .number(self == 0 ? 0 : self)
  }
}
extension Bool: PredicateValue {
  /// The truth value.
  public var predicateLiteral: PredicateLiteral { .truth(self) }
}
extension EventName: PredicateValue {
  /// The name as text.
  public var predicateLiteral: PredicateLiteral { .text(rawValue) }
}
extension EventTime: PredicateValue {
  /// The microseconds.
  public var predicateLiteral: PredicateLiteral { .integer(microseconds) }
}
extension CalendarDay: PredicateValue {
  /// The day as text.
  public var predicateLiteral: PredicateLiteral { .text(description) }
}

/// The event in the closure of an ``EventPredicate``.
public struct EventStandIn: Sendable {
  init() {}

  /// `event_name`.
  public var name: PredicateTerm<EventName> { PredicateTerm(.name) }
  /// `event_timestamp`.
  public var time: PredicateTerm<EventTime> { PredicateTerm(.time) }
  /// The event's day.
  public var date: PredicateTerm<CalendarDay> { PredicateTerm(.date) }
  /// `user_id`.
  public var userID: PredicateTerm<AnyPredicateValue> { PredicateTerm(.userID) }
  /// `user_pseudo_id`.
  public var userPseudoID: PredicateTerm<AnyPredicateValue> { PredicateTerm(.userPseudoID) }
  /// `items`.
  public var items: Items { Items() }

  /// The first value of a parameter.
  public subscript(key: ParameterKey) -> PredicateTerm<AnyPredicateValue> {
    PredicateTerm(.parameter(key))
  }
  /// A field by its dotted path.
  public subscript(field path: FieldPath) -> PredicateTerm<AnyPredicateValue> {
    PredicateTerm(.field(path))
  }
  /// A property of the user.
  public subscript(userProperty key: String) -> PredicateTerm<AnyPredicateValue> {
    PredicateTerm(.userProperty(key))
  }

  /// The items of the event in the closure of a predicate.
  public struct Items: Sendable {
    /// Whether any item meets the condition that `body` describes.
    ///
    /// ```swift
    /// EventPredicate { $0.items.contains { $0[.itemCategory] == "Apparel" && $0["price"] > 20 } }
    /// ```
    public func contains(where body: (ItemStandIn) -> EventPredicate) -> EventPredicate {
      EventPredicate(node: .anyItem(body(ItemStandIn()).node))
    }
  }
}

/// An item in the closure of ``EventStandIn/Items/contains(where:)``.
public struct ItemStandIn: Sendable {
  init() {}

  /// A field of the item, such as `price`.
  public subscript(path: FieldPath) -> PredicateTerm<AnyPredicateValue> {
    PredicateTerm(.itemField(path))
  }
  /// `item_id`.
  public var id: PredicateTerm<AnyPredicateValue> { self["item_id"] }
  /// `item_name`.
  public var name: PredicateTerm<AnyPredicateValue> { self["item_name"] }
  /// `item_category`.
  public var category: PredicateTerm<AnyPredicateValue> { self["item_category"] }
  /// `price`.
  public var price: PredicateTerm<AnyPredicateValue> { self["price"] }
  /// `quantity`.
  public var quantity: PredicateTerm<AnyPredicateValue> { self["quantity"] }
}

/// Marks a term that compares with any ``PredicateValue``.
public enum AnyPredicateValue: Sendable {}

/// A part of an event in the closure of a predicate; comparing it makes a condition.
public struct PredicateTerm<Value>: Sendable {
  private let operand: EventPredicate.Operand

  init(_ operand: EventPredicate.Operand) { self.operand = operand }

  fileprivate func compare(
    _ comparison: EventPredicate.Comparison, _ literal: PredicateLiteral
  ) -> EventPredicate {
    EventPredicate(node: .compare(operand, comparison, literal))
  }

  /// Whether there is a value; an empty text is one.
  public var isPresent: EventPredicate { EventPredicate(node: .isPresent(operand)) }

  fileprivate func isOne(of literals: [PredicateLiteral]) -> EventPredicate {
    EventPredicate(node: .oneOf(operand, literals))
  }
}

extension PredicateTerm where Value == AnyPredicateValue {
  /// Whether the value equals `right`.
  public static func == (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.equal, right.predicateLiteral)
  }
  /// Whether there is a comparable value and it differs from `right`.
  public static func != (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.notEqual, right.predicateLiteral)
  }
  /// Whether the value is less than `right`.
  public static func < (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.less, right.predicateLiteral)
  }
  /// Whether the value is at most `right`.
  public static func <= (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.lessOrEqual, right.predicateLiteral)
  }
  /// Whether the value is greater than `right`.
  public static func > (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.greater, right.predicateLiteral)
  }
  /// Whether the value is at least `right`.
  public static func >= (left: Self, right: some PredicateValue) -> EventPredicate {
    left.compare(.greaterOrEqual, right.predicateLiteral)
  }
  /// Whether the value equals one of `values`.
  public func isOne(of values: [some PredicateValue]) -> EventPredicate {
    isOne(of: values.map(\.predicateLiteral))
  }
  /// Whether the value's text contains `text`; every text contains the empty one.
  public func contains(_ text: String) -> EventPredicate { compare(.contains, .text(text)) }
  /// Whether the value's text begins with `text`.
  public func hasPrefix(_ text: String) -> EventPredicate { compare(.hasPrefix, .text(text)) }
  /// Whether the value's text ends with `text`.
  public func hasSuffix(_ text: String) -> EventPredicate { compare(.hasSuffix, .text(text)) }
}

extension PredicateTerm where Value == EventName {
  /// Whether the event has this name.
  public static func == (left: Self, right: EventName) -> EventPredicate {
    left.compare(.equal, right.predicateLiteral)
  }
  /// Whether the event has another name.
  public static func != (left: Self, right: EventName) -> EventPredicate {
    left.compare(.notEqual, right.predicateLiteral)
  }
  /// Whether the event has one of these names.
  public func isOne(of names: [EventName]) -> EventPredicate {
    isOne(of: names.map(\.predicateLiteral))
  }
  /// Whether the name begins with `text`.
  public func hasPrefix(_ text: String) -> EventPredicate { compare(.hasPrefix, .text(text)) }
}

extension PredicateTerm where Value: PredicateValue & Comparable {
  /// Whether it lies before `right`.
  public static func < (left: Self, right: Value) -> EventPredicate {
    left.compare(.less, right.predicateLiteral)
  }
  /// Whether it lies at or before `right`.
  public static func <= (left: Self, right: Value) -> EventPredicate {
    left.compare(.lessOrEqual, right.predicateLiteral)
  }
  /// Whether it lies after `right`.
  public static func > (left: Self, right: Value) -> EventPredicate {
    left.compare(.greater, right.predicateLiteral)
  }
  /// Whether it lies at or after `right`.
  public static func >= (left: Self, right: Value) -> EventPredicate {
    left.compare(.greaterOrEqual, right.predicateLiteral)
  }
}

extension PredicateTerm where Value == CalendarDay {
  /// Whether it is this day.
  public static func == (left: Self, right: CalendarDay) -> EventPredicate {
    left.compare(.equal, right.predicateLiteral)
  }
}

extension EventPredicate.Operand: CustomStringConvertible {
  package var description: String {
    switch self {
    case .name: "name"
    case .userID: "user_id"
    case .userPseudoID: "user_pseudo_id"
    case .time: "time"
    case .date: "date"
    case .parameter(let key): key.rawValue
    case .userProperty(let key): "user_properties.\(key)"
    case .field(let path): path.rawValue
    case .itemField(let path): path.rawValue
    }
  }
}

extension PredicateLiteral: CustomStringConvertible {
  /// The value as it is written in a condition.
  public var description: String {
    switch self {
    case .text(let text): "\"\(text)\""
    case .integer(let number): String(number)
    case .number(let number): NumberText.shortest(number)
    case .truth(let truth): truth ? "true" : "false"
    }
  }
}

extension EventPredicate: CustomStringConvertible {
  /// The condition in words.
  public var description: String { node.text(inside: 0) }
}

extension EventPredicate.Node {
  /// The condition in words, in brackets where the operator around it binds more tightly.
  fileprivate func text(inside level: Int) -> String {
    switch self {
    case .constant(let truth): return truth ? "always" : "never"
    case .compare(let operand, let comparison, let literal):
      return "\(operand) \(comparison.rawValue) \(literal)"
    case .oneOf(let operand, let literals):
      return "\(operand) is one of " + literals.map(\.description).joined(separator: ", ")
    case .isPresent(let operand): return "\(operand) is present"
    case .anyItem(let node): return "any item has (\(node.text(inside: 0)))"
    case .and(let left, let right):
      let text = "\(left.text(inside: 1)) and \(right.text(inside: 1))"
      return level > 1 ? "(\(text))" : text
    case .or(let left, let right):
      let text = "\(left.text(inside: 0)) or \(right.text(inside: 0))"
      return level > 0 ? "(\(text))" : text
    case .not(let node): return "not (\(node.text(inside: 0)))"
    }
  }
}
