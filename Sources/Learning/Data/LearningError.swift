/// Why data could not be taken, or a model not fitted, applied or read.
public struct LearningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// Columns, targets or weights are not equally long.
    case unequalLengths
    /// Two columns have the same name.
    case duplicateColumn
    /// A column that the model needs is not there.
    case missingColumn
    /// A column has another kind than the model expects.
    case wrongKind
    /// A table has no rows, or none with a weight above zero.
    case noRows
    /// A table has no columns.
    case noColumns
    /// There are more columns, categories or classes than can be told apart.
    case tooMany
    /// A number is infinite or not a number where that has no meaning.
    case notFinite
    /// A weight is negative or not finite.
    case invalidWeight
    /// A class is not among those of the target.
    case unknownClass
    /// A parameter does not fit the data.
    case parameterOutOfRange
    /// The data are not those that the model was fitted to.
    case otherData
    /// A column is there that the model does not expect.
    case unexpectedColumn
    /// A category is not known where unknown ones are refused.
    case unknownCategory
    /// The system refused to read or write a file.
    case file
    /// The model of another tool does what this library does not.
    case unsupported
    /// The bytes are not a model of this kind, or were damaged.
    case unreadable
    /// The bytes were written by a newer version of the library.
    case newerVersion
    /// The search for the best coefficients did not come to an end.
    case notConverged
    /// Classes, or rows, are told apart without error, so that there are no best coefficients.
    case separated
  }

  /// What went wrong.
  public var code: Code
  /// The sentence for people: what was wrong, where, and what to do.
  public var description: String

  init(_ code: Code, _ sentence: String) {
    self.code = code
    description = sentence
  }
}

extension LearningError {
  static func lengths(_ what: String, _ found: Int, rows: Int) -> LearningError {
    LearningError(
      .unequalLengths,
      "\(what) has \(found) values, and the table has \(rows) rows. Give one value for each row.")
  }

  static let empty = LearningError(
    .noRows, "The table has no rows, so there is nothing to learn from. Give at least one row.")

  static let noColumns = LearningError(
    .noColumns,
    "The table has no columns, so there is nothing to learn from. Give at least one column.")
}
