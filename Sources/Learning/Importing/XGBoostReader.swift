import StatisticsCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImportedTreeModel {
  /// Reads a model that XGBoost saved as JSON with `save_model("model.json")`.
  ///
  /// - Parameters:
  ///   - bytes: The JSON.
  ///   - classes: The names of the classes, in the order of the labels from 0; `nil` is `0`, `1`, ….
  /// - Throws: ``LearningError`` when it is no such model, is damaged, or holds what this library does
  ///   not do.
  public init(xgboost bytes: [UInt8], classes: [String]? = nil) throws(LearningError) {
    let document: XGBoostDocument
    do {
      document = try JSONDecoder().decode(XGBoostDocument.self, from: Data(bytes))
    } catch {
      throw LearningError(
        .unreadable,
        "The bytes are not a model of XGBoost in JSON. Save it with save_model and a name that ends "
          + "in .json; the older binary format and .ubj are not read.")
    }
    try self.init(document.learner, classes)
  }

  /// Reads the file of a model that XGBoost saved as JSON.
  ///
  /// - Throws: ``LearningError`` when the file cannot be opened, and as ``init(xgboost:classes:)``.
  public init(
    xgboostContentsOf path: String, classes: [String]? = nil
  ) throws(LearningError) {
    let bytes = try ModelBytes(contentsOf: path).array
    do {
      try self.init(xgboost: bytes, classes: classes)
    } catch {
      throw error.at(path)
    }
  }

  private init(_ learner: XGBoostDocument.Learner, _ names: [String]?) throws(LearningError) {
    let tool = TreeTool.xgboost
    let booster = learner.gradient_booster
    guard booster.name == "gbtree" else {
      throw .unsupported(
        tool, "its booster is not gbtree, and no other is read. Train it with booster=gbtree.")
    }
    guard let model = booster.model, !model.trees.isEmpty else {
      throw .damaged(tool, "it has no trees")
    }
    let parameters = learner.learner_model_param
    guard parameters.num_target ?? "1" == "1",
      model.trees.allSatisfy({ $0.tree_param.size_leaf_vector ?? "1" <= "1" })
    else {
      throw .unsupported(
        tool, "it predicts several targets at a time. Train a model for each target.")
    }
    let (output, kind) = try Self.output(learner.objective.name)
    // Every class has a tree, so that a number of classes takes no more memory than there are trees.
    guard let classCount = Int(parameters.num_class ?? "0"), classCount >= 0,
      classCount <= model.trees.count, (output == .softmax) == (classCount > 1)
    else { throw .damaged(tool, "its number of classes does not fit its trees") }
    let groups = max(1, classCount)
    let columns = try Self.columns(learner)

    var trees = ImportedTrees(tool: tool)
    var gains = [Double](repeating: 0, count: columns.count)
    guard model.tree_info.count == model.trees.count else {
      throw .damaged(tool, "it does not say which class each tree is for")
    }
    for (tree, group) in zip(model.trees, model.tree_info) {
      guard (0..<groups).contains(group), tree.isEven,
        let sets = tree.sets(&trees),
        trees.add(
          group: group, count: tree.left_children.count,
          { tree.source($0, sets: sets, columns: columns.count, gains: &gains) })
      else { throw .damaged(tool, "the tree at position \(trees.count) is none") }
    }
    self.init(
      objective: learner.objective.name, schema: try .numbers(columns, tool),
      classes: try Self.classes(kind == .number ? 0 : max(2, classCount), names),
      trees: trees, base: try Self.base(parameters.base_score, output, kind, groups: groups),
      output: output, isAverage: false, gains: gains)
  }

  private static func output(
    _ objective: String
  ) throws(LearningError) -> (ImportedOutput, kind: ImportedKind) {
    switch objective {
    case "binary:logistic": (.logistic(scale: 1), .classes)
    case "multi:softprob", "multi:softmax": (.softmax, .classes)
    case "reg:logistic": (.logistic(scale: 1), .number)
    case "binary:logitraw": (.identity, .number)
    case "reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror",
      "rank:pairwise", "rank:ndcg", "rank:map":
      (.identity, .number)
    case "count:poisson", "reg:gamma", "reg:tweedie": (.exponential, .number)
    default:
      throw .unsupported(
        .xgboost,
        "its objective is none of those that are read. Train it with another, such as "
          + "binary:logistic, multi:softprob, reg:squarederror or count:poisson.")
    }
  }

  /// Where scores begin, from what is written as a prediction.
  private static func base(
    _ text: String, _ output: ImportedOutput, _ kind: ImportedKind, groups: Int
  ) throws(LearningError) -> [Double] {
    let parts = text.drop { $0 == "[" }.prefix { $0 != "]" }
      .split(separator: ",", maxSplits: groups, omittingEmptySubsequences: false)
    let isScore = output == .identity || output == .softmax
    var base: [Double] = []
    for part in parts {
      let value = Double(part.trimmingBlanks).map { Float($0) }
      var score = value ?? .nan
      if !isScore, let value {
        score = Float(PortableMath.log(Double(value)))
        if case .logistic = output { score = -Float(PortableMath.log(Double(1 / value - 1))) }
      }
      guard score.isFinite else { throw .damaged(.xgboost, "its base score is out of range") }
      base.append(Double(score))
    }
    if base.count == 1 { base = Array(repeating: base[0], count: groups) }
    guard base.count == groups else {
      throw .damaged(.xgboost, "it has not one base score for each class")
    }
    return base
  }

  private static func columns(
    _ learner: XGBoostDocument.Learner
  ) throws(LearningError) -> [String] {
    let tool = TreeTool.xgboost
    guard let count = Int(learner.learner_model_param.num_feature), count >= 1 else {
      throw .damaged(tool, "it has no number of columns")
    }
    if let names = learner.feature_names, !names.isEmpty {
      guard names.count == count else {
        throw .damaged(tool, "it has not one name for each column")
      }
      return names
    }
    // Without names nothing in the file is as long as this number says.
    guard count <= 65_536 else {
      throw .unsupported(tool, "it has more than 65,536 columns without names. Give them names.")
    }
    return (0..<count).map { "f\($0)" }
  }
}

