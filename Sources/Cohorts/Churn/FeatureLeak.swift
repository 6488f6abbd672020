import GA4Model

/// A feature that alone tells the two classes apart, which hardly any honest feature does.
///
/// Such a feature usually *is* the answer: it was measured after the fact, or the label was made
/// from it. A model that learns from it looks perfect and foretells nothing.
public struct FeatureLeak: Sendable, Hashable, Codable {
  /// The name of the feature.
  public var feature: String
  /// The area under the ROC curve of the feature alone, at least 0.5: the probability that it orders
  /// two users of different classes the right way round, ties counting half.
  public var auc: Double
  /// Whether the higher values are those of the users whose label is true.
  public var isHigherForTrue: Bool
  /// The least value of the class with the higher values, where one border separates the classes
  /// without a mistake.
  public var border: Double?
}

extension FeatureLeak: CustomStringConvertible {
  /// The warning in a sentence.
  public var description: String {
    guard let border else {
      return "\(feature) alone orders the classes nearly without fault (AUC "
        + "\(NumberFormat.fixed(auc, 4))); make sure that it does not see the future."
    }
    return
      "\(feature) \(isHigherForTrue ? "≥" : "<") \(NumberText.shortest(border)) says the label "
      + "without a mistake (AUC 1): it is the answer in disguise, so leave it out."
  }
}

extension ChurnFeatures {
  /// The features that alone tell the classes apart, in the order of the columns.
  ///
  /// ```swift
  /// for leak in table.leaks() { print(leak) }
  /// let honest = table.removing(Set(table.leaks().map(\.feature)))
  /// ```
  ///
  /// Without labels, or where all are the same, nothing can be told and nothing is listed.
  ///
  /// - Parameter auc: The area under the ROC curve from which a feature is listed, above 0.5 and at
  ///   most 1; one that separates the classes without a mistake always is.
  /// - Complexity: O(*f* *n* log *n*), where *f* is the number of features and *n* of users.
  public func leaks(auc: Double = 0.99) -> [FeatureLeak] {
    precondition(auc > 0.5 && auc <= 1, "The area of a leak must be above 0.5 and at most 1")
    guard let labels else { return [] }
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    if positives == 0 || negatives == 0 { return [] }
    var result: [FeatureLeak] = []
    for (name, values) in zip(names, columns) {
      let order = values.indices.sorted { values[$0] < values[$1] }
      // Twice the number of pairs in which the true one is higher, so that halves stay whole.
      var doubled = 0
      var falseBelow = 0
      var start = 0
      while start < order.count {
        var end = start
        var (own, others) = (0, 0)
        while end < order.count, values[order[end]] == values[order[start]] {
          if labels[order[end]] { own += 1 } else { others += 1 }
          end += 1
        }
        doubled += own * (2 * falseBelow + others)
        falseBelow += others
        start = end
      }
      let pairs = 2 * positives * negatives
      let isHigher = doubled * 2 >= pairs
      let right = isHigher ? doubled : pairs - doubled
      let area = Double(right) / Double(pairs)
      if area < auc && right < pairs { continue }
      result.append(
        FeatureLeak(
          feature: name, auc: area, isHigherForTrue: isHigher,
          border: right == pairs ? values[order[isHigher ? negatives : positives]] : nil))
    }
    return result
  }
}
