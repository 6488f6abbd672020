import StatisticsCore

/// Grows a tree by trying every border: plain, and what the fast growth over bins is checked by.
struct ExactSearch {
  let columns: [FeatureColumn]
  /// The number of classes, 0 where the target is a number.
  let classes: Int
  let weights: [Double]
  /// The numbers of the classes, or the target.
  let values: [Double]
  let growth: TreeGrowth
  let directions: [Int]
  var generator: SeededGenerator
  var nodes: [DecisionTreeNode] = []

  init(
    columns: [FeatureColumn], classes: Int, weights: [Double], values: [Double],
    growth: TreeGrowth, directions: [Int], generator: SeededGenerator
  ) {
    self.columns = columns
    self.classes = classes
    self.weights = weights
    self.values = values
    self.growth = growth
    self.directions = directions
    self.generator = generator
  }

  /// Sums of weights by class, or of the weights, the weighted target and its weighted square.
  private struct Sums {
    var parts: [Double]
    var rows = 0

    init(_ count: Int) { parts = Array(repeating: 0, count: count) }
    mutating func add(_ other: Sums) {
      for index in parts.indices { parts[index] += other.parts[index] }
      rows += other.rows
    }
    func without(_ other: Sums) -> Sums {
      var rest = self
      for index in parts.indices { rest.parts[index] -= other.parts[index] }
      rest.rows -= other.rows
      return rest
    }
  }

  private struct Split {
    var score: Double
    var column: Int
    var question: DecisionTreeNode.Question
    var missingGoesLeft: Bool
    var values: (left: Double, right: Double)
  }

  private func sums(_ rows: some Sequence<Int>) -> Sums {
    var sums = Sums(classes > 0 ? classes : 2)
    for row in rows {
      if classes > 0 {
        sums.parts[Int(values[row])] += weights[row]
      } else {
        sums.parts[0] += weights[row]
        sums.parts[1] += weights[row] * values[row]
      }
      sums.rows += 1
    }
    return sums
  }

  private func weight(_ sums: Sums) -> Double {
    classes > 0 ? sums.parts.reduce(0, +) : sums.parts[0]
  }

  private func value(_ sums: Sums) -> [Double] {
    let weight = weight(sums)
    return classes > 0 ? sums.parts.map { $0 / weight } : [sums.parts[1] / weight]
  }

  /// The one number that a monotone prediction moves.
  private func level(_ sums: Sums) -> Double {
    value(sums)[classes > 0 ? classes - 1 : 0]
  }

  /// By what categories are put into an order: the share of a class, or the mean.
  private func share(_ sums: Sums, _ ordering: Int) -> Double {
    let value = value(sums)
    return value[classes > 2 ? ordering : value.count - 1]
  }

  private func impurity(_ rows: [Int], _ sums: Sums) -> Double {
    let value = value(sums)
    if classes > 0 { return 1 - value.reduce(0) { $0 + $1 * $1 } }
    let squares = rows.reduce(0.0) {
      $0 + weights[$1] * (values[$1] - value[0]) * (values[$1] - value[0])
    }
    return squares / weight(sums)
  }

  /// By how much a split lowers the impurity, times the weight of the node, up to a constant.
  private func score(_ left: Sums, _ right: Sums) -> Double {
    if classes > 0 {
      return left.parts.reduce(0) { $0 + $1 * $1 } / weight(left)
        + right.parts.reduce(0) { $0 + $1 * $1 } / weight(right)
    }
    let gap = value(left)[0] - value(right)[0]
    return weight(left) * weight(right) / (weight(left) + weight(right)) * gap * gap
  }

  mutating func grow(_ rows: [Int]) {
    let all = weight(sums(rows))
    // Rows, depth, bounds, and the node whose right child this is.
    var tasks: [(rows: [Int], depth: Int, lower: Double, upper: Double, parent: Int?)] = [
      (rows, 0, -.infinity, .infinity, nil)
    ]
    while let task = tasks.popLast() {
      let position = nodes.count
      if let parent = task.parent { nodes[parent].right = position }
      let total = sums(task.rows)
      let own = impurity(task.rows, total)
      var value = value(total)
      if growth.monotone.isEmpty == false {
        let level = min(max(value[value.count - 1], task.lower), task.upper)
        value = classes == 2 ? [1 - level, level] : [level]
      }
      nodes.append(
        DecisionTreeNode(rows: task.rows.count, weight: weight(total), impurity: own, value: value))
      let first = values[task.rows[0]]
      guard task.depth < growth.maximumDepth ?? .max, task.rows.count >= growth.minimumSplit,
        !task.rows.allSatisfy({ values[$0] == first }),
        let split = best(task.rows, total, task.lower, task.upper)
      else { continue }
      nodes[position].column = split.column
      nodes[position].question = split.question
      nodes[position].missingGoesLeft = split.missingGoesLeft
      let left = task.rows.filter { nodes[position].goesLeft(columns[split.column].codes[$0]) }
      let isLeft = Set(left)
      let right = task.rows.filter { !isLeft.contains($0) }
      if growth.minimumGain > 0 {
        let after =
          (impurity(left, sums(left)) * weight(sums(left))
            + impurity(right, sums(right)) * weight(sums(right))) / weight(total)
        if (own - after) * weight(total) / all < growth.minimumGain {
          nodes[position].column = nil
          nodes[position].question = nil
          nodes[position].missingGoesLeft = false
          continue
        }
      }
      nodes[position].left = position + 1
      var bounds = (left: (task.lower, task.upper), right: (task.lower, task.upper))
      let border = split.values.left / 2 + split.values.right / 2
      if directions[split.column] > 0 {
        bounds.left.1 = min(task.upper, border)
        bounds.right.0 = max(task.lower, border)
      } else if directions[split.column] < 0 {
        bounds.left.0 = max(task.lower, border)
        bounds.right.1 = min(task.upper, border)
      }
      tasks.append((right, task.depth + 1, bounds.right.0, bounds.right.1, position))
      tasks.append((left, task.depth + 1, bounds.left.0, bounds.left.1, nil))
    }
  }

