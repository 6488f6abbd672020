import StatisticsCore

/// Trees over bins with what is needed to predict: what all models of trees hold.
struct Forest: Sendable {
  let schema: FeatureSchema
  let binning: Binning
  /// How many numbers a leaf holds.
  let outputs: Int
  /// All trees one after the other, each in pre-order.
  let nodes: [ForestNode]
  /// For each tree where its nodes begin, and the end.
  let starts: [Int]
  let leafValues: [Double]
  /// For each node the sum of the weights of the rows it was grown of.
  let covers: [Float]
  let hasCategories: Bool
  /// For each column its share of how much the splits lowered the impurity.
  let gains: [Double]

  init(
    schema: FeatureSchema, binning: Binning, outputs: Int, nodes: [ForestNode], starts: [Int],
    leafValues: [Double], covers: [Float], gains: [Double]
  ) {
    self.schema = schema
    self.binning = binning
    self.outputs = outputs
    self.nodes = nodes
    self.starts = starts
    self.leafValues = leafValues
    self.covers = covers
    self.gains = gains
    hasCategories = binning.columns.contains(where: \.isCategorical)
  }

  var treeCount: Int { starts.count - 1 }

  /// Puts trees together in their order.
  static func assemble(
    _ trees: [GrownTree], schema: FeatureSchema, binning: Binning, outputs: Int
  ) throws(LearningError) -> Forest {
    // A row goes to places all over the nodes and leaves, each in another page.
    var nodes = [ForestNode](capacityInLargePages: trees.reduce(0) { $0 + $1.nodes.count })
    var covers: [Float] = []
    var starts = [0]
    var leafValues = [Double](
      capacityInLargePages: trees.reduce(0) { $0 + $1.leafValues.count })
    covers.reserveCapacity(nodes.capacity)
    var gains = schema.columns.map { _ in 0.0 }
    for tree in trees {
      let base = leafValues.count / outputs
      guard base + tree.leafValues.count / outputs < Int(Int32.max) else {
        throw LearningError(
          .tooMany,
          "The forest has more leaves than a model can hold. Grow fewer trees, or limit their depth."
        )
      }
      // The bits of a set of categories are no nodes, though they stand among them.
      var position = 0
      while position < tree.nodes.count {
        var node = tree.nodes[position]
        if node.isLeaf { node = .leaf(node.leafNumber + base) }
        nodes.append(node)
        if node.isCategorical { nodes += tree.nodes[(position + 1)...(position + 4)] }
        position += node.leftOffset
      }
      covers += tree.covers
      leafValues += tree.leafValues
      starts.append(nodes.count)
      let sum = tree.gains.reduce(0, +)
      if sum > 0 { for column in gains.indices { gains[column] += tree.gains[column] / sum } }
    }
    let sum = gains.reduce(0, +)
    if sum > 0 { gains = gains.map { $0 / sum } }
    return Forest(
      schema: schema, binning: binning, outputs: outputs, nodes: nodes, starts: starts,
      leafValues: leafValues, covers: covers, gains: gains)
  }

  /// The tree with its leaves numbered from 0, for walks outside of the fast kernels.
  func nodes(ofTree tree: Int) -> ArraySlice<ForestNode> { nodes[starts[tree]..<starts[tree + 1]] }

  /// Returns whether a row with this bin goes left at a split of a tree that begins at `start`.
  func goesLeft(_ node: ForestNode, at position: Int, bin: UInt8) -> Bool {
    if !node.isCategorical { return bin &- node.low <= node.width }
    return nodes[position + 1 + Int(bin >> 6)].bits >> UInt64(bin & 63) & 1 == 1
  }
}

// MARK: - Saving

extension Forest {
  /// Writes everything; nodes stand at a multiple of eight bytes, so that they can be mapped.
  func encode(into writer: inout BinaryWriter) {
    schema.encode(into: &writer)
    for column in binning.columns { column.encode(into: &writer) }
    writer.count(outputs)
    writer.array(starts) { $0.count($1) }
    writer.doubles(gains)
    writer.count(nodes.count)
    for _ in 0..<((8 - writer.bytes.count % 8) % 8) { writer.uint8(0) }
    writer.reserve(nodes.count * 8)
    #if _endian(little)
      unsafe nodes.withUnsafeBytes { unsafe writer.raw($0) }
    #else
      for node in nodes { writer.uint64(node.bits) }
    #endif
    writer.doubles(leafValues)
    writer.uint32s(covers.map(\.bitPattern))
  }

  /// Reads what `encode(into:)` wrote, and checks that every walk ends in a leaf.
  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let schema = try FeatureSchema(from: &reader)
    var columns: [ColumnBins] = []
    for column in schema.columns {
      columns.append(try ColumnBins(from: &reader, kind: column.kind))
    }
    let offset = reader.offset
    let outputs = try reader.count("number of outputs")
    let starts = try reader.array("number of trees") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      Int(truncatingIfNeeded: try reader.varint("place of a tree"))
    }
    let gains = try reader.doubles()
    let nodeCount = try reader.count("number of nodes", minimumBytes: 8)
    while reader.offset % 8 != 0 { _ = try reader.uint8() }
    let bytes = try reader.data(nodeCount * 8)
    var nodes = [ForestNode](capacityInLargePages: nodeCount)
    unsafe bytes.withUnsafeBytes(0..<bytes.count) { bytes in
      for place in 0..<nodeCount {
        nodes.append(
          ForestNode(
            bits: unsafe UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))))
      }
    }
    let leafValues = try reader.doubles()
    let covers = try reader.uint32s().map { Float(bitPattern: $0) }
    self.init(
      schema: schema, binning: Binning(columns), outputs: outputs, nodes: nodes, starts: starts,
      leafValues: leafValues, covers: covers, gains: gains)
    guard outputs >= 1, isSound else {
      throw .valueOutOfRange(name: "list of trees", offset: offset)
    }
  }

  /// Whether every walk from the root of a tree stays in it and ends in one of the leaves.
  private var isSound: Bool {
    guard starts.count >= 2, starts[0] == 0, starts[starts.count - 1] == nodes.count,
      zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }),
      covers.count == nodes.count, gains.count == schema.columns.count,
      leafValues.count % outputs == 0, covers.allSatisfy({ $0 >= 0 && $0.isFinite }),
      gains.allSatisfy(\.isFinite), leafValues.allSatisfy(\.isFinite)
    else { return false }
    let leaves = leafValues.count / outputs
    for tree in 0..<treeCount {
      // In pre-order the left subtree ends where the right one begins.
      var ends = [starts[tree + 1]]
      var position = starts[tree]
      while let end = ends.popLast() {
        guard position < end else { return false }
        let node = nodes[position]
        if node.isLeaf {
          guard node.leafNumber < leaves, node == .leaf(node.leafNumber), position + 1 == end
          else { return false }
          position += 1
          continue
        }
        let right = position + Int(node.link)
        guard node.column < binning.columns.count,
          node.isCategorical == binning.columns[node.column].isCategorical,
          node.link > node.leftOffset, right < end, node.low <= 1
        else { return false }
        ends.append(end)
        ends.append(right)
        position += node.leftOffset
      }
    }
    return true
  }
}
