import StatisticsCore

/// A preparation with the medians, means and categories that it has learnt from a table.
///
/// ```swift
/// let fitted = try Preparation([.oneHot()]).fit(table)
/// fitted.schema.names                 // ["sessions", "channel"]: what it expects
/// fitted.preparedSchema.names         // ["sessions", "channel_Direct", "channel_Email"]
/// try fitted.prepare(["sessions": 3, "channel": "Email"])["channel_Email"]      // 1
/// ```
///
/// A table and its rows are prepared to the same bits.
public struct FittedPreparation: Sendable, Hashable {
  /// What it was fitted from.
  public let preparation: Preparation
  /// The columns that it expects: those of the table it was fitted to, but not those that it drops
  /// unseen.
  public let schema: FeatureSchema
  /// The columns that it makes.
  public let preparedSchema: FeatureSchema
  /// What is done, in order.
  let operations: [PreparationOperation]
  /// For each column that it makes its number among all.
  let outputs: [Int]
  /// How many columns there are with those between.
  private let width: Int

  init(
    preparation: Preparation, schema: FeatureSchema, preparedSchema: FeatureSchema,
    operations: [PreparationOperation], outputs: [Int]
  ) {
    self.preparation = preparation
    self.schema = schema
    self.preparedSchema = preparedSchema
    self.operations = operations
    self.outputs = outputs
    width = schema.columns.count + operations.reduce(0) { $0 + $1.targetCount }
  }

  /// Prepares a table.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind, or has an unknown
  ///   category where those are refused.
  /// - Complexity: O(*n* *p*), where *n* is the number of rows and *p* of columns before and after.
  public func prepare(_ table: FeatureTable) throws(LearningError) -> FeatureTable {
    var columns = try schema.columns(of: table, unknown: .infinity).map(\.codes)
    columns.reserveCapacity(width)
    var lastUse = [Int](repeating: -1, count: width)
    for (position, operation) in operations.enumerated() { lastUse[operation.source] = position }
    for output in outputs { lastUse[output] = .max }
    for (position, operation) in operations.enumerated() {
      columns += try operation.columns(columns[operation.source])
      if lastUse[operation.source] == position { columns[operation.source] = [] }
    }
    return try FeatureTable(
      zip(preparedSchema.columns, outputs).map { column, output in
        FeatureColumn(
          name: column.name, kind: column.kind, codes: Self.known(columns[output], column.kind))
      })
  }

  /// Prepares one row.
  ///
  /// - Throws: ``LearningError`` when a value is not there or of another kind, or is an unknown
  ///   category where those are refused.
  public func prepare(_ row: FeatureRow) throws(LearningError) -> FeatureRow {
    let codes = try prepare(codes: try schema.codes(of: row, unknown: .infinity))
    return FeatureRow(
      zip(preparedSchema.columns, codes).map { column, code in
        (name: column.name, value: FeatureValue(code, column.kind))
      })
  }

  /// Prepares a row of numbers as the columns code them.
  func prepare(codes: [Double]) throws(LearningError) -> [Double] {
    var values = codes
    values.reserveCapacity(width)
    for _ in codes.count..<width { values.append(0) }
    for operation in operations {
      try operation.apply(values[operation.source]) { values[operation.target + $0] = $1 }
    }
    var result: [Double] = []
    result.reserveCapacity(outputs.count)
    for (position, output) in outputs.enumerated() {
      let value = values[output]
      let isUnknown = value == .infinity && preparedSchema.columns[position].kind.isCategorical
      result.append(isUnknown ? .nan : value)
    }
    return result
  }

  /// Unknown categories are missing to what comes after.
  private static func known(_ codes: [Double], _ kind: FeatureKind) -> [Double] {
    kind.isCategorical && codes.contains(.infinity)
      ? codes.map { $0 == .infinity ? .nan : $0 } : codes
  }
}

extension FittedPreparation: CustomStringConvertible {
  /// The steps in words, and how many columns become how many.
  public var description: String {
    "\(preparation): \(schema.columns.count) columns become \(preparedSchema.columns.count)"
  }
}

extension PreparationOperation {
  /// Makes the columns for all rows.
  func columns(_ codes: [Double]) throws(LearningError) -> [[Double]] {
    var result = (0..<targetCount).map { _ in [Double](repeating: 0, count: codes.count) }
    for (row, code) in codes.enumerated() {
      try apply(code) { result[$0][row] = $1 }
    }
    return result
  }
}

extension FeatureKind {
  var isCategorical: Bool { if case .categorical = self { true } else { false } }
}

extension FeatureValue {
  /// The value that a column of this kind codes so.
  init(_ code: Double, _ kind: FeatureKind) {
    if code.isNaN {
      self = .missing
      return
    }
    switch kind {
    case .numeric: self = .number(code)
    case .boolean: self = .flag(code != 0)
    case .categorical(let categories): self = .category(categories[Int(code)])
    }
  }
}

// MARK: - Saving

extension FittedPreparation {
  func encode(into writer: inout BinaryWriter) {
    writer.string(ModelText.json(preparation))
    schema.encode(into: &writer)
    writer.array(operations) { $1.encode(into: &$0) }
    preparedSchema.encode(into: &writer)
    for output in outputs { writer.count(output) }
  }

  /// Reads what `encode(into:)` wrote, and checks that nothing refers to what is not there.
  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let preparation: Preparation = try ModelText.value(&reader, "preparation")
    let schema = try FeatureSchema(from: &reader)
    var widths = schema.columns.map { $0.kind.categoryCount }
    let count = try reader.count("number of operations")
    var operations: [PreparationOperation] = []
    for _ in 0..<count {
      operations.append(try PreparationOperation(from: &reader, widths: &widths))
    }
    let preparedSchema = try FeatureSchema(from: &reader)
    let offset = reader.offset
    var outputs: [Int] = []
    for column in preparedSchema.columns {
      let output = try reader.integer("place of a column", in: 0...Int.max)
      guard output < widths.count, widths[output] == column.kind.categoryCount else {
        throw .valueOutOfRange(name: "list of prepared columns", offset: offset)
      }
      outputs.append(output)
    }
    self.init(
      preparation: preparation, schema: schema, preparedSchema: preparedSchema,
      operations: operations, outputs: outputs)
  }
}
