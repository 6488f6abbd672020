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
    var nodes: [ForestNode] = []
    var covers: [Float] = []
    var starts = [0]
    var leafValues: [Double] = []
    nodes.reserveCapacity(trees.reduce(0) { $0 + $1.nodes.count })
    covers.reserveCapacity(nodes.capacity)
    leafValues.reserveCapacity(trees.reduce(0) { $0 + $1.leafValues.count })
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

// MARK: - Predicting

/// How bins are laid out to predict for several rows at once.
///
/// In groups of eight rows, column after column: the bin of row *r* in column *c* is byte
/// (*r* / 8 · *w* + *c*) · 8 + *r* mod 8, where *w* is the number of columns.
enum Lanes {
  static let count = 8

  static func place(row: Int, column: Int, width: Int) -> Int {
    (row / count * width + column) * count + row % count
  }

  static func capacity(rows: Int, width: Int) -> Int { (rows + count - 1) / count * count * width }
}

extension Forest {
  /// How many rows are binned at a time.
  private static let block = 1_024

  /// Returns for each row the mean of the trees' leaves, `outputs` numbers for each row.
  func predict(_ columns: [FeatureColumn], rows: Range<Int>) -> [Double] {
    let width = columns.count
    return unsafe [Double](unsafeUninitializedCapacity: rows.count * outputs) { values, count in
      unsafe values.initialize(repeating: 0)
      count = rows.count * outputs
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.block * width) { bins in
        unsafe bins.initialize(repeating: 0)
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.block) { leaves in
          var first = rows.lowerBound
          while first < rows.upperBound {
            let end = min(first + Self.block, rows.upperBound)
            for (column, values) in columns.enumerated() {
              unsafe values.codes.withUnsafeBufferPointer { codes in
                unsafe binning.write(
                  UnsafeBufferPointer(rebasing: codes[first..<end]), column: column,
                  to: bins.baseAddress! + column * Lanes.count, lanes: Lanes.count, width: width)
              }
            }
            unsafe add(
              bins.baseAddress!, width: width, count: end - first, leaves.baseAddress!,
              to: values.baseAddress! + (first - rows.lowerBound) * outputs)
            first = end
          }
        }
      }
      let scale = 1 / Double(treeCount)
      for index in 0..<count { unsafe values[index] *= scale }
    }
  }

  private func add(
    _ bins: UnsafePointer<UInt8>, width: Int, count: Int, _ leaves: UnsafeMutablePointer<Int32>,
    to values: UnsafeMutablePointer<Double>
  ) {
    let outputs = outputs
    unsafe leafValues.withUnsafeBufferPointer { leafValues in
      for tree in 0..<treeCount {
        unsafe findLeaves(tree, bins, width: width, count: count, leaves)
        if outputs == 1 {
          for row in 0..<count { unsafe values[row] += leafValues[Int(leaves[row])] }
        } else {
          for row in 0..<count {
            let leaf = unsafe Int(leaves[row]) &* outputs
            for output in 0..<outputs {
              unsafe values[row &* outputs &+ output] += leafValues[leaf &+ output]
            }
          }
        }
      }
    }
  }

  /// Finds the leaves of rows in a tree, eight rows side by side, so that their waits for memory
  /// overlap.
  ///
  /// Bins come in groups of eight rows (``Lanes``). What follows `count` up to a multiple of eight
  /// is walked too, and must be there in `leaves`.
  func findLeaves(
    _ tree: Int, _ bins: UnsafePointer<UInt8>, width: Int, count: Int,
    _ leaves: UnsafeMutablePointer<Int32>
  ) {
    unsafe nodes.withUnsafeBufferPointer { nodes in
      unsafe Self.masks.withUnsafeBufferPointer { masks in
        let root = unsafe nodes.baseAddress! + starts[tree]
        var row = 0
        while row < count {
          let group = unsafe bins + row &* width
          if hasCategories {
            for lane in 0..<Lanes.count {
              unsafe leaves[row &+ lane] = Self.leaf(root, group + lane, scale: Lanes.count)
            }
          } else {
            unsafe Self.eightLeaves(root, group, masks.baseAddress!, leaves + row)
          }
          row &+= Lanes.count
        }
      }
    }
  }

  /// What a way is multiplied by, bit by bit: nothing to the left, all of it to the right.
  private static let masks: [Int32] = [0, -1]

  @inline(__always)
  private static func step(
    _ node: inout UnsafePointer<ForestNode>, _ bins: UnsafePointer<UInt8>, _ scale: Int,
    _ masks: UnsafePointer<Int32>
  ) -> Int32 {
    let here = unsafe node.pointee
    let bin = unsafe bins[Int(here.feature) &* scale] &- here.low
    // A branch here is mispredicted half the time, and compilers make one of every arithmetic that
    // only chooses; so the choice is looked up.
    let goesRight = Int(UInt32(bitPattern: Int32(here.width) &- Int32(bin)) >> 31)
    // 1, and 0 in a leaf, which stays where it is.
    let left = 1 &+ here.link >> 31
    unsafe node += Int(left &+ (here.link &- left) & masks[goesRight])
    return here.link
  }

  @inline(__always)
  private static func eightLeaves(
    _ root: UnsafePointer<ForestNode>, _ bins: UnsafePointer<UInt8>,
    _ masks: UnsafePointer<Int32>, _ leaves: UnsafeMutablePointer<Int32>
  ) {
    var (n0, n1, n2, n3) = unsafe (root, root, root, root)
    var (n4, n5, n6, n7) = unsafe (root, root, root, root)
    var going: Int32 = 0
    repeat {
      let l0 = unsafe step(&n0, bins, Lanes.count, masks)
      let l1 = unsafe step(&n1, bins + 1, Lanes.count, masks)
      let l2 = unsafe step(&n2, bins + 2, Lanes.count, masks)
      let l3 = unsafe step(&n3, bins + 3, Lanes.count, masks)
      let l4 = unsafe step(&n4, bins + 4, Lanes.count, masks)
      let l5 = unsafe step(&n5, bins + 5, Lanes.count, masks)
      let l6 = unsafe step(&n6, bins + 6, Lanes.count, masks)
      let l7 = unsafe step(&n7, bins + 7, Lanes.count, masks)
      going = l0 & l1 & l2 & l3 & l4 & l5 & l6 & l7
    } while going >= 0
    unsafe leaves[0] = ~n0.pointee.link
    unsafe leaves[1] = ~n1.pointee.link
    unsafe leaves[2] = ~n2.pointee.link
    unsafe leaves[3] = ~n3.pointee.link
    unsafe leaves[4] = ~n4.pointee.link
    unsafe leaves[5] = ~n5.pointee.link
    unsafe leaves[6] = ~n6.pointee.link
    unsafe leaves[7] = ~n7.pointee.link
  }

  private static func leaf(
    _ root: UnsafePointer<ForestNode>, _ bins: UnsafePointer<UInt8>, scale: Int
  ) -> Int32 {
    var node = unsafe root
    while true {
      let here = unsafe node.pointee
      if here.link < 0 { return ~here.link }
      let bin = unsafe bins[here.column &* scale]
      if here.isCategorical {
        let word = unsafe (node + 1 + Int(bin >> 6)).pointee.bits
        unsafe node += word >> UInt64(bin & 63) & 1 == 1 ? 5 : Int(here.link)
      } else {
        unsafe node += bin &- here.low <= here.width ? 1 : Int(here.link)
      }
    }
  }

  /// Returns the leaf of one row in every tree.
  ///
  /// All trees go down together, a level at a time, so that their waits for memory overlap; those
  /// that have come to a leaf drop out.
  func leaves(of bins: [UInt8]) -> [Int32] {
    unsafe [Int32](unsafeUninitializedCapacity: treeCount) { leaves, count in
      count = treeCount
      unsafe nodes.withUnsafeBufferPointer { nodes in
        unsafe bins.withUnsafeBufferPointer { bins in
          unsafe Self.masks.withUnsafeBufferPointer { masks in
            let masks = masks.baseAddress!
            let base = nodes.baseAddress!
            let row = bins.baseAddress!
            if hasCategories {
              for tree in 0..<treeCount {
                unsafe leaves[tree] = Self.leaf(base + starts[tree], row, scale: 1)
              }
              return
            }
            unsafe withUnsafeTemporaryAllocation(
              of: (node: UnsafePointer<ForestNode>, tree: Int).self, capacity: treeCount
            ) { front in
              for tree in 0..<treeCount {
                unsafe front.initializeElement(at: tree, to: (base + starts[tree], tree))
              }
              var going = treeCount
              while going > 0 {
                var kept = 0
                for index in 0..<going {
                  var (node, tree) = unsafe front[index]
                  let link = unsafe Self.step(&node, row, 1, masks)
                  // What is written before the leaf is reached is written again.
                  unsafe leaves[tree] = ~link
                  unsafe front[kept] = (node, tree)
                  kept &+= Int(1 &+ link >> 31)
                }
                going = kept
              }
            }
          }
        }
      }
    }
  }

  /// Returns the prediction for one row, the same in every bit as among others.
  func predict(_ codes: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: outputs)
    for leaf in leaves(of: binning.row(codes)) {
      for output in 0..<outputs { values[output] += leafValues[Int(leaf) * outputs + output] }
    }
    let scale = 1 / Double(treeCount)
    return values.map { $0 * scale }
  }

  /// Returns the predictions for a table, made by several workers in ranges of rows.
  func predict(_ table: FeatureTable, workers: Int) async throws(LearningError) -> [Double] {
    let columns = try schema.columns(of: table)
    let parts = splitRanges(count: table.rowCount, into: workers)
    let values = await concurrentMap(parts, workers: workers) { predict(columns, rows: $0) }
    return values.count == 1 ? values[0] : Array(values.joined())
  }

  /// Returns the predictions for a table.
  func predict(_ table: FeatureTable) throws(LearningError) -> [Double] {
    predict(try schema.columns(of: table), rows: 0..<table.rowCount)
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
    try reader.require(nodeCount * 8)
    var nodes: [ForestNode] = []
    nodes.reserveCapacity(nodeCount)
    for _ in 0..<nodeCount { nodes.append(ForestNode(bits: try reader.uint64())) }
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
      gains.allSatisfy(\.isFinite)
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