/// What XGBoost writes, as far as it is needed; the names are its own.
private struct XGBoostDocument: Decodable {
  struct Learner: Decodable {
    var feature_names: [String]?
    var gradient_booster: Booster
    var learner_model_param: Parameters
    var objective: Objective
  }

  struct Parameters: Decodable {
    var base_score: String
    var num_class: String?
    var num_feature: String
    var num_target: String?
  }

  struct Objective: Decodable {
    var name: String
  }

  struct Booster: Decodable {
    var name: String
    /// What other boosters hold is of another form.
    var model: Model?

    private enum CodingKeys: CodingKey { case name, model }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      if name == "gbtree" { model = try container.decode(Model.self, forKey: .model) }
    }
  }

  struct Model: Decodable {
    var tree_info: [Int]
    var trees: [Tree]
  }

  struct TreeParameters: Decodable {
    var size_leaf_vector: String?
  }

  /// Written as numbers, in older versions as true and false.
  struct Flags: Decodable {
    var values: [Bool]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let numbers = try? container.decode([Int].self) {
        values = numbers.map { $0 != 0 }
      } else {
        values = try container.decode([Bool].self)
      }
    }
  }

  struct Tree: Decodable {
    var left_children: [Int]
    var right_children: [Int]
    var split_indices: [Int]
    var split_conditions: [Double]
    var default_left: Flags
    var split_type: [Int]?
    var loss_changes: [Double]?
    var categories: [Int32]?
    var categories_nodes: [Int]?
    var categories_segments: [Int]?
    var categories_sizes: [Int]?
    var tree_param: TreeParameters

    /// Whether every list has a value for each node.
    var isEven: Bool {
      let count = left_children.count
      return right_children.count == count && split_indices.count == count
        && split_conditions.count == count && default_left.values.count == count
        && split_type?.count ?? count == count && loss_changes?.count ?? count == count
    }

    /// For each node its set of categories; `nil` when they are not where they should be.
    func sets(_ trees: inout ImportedTrees) -> [Int: Int32]? {
      let (all, nodes) = (categories ?? [], categories_nodes ?? [])
      let (starts, sizes) = (categories_segments ?? [], categories_sizes ?? [])
      guard starts.count == nodes.count, sizes.count == nodes.count else { return nil }
      var sets: [Int: Int32] = [:]
      var end = 0
      for (index, node) in nodes.enumerated() {
        // One after the other, so that no category is taken twice.
        guard starts[index] == end, sizes[index] >= 0, sizes[index] <= all.count - end,
          sets[node] == nil
        else { return nil }
        end += sizes[index]
        sets[node] = trees.add(set: Array(all[starts[index]..<end]))
      }
      return sets
    }

    func source(
      _ node: Int, sets: [Int: Int32], columns: Int, gains: inout [Double]
    ) -> ImportedTrees.Source? {
      let number = Double(Float(split_conditions[node]))
      if left_children[node] == -1 { return .leaf(number) }
      let column = split_indices[node]
      guard (0..<columns).contains(column) else { return nil }
      var split = ImportedNode(number: number, column: Int32(column))
      split.missingLeft = default_left.values[node]
      if split_type?[node] ?? 0 == 1 {
        guard let set = sets[node] else { return nil }
        split.set = set
      }
      if let gain = loss_changes?[node], gain > 0, gain.isFinite { gains[column] += gain }
      return .split(split, left: left_children[node], right: right_children[node])
    }
  }

  var learner: Learner
}
