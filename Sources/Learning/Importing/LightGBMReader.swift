import StatisticsCore

extension ImportedTreeModel {
  /// Reads a model that LightGBM saved as text with `save_model("model.txt")`.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - classes: The names of the classes, in the order of the labels from 0; `nil` is `0`, `1`, ….
  /// - Throws: ``LearningError`` when it is no such model, is damaged, or holds what this library does
  ///   not do.
  public init(lightGBM bytes: [UInt8], classes: [String]? = nil) throws(LearningError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damaged(.lightGBM, "it is not UTF-8 text")
    }
    try self.init(LightGBMText(text), classes)
  }

  /// Reads the file of a model that LightGBM saved as text.
  ///
  /// - Throws: ``LearningError`` when the file cannot be opened, and as ``init(lightGBM:classes:)``.
  public init(
    lightGBMContentsOf path: String, classes: [String]? = nil
  ) throws(LearningError) {
    let bytes = try ModelBytes(contentsOf: path).array
    do {
      try self.init(lightGBM: bytes, classes: classes)
    } catch {
      throw error.at(path)
    }
  }

  private init(_ text: LightGBMText, _ names: [String]?) throws(LearningError) {
    let tool = TreeTool.lightGBM
    let header = text.header
    if text.trees.isEmpty { throw .damaged(tool, "it has no trees") }
    guard let columns = header["feature_names"]?.split(separator: " ").map(String.init),
      header["max_feature_idx"].flatMap({ Int($0) }) == columns.count - 1
    else { throw .damaged(tool, "it has not one name for each column") }
    guard let groups = header["num_tree_per_iteration"].flatMap({ Int($0) }), groups >= 1,
      text.trees.count.isMultiple(of: groups)
    else { throw .damaged(tool, "its number of classes does not fit its trees") }

    let objective = header["objective"].map(String.init) ?? "custom"
    let (output, kind) = try Self.output(objective, groups: groups)
    var trees = ImportedTrees(tool: tool)
    var gains = [Double](repeating: 0, count: columns.count)
    for (position, fields) in text.trees.enumerated() {
      guard fields["is_linear"] ?? "0" == "0" else {
        throw .unsupported(
          tool, "its leaves hold linear models. Train it with linear_tree=false.")
      }
      guard let tree = LightGBMTree(fields, columns: columns.count),
        let sets = tree.sets(&trees),
        trees.add(
          group: position % groups, count: tree.count,
          { tree.source($0, sets: sets, gains: &gains) })
      else { throw .damaged(tool, "the tree at position \(position) is none") }
    }
    self.init(
      objective: objective, schema: try .numbers(columns, tool),
      classes: try Self.classes(kind == .number ? 0 : max(2, groups), names), trees: trees,
      base: Array(repeating: 0, count: groups), output: output,
      isAverage: header["average_output"] != nil, gains: gains)
  }

  private static func output(
    _ objective: String, groups: Int
  ) throws(LearningError) -> (ImportedOutput, ImportedKind) {
    let words = objective.split(separator: " ")
    func parameter(_ name: String) -> Double? {
      words.first { $0.hasPrefix(name + ":") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
    let scale = parameter("sigmoid") ?? 1
    guard scale > 0, scale.isFinite else {
      throw .damaged(.lightGBM, "its sigmoid is out of range")
    }
    let result: (ImportedOutput, ImportedKind)? =
      switch words.first {
      case "binary": (.logistic(scale: scale), .classes)
      case "multiclass": (.softmax, .classes)
      case "multiclassova": (.oneAgainstAll(scale: scale), .classes)
      case "regression" where words.contains("sqrt"): (.square, .number)
      case "regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank",
        "rank_xendcg", "custom":
        (.identity, .number)
      case "poisson", "gamma", "tweedie": (.exponential, .number)
      case "cross_entropy": (.logistic(scale: 1), .number)
      case "cross_entropy_lambda": (.softplus, .number)
      default: nil
      }
    guard let (output, kind) = result else {
      throw .unsupported(
        .lightGBM,
        "its objective is none of those that are read. Train it with another, such as binary, "
          + "multiclass, regression or poisson.")
    }
    let isOfSeveral = words.first == "multiclass" || words.first == "multiclassova"
    guard isOfSeveral ? groups > 1 : groups == 1 else {
      throw .damaged(.lightGBM, "its number of classes does not fit its objective")
    }
    return (output, kind)
  }
}

/// The lines of a model, cut into those before the trees and those of each tree.
private struct LightGBMText {
  var header: [Substring: Substring] = [:]
  var trees: [[Substring: Substring]] = []

  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      if line == "end of trees" { break }
      if line.hasPrefix("Tree=") {
        trees.append([:])
        continue
      }
      let key = line.prefix { $0 != "=" }
      // A line such as average_output has no value.
      let value = line.dropFirst(key.count + 1)
      if trees.isEmpty { header[key] = value } else { trees[trees.count - 1][key] = value }
    }
  }
}

