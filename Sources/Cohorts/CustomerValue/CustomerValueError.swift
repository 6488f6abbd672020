/// Why histories of customers could not be taken, or a model not fitted to them.
public struct CustomerValueError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// The columns are not equally long.
    case unequalLengths
    /// A number is infinite or not a number.
    case notFinite
    /// A frequency is negative, not whole or beyond 2⁵³.
    case frequencyNotACount
    /// A recency is negative or beyond the age.
    case recencyOutOfRange
    /// A customer without repeat purchases has a recency, or one with them has none.
    case recencyWithoutRepeat
    /// There are fewer different histories than the model has parameters.
    case tooFewHistories
    /// Nobody bought again.
    case noRepeatPurchases
    /// A customer who bought again has a mean amount that is not above zero.
    case amountNotPositive
    /// The likelihood grows without end as a parameter goes to zero or infinity.
    case noMaximum
    /// The search for the maximum did not come to an end.
    case notConverged
  }

  /// What went wrong.
  public var code: Code
  /// The position of the customer, `nil` where it is not about one.
  public var index: Int?
  /// The sentence for people.
  public var description: String

  init(_ code: Code, at index: Int? = nil, _ sentence: String) {
    self.code = code
    self.index = index
    description = index.map { "The customer at position \($0): \(sentence)" } ?? sentence
  }
}
