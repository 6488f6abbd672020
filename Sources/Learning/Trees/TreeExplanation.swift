/// What each column contributed to one prediction.
///
/// ```swift
/// let why = try model.explanation(for: ["sessions": 12, "channel": "Direct"])
/// why.baseline                       // what the model says when it knows nothing of the row
/// why.contributions.max { abs($0.value) < abs($1.value) }
/// ```
///
/// The contributions and the baseline add up to the prediction. They are the Shapley values of a
/// game whose players are the columns: what a set of columns is worth is the prediction when only
/// they are known, and at every other split both ways are followed in proportion to the weights of
/// the training rows.
///
/// Source: S. M. Lundberg and others, *From Local Explanations to Global Understanding with
/// Explainable AI for Trees*, Nature Machine Intelligence 2 (2020), 56–67, algorithm 2.
public struct PredictionExplanation: Sendable, Hashable {
  /// The part of a column.
  public struct Contribution: Sendable, Hashable {
    /// The name of the column.
    public let name: String
    /// By how much it moves the prediction.
    public let value: Double
  }

  /// The prediction when nothing is known of the row: the weighted mean of the leaves.
  public let baseline: Double
  /// The columns in the order of the model.
  public let contributions: [Contribution]
  /// What the model predicts: the baseline and all contributions.
  public let prediction: Double
}

extension RandomForestClassifierModel {
  /// Returns what each column contributes to the probability of a class for one row.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - name: The class; `nil` is the last, which is yes where there are yes and no.
  /// - Throws: ``LearningError`` when the row does not fit, or there is no such class.
  /// - Complexity: O(*l* *d*²), where *l* is the number of leaves in all trees and *d* their depth.
  public func explanation(
    for row: FeatureRow, of name: String? = nil
  ) throws(LearningError) -> PredictionExplanation {
    let position: Int
    if let name {
      guard let found = classes.firstIndex(of: name) else { throw .unknownClass(name, classes) }
      position = found
    } else {
      position = classes.count - 1
    }
    let codes = try schema.codes(of: row)
    if classes.count == 2 {
      // A leaf holds the probability of the second class.
      return forest.explanation(codes, output: 0, isComplement: position == 0)
    }
    return forest.explanation(codes, output: position, isComplement: false)
  }
}

extension RandomForestRegressorModel {
  /// Returns what each column contributes to the prediction for one row.
  ///
  /// - Throws: ``LearningError`` when the row does not fit.
  public func explanation(for row: FeatureRow) throws(LearningError) -> PredictionExplanation {
    forest.explanation(try schema.codes(of: row), output: 0, isComplement: false)
  }
}

extension GradientBoostingModel {
  /// Returns what each column contributes to the score of a class, or to the number, for one row.
  ///
  /// ```swift
  /// let why = try model.explanation(for: ["sessions": 12, "channel": "Direct"])
  /// why.prediction                     // 1.9: the logarithm of the odds of yes
  /// ```
  ///
  /// Trees add up to a score and not to a probability, and so do the contributions. With two classes
  /// the score is the logarithm of the odds; with more, probabilities are in proportion to *e* to the
  /// power of the scores.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - name: The class; `nil` is the last, which is yes where there are yes and no. Where the model
  ///     predicts a number there is no class to name.
  /// - Throws: ``LearningError`` when the row does not fit, or there is no such class.
  /// - Complexity: O(*l* *d*²), where *l* is the number of leaves in all trees and *d* their depth.
  public func explanation(
    for row: FeatureRow, of name: String? = nil
  ) throws(LearningError) -> PredictionExplanation {
    var position = max(0, classes.count - 1)
    if let name {
      guard let found = classes.firstIndex(of: name) else { throw .unknownClass(name, classes) }
      position = found
    }
    let codes = try schema.codes(of: row)
    let group = base.count > 1 ? position : 0
    let parts = forest.contributions(
      codes, output: 0, trees: stride(from: group, to: forest.treeCount, by: base.count))
    // The score of the first of two classes is that of the second the other way round.
    let sign = classes.count == 2 && position == 0 ? -1.0 : 1.0
    return PredictionExplanation(
      baseline: sign * (base[group] + parts.baseline),
      contributions: zip(schema.names, parts.values).map {
        PredictionExplanation.Contribution(name: $0, value: sign * $1)
      }, prediction: sign * scores(codes)[group])
  }
}

extension Forest {
  func explanation(
    _ codes: [Double], output: Int, isComplement: Bool
  ) -> PredictionExplanation {
    let parts = contributions(codes, output: output, trees: 0..<treeCount)
    let scale = 1 / Double(treeCount)
    let sign = isComplement ? -1.0 : 1.0
    let baseline = parts.baseline * scale
    let prediction = predict(codes)[output]
    return PredictionExplanation(
      baseline: isComplement ? 1 - baseline : baseline,
      contributions: zip(schema.names, parts.values).map {
        PredictionExplanation.Contribution(name: $0, value: sign * $1 * scale)
      }, prediction: isComplement ? 1 - prediction : prediction)
  }

