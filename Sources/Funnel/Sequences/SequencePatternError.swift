/// Why a text is no pattern.
///
/// ```swift
/// do {
///   _ = try SequencePattern(clickHouse: "(?1)(?t=600)(?2)", conditions: conditions)
/// } catch {
///   print(error)
///   // Character 8 of the pattern: A comparison must be <, <=, ==, >= or >.
/// }
/// ```
public struct SequencePatternError: Error, Sendable, Hashable {
  /// What is wrong.
  public enum Code: Sendable, Hashable, CaseIterable {
    /// No element begins here.
    case notAnElement
    /// A gap has no comparison, or an unknown one.
    case unknownComparison
    /// A number is missing.
    case missingNumber
    /// A gap is longer than times can tell.
    case numberTooLarge
    /// There is no condition of this number.
    case unknownCondition
    /// An element is not closed.
    case missingParenthesis
    /// The text can be read, but the pattern makes no sense, as with a gap behind the last event.
    case nonsense
  }

  /// What is wrong.
  public var code: Code
  /// The place of the character, counting from 1; `nil` if it is the pattern as a whole.
  public var character: Int?
  private var sentence: String

  init(_ code: Code, character: Int?, _ sentence: String) {
    self.code = code
    self.character = character
    self.sentence = sentence
  }
}

extension SequencePatternError: CustomStringConvertible {
  /// Where and what is wrong, and what to do.
  public var description: String {
    character.map { "Character \($0) of the pattern: \(sentence)." } ?? sentence + "."
  }
}
