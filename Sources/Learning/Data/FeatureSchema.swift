import StatisticsCore

/// The columns that a model expects: names, kinds and categories.
///
/// It travels inside the saved model. ``columns(of:)`` finds the columns in a table; what does not
/// fit is an error with the name of the column, and a category that the model has never seen is
/// missing to it.
public struct FeatureSchema: Sendable, Hashable, Codable {
  /// A column that is expected.
  public struct Column: Sendable, Hashable, Codable {
    /// The name.
    public let name: String
    /// What the values are.
    public let kind: FeatureKind
  }

  /// The columns, in the order of the table that the model learnt from.
  public let columns: [Column]

  init(_ columns: [FeatureColumn]) {
    self.columns = columns.map { Column(name: $0.name, kind: $0.kind) }
  }

  /// The names of the columns.
  public var names: [String] { columns.map(\.name) }

  /// Finds the columns in a table.
  ///
  /// - Throws: ``LearningError`` when one is not there or is of another kind. A Boolean column may
  ///   stand for a numeric one, and nothing else.
  public func columns(of table: FeatureTable) throws(LearningError) -> [FeatureColumn] {
    var result: [FeatureColumn] = []
    result.reserveCapacity(columns.count)
    let found = Dictionary(
      table.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for expected in columns {
      guard let position = found[expected.name] else {
        throw LearningError(
          .missingColumn,
          "The table has no column \(expected.name), which the model expects. Add it; its values "
            + "may be missing. The model expects \(names.joined(separator: ", ")).")
      }
      let column = table.columns[position]
      switch (expected.kind, column.kind) {
      case (.numeric, .numeric), (.numeric, .boolean), (.boolean, .boolean):
        result.append(column)
      case (.categorical(let own), .categorical(let theirs)):
        result.append(own == theirs ? column : Self.recode(column, theirs, to: own))
      case (let own, let theirs):
        throw LearningError(
          .wrongKind,
          "The column \(expected.name) is \(theirs.word), and the model expects a \(own.word) "
            + "one. Give it in the kind that the model was fitted with.")
      }
    }
    return result
  }

  private static func recode(
    _ column: FeatureColumn, _ theirs: [String], to own: [String]
  ) -> FeatureColumn {
    let positions = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, Double($0)) })
    let map = theirs.map { positions[$0] ?? .nan }
    return FeatureColumn(
      name: column.name, kind: .categorical(own),
      codes: column.codes.map { $0.isNaN ? .nan : map[Int($0)] })
  }

  /// The row as numbers in the order of the columns: what ``FeatureColumn`` holds for a row.
  ///
  /// - Throws: ``LearningError`` when a value is of another kind than its column.
  func codes(of row: FeatureRow) throws(LearningError) -> [Double] {
    var codes: [Double] = []
    codes.reserveCapacity(columns.count)
    for (position, column) in columns.enumerated() {
      codes.append(try code(of: row.value(column.name, near: position), column))
    }
    return codes
  }

  private func code(
    of value: FeatureValue?, _ column: Column
  ) throws(LearningError) -> Double {
    guard let value else {
      throw LearningError(
        .missingColumn,
        "The row has no value for \(column.name), which the model expects. Give it, or say that "
          + "it is missing.")
    }
    switch (column.kind, value) {
    case (_, .missing): return .nan
    case (.numeric, .number(let number)): return number
    case (.numeric, .flag(let flag)), (.boolean, .flag(let flag)): return flag ? 1 : 0
    case (.categorical(let categories), .category(let name)):
      return Self.position(of: name, in: categories)
    default:
      throw LearningError(
        .wrongKind,
        "The value for \(column.name) is not \(column.kind.word), as the model expects. Give it "
          + "in the kind that the model was fitted with.")
    }
  }

  private static func position(of name: String, in categories: [String]) -> Double {
    categories.firstIndex(of: name).map(Double.init) ?? .nan
  }

  /// Writes the columns.
  func encode(into writer: inout BinaryWriter) {
    writer.array(columns) { writer, column in
      writer.string(column.name)
      switch column.kind {
      case .numeric: writer.uint8(0)
      case .boolean: writer.uint8(1)
      case .categorical(let categories):
        writer.uint8(2)
        writer.array(categories) { $0.string($1) }
      }
    }
  }

  /// Reads what `encode(into:)` wrote.
  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    columns = try reader.array("number of columns", minimumBytes: 2) {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      let name = try reader.string("name of a column")
      let offset = reader.offset
      switch try reader.uint8() {
      case 0: return Column(name: name, kind: .numeric)
      case 1: return Column(name: name, kind: .boolean)
      case 2:
        let categories = try reader.array("number of categories") {
          (reader: inout BinaryReader) throws(BinaryDecodingError) in
          try reader.string("name of a category")
        }
        guard Set(categories).count == categories.count else {
          throw .valueOutOfRange(name: "list of categories", offset: offset)
        }
        return Column(name: name, kind: .categorical(categories))
      default: throw .valueOutOfRange(name: "kind of a column", offset: offset)
      }
    }
    guard Set(names).count == columns.count else {
      throw .valueOutOfRange(name: "list of columns", offset: reader.offset)
    }
  }
}

/// A value of a ``FeatureRow``.
public enum FeatureValue: Sendable, Hashable {
  /// A number; NaN is missing.
  case number(Double)
  /// A name.
  case category(String)
  /// Yes or no.
  case flag(Bool)
  /// Nothing is known.
  case missing
}

extension FeatureValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// Makes a name.
  public init(stringLiteral value: String) { self = .category(value) }
  /// Makes a Boolean value.
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  /// Makes a missing value.
  public init(nilLiteral: ()) { self = .missing }
}

/// One row by the names of its columns, to predict for.
///
/// ```swift
/// let row: FeatureRow = ["sessions": 12, "channel": "Direct", "weekend": false, "age": nil]
/// ```
///
/// The order does not matter, though the order of the model's columns is the fastest. Of two values
/// with the same name one is used.
public struct FeatureRow: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// The names and values.
  public var values: [(name: String, value: FeatureValue)]

  /// Makes a row of names and values.
  public init(_ values: [(name: String, value: FeatureValue)]) { self.values = values }

  /// Makes a row of names and values.
  public init(dictionaryLiteral elements: (String, FeatureValue)...) {
    values = elements.map { (name: $0.0, value: $0.1) }
  }

  /// The value called `name`, `nil` when there is none.
  public subscript(name: String) -> FeatureValue? { value(name, near: 0) }

  func value(_ name: String, near position: Int) -> FeatureValue? {
    if position < values.count, values[position].name == name { return values[position].value }
    return values.first { $0.name == name }?.value
  }

  /// Whether names and values are the same in the same order.
  public static func == (a: FeatureRow, b: FeatureRow) -> Bool {
    a.values.count == b.values.count && zip(a.values, b.values).allSatisfy { $0 == $1 }
  }

  /// Puts names and values into the hasher.
  public func hash(into hasher: inout Hasher) {
    for (name, value) in values {
      hasher.combine(name)
      hasher.combine(value)
    }
  }
}
