import StatisticsCore

/// Columns of equal length with names: what models learn from and predict for.
///
/// ```swift
/// let table = try FeatureTable([
///   FeatureColumn("sessions", [12, 3, 40]),
///   FeatureColumn("channel", ["Direct", nil, "Email"]),
///   FeatureColumn("weekend", [true, false, false]),
/// ])
/// table.rowCount                      // 3
/// table["sessions"]?.number(at: 2)    // 40.0
/// ```
///
/// A model remembers names, kinds and categories (``FeatureSchema``) and finds its columns in any
/// table that has them, whatever their order and whatever else it holds.
public struct FeatureTable: Sendable, Hashable {
  /// The columns.
  public let columns: [FeatureColumn]
  /// The number of rows.
  public let rowCount: Int

  /// Makes a table of columns.
  ///
  /// - Throws: ``LearningError`` when two columns have the same name or not the same length.
  public init(_ columns: [FeatureColumn]) throws(LearningError) {
    var names: Set<String> = []
    for column in columns {
      guard names.insert(column.name).inserted else {
        throw LearningError(
          .duplicateColumn,
          "Two columns are called \(column.name). Give each column a name of its own.")
      }
      guard column.count == columns[0].count else {
        throw LearningError(
          .unequalLengths,
          "The column \(column.name) has \(column.count) values, and \(columns[0].name) has "
            + "\(columns[0].count). Give every column a value for each row.")
      }
    }
    self.columns = columns
    rowCount = columns.first?.count ?? 0
  }

  private init(unchecked columns: [FeatureColumn], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }

  /// Makes a table of numbers from rows, which have as many numbers as there are names.
  ///
  /// - Throws: ``LearningError`` when a row is shorter or longer, or two names are the same.
  public init(names: [String], rows: [[Double]]) throws(LearningError) {
    for (position, row) in rows.enumerated() where row.count != names.count {
      throw LearningError(
        .unequalLengths,
        "The row at position \(position) has \(row.count) numbers, and there are \(names.count) "
          + "names. Give a number for each name.")
    }
    try self.init(
      names.indices.map { column in FeatureColumn(names[column], rows.map { $0[column] }) })
  }

  /// The names of the columns.
  public var names: [String] { columns.map(\.name) }

  /// The names, kinds and categories of the columns.
  public var schema: FeatureSchema { FeatureSchema(columns) }

  /// The column called `name`, `nil` when there is none.
  public subscript(name: String) -> FeatureColumn? { columns.first { $0.name == name } }

  /// The table with the rows at the positions, in their order; one may come several times.
  public func selecting(rows: [Int]) -> FeatureTable {
    FeatureTable(unchecked: columns.map { $0.selecting(rows) }, rowCount: rows.count)
  }

  /// The table without the columns called so, such as those that leak.
  public func removing(_ names: Set<String>) -> FeatureTable {
    FeatureTable(unchecked: columns.filter { !names.contains($0.name) }, rowCount: rowCount)
  }

  /// The table with one more column.
  ///
  /// - Throws: ``LearningError`` when the name is taken or the length is another.
  public func adding(_ column: FeatureColumn) throws(LearningError) -> FeatureTable {
    try FeatureTable(columns + [column])
  }

  /// The numbers of the table, column after column.
  public var matrix: FeatureMatrix {
    FeatureMatrix(
      rowCount: rowCount, columnCount: columns.count, values: Array(columns.map(\.codes).joined()))
  }

  /// A checksum of the columns, and of what is to be learnt, by which a model knows its data again.
  func fingerprint(_ targets: [Double]) -> UInt64 {
    var writer = BinaryWriter()
    schema.encode(into: &writer)
    var checksum = Checksum()
    checksum.update(writer.bytes)
    for values in columns.map(\.codes) + [targets] {
      #if _endian(little)
        unsafe values.withUnsafeBytes { unsafe checksum.update($0) }
      #else
        var bytes = BinaryWriter()
        for value in values { bytes.double(value) }
        checksum.update(bytes.bytes)
      #endif
    }
    return checksum.value
  }
}

extension FeatureTable: CustomStringConvertible {
  /// The number of rows, and a line for each column.
  public var description: String {
    (["\(rowCount) rows, \(columns.count) columns"] + columns.map { "  \($0)" })
      .joined(separator: "\n")
  }
}

/// Numbers in rows and columns, stored column after column.
public struct FeatureMatrix: Sendable, Hashable {
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// The numbers, the first column first; NaN is missing.
  public let values: [Double]

  /// Makes a matrix of numbers that are stored column after column.
  public init(rowCount: Int, columnCount: Int, values: [Double]) {
    precondition(
      rowCount >= 0 && columnCount >= 0 && values.count == rowCount * columnCount,
      "A matrix needs a number for each row and column.")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  /// The number at a row and a column, both from 0.
  public subscript(row: Int, column: Int) -> Double {
    precondition(
      (0..<rowCount).contains(row) && (0..<columnCount).contains(column),
      "A row or column lies outside of the matrix.")
    return values[column * rowCount + row]
  }

  /// The numbers of a row.
  public func row(_ row: Int) -> [Double] { (0..<columnCount).map { self[row, $0] } }
}
