import StatisticsCore

/// How much of yes is found by going through the rows from the highest score on: whom to write to.
///
/// ```swift
/// let gains = try GainCurve(bought, scores: scores, parts: 10)
/// gains.parts[0].lift                // 4.2: the best tenth buys 4.2 times as often as all
/// gains.parts[2].cumulativeGain      // 0.81: three tenths hold 81 % of the buyers
/// ```
public struct GainCurve: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Rows with neighbouring scores.
  public struct Part: Sendable, Hashable, Codable {
    /// The number of rows.
    public let rows: Int
    /// How many of them are yes; a fraction where rows of the same score were divided.
    public let positives: Double
    /// The share of all rows up to here.
    public let cumulativeShare: Double
    /// The share of all yes up to here.
    public let cumulativeGain: Double
    /// The share of yes among these rows over that among all.
    public let lift: Double
    /// The share of yes up to here over that among all.
    public let cumulativeLift: Double
  }

  /// The parts from the highest scores on; empty where there is no yes.
  public let parts: [Part]

  /// Cuts the rows into parts of about equal size.
  ///
  /// Rows with the same score that lie in two parts have in each the same share of yes, so that the
  /// order of the rows does not matter.
  ///
  /// - Throws: ``LearningError`` when lengths differ or a score is NaN.
  public init(_ labels: [Bool], scores: [Double], parts: Int = 10) throws(LearningError) {
    precondition(parts >= 1, "A gain curve needs at least one part.")
    let ranked = try RankedScores(labels, scores, nil)
    let all = ranked.allPositives
    guard all > 0 else {
      self.parts = []
      return
    }
    // Yes among the first rows, a straight line within a score.
    func positives(_ rows: Double) -> Double {
      var last = (rows: 0.0, positives: 0.0)
      for index in ranked.scores.indices {
        let here = (
          rows: ranked.positives[index] + ranked.negatives[index],
          positives: ranked.positives[index]
        )
        if here.rows >= rows {
          let width = here.rows - last.rows
          return last.positives + (here.positives - last.positives) * (rows - last.rows) / width
        }
        last = here
      }
      return all
    }
    let count = Double(labels.count)
    let share = all / count
    self.parts = splitRanges(count: labels.count, into: parts).map { range in
      let upper = positives(Double(range.upperBound))
      let own = upper - positives(Double(range.lowerBound))
      return Part(
        rows: range.count, positives: own, cumulativeShare: Double(range.upperBound) / count,
        cumulativeGain: upper / all, lift: own / Double(range.count) / share,
        cumulativeLift: upper / Double(range.upperBound) / share)
    }
  }

  /// The parts as a text table.
  public var description: String {
    func fixed(_ value: Double) -> String {
      let hundredths = Int((value * 100).rounded())
      return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
    let lines =
      [["part", "rows", "yes", "found", "lift"]]
      + parts.enumerated().map { index, part in
        [
          "\(index + 1)", "\(part.rows)", fixed(part.positives), fixed(part.cumulativeGain),
          fixed(part.lift),
        ]
      }
    let widths = (0..<5).map { column in lines.map { $0[column].count }.max()! }
    return lines.map { line in
      line.enumerated().map {
        String(repeating: " ", count: widths[$0.offset] - $0.element.count) + $0.element
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
