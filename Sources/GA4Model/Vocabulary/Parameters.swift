/// The parameters of an event, in the order of the export.
///
/// ```swift
/// let parameters: Parameters = ["page_title": "Cart", "value": 12.5]
/// parameters[.value]?.number                // 12.5
/// ```
///
/// The export may repeat a key; the first one is the value, and all are kept.
public struct Parameters: Sendable, Hashable {
  /// A key with its value.
  public struct Element: Sendable, Hashable {
    /// What the value is called.
    public var key: ParameterKey
    /// The value, ``FieldValue/empty`` where the export has none.
    public var value: FieldValue

    /// Makes the pair of `key` and `value`.
    public init(key: ParameterKey, value: FieldValue) {
      self.key = key
      self.value = value
    }
  }

  private var elements: [Element]

  /// Makes parameters from `elements`, keeping order and repetitions.
  public init(_ elements: some Sequence<Element> = []) { self.elements = Array(elements) }

  /// The first value of `key`; assigning replaces it or appends, `nil` removes every one.
  ///
  /// - Complexity: O(*n*), where *n* is the number of parameters.
  public subscript(key: ParameterKey) -> FieldValue? {
    get { elements.first { $0.key == key }?.value }
    set {
      guard let newValue else { return elements.removeAll { $0.key == key } }
      if let index = elements.firstIndex(where: { $0.key == key }) {
        elements[index].value = newValue
      } else {
        elements.append(Element(key: key, value: newValue))
      }
    }
  }

  /// Adds a parameter at the end, also when the key is already there.
  public mutating func append(_ key: ParameterKey, _ value: FieldValue) {
    elements.append(Element(key: key, value: value))
  }
}

extension Parameters: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { elements.count }
  public subscript(index: Int) -> Element { elements[index] }
}

extension Parameters: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (ParameterKey, FieldValue)...) {
    self.init(elements.map { Element(key: $0.0, value: $0.1) })
  }
}
