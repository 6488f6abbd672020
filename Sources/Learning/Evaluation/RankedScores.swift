import StatisticsCore

/// Scores from the highest to the lowest with what is at or above each.
struct RankedScores {
  /// The different scores, descending.
  var scores: [Double] = []
  /// For each the weight of the positives and negatives at or above it.
  var positives: [Double] = []
  var negatives: [Double] = []

  init(_ labels: [Bool], _ scores: [Double], _ weights: [Double]?) throws(LearningError) {
    try Scores.check(labels.count, scores.count, weights)
    if let row = scores.firstIndex(where: \.isNaN) {
      throw LearningError(
        .notFinite,
        "The score at position \(row) is not a number. Leave the row out, or find out where it "
          + "comes from.")
    }
    var (positive, negative) = (0.0, 0.0)
    for place in SortedOrder.places(scores).reversed() {
      let row = Int(place)
      if self.scores.last != scores[row] {
        self.scores.append(scores[row])
        positives.append(positive)
        negatives.append(negative)
      }
      let weight = weights?[row] ?? 1
      if labels[row] { positive += weight } else { negative += weight }
      positives[positives.count - 1] = positive
      negatives[negatives.count - 1] = negative
    }
  }

  var allPositives: Double { positives.last ?? 0 }
  var allNegatives: Double { negatives.last ?? 0 }

  /// The area under the ROC curve: ties count half.
  var area: Double? {
    guard allPositives > 0, allNegatives > 0 else { return nil }
    var sum = 0.0
    var (lastPositive, lastNegative) = (0.0, 0.0)
    for index in scores.indices {
      sum += (negatives[index] - lastNegative) * (positives[index] + lastPositive) / 2
      (lastPositive, lastNegative) = (positives[index], negatives[index])
    }
    return sum / (allPositives * allNegatives)
  }

  /// The sum over scores of the precision there times how much recall grows.
  var averagePrecision: Double? {
    guard allPositives > 0 else { return nil }
    var sum = 0.0
    var last = 0.0
    for index in scores.indices {
      if positives[index] > last {
        sum += (positives[index] - last) * positives[index] / (positives[index] + negatives[index])
      }
      last = positives[index]
    }
    return sum / allPositives
  }
}
