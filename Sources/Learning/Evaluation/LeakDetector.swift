import StatisticsCore

/// A column that alone tells the classes apart, which hardly any honest column does.
///
/// Such a column usually *is* the answer: it was measured after the fact, or the target was made from
/// it. A model that learns from it looks perfect and foretells nothing.
public struct LeakWarning: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The name of the column.
  public let column: String
  /// The area under the ROC curve of the column alone, at least 0.5.
  public let area: Double
  /// Whether it is not the values that tell the classes apart but whether they are missing.
  public let isByMissing: Bool

  /// The warning in a sentence.
  public var description: String {
    let digits = (area * 10_000).rounded() / 10_000
    return (isByMissing ? "Whether \(column) is missing" : "The column \(column) alone")
      + " tells the classes apart (AUC \(digits)): make sure that it is known before the answer is, "
      + "or leave it out."
  }
}

extension FeatureTable {
  /// The columns that alone tell yes from no, in the order of the table.
  ///
  /// ```swift
  /// for warning in try table.leaks(of: churned) { print(warning) }
  /// ```
  ///
  /// Numbers are judged by their order among the rows that have them; a category by the share of yes
  /// in the *other* rows of it, so that rare categories are not mistaken for answers. Where only one
  /// class occurs nothing can be told.
  ///
  /// - Parameters:
  ///   - labels: Whether it is yes.
  ///   - area: The area under the ROC curve from which a column is listed, above 0.5.
  /// - Throws: ``LearningError`` when lengths differ.
  /// - Complexity: O(*p* *n*), where *p* is the number of columns and *n* of rows.
  public func leaks(of labels: [Bool], area: Double = 0.99) throws(LearningError) -> [LeakWarning] {
    precondition(area > 0.5 && area <= 1, "The area of a leak must be above 0.5 and at most 1.")
    guard labels.count == rowCount else {
      throw .lengths("The list of labels", labels.count, rows: rowCount)
    }
    var warnings: [LeakWarning] = []
    for column in columns {
      func warn(
        _ labels: [Bool], _ scores: [Double], isByMissing: Bool, isShare: Bool = false
      ) throws(LearningError) {
        guard var found = try RankedScores(labels, scores, nil).area else { return }
        // The share of yes among the others is lower for a yes than for a no of the same category, so
        // that a column of few categories orders them backwards, and says nothing by it.
        if !isShare { found = max(found, 1 - found) }
        if found >= area {
          warnings.append(
            LeakWarning(column: column.name, area: found, isByMissing: isByMissing))
        }
      }
      let present = (0..<rowCount).filter { !column.codes[$0].isNaN }
      let own = present.map { labels[$0] }
      if case .categorical(let categories) = column.kind {
        var (yes, all) = (categories.map { _ in 0.0 }, categories.map { _ in 0.0 })
        for row in present {
          all[Int(column.codes[row])] += 1
          if labels[row] { yes[Int(column.codes[row])] += 1 }
        }
        let share = Double(own.count { $0 }) / Double(max(1, own.count))
        try warn(
          own,
          present.map { row in
            let code = Int(column.codes[row])
            // Without the row itself; one more row of the mean share for categories of one row.
            return (yes[code] - (labels[row] ? 1 : 0) + share) / all[code]
          }, isByMissing: false, isShare: true)
      } else {
        try warn(own, present.map { column.codes[$0] }, isByMissing: false)
      }
      if present.count < rowCount {
        try warn(labels, column.codes.map { $0.isNaN ? 1 : 0 }, isByMissing: true)
      }
    }
    return warnings
  }
}
