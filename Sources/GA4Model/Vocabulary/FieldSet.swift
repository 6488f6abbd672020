/// The fields of an event by dotted path, in the order of the paths, each at most once.
///
/// ```swift
/// var fields: FieldSet = ["geo.country": "Canada", "device.category": "mobile"]
/// fields["geo.country"]                     // .string("Canada")
/// fields[.deviceCategory] = nil
/// fields.map(\.path.rawValue)               // ["geo.country"]
/// ```
public struct FieldSet: Sendable, Hashable {
  /// A path with its value.
  public struct Element: Sendable, Hashable {
    /// Where the value stands in the export.
    public var path: FieldPath
    /// The value; never ``FieldValue/empty``.
    public var value: FieldValue

    /// Makes the pair of `path` and `value`.
    public init(path: FieldPath, value: FieldValue) {
      self.path = path
      self.value = value
    }
  }

  private var elements: [Element] = []

  /// Makes a set without fields.
  public init() {}

  /// Makes a set of `elements`; of two values of one path the first stays, and ``FieldValue/empty``
  /// counts as absent.
  ///
  /// - Complexity: O(*n* log *n*), where *n* is the number of elements.
  public init(_ elements: some Sequence<Element>) {
    let sorted = elements.filter { $0.value != .empty }.enumerated().sorted {
      ($0.element.path.rawValue, $0.offset) < ($1.element.path.rawValue, $1.offset)
    }
    for (_, element) in sorted where self.elements.last?.path != element.path {
      self.elements.append(element)
    }
  }

  /// The value at `path`, or `nil`; assigning `nil` or ``FieldValue/empty`` removes it.
  ///
  /// - Complexity: O(log *n*) to read, O(*n*) to add or remove, where *n* is the number of fields.
  public subscript(path: FieldPath) -> FieldValue? {
    get {
      let index = position(of: path)
      return index < elements.count && elements[index].path == path ? elements[index].value : nil
    }
    set {
      let index = position(of: path)
      let exists = index < elements.count && elements[index].path == path
      switch (newValue == .empty ? nil : newValue, exists) {
      case (let value?, true): elements[index].value = value
      case (let value?, false): elements.insert(Element(path: path, value: value), at: index)
      case (nil, true): elements.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// The fields below `record`, such as all of `device`, with their whole paths.
  public func fields(of record: String) -> FieldSet {
    let prefix = record + "."
    var result = FieldSet()
    result.elements = elements.filter { $0.path.rawValue.hasPrefix(prefix) }
    return result
  }

  /// Replaces all fields below `record` by those of `other` that lie below it.
  package mutating func replace(_ record: String, with other: FieldSet) {
    let prefix = record + "."
    self = FieldSet(
      elements.filter { !$0.path.rawValue.hasPrefix(prefix) } + other.fields(of: record))
  }

  private func position(of path: FieldPath) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if elements[middle].path.rawValue < path.rawValue { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension FieldSet: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { elements.count }
  public subscript(index: Int) -> Element { elements[index] }
}

extension FieldSet: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (FieldPath, FieldValue)...) {
    self.init(elements.map { Element(path: $0.0, value: $0.1) })
  }
}
