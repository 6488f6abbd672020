import StatisticsCore

/// The columns that a model expects: names, kinds and categories.
///
/// It travels inside the saved model. ``columns(of:)`` finds the columns in a table; what does not
/// fit is an error with the name of the column, and a category that the model has never seen is
/// missing to it.
public struct FeatureSchema: Sendable, Hashable, Codable {
  /// A column that is expected.
  public struct Column: Sendable, Hashable {
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

  init(columns: [Column]) { self.columns = columns }

  /// The names of the columns.
  public var names: [String] { columns.map(\.name) }

  /// Finds the columns in a table.
  ///
  /// - Throws: ``LearningError`` when one is not there or is of another kind. A Boolean column may
  ///   stand for a numeric one, and nothing else.
  public func columns(of table: FeatureTable) throws(LearningError) -> [FeatureColumn] {
    try columns(of: table, unknown: .nan)
  }

  /// Finds the columns, in which a category never seen is coded as `unknown`.
  func columns(
    of table: FeatureTable, unknown: Double
  ) throws(LearningError) -> [FeatureColumn] {
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
        result.append(own == theirs ? column : Self.recode(column, theirs, to: own, unknown))
      case (let own, let theirs):
        throw LearningError(
          .wrongKind,
          "The column \(expected.name) is \(theirs.word), and the model expects a \(own.word) "
            + "one. Give it in the kind that the model was fitted with.")
      }
    }
    return result
  }

  /// Checks that a table has the columns and no others.
  ///
  /// Predicting passes over columns that the model does not expect; where these are a mistake, check
  /// before.
  /// - Throws: ``LearningError`` when a column is missing, of another kind, or not expected.
  public func requireExactly(_ table: FeatureTable) throws(LearningError) {
    _ = try columns(of: table)
    let expected = Set(names)
    if let other = table.names.first(where: { !expected.contains($0) }) {
      throw LearningError(
        .unexpectedColumn,
        "The table has a column \(other), which the model does not expect. Leave it out. The model "
          + "expects \(names.joined(separator: ", ")).")
    }
  }

  private static func recode(
    _ column: FeatureColumn, _ theirs: [String], to own: [String], _ unknown: Double
  ) -> FeatureColumn {
    let positions = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, Double($0)) })
    let map = theirs.map { positions[$0] ?? unknown }
    return FeatureColumn(
      name: column.name, kind: .categorical(own),
      codes: column.codes.map { $0.isNaN ? .nan : map[Int($0)] })
  }

  /// The row as numbers in the order of the columns: what ``FeatureColumn`` holds for a row.
  ///
  /// - Throws: ``LearningError`` when a value is of another kind than its column.
  ///
  /// - Parameter unknown: What codes a category never seen.
  func codes(
    of row: FeatureRow, unknown: Double = .nan
  ) throws(LearningError) -> [Double] {
    var codes: [Double] = []
    codes.reserveCapacity(columns.count)
    for (position, column) in columns.enumerated() {
      codes.append(try code(of: row.value(column.name, near: position), column, unknown))
    }
    return codes
  }

  private func code(
    of value: FeatureValue?, _ column: Column, _ unknown: Double
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
      return categories.firstIndex(of: name).map(Double.init) ?? unknown
    default:
      throw LearningError(
        .wrongKind,
        "The value for \(column.name) is not \(column.kind.word), as the model expects. Give it "
          + "in the kind that the model was fitted with.")
    }
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

extension FeatureSchema: CustomStringConvertible {
  /// The columns as JSON, for a file such as `expected_columns.json` beside the model.
  ///
  /// ```json
  /// [
  ///   { "kind" : "numeric", "name" : "sessions" },
  ///   { "categories" : [ "Direct", "Email" ], "kind" : "categorical", "name" : "channel" }
  /// ]
  /// ```
  public var description: String { ModelText.json(self, isPretty: true) }

  /// Writes the columns as a list.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(columns)
  }

  /// Reads a list of columns, whose names must differ.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    columns = try container.decode([Column].self)
    guard Set(names).count == columns.count else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "Two columns have the same name.")
    }
  }
}

extension FeatureSchema.Column: Codable {
  private enum CodingKeys: String, CodingKey { case name, kind, categories }

  /// Writes name, kind and, where there are some, categories.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    switch kind {
    case .numeric: try container.encode("numeric", forKey: .kind)
    case .boolean: try container.encode("boolean", forKey: .kind)
    case .categorical(let categories):
      try container.encode("categorical", forKey: .kind)
      try container.encode(categories, forKey: .categories)
    }
  }

  /// Reads name, kind and, where there are some, categories in any order.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    switch try container.decode(String.self, forKey: .kind) {
    case "numeric": kind = .numeric
    case "boolean": kind = .boolean
    case "categorical":
      kind = .categorical(
        FeatureColumn.sortedCategories(
          try container.decode([String].self, forKey: .categories)))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "A column is numeric, boolean or categorical.")
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

extension FeatureValue: Codable {
  /// Writes a number, a text, true or false, or null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .category(let name): try container.encode(name)
    case .flag(let flag): try container.encode(flag)
    case .missing: try container.encodeNil()
    }
  }

  /// Reads a number, a text, true or false, or null, as the body of a request has them.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .missing
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let name = try? container.decode(String.self) {
      self = .category(name)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }
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

extension FeatureRow: Codable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the values by their names; a name that comes again counts.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in values {
      try container.encode(value, forKey: Name(stringValue: name))
    }
  }

  /// Reads values by their names, as the body of a request has them.
  ///
  /// ```json
  /// { "sessions" : 12, "channel" : "Direct", "weekend" : false, "age" : null }
  /// ```
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    values = try container.allKeys.map {
      (name: $0.stringValue, value: try container.decode(FeatureValue.self, forKey: $0))
    }
  }
}
