/// The ranks of values, equal ones sharing the mean of their ranks.
struct Ranking {
  /// The rank of each value, from 1.
  var ranks: [Double]
  /// How many values share each tied rank.
  var tieSizes: [Int] = []

  init(_ values: [Double]) {
    precondition(
      values.allSatisfy { !$0.isNaN }, "The values of a rank test must be numbers.")
    let order = values.indices.sorted { values[$0] < values[$1] }
    ranks = Array(repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + 1 + end) / 2
      for place in start..<end { ranks[order[place]] = rank }
      if end - start > 1 { tieSizes.append(end - start) }
      start = end
    }
  }

  /// Σ t³ − t over the ties.
  var tieSum: Double {
    tieSizes.reduce(0) {
      let size = Double($1)
      return $0 + (size * size * size - size)
    }
  }

  /// The number of pairs of equal values.
  var tiedPairs: Double {
    tieSizes.reduce(0) { $0 + Double($1) * Double($1 - 1) / 2 }
  }
}
