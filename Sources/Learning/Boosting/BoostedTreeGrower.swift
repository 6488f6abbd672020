import StatisticsCore

/// How a boosted tree grows.
struct BoostingLimits: Sendable {
  var leaves: Int
  var minimumLeaf: Double
  var maximumDepth: Int
  var l2: Double
  var learningRate: Double
  /// What is added to the sums of second derivatives of categories, against chance in rare ones.
  var categorySmoothing = 10.0
  /// The least sum of second derivatives on a side.
  var minimumHessian = 1e-3
}

/// Grows a tree on first and second derivatives, the leaf with the best split first: the small door of
/// this file.
///
/// The sums over bins of a leaf are those of its parent less those of its sibling, so that only the
/// smaller of two is added up. Columns and rows are shared among a crew; what comes of them does not
/// depend on who did it.
struct BoostedTreeGrower: Sendable {
  /// Sums of first and second derivatives, and a count.
  struct Cell: Sendable {
    private var pair = SIMD2<Double>()
    private(set) var z = 0.0

    init() {}
    @inline(__always)
    init(_ pair: SIMD2<Double>, _ count: Double) {
      self.pair = pair
      z = count
    }

    var x: Double { @inline(__always) get { pair.x } }
    var y: Double { @inline(__always) get { pair.y } }

    @inline(__always)
    static func + (a: Cell, b: Cell) -> Cell { Cell(a.pair + b.pair, a.z + b.z) }
    @inline(__always)
    static func - (a: Cell, b: Cell) -> Cell { Cell(a.pair - b.pair, a.z - b.z) }
    @inline(__always)
    static func += (a: inout Cell, b: Cell) { a = a + b }
    @inline(__always)
    static func -= (a: inout Cell, b: Cell) { a = a - b }
  }

  let table: BinnedTable
  let limits: BoostingLimits
  let crew: WorkCrew

  struct Split: Sendable {
    var gain = 0.0
    var column = -1
    var cut: UInt8 = 0
    var missingLeft = false
    var leftBins: BinSet?
  }

  /// What a worker found in its columns: the sums of both children, and for each column their best
  /// splits.
  private struct Part: Sendable {
    var small: [Cell]
    var large: [Cell]
    var smallSplits: [Split]
    var largeSplits: [Split]
  }

  private struct Leaf {
    var rows: [UInt32]
    var total: Cell
    var parts: [[Cell]]
    var split: Split
    var depth: Int
    var node: Int
  }

  private struct Node {
    var split: Split?
    var left = 0
    var right = 0
    var total: Cell
    var value = 0.0
  }

  /// Grows a tree; adds the leaves' values to the predictions of the rows.
  func grow(
    _ rows: [UInt32], _ derivatives: [SIMD2<Double>], _ scores: inout [Double], group: Int,
    groups: Int
  ) -> GrownTree {
    // Four columns each, as a histogram takes them.
    let ranges = stride(from: 0, to: table.columnCount, by: 4).map {
      $0..<min(table.columnCount, $0 + 4)
    }
    let gathered = gather(derivatives, rows)
    let total = gathered.reduce(Cell()) { $0 + Self.cell($1) }
    let first = crew.map(ranges.count) { part in
      let sums = histogram(rows, gathered, ranges[part])
      return (sums, splits(sums, ranges[part], total, depth: 0))
    }
    var nodes = [Node(total: total)]
    var leaves = [
      Leaf(
        rows: rows, total: total, parts: first.map(\.0), split: Self.best(first.flatMap(\.1)),
        depth: 0, node: 0)
    ]
    while leaves.count < limits.leaves {
      // The first of equally good leaves.
      var chosen = 0
      for index in leaves.indices where leaves[index].split.gain > leaves[chosen].split.gain {
        chosen = index
      }
      let leaf = leaves[chosen]
      if leaf.split.column < 0 { break }
      let (left, right) = divide(leaf.rows, leaf.split)
      let isLeftSmall = left.count <= right.count
      let small = isLeftSmall ? left : right
      let smallGathered = gather(derivatives, small)
      let smallTotal = smallGathered.reduce(Cell()) { $0 + Self.cell($1) }
      let largeTotal = leaf.total - smallTotal
      let depth = leaf.depth + 1
      let parts = crew.map(ranges.count) { part -> Part in
        let range = ranges[part]
        let own = histogram(small, smallGathered, range)
        var rest = leaf.parts[part]
        for index in rest.indices { rest[index] -= own[index] }
        return Part(
          small: own, large: rest, smallSplits: splits(own, range, smallTotal, depth: depth),
          largeSplits: splits(rest, range, largeTotal, depth: depth))
      }
      func child(_ isLeft: Bool) -> Leaf {
        let isSmall = isLeft == isLeftSmall
        nodes.append(Node(total: isSmall ? smallTotal : largeTotal))
        return Leaf(
          rows: isLeft ? left : right, total: isSmall ? smallTotal : largeTotal,
          parts: parts.map { isSmall ? $0.small : $0.large },
          split: Self.best(parts.flatMap { isSmall ? $0.smallSplits : $0.largeSplits }),
          depth: depth,
          node: nodes.count - 1)
      }
      nodes[leaf.node].split = leaf.split
      leaves[chosen] = child(true)
      nodes[leaf.node].left = nodes.count - 1
      leaves.append(child(false))
      nodes[leaf.node].right = nodes.count - 1
    }
    for leaf in leaves {
      let value = -leaf.total.x / (leaf.total.y + limits.l2) * limits.learningRate
      // Without any curvature there is nowhere to go.
      nodes[leaf.node].value = value.isFinite ? value : 0
    }
    let steps = leaves.map { (rows: $0.rows, value: nodes[$0.node].value) }
    unsafe crew.change(&scores, pieces: steps.count) { piece, scores in
      for row in steps[piece].rows {
        unsafe scores[Int(row) * groups + group] += steps[piece].value
      }
    }
    return flatten(nodes)
  }