/// A tree as LightGBM numbers it: splits from 0, leaves by the complement of their number.
private struct LightGBMTree {
  /// The number of splits.
  private let splits: Int
  private let columns: [Int]
  private let borders: [Double]
  private let types: [Int]
  private let left: [Int]
  private let right: [Int]
  private let leaves: [Double]
  private let gains: [Double]
  private let boundaries: [Int]
  private let words: [UInt32]

  /// Splits and leaves together.
  var count: Int { splits + leaves.count }

  init?(_ fields: [Substring: Substring], columns columnCount: Int) {
    func list<Value>(_ key: Substring, _ value: (Substring) -> Value?) -> [Value]? {
      var values: [Value] = []
      for word in fields[key]?.split(separator: " ") ?? [] {
        guard let value = value(word) else { return nil }
        values.append(value)
      }
      return values
    }
    guard let leaves = list("leaf_value", { Double($0) }), !leaves.isEmpty,
      let columns = list("split_feature", { Int($0) }),
      let borders = list("threshold", { Double($0) }),
      let types = list("decision_type", { Int($0) }),
      let left = list("left_child", { Int($0) }), let right = list("right_child", { Int($0) }),
      let gains = list("split_gain", { Double($0) }),
      let boundaries = list("cat_boundaries", { Int($0) }),
      let words = list("cat_threshold", { UInt32($0) })
    else { return nil }
    splits = leaves.count - 1
    // A tree of one leaf may have lists with a 0 in them.
    let isLeaf = splits == 0
    guard
      isLeaf
        || [columns.count, borders.count, types.count, left.count, right.count].allSatisfy({
          $0 == leaves.count - 1
        }), isLeaf || gains.isEmpty || gains.count == splits,
      isLeaf || columns.allSatisfy({ (0..<columnCount).contains($0) }),
      !borders.contains(where: \.isNaN)
    else { return nil }
    self.leaves = leaves
    self.columns = columns
    self.borders = borders
    self.types = types
    self.left = left
    self.right = right
    self.gains = gains
    self.boundaries = boundaries
    self.words = words
  }

  /// For each set of categories its number among all; `nil` when they are not where they should be.
  func sets(_ trees: inout ImportedTrees) -> [Int32]? {
    if boundaries.isEmpty { return [] }
    guard boundaries.first == 0, boundaries.last == words.count,
      zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 <= $1 }), words.count < 1 << 26
    else { return nil }
    return zip(boundaries, boundaries.dropFirst()).map { start, end in
      var set: [Int32] = []
      for place in start..<end {
        for bit in 0..<32 where words[place] >> UInt32(bit) & 1 == 1 {
          set.append(Int32((place - start) * 32 + bit))
        }
      }
      return trees.add(set: set)
    }
  }

  func source(_ node: Int, sets: [Int32], gains: inout [Double]) -> ImportedTrees.Source? {
    // A tree of one leaf has no split, and its root is the leaf.
    if node >= splits { return .leaf(leaves[node - splits]) }
    func place(_ child: Int) -> Int { child >= 0 ? child : splits + ~child }
    var split = ImportedNode(number: borders[node], column: Int32(columns[node]))
    let type = types[node]
    guard (0..<16).contains(type), let missing = ImportedNode.Missing(rawValue: UInt8(type >> 2))
    else { return nil }
    split.missing = missing
    split.missingLeft = type & 2 != 0
    if type & 1 != 0 {
      // The border is the number of the set.
      guard let set = Int(exactly: borders[node]), sets.indices.contains(set) else { return nil }
      split.set = sets[set]
    }
    // A child that is a split stands behind; a leaf must be one of the leaves.
    for child in [left[node], right[node]] where child >= splits || child < -leaves.count {
      return nil
    }
    if node < self.gains.count, self.gains[node] > 0, self.gains[node].isFinite {
      gains[columns[node]] += self.gains[node]
    }
    return .split(split, left: place(left[node]), right: place(right[node]))
  }
}