  /// Returns the sums, over trees, of the weighted mean of the leaves, and of what each column
  /// contributes.
  func contributions(
    _ codes: [Double], output: Int, trees: some Sequence<Int>
  ) -> (baseline: Double, values: [Double]) {
    var walk = TreeWalk(forest: self, bins: binning.row(codes), output: output)
    var baseline = 0.0
    for tree in trees { baseline += walk.explain(starts[tree]) }
    return (baseline, walk.values)
  }
}

/// A walk over a tree with the shares of all sets of columns, by size, on the way to a node.
private struct TreeWalk {
  /// A column on the way, the shares of rows that go on without and with it, and a weight.
  struct Step {
    var column: Int
    var zero: Double
    var one: Double
    var weight: Double
  }

  let forest: Forest
  let bins: [UInt8]
  let output: Int
  var values: [Double]

  init(forest: Forest, bins: [UInt8], output: Int) {
    self.forest = forest
    self.bins = bins
    self.output = output
    values = Array(repeating: 0, count: bins.count)
  }

  /// Adds the contributions in a tree; returns the weighted mean of its leaves.
  mutating func explain(_ root: Int) -> Double {
    visit(root, [], 1, 1, -1)
    return mean(root)
  }

  private func mean(_ root: Int) -> Double {
    var sum = 0.0
    var position = root
    var ends = 1
    while ends > 0 {
      let node = forest.nodes[position]
      if node.isLeaf {
        sum += Double(forest.covers[position]) * value(node)
        ends -= 1
      } else {
        ends += 1
      }
      position += node.leftOffset
    }
    return sum / Double(forest.covers[root])
  }

  private func value(_ leaf: ForestNode) -> Double {
    forest.leafValues[leaf.leafNumber * forest.outputs + output]
  }

  private mutating func visit(
    _ position: Int, _ path: [Step], _ zero: Double, _ one: Double, _ column: Int
  ) {
    let node = forest.nodes[position]
    var path = Self.extended(path, zero, one, column)
    if node.isLeaf {
      let leaf = value(node)
      for index in path.indices.dropFirst() {
        let weight = Self.removed(path, index).reduce(0) { $0 + $1.weight }
        values[path[index].column] += weight * (path[index].one - path[index].zero) * leaf
      }
      return
    }
    let left = position + node.leftOffset
    let right = position + Int(node.link)
    let goesLeft = forest.goesLeft(node, at: position, bin: bins[node.column])
    let (hot, cold) = goesLeft ? (left, right) : (right, left)
    var (ownZero, ownOne) = (1.0, 1.0)
    if let index = path.firstIndex(where: { $0.column == node.column }) {
      (ownZero, ownOne) = (path[index].zero, path[index].one)
      path = Self.removed(path, index)
    }
    // Shares of the children in their sum: the cover of the node is rounded on its own.
    let (hotCover, coldCover) = (Double(forest.covers[hot]), Double(forest.covers[cold]))
    let sum = hotCover + coldCover
    visit(hot, path, ownZero * hotCover / sum, ownOne, node.column)
    visit(cold, path, ownZero * coldCover / sum, 0, node.column)
  }

  private static func extended(
    _ path: [Step], _ zero: Double, _ one: Double, _ column: Int
  ) -> [Step] {
    var path = path
    let length = path.count
    path.append(Step(column: column, zero: zero, one: one, weight: length == 0 ? 1 : 0))
    for index in stride(from: length - 1, through: 0, by: -1) {
      path[index + 1].weight += one * path[index].weight * Double(index + 1) / Double(length + 1)
      path[index].weight = zero * path[index].weight * Double(length - index) / Double(length + 1)
    }
    return path
  }

  private static func removed(_ path: [Step], _ removed: Int) -> [Step] {
    var path = path
    let last = path.count - 1
    let (zero, one) = (path[removed].zero, path[removed].one)
    var next = path[last].weight
    for index in stride(from: last - 1, through: 0, by: -1) {
      if one != 0 {
        let own = path[index].weight
        path[index].weight = next * Double(last + 1) / (Double(index + 1) * one)
        next = own - path[index].weight * zero * Double(last - index) / Double(last + 1)
      } else {
        path[index].weight =
          path[index].weight * Double(last + 1) / (zero * Double(last - index))
      }
    }
    for index in removed..<last {
      path[index].column = path[index + 1].column
      path[index].zero = path[index + 1].zero
      path[index].one = path[index + 1].one
    }
    path.removeLast()
    return path
  }
}