  /// The derivatives of `rows`, beside each other.
  private func gather(_ derivatives: [SIMD2<Double>], _ rows: [UInt32]) -> [SIMD2<Double>] {
    crew.map(rows.count, chunk: Self.chunk) { derivatives[Int(rows[$0])] }
  }

  /// How many rows make a piece of work.
  private static let chunk = 8_192

  private static func cell(_ pair: SIMD2<Double>) -> Cell { Cell(pair, 1) }

  /// The best of the splits of all columns in their order, whoever found them: one that is better by
  /// rounding only does not count as better.
  private static func best(_ splits: [Split]) -> Split {
    var best = Split()
    for split in splits where split.gain > best.gain + slack { best = split }
    return best
  }

  private static let slack = 1e-12

  private func histogram(
    _ rows: [UInt32], _ gathered: [SIMD2<Double>], _ columns: Range<Int>
  ) -> [Cell] {
    var sums = [Cell](repeating: Cell(), count: columns.count * 256)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe table.bins.withUnsafeBufferPointer { bins in
        unsafe rows.withUnsafeBufferPointer { rows in
          unsafe gathered.withUnsafeBufferPointer { gathered in
            var place = 0
            // Four columns at a time: an addition waits for the one before it where both are of one bin,
            // and the next column's need not.
            while place + 4 <= columns.count {
              let own = unsafe sums.baseAddress! + place * 256
              let a = unsafe bins.baseAddress! + (columns.lowerBound + place) * table.rowCount
              let b = unsafe a + table.rowCount
              let c = unsafe b + table.rowCount
              let d = unsafe c + table.rowCount
              for index in rows.indices {
                let row = unsafe Int(rows[index])
                let cell = unsafe Self.cell(gathered[index])
                unsafe own[Int(a[row])] += cell
                unsafe own[256 + Int(b[row])] += cell
                unsafe own[512 + Int(c[row])] += cell
                unsafe own[768 + Int(d[row])] += cell
              }
              place += 4
            }
            while place < columns.count {
              let own = unsafe sums.baseAddress! + place * 256
              let codes = unsafe bins.baseAddress! + (columns.lowerBound + place) * table.rowCount
              for index in rows.indices {
                unsafe own[Int(codes[Int(rows[index])])] += Self.cell(gathered[index])
              }
              place += 1
            }
          }
        }
      }
    }
    return sums
  }

  /// For each column the best split.
  private func splits(
    _ sums: [Cell], _ columns: Range<Int>, _ total: Cell, depth: Int
  ) -> [Split] {
    if depth >= limits.maximumDepth { return [] }
    return columns.enumerated().map { place, column in
      var split = Split()
      let own = sums[(place * 256)..<(place * 256 + 256)]
      if table.binning.columns[column].isCategorical {
        tryCategories(Array(own), column, total, &split)
      } else {
        tryBorders(own, column, total, &split)
      }
      return split
    }
  }

  private func gain(_ left: Cell, _ total: Cell, l2: Double) -> Double? {
    let right = total - left
    guard left.z >= limits.minimumLeaf, right.z >= limits.minimumLeaf,
      left.y >= limits.minimumHessian, right.y >= limits.minimumHessian
    else { return nil }
    return left.x * left.x / (left.y + l2) + right.x * right.x / (right.y + l2)
      - total.x * total.x / (total.y + l2)
  }

  private func tryBorders(
    _ sums: ArraySlice<Cell>, _ column: Int, _ total: Cell, _ split: inout Split
  ) {
    let first = sums.startIndex
    let missing = sums[first]
    let last = table.binning.columns[column].binCount - 1
    for missingLeft in missing.z > 0.5 ? [false, true] : [false] {
      var left = missingLeft ? missing : Cell()
      // With missing values on the right all numbers may go left.
      for bin in 1..<(missing.z > 0.5 && !missingLeft ? last + 1 : max(1, last)) {
        left += sums[first + bin]
        if sums[first + bin].z < 0.5 { continue }
        if let gain = gain(left, total, l2: limits.l2), gain > split.gain + Self.slack {
          split = Split(
            gain: gain, column: column, cut: UInt8(bin),
            missingLeft: missing.z > 0.5 ? missingLeft : left.z * 2 >= total.z)
        }
      }
    }
  }

  private func tryCategories(
    _ sums: [Cell], _ column: Int, _ total: Cell, _ split: inout Split
  ) {
    let l2 = limits.l2 + limits.categorySmoothing
    func key(_ bin: Int) -> Double { sums[bin].x / (sums[bin].y + limits.categorySmoothing) }
    let seen = sums.indices.filter { sums[$0].z > 0.5 }
    let order = seen.sorted { key($0) != key($1) ? key($0) < key($1) : $0 < $1 }
    var left = Cell()
    for (index, bin) in order.dropLast().enumerated() {
      left += sums[bin]
      guard let gain = gain(left, total, l2: l2), gain > split.gain + Self.slack else { continue }
      var set = BinSet()
      for bin in order[...index] { set.insert(UInt8(bin)) }
      if left.z * 2 >= total.z {
        for bin in sums.indices where sums[bin].z <= 0.5 { set.insert(UInt8(bin)) }
      }
      split = Split(gain: gain, column: column, leftBins: set)
    }
  }

  private func divide(_ rows: [UInt32], _ split: Split) -> ([UInt32], [UInt32]) {
    let pieces = (rows.count + Self.chunk - 1) / Self.chunk
    let parts = crew.map(pieces) { piece in
      divide(rows, piece * Self.chunk..<min(rows.count, (piece + 1) * Self.chunk), split)
    }
    if parts.count == 1 { return parts[0] }
    var (left, right): ([UInt32], [UInt32]) = ([], [])
    left.reserveCapacity(parts.reduce(0) { $0 + $1.0.count })
    right.reserveCapacity(parts.reduce(0) { $0 + $1.1.count })
    for part in parts {
      left += part.0
      right += part.1
    }
    return (left, right)
  }

  private func divide(
    _ rows: [UInt32], _ range: Range<Int>, _ split: Split
  ) -> ([UInt32], [UInt32]) {
    let start = split.column * table.rowCount
    let low: UInt8 = split.missingLeft ? 0 : 1
    let cut = split.cut &- low
    var right: [UInt32] = []
    let left = unsafe [UInt32](unsafeUninitializedCapacity: range.count) { left, leftCount in
      right = unsafe [UInt32](unsafeUninitializedCapacity: range.count) { right, rightCount in
        unsafe table.bins.withUnsafeBufferPointer { bins in
          unsafe rows.withUnsafeBufferPointer { rows in
            // Both sides are written and one is kept, which costs less than a branch that nobody can
            // foresee.
            for index in range {
              let row = unsafe rows[index]
              let bin = unsafe bins[start + Int(row)]
              let goesLeft = split.leftBins?.contains(bin) ?? (bin &- low <= cut)
              unsafe left[leftCount] = row
              unsafe right[rightCount] = row
              leftCount += goesLeft ? 1 : 0
              rightCount += goesLeft ? 0 : 1
            }
          }
        }
      }
    }
    return (left, right)
  }

  /// The nodes in pre-order.
  private func flatten(_ nodes: [Node]) -> GrownTree {
    var tree = GrownTree(gains: Array(repeating: 0, count: table.columnCount))
    var tasks: [(node: Int, parent: Int)] = [(0, -1)]
    while let task = tasks.popLast() {
      let node = nodes[task.node]
      let position = tree.nodes.count
      if task.parent >= 0 { tree.nodes[task.parent].link = Int32(position - task.parent) }
      tree.covers.append(Float(node.total.z))
      guard let split = node.split else {
        tree.nodes.append(.leaf(tree.leafValues.count))
        tree.leafValues.append(node.value)
        continue
      }
      tree.gains[split.column] += split.gain
      if let set = split.leftBins {
        tree.nodes.append(
          ForestNode(
            link: 1, feature: UInt16(split.column) | ForestNode.categorical, low: 0, width: 0))
        for word in 0..<4 {
          tree.nodes.append(ForestNode(bits: set.word(word)))
          tree.covers.append(0)
        }
      } else {
        let low: UInt8 = split.missingLeft ? 0 : 1
        // All numbers left: those beyond the last bin of the rows too.
        let all = Int(split.cut) == table.binning.columns[split.column].binCount - 1
        tree.nodes.append(
          ForestNode(
            link: 1, feature: UInt16(split.column), low: low,
            width: (all ? 255 : split.cut) &- low))
      }
      tasks.append((node.right, position))
      tasks.append((node.left, -1))
    }
    return tree
  }
}