  private mutating func best(
    _ rows: [Int], _ total: Sums, _ lower: Double, _ upper: Double
  ) -> Split? {
    var best: Split?
    func consider(
      _ left: Sums, _ column: Int, missingGoesLeft: Bool,
      _ question: () -> DecisionTreeNode.Question
    ) {
      let right = total.without(left)
      guard left.rows >= growth.minimumLeaf, right.rows >= growth.minimumLeaf else { return }
      let score = score(left, right)
      if let best, best.score >= score { return }
      let values = (
        left: min(max(level(left), lower), upper), right: min(max(level(right), lower), upper)
      )
      if directions[column] > 0, values.left > values.right { return }
      if directions[column] < 0, values.left < values.right { return }
      best = Split(
        score: score, column: column, question: question(), missingGoesLeft: missingGoesLeft,
        values: values)
    }

    let wanted = growth.features.count(of: columns.count)
    var order = Array(columns.indices)
    if wanted < columns.count { generator.shuffle(&order) }
    var varied = 0
    for (looked, column) in order.enumerated() {
      if looked >= wanted, varied > 0 { break }
      let codes = columns[column].codes
      let missing = sums(rows.filter { codes[$0].isNaN })
      let present = rows.filter { !codes[$0].isNaN }
      let places = SortedOrder.places(present.map { codes[$0] }).map { present[Int($0)] }
      // Runs of rows with the same value.
      var runs: [(code: Double, sums: Sums)] = []
      for row in places {
        if runs.last?.code != codes[row] { runs.append((codes[row], Sums(total.parts.count))) }
        runs[runs.count - 1].sums.add(sums([row]))
      }
      if runs.count + (missing.rows > 0 ? 1 : 0) > 1 { varied += 1 }
      if case .categorical(let categories) = columns[column].kind {
        // First among equals, as over bins.
        if missing.rows > 0 { runs.insert((.nan, missing), at: 0) }
        for ordering in 0..<(classes > 2 ? classes : 1) {
          let sorted = runs.enumerated().sorted {
            let a = share($0.element.sums, ordering)
            let b = share($1.element.sums, ordering)
            return a != b ? a < b : $0.offset < $1.offset
          }
          var left = Sums(total.parts.count)
          for index in 0..<max(0, sorted.count - 1) {
            left.add(sorted[index].element.sums)
            let inLeft = sorted[...index].map(\.element.code)
            // What does not occur goes where most rows go, missing values among them.
            let isLarger = weight(left) * 2 >= weight(total)
            let missingLeft = missing.rows > 0 ? inLeft.contains(where: \.isNaN) : isLarger
            consider(left, column, missingGoesLeft: missingLeft) {
              let seen = Set(runs.map(\.code).filter { !$0.isNaN })
              let unseen =
                isLarger ? categories.indices.filter { !seen.contains(Double($0)) } : []
              return .oneOf((inLeft.filter { !$0.isNaN }.map { Int($0) } + unseen).sorted())
            }
          }
        }
        continue
      }
      for missingGoesLeft in missing.rows > 0 ? [false, true] : [false] {
        var left = missingGoesLeft ? missing : Sums(total.parts.count)
        for (index, run) in runs.enumerated() {
          left.add(run.sums)
          if index + 1 < runs.count {
            let goes =
              missing.rows > 0 ? missingGoesLeft : weight(left) * 2 >= weight(total)
            consider(left, column, missingGoesLeft: goes) {
              .atMost(ColumnBins.midpoint(run.code, runs[index + 1].code))
            }
          } else if missing.rows > 0, !missingGoesLeft {
            consider(left, column, missingGoesLeft: false) { .atMost(.infinity) }
          }
        }
      }
    }
    return best
  }
}
