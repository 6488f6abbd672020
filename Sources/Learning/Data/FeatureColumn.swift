/// What the values of a column are.
public enum FeatureKind: Sendable, Hashable, Codable {
  /// Numbers in an order that means something.
  case numeric
  /// Names without an order, from the categories in ascending order of their UTF-8 bytes.
  case categorical([String])
  /// Yes or no.
  case boolean

  var word: String {
    switch self {
    case .numeric: "numeric"
    case .categorical: "categorical"
    case .boolean: "Boolean"
    }
  }
}

/// A named column of a ``FeatureTable``: numbers, names or Boolean values, each of which may be
/// missing.
///
/// ```swift
/// FeatureColumn("sessions", [12, 3, nil])              // numeric
/// FeatureColumn("channel", ["Direct", nil, "Email"])   // categorical
/// FeatureColumn("weekend", [true, false, false])       // Boolean
/// ```
///
/// Infinities are numbers like others: larger and smaller than all. NaN is a missing number.
public struct FeatureColumn: Sendable {
  /// The name, by which a model finds the column again.
  public let name: String
  /// What the values are.
  public let kind: FeatureKind
  /// The values as numbers: themselves, positions among the categories, or 0 and 1; NaN is missing.
  let codes: [Double]

  /// The number of values, missing ones with them.
  public var count: Int { codes.count }
  /// How many values are missing.
  public var missingCount: Int { codes.count { $0.isNaN } }

  init(name: String, kind: FeatureKind, codes: [Double]) {
    self.name = name
    self.kind = kind
    self.codes = codes
  }

  /// Makes a column of numbers, in which NaN is missing.
  public init(_ name: String, _ numbers: [Double]) {
    self.init(name: name, kind: .numeric, codes: numbers)
  }

  /// Makes a column of numbers, some of which may be missing.
  public init(_ name: String, _ numbers: [Double?]) {
    self.init(name: name, kind: .numeric, codes: numbers.map { $0 ?? .nan })
  }

  /// Makes a column of whole numbers.
  public init(_ name: String, _ numbers: [Int]) {
    self.init(name: name, kind: .numeric, codes: numbers.map(Double.init))
  }

  /// Makes a column of Boolean values, some of which may be missing.
  public init(_ name: String, _ flags: [Bool?]) {
    self.init(name: name, kind: .boolean, codes: flags.map { $0.map { $0 ? 1 : 0 } ?? .nan })
  }

  /// Makes a column of names, some of which may be missing.
  ///
  /// The categories are the names that occur, in ascending order of their UTF-8 bytes, so that the
  /// order of the rows does not change a model.
  public init(_ name: String, _ names: [String?]) {
    self.init(name, names, categories: names.compactMap { $0 })
  }

  /// Makes a column of names from given categories; a name that is not one of them is missing.
  ///
  /// - Parameters:
  ///   - name: The name of the column.
  ///   - names: The values.
  ///   - categories: The names that can occur, in any order and as often as you like.
  public init(_ name: String, _ names: [String?], categories: [String]) {
    let sorted = Self.sortedCategories(categories)
    let positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    self.init(
      name: name, kind: .categorical(sorted),
      codes: names.map { $0.flatMap { positions[$0] }.map(Double.init) ?? .nan })
  }

  static func sortedCategories(_ names: [String]) -> [String] {
    // Swift takes texts that only look alike for one, and so do the categories.
    Set(names).map { (bytes: Array($0.utf8), name: $0) }
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.name)
  }

  /// The values of a categorical column at the rows, `nil` where missing or of another kind.
  public func category(at row: Int) -> String? {
    guard case .categorical(let categories) = kind, !codes[row].isNaN else { return nil }
    return categories[Int(codes[row])]
  }

  /// The number at a row: itself, 0 or 1, or the position of the category; `nil` where missing.
  public func number(at row: Int) -> Double? { codes[row].isNaN ? nil : codes[row] }

  /// The column with the rows at the positions, in their order; one may come several times.
  public func selecting(_ rows: [Int]) -> FeatureColumn {
    FeatureColumn(name: name, kind: kind, codes: rows.map { codes[$0] })
  }
}

extension FeatureColumn: Hashable {
  /// Whether names, kinds and values are the same; missing is equal to missing.
  public static func == (a: FeatureColumn, b: FeatureColumn) -> Bool {
    a.name == b.name && a.kind == b.kind && a.codes.count == b.codes.count
      && zip(a.codes, b.codes).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  /// Puts the name, the kind and the number of values into the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(kind)
    hasher.combine(codes.count)
  }
}

extension FeatureColumn: CustomStringConvertible {
  /// The name, the kind, and how many values there are.
  public var description: String {
    "\(name): \(kind.word), \(count) values, \(missingCount) missing"
  }
}
