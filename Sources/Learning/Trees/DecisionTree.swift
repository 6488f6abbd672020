import StatisticsCore

/// Learns a single tree with exact splits, small enough to be read by people.
///
/// ```swift
/// let tree = DecisionTree(growth: TreeGrowth(maximumDepth: 2))
/// let model = try tree.fit(iris, target: species)
/// print(model)
/// // petal_length ≤ 2.45: setosa 1.0 (50 rows)
/// // petal_length > 2.45 …
/// ```
///
/// Every border between two neighbouring values is tried, and the best lies midway between them; of
/// equally good ones that of the first column and the least value. Missing values, categories,
/// weights and monotone columns are treated as by ``RandomForestClassifier``, with any number of
/// categories told apart. Nothing is random unless a node looks at some columns only.
///
/// Source: L. Breiman, J. Friedman, R. Olshen and C. Stone, *Classification and Regression Trees*,
/// 1984.
public struct DecisionTree: Sendable, Hashable, Codable {
  /// How the tree grows; the rule for borders must be the best.
  public var growth: TreeGrowth
  /// How much the rows of each class count.
  public var classWeights: ClassWeights
  /// Decides on the columns that a node looks at, where it does not look at all.
  public var seed: UInt64

  /// Makes a learner.
  public init(
    growth: TreeGrowth = TreeGrowth(), classWeights: ClassWeights = .uniform, seed: UInt64 = 0
  ) {
    self.growth = growth
    self.classWeights = classWeights
    self.seed = seed
  }

  /// Learns to tell classes apart, by Gini's impurity.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its class.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, the table is empty, or a parameter or weight is
  ///   out of its range.
  /// - Complexity: O(*p* *n* log *n* *d*), where *p* is the number of columns, *n* of rows and *d* the
  ///   depth.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil
  ) throws(LearningError) -> DecisionTreeModel {
    try TreeTarget.check(target, rows: table.rowCount)
    if let weights, weights.count != table.rowCount {
      throw .lengths("The list of weights", weights.count, rows: table.rowCount)
    }
    let ofClasses = try classWeights.values(target, weights: weights)
    let rows = try TreeTarget.rows(
      weights, count: table.rowCount, classWeights: ofClasses, codes: target.codes)
    return try fit(
      table, rows, classes: target.classes,
      weights: target.codes.indices.map { (weights?[$0] ?? 1) * ofClasses[target.codes[$0]] },
      values: target.codes.map(Double.init))
  }

  /// Learns a number, by squared error.
  ///
  /// - Throws: ``LearningError`` as the other `fit`, and when a target is not finite.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> DecisionTreeModel {
    try TreeTarget.check(target, rows: table.rowCount)
    let rows = try TreeTarget.rows(weights, count: table.rowCount)
    return try fit(
      table, rows, classes: [], weights: weights ?? Array(repeating: 1, count: target.count),
      values: target)
  }

  private func fit(
    _ table: FeatureTable, _ rows: [UInt32], classes: [String], weights: [Double],
    values: [Double]
  ) throws(LearningError) -> DecisionTreeModel {
    try TreeTarget.check(table)
    let directions = try growth.check(table.schema, outputs: max(1, classes.count - 1))
    guard growth.rule == .best else {
      throw LearningError(
        .parameterOutOfRange,
        "A decision tree looks for the best border. Use a forest for borders drawn at random.")
    }
    var search = ExactSearch(
      columns: table.columns, classes: classes.count, weights: weights, values: values,
      growth: growth, directions: directions,
      generator: SeededGenerator(seed: seed, path: "columns of a tree"))
    search.grow(rows.map(Int.init))
    return DecisionTreeModel(
      learner: self, schema: table.schema, classes: classes, nodes: search.nodes,
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(values)))
  }
}

extension DecisionTree: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "decision tree: \(growth); \(classWeights) class weights; seed \(seed)"
  }
}

/// A node of a decision tree that people can read.
public struct DecisionTreeNode: Sendable, Hashable, Codable {
  /// What a split asks.
  public enum Question: Sendable, Hashable, Codable {
    /// Numbers up to the border go left.
    case atMost(Double)
    /// The categories at these positions go left.
    case oneOf([Int])
  }

  /// The position of the column that is split at, `nil` in a leaf.
  public var column: Int?
  /// What is asked of the column, `nil` in a leaf.
  public var question: Question?
  /// Whether missing values, and categories that did not occur in the node, go left.
  public var missingGoesLeft = false
  /// The position of the left child, `nil` in a leaf.
  public var left: Int?
  /// The position of the right child, `nil` in a leaf.
  public var right: Int?
  /// The number of rows.
  public var rows: Int
  /// The sum of their weights.
  public var weight: Double
  /// Gini's impurity, or the variance.
  public var impurity: Double
  /// The shares of the classes, or the mean.
  public var value: [Double]
}

