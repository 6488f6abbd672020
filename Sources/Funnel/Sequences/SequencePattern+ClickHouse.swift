extension SequencePattern {
  /// Reads a pattern as ClickHouse's `sequenceMatch`, `sequenceCount` and `sequenceMatchEvents` take
  /// it.
  ///
  /// ```swift
  /// let pattern = try SequencePattern(
  ///   clickHouse: "(?1)(?t<=600)(?2).*(?3)",
  ///   conditions: [
  ///     SequencePattern.Condition(.viewItem), SequencePattern.Condition(.addToCart),
  ///     SequencePattern.Condition(.purchase),
  ///   ])
  /// ```
  ///
  /// | text | element |
  /// |---|---|
  /// | `(?1)` | ``Element/event(_:)-enum.case`` |
  /// | `.` | ``Element/anyEvent`` |
  /// | `.*` | ``Element/anything`` |
  /// | `(?t<=600)`, and `<`, `==`, `>=`, `>` | ``Element/gap(_:_:)`` of so many seconds |
  ///
  /// - Parameters:
  ///   - text: The pattern, without blanks.
  ///   - conditions: The conditions in the order of their numbers, at most ``mostConditions``; the
  ///     pattern need not name them all.
  /// - Throws: ``SequencePatternError``, which says where the text goes wrong and what to do.
  public init(clickHouse text: String, conditions: [Condition]) throws(SequencePatternError) {
    var reader = PatternReader(text, conditions)
    var elements: [Element] = []
    var places: [Int] = []
    while !reader.isAtEnd {
      places.append(reader.character)
      elements.append(try reader.element())
    }
    self.init(unchecked: elements, conditions)
    if let problem {
      throw SequencePatternError(
        .nonsense, character: problem.element.map { places[$0] }, problem.sentence)
    }
  }

  /// The pattern as ClickHouse takes it, with the numbers of ``conditions``; `nil` where a gap is not
  /// a whole number of seconds.
  public var clickHouseText: String? {
    var text = ""
    for element in elements {
      switch element {
      case .event(let condition): text += "(?\(number(of: condition) + 1))"
      case .anyEvent: text += "."
      case .anything: text += ".*"
      case .gap(let comparison, let duration):
        let (seconds, rest) = duration.components
        guard rest == 0 else { return nil }
        text += "(?t\(comparison.rawValue)\(seconds))"
      }
    }
    return text
  }
}

/// Reads the elements of a pattern one by one.
private struct PatternReader {
  /// The most seconds of a gap: as many as microseconds of 64 bits can tell.
  private static let mostSeconds = Int64.max / 1_000_000

  private let conditions: [SequencePattern.Condition]
  private var rest: Substring
  /// The place of the next character, counting from 1.
  private(set) var character = 1

  var isAtEnd: Bool { rest.isEmpty }

  init(_ text: String, _ conditions: [SequencePattern.Condition]) {
    rest = text[...]
    self.conditions = conditions
  }

  mutating func element() throws(SequencePatternError) -> SequencePattern.Element {
    if take(".*") { return .anything }
    if take(".") { return .anyEvent }
    guard take("(?") else {
      throw error(
        .notAnElement, "An element must be (?1), (?t<=600), . or .*, without blanks between them")
    }
    let element: SequencePattern.Element
    if take("t") {
      // The longer signs first, since the shorter ones begin them.
      let signs: [SequencePattern.Comparison] = [
        .atMost, .atLeast, .exactly, .lessThan, .moreThan,
      ]
      var comparison: SequencePattern.Comparison?
      for sign in signs where comparison == nil && take(sign.rawValue) { comparison = sign }
      guard let comparison else {
        throw error(.unknownComparison, "A comparison must be <, <=, ==, >= or >")
      }
      let start = self
      let seconds = try number("A gap needs a whole number of seconds, such as (?t<=600)")
      guard let seconds, seconds <= Self.mostSeconds else {
        throw start.error(
          .numberTooLarge, "A gap can be at most \(Self.mostSeconds) seconds long")
      }
      element = .gap(comparison, .seconds(seconds))
    } else {
      let start = self
      let number = try number(
        "A condition needs its number, such as (?1), and a gap a t, such as (?t<=600)")
      guard let number, number >= 1, number <= conditions.count else {
        throw start.error(
          .unknownCondition,
          "There is no condition of this number; \(conditions.count) are given, counting from 1")
      }
      element = .event(conditions[Int(number) - 1])
    }
    guard take(")") else { throw error(.missingParenthesis, "A ) must end the element") }
    return element
  }

  /// Takes `text` if it comes next.
  private mutating func take(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest.removeFirst(text.count)
    character += text.count
    return true
  }

  /// Takes digits as a number; `nil` where it has more than 64 bits.
  private mutating func number(_ problem: String) throws(SequencePatternError) -> Int64? {
    let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
    guard !digits.isEmpty else { throw error(.missingNumber, problem) }
    rest.removeFirst(digits.count)
    character += digits.count
    return Int64(digits)
  }

  private func error(_ code: SequencePatternError.Code, _ sentence: String)
    -> SequencePatternError
  {
    SequencePatternError(code, character: character, sentence)
  }
}
