/// A record of the export, such as `device`, as a value with properties.
///
/// It is a view of the fields below one dotted path. Whatever has no property is reached by its
/// path, and nothing that an export holds is lost by taking a record out of an event and putting it
/// back. For a record of your own, conform a type with two properties and an initialiser:
///
/// ```swift
/// struct Loyalty: EventRecord {
///   static let record = "loyalty"
///   let fields: FieldSet
///   init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }
/// }
/// event[record: Loyalty.self][path: "tier"] = "gold"
/// event[field: "loyalty.tier"]                     // .string("gold")
/// ```
public protocol EventRecord: Sendable, Hashable {
  /// The dotted path of the record.
  static var record: String { get }

  /// The fields below ``record`` with their whole paths.
  var fields: FieldSet { get }

  /// Makes a record of those of `fields` that lie below ``record``; others are ignored.
  init(fields: FieldSet)
}

extension EventRecord {
  /// What stands at `path` *inside* the record, or `nil`; assigning `nil` removes it.
  ///
  /// ```swift
  /// event.device[path: "web_info.browser"]    // the same as event[field: "device.web_info.browser"]
  /// ```
  ///
  /// - Complexity: O(*n*) to write, O(log *n*) to read, where *n* is the number of fields.
  public subscript(path path: String) -> FieldValue? {
    get { fields[Self.whole(path)] }
    set { edit { $0[Self.whole(path)] = newValue } }
  }

  /// The record of type `Inner` that lies inside this one.
  subscript<Inner: EventRecord>(record type: Inner.Type) -> Inner {
    get { Inner(fields: fields) }
    set { edit { $0.replace(Inner.record, with: newValue.fields) } }
  }

  subscript(text path: String) -> String? {
    get { fields[text: Self.whole(path)] }
    set { edit { $0[text: Self.whole(path)] = newValue } }
  }

  subscript(number path: String) -> Double? {
    get { fields[number: Self.whole(path)] }
    set { edit { $0[number: Self.whole(path)] = newValue } }
  }

  subscript(int path: String) -> Int64? {
    get { fields[int: Self.whole(path)] }
    set { edit { $0[int: Self.whole(path)] = newValue } }
  }

  subscript(bool path: String) -> Bool? { fields[bool: Self.whole(path)] }

  private static func whole(_ path: String) -> FieldPath {
    FieldPath(rawValue: "\(record).\(path)")
  }

  private mutating func edit(_ change: (inout FieldSet) -> Void) {
    var copy = fields
    change(&copy)
    self = Self(fields: copy)
  }
}

extension FieldSet {
  subscript(text path: FieldPath) -> String? {
    get { self[path]?.text }
    set { self[path] = newValue.map(FieldValue.string) }
  }

  subscript(number path: FieldPath) -> Double? {
    get { self[path]?.number }
    set { self[path] = newValue.map(FieldValue.double) }
  }

  subscript(int path: FieldPath) -> Int64? {
    get { self[path]?.int }
    set { self[path] = newValue.map(FieldValue.int) }
  }

  subscript(bool path: FieldPath) -> Bool? {
    get { self[path]?.bool }
    set { self[path] = newValue.map(FieldValue.bool) }
  }

  subscript(time path: FieldPath) -> EventTime? {
    get { self[int: path].map(EventTime.init(microseconds:)) }
    set { self[int: path] = newValue?.microseconds }
  }
}

extension Event {
  /// The record of type `Record`; assigning replaces all its fields.
  ///
  /// - Complexity: O(*n*) to read, O(*n* log *n*) to write, where *n* is the number of fields of the
  ///   event.
  public subscript<Record: EventRecord>(record type: Record.Type) -> Record {
    get { Record(fields: fields) }
    set { fields.replace(Record.record, with: newValue.fields) }
  }
}