/// A tree that has learnt.
public struct DecisionTreeModel: Sendable, Hashable {
  /// The learner that it comes from.
  public let learner: DecisionTree
  /// The columns that the model expects.
  public let schema: FeatureSchema
  /// The names of the classes; empty where the tree predicts a number.
  public let classes: [String]
  /// The nodes, each before its children and all left of it before what is right.
  public let nodes: [DecisionTreeNode]
  /// What it was fitted to.
  public let training: TrainingData
  /// What people write into its card.
  public var notes = ModelNotes()

  init(
    learner: DecisionTree, schema: FeatureSchema, classes: [String], nodes: [DecisionTreeNode],
    training: TrainingData
  ) {
    self.learner = learner
    self.schema = schema
    self.classes = classes
    self.nodes = nodes
    self.training = training
  }

  /// For each column its share of how much all splits lowered the impurity; 0 to 1, 1 in sum.
  public var impurityImportances: [FeatureImportance] {
    var gains = schema.columns.map { _ in 0.0 }
    for node in nodes {
      guard let column = node.column else { continue }
      let children = [node.left!, node.right!].map { nodes[$0].weight * nodes[$0].impurity }
      gains[column] += max(0, node.weight * node.impurity - children[0] - children[1])
    }
    let sum = gains.reduce(0, +)
    return FeatureImportance.list(schema.names, sum > 0 ? gains.map { $0 / sum } : gains)
  }

  /// Returns the leaf that each row comes to, as its position among the nodes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func leaves(for table: FeatureTable) throws(LearningError) -> [Int] {
    let columns = try schema.columns(of: table)
    return (0..<table.rowCount).map { row in leaf { columns[$0].codes[row] } }
  }

  private func leaf(_ code: (Int) -> Double) -> Int {
    var position = 0
    while let column = nodes[position].column {
      let goesLeft = nodes[position].goesLeft(code(column))
      position = goesLeft ? nodes[position].left! : nodes[position].right!
    }
    return position
  }

  /// Returns for each row the shares of the classes in its leaf; there must be classes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    precondition(!classes.isEmpty, "The tree predicts a number: ask for its values.")
    return ClassProbabilities(
      classes: classes, values: try leaves(for: table).flatMap { nodes[$0].value })
  }

  /// Returns for each row the mean of its leaf; the tree must have learnt a number.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    precondition(classes.isEmpty, "The tree tells classes apart: ask for their probabilities.")
    return try leaves(for: table).map { nodes[$0].value[0] }
  }

  /// Returns the shares of the classes for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func probabilities(codes: [Double]) -> [Double] {
    precondition(!classes.isEmpty, "The tree predicts a number: ask for its value.")
    schema.check(codes: codes)
    return nodes[leaf { codes[$0] }].value
  }

  /// Returns the mean for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func value(codes: [Double]) -> Double {
    precondition(classes.isEmpty, "The tree tells classes apart: ask for their probabilities.")
    schema.check(codes: codes)
    return nodes[leaf { codes[$0] }].value[0]
  }
}

extension DecisionTreeNode {
  func goesLeft(_ code: Double) -> Bool {
    if code.isNaN { return missingGoesLeft }
    switch question {
    case .atMost(let border): return code <= border
    case .oneOf(let positions): return positions.contains(Int(code))
    case nil: return true
    }
  }
}

extension DecisionTreeModel: CustomStringConvertible {
  /// The tree, a line for each side of a split and each leaf.
  public var description: String {
    var lines: [String] = []
    describe(0, "", "", &lines)
    return lines.joined(separator: "\n")
  }

  private func describe(
    _ position: Int, _ indent: String, _ condition: String, _ lines: inout [String]
  ) {
    let node = nodes[position]
    guard let column = node.column, let question = node.question else {
      let value =
        classes.isEmpty
        ? "\(node.value[0])"
        : zip(classes, node.value).filter { $0.1 > 0 }.map { "\($0) \($1)" }
          .joined(separator: ", ")
      let prefix = condition.isEmpty ? "" : condition + ": "
      lines.append("\(indent)\(prefix)\(value) (\(node.rows) rows)")
      return
    }
    var next = indent
    if !condition.isEmpty {
      lines.append(indent + condition)
      next += "  "
    }
    let name = schema.columns[column].name
    let (left, right): (String, String)
    switch question {
    case .atMost(let border): (left, right) = ("\(name) ≤ \(border)", "\(name) > \(border)")
    case .oneOf(let positions):
      var own = "\(positions)"
      if case .categorical(let categories) = schema.columns[column].kind {
        own = positions.map { categories[$0] }.joined(separator: ", ")
      }
      (left, right) = ("\(name) in \(own)", "\(name) not in \(own)")
    }
    let missing = " or missing"
    describe(node.left!, next, left + (node.missingGoesLeft ? missing : ""), &lines)
    describe(node.right!, next, right + (node.missingGoesLeft ? "" : missing), &lines)
  }
}
