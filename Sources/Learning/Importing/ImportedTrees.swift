import StatisticsCore

/// The tools whose trees can be read.
public enum TreeTool: String, Sendable, Hashable, Codable {
  /// XGBoost, which compares and adds in single precision.
  case xgboost = "XGBoost"
  /// LightGBM.
  case lightGBM = "LightGBM"
}

/// A node of a tree of another tool.
///
/// Nodes stand in pre-order: the left child of a split follows it.
struct ImportedNode: Sendable, Hashable {
  /// What LightGBM takes for missing; XGBoost takes NaN.
  enum Missing: UInt8, Sendable { case nothing, zero, notANumber }

  /// The border of a split, or the value of a leaf.
  var number: Double
  /// The column, −1 in a leaf.
  var column: Int32
  /// Where the right child stands.
  var right: Int32 = 0
  /// The number of its set where the split is by categories, otherwise −1.
  var set: Int32 = -1
  var missingLeft = false
  var missing = Missing.notANumber

  static func leaf(_ value: Double) -> ImportedNode { ImportedNode(number: value, column: -1) }
  var isLeaf: Bool { column < 0 }
}

/// The trees of another tool.
struct ImportedTrees: Sendable, Hashable {
  /// A tree as a tool numbers its nodes.
  enum Source {
    case leaf(Double)
    case split(ImportedNode, left: Int, right: Int)
  }

  let tool: TreeTool
  private(set) var nodes: [ImportedNode] = []
  private(set) var starts: [Int] = [0]
  /// For each tree the score that it adds to.
  private(set) var groups: [Int] = []
  /// The categories of all sets, ascending in each.
  private var categories: [Int32] = []
  private var setStarts: [Int] = [0]

  init(tool: TreeTool) { self.tool = tool }

  var count: Int { groups.count }

  /// Takes a set of categories; returns its number.
  mutating func add(set: [Int32]) -> Int32 {
    categories += set.sorted()
    setStarts.append(categories.count)
    return Int32(setStarts.count - 2)
  }

  /// Takes a tree of `count` nodes, the first of which is the root; returns whether it is one.
  mutating func add(group: Int, count: Int, _ source: (Int) -> Source?) -> Bool {
    var isSeen = [Bool](repeating: false, count: count)
    var tasks: [(node: Int, parent: Int)] = [(0, -1)]
    while let task = tasks.popLast() {
      guard isSeen.indices.contains(task.node), !isSeen[task.node], let next = source(task.node),
        nodes.count < Int(Int32.max)
      else { return false }
      isSeen[task.node] = true
      if task.parent >= 0 { nodes[task.parent].right = Int32(nodes.count) }
      switch next {
      case .leaf(let value):
        guard value.isFinite else { return false }
        nodes.append(.leaf(value))
      case .split(let node, let left, let right):
        tasks.append((right, nodes.count))
        tasks.append((left, -1))
        nodes.append(node)
      }
    }
    starts.append(nodes.count)
    groups.append(group)
    return true
  }

  /// The leaf to which a row comes in a tree.
  func leaf(_ tree: Int, _ row: (_ column: Int) -> Double) -> Double {
    var position = starts[tree]
    while true {
      let node = nodes[position]
      if node.isLeaf { return node.number }
      let goesLeft =
        tool == .xgboost
        ? xgboostGoesLeft(node, row(Int(node.column)))
        : lightGBMGoesLeft(node, row(Int(node.column)))
      position = goesLeft ? position + 1 : Int(node.right)
    }
  }

  private func xgboostGoesLeft(_ node: ImportedNode, _ value: Double) -> Bool {
    if value.isNaN { return node.missingLeft }
    let single = Float(value)
    if node.set < 0 { return single < Float(node.number) }
    // A category of the set goes right; what cannot be a category is in no set.
    return !(single >= 0 && single < 0x1p24 && contains(node.set, Int32(single)))
  }

  private func lightGBMGoesLeft(_ node: ImportedNode, _ value: Double) -> Bool {
    if node.set >= 0 {
      guard value > -1, value < 0x1p31 else { return false }
      return contains(node.set, Int32(value))
    }
    var value = value
    if value.isNaN, node.missing != .notANumber { value = 0 }
    // What LightGBM takes for zero.
    if node.missing == .zero && abs(value) <= 1e-35 || value.isNaN { return node.missingLeft }
    return value <= node.number
  }

  private func contains(_ set: Int32, _ category: Int32) -> Bool {
    var (low, high) = (setStarts[Int(set)], setStarts[Int(set) + 1])
    while low < high {
      let middle = (low + high) / 2
      if categories[middle] == category { return true }
      if categories[middle] < category { low = middle + 1 } else { high = middle }
    }
    return false
  }
}

// MARK: - Saving

extension ImportedTrees {
  func encode(into writer: inout BinaryWriter) {
    writer.string(tool.rawValue)
    writer.array(setStarts) { $0.count($1) }
    writer.int32s(categories)
    writer.array(0..<count) { writer, tree in
      writer.count(groups[tree])
      writer.array(nodes[starts[tree]..<starts[tree + 1]]) { writer, node in
        writer.double(node.number)
        writer.int32(node.column)
        if node.isLeaf { return }
        writer.count(Int(node.right) - starts[tree])
        writer.int32(node.set)
        writer.uint8((node.missingLeft ? 4 : 0) | node.missing.rawValue)
      }
    }
  }

  /// Reads what `encode(into:)` wrote, and checks that every walk ends in a leaf.
  init(from reader: inout BinaryReader, columns: Int, groups: Int) throws(BinaryDecodingError) {
    let offset = reader.offset
    let damaged = BinaryDecodingError.valueOutOfRange(name: "list of trees", offset: offset)
    guard let tool = TreeTool(rawValue: try reader.string("tool")) else { throw damaged }
    self.init(tool: tool)
    setStarts = try reader.array("number of sets") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      try reader.integer("place of a set", in: 0...Int(Int32.max))
    }
    categories = try reader.int32s()
    guard setStarts.first == 0, setStarts.last == categories.count,
      zip(setStarts, setStarts.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw damaged }
    for _ in 0..<(try reader.count("number of trees")) {
      let group = try reader.integer("number of a score", in: 0...Int(Int32.max))
      let read = try reader.array("number of nodes", minimumBytes: 12) {
        (reader: inout BinaryReader) throws(BinaryDecodingError) -> ImportedNode in
        var node = ImportedNode(number: try reader.double(), column: try reader.int32())
        if node.isLeaf { return node }
        node.right = Int32(try reader.integer("place of a node", in: 0...Int(Int32.max)))
        node.set = try reader.int32()
        let flags = try reader.uint8()
        guard flags < 8, let missing = ImportedNode.Missing(rawValue: flags & 3),
          node.column < columns, node.set >= -1, Int(node.set) < setStarts.count - 1,
          !node.number.isNaN
        else { throw damaged }
        node.missing = missing
        node.missingLeft = flags & 4 != 0
        return node
      }
      let isTree = add(group: group, count: read.count) { position in
        let node = read[position]
        return node.isLeaf
          ? .leaf(node.number) : .split(node, left: position + 1, right: Int(node.right))
      }
      guard isTree, group < groups else { throw damaged }
    }
    if count == 0 { throw damaged }
  }
}
