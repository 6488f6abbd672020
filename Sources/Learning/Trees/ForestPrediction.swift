import StatisticsCore

/// How a forest predicts: the small door of this file.
extension Forest {
  /// How many rows are binned at a time; their positions fit into two bytes.
  private static let block = 16_384
  /// From how few rows on they are walked one by one.
  private static let few = 4

  /// Returns for each row the mean of the trees' leaves, `outputs` numbers for each row.
  func predict(_ columns: [FeatureColumn], rows: Range<Int>) -> [Double] {
    var values = sums(columns, rows: rows, from: Array(repeating: 0, count: outputs))
    let scale = 1 / Double(treeCount)
    for index in values.indices { values[index] *= scale }
    return values
  }

  /// Returns for each row the sums of the trees' leaves and of `base`.
  ///
  /// Where leaves hold one number, and `base` several, trees belong to them in turns.
  func sums(_ columns: [FeatureColumn], rows: Range<Int>, from base: [Double]) -> [Double] {
    let groups = base.count
    let outputs = outputs
    return unsafe [Double](unsafeUninitializedCapacity: rows.count * groups) { values, count in
      count = rows.count * groups
      for row in 0..<rows.count {
        for group in 0..<groups {
          unsafe values.initializeElement(at: row &* groups &+ group, to: base[group])
        }
      }
      let size = min(Self.block, max(1, rows.count))
      var bins = [UInt8](repeating: 0, count: size * columns.count)
      var first = rows.lowerBound
      while first < rows.upperBound {
        let end = min(first + size, rows.upperBound)
        for (column, values) in columns.enumerated() {
          unsafe bins.withUnsafeMutableBufferPointer { bins in
            unsafe values.codes.withUnsafeBufferPointer { codes in
              unsafe binning.write(
                UnsafeBufferPointer(rebasing: codes[first..<end]), column: column,
                to: bins.baseAddress! + column * size)
            }
          }
        }
        let out = unsafe values.baseAddress! + (first - rows.lowerBound) * groups
        unsafe leafValues.withUnsafeBufferPointer { leafValues in
          for tree in 0..<treeCount {
            let group = outputs == 1 ? tree % groups : 0
            route(tree, bins, size: size, count: end - first) { row, leaf in
              if outputs == 1 {
                unsafe out[row &* groups &+ group] += leafValues[leaf]
              } else {
                for output in 0..<outputs {
                  unsafe out[row &* outputs &+ output] += leafValues[leaf &* outputs &+ output]
                }
              }
            }
          }
        }
        first = end
      }
    }
  }

  /// Sends rows down a tree all together and gives each with the number of its leaf to `found`.
  ///
  /// The rows at a node are divided as when the tree was grown: columns and nodes are read forwards,
  /// no step waits for the one before it, and no branch depends on a row.
  /// - Parameters:
  ///   - bins: Column after column, `size` bytes each.
  ///   - count: The number of rows, at most `size` and 65,536.
  @inline(__always)
  func route(
    _ tree: Int, _ bins: [UInt8], size: Int, count: Int,
    _ found: (_ row: Int, _ leaf: Int) -> Void
  ) {
    if count == 0 { return }
    unsafe nodes.withUnsafeBufferPointer { nodes in
      unsafe bins.withUnsafeBufferPointer { bins in
        unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 2 * count) { places in
          let rows = places.baseAddress!
          let scratch = unsafe rows + count
          for row in 0..<count { unsafe rows[row] = UInt16(truncatingIfNeeded: row) }
          let base = bins.baseAddress!
          var tasks: [(node: Int, start: Int, end: Int)] = [(starts[tree], 0, count)]
          while let task = tasks.popLast() {
            var node = task.node
            var end = task.end
            let start = task.start
            while true {
              let here = unsafe nodes[node]
              if here.link < 0 {
                let leaf = Int(~here.link)
                for index in start..<end { unsafe found(Int(rows[index]), leaf) }
                break
              }
              if end &- start <= Self.few {
                for index in start..<end {
                  let row = unsafe Int(rows[index])
                  unsafe found(
                    row, Self.leaf(nodes.baseAddress! + node, base + row, size: size))
                }
                break
              }
              let column = unsafe base + here.column &* size
              var left = start
              var right = 0
              if here.isCategorical {
                let set = unsafe nodes.baseAddress! + node + 1
                for index in start..<end {
                  let row = unsafe rows[index]
                  let bin = unsafe column[Int(row)]
                  let word = unsafe set[Int(bin >> 6)].bits
                  let goesLeft = Int(truncatingIfNeeded: word &>> UInt64(bin & 63) & 1)
                  unsafe rows[left] = row
                  unsafe scratch[right] = row
                  left &+= goesLeft
                  right &+= 1 &- goesLeft
                }
              } else {
                let (low, width) = (here.low, here.width)
                for index in start..<end {
                  let row = unsafe rows[index]
                  let goesLeft = unsafe column[Int(row)] &- low <= width ? 1 : 0
                  unsafe rows[left] = row
                  unsafe scratch[right] = row
                  left &+= goesLeft
                  right &+= 1 &- goesLeft
                }
              }
              unsafe (rows + left).update(from: scratch, count: right)
              if right > 0 { tasks.append((node &+ Int(here.link), left, end)) }
              if left == start { break }
              node &+= here.leftOffset
              end = left
            }
          }
        }
      }
    }
  }

  /// Walks one row from a node to its leaf; the bin of a column is `size` bytes after the last.
  private static func leaf(
    _ start: UnsafePointer<ForestNode>, _ bins: UnsafePointer<UInt8>, size: Int
  ) -> Int {
    var node = unsafe start
    while true {
      let here = unsafe node.pointee
      if here.link < 0 { return Int(~here.link) }
      let bin = unsafe bins[here.column &* size]
      if here.isCategorical {
        let word = unsafe (node + 1 + Int(bin >> 6)).pointee.bits
        unsafe node += word >> UInt64(bin & 63) & 1 == 1 ? 5 : Int(here.link)
      } else {
        unsafe node += bin &- here.low <= here.width ? 1 : Int(here.link)
      }
    }
  }

  /// What a way is multiplied by, bit by bit: nothing to the left, all of it to the right.
  private static let masks: [Int32] = [0, -1]

  /// Returns the leaf of one row in every tree.
  ///
  /// All trees go down together, a level at a time, so that their waits for memory overlap; those
  /// that have come to a leaf drop out.
  func leaves(of bins: [UInt8]) -> [Int32] {
    unsafe [Int32](unsafeUninitializedCapacity: treeCount) { leaves, count in
      count = treeCount
      unsafe nodes.withUnsafeBufferPointer { nodes in
        unsafe bins.withUnsafeBufferPointer { bins in
          let base = nodes.baseAddress!
          let row = bins.baseAddress!
          if hasCategories {
            for tree in 0..<treeCount {
              unsafe leaves[tree] = Int32(Self.leaf(base + starts[tree], row, size: 1))
            }
            return
          }
          unsafe Self.masks.withUnsafeBufferPointer { masks in
            unsafe descend(base, row, masks.baseAddress!, leaves.baseAddress!)
          }
        }
      }
    }
  }

  private func descend(
    _ base: UnsafePointer<ForestNode>, _ bins: UnsafePointer<UInt8>,
    _ masks: UnsafePointer<Int32>, _ leaves: UnsafeMutablePointer<Int32>
  ) {
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
          let (node, tree) = unsafe front[index]
          let here = unsafe node.pointee
          // A branch here is mispredicted half the time, and compilers make one of every arithmetic
          // that only chooses; so the choice is looked up.
          let bin = unsafe bins[Int(here.feature)] &- here.low
          let goesRight = Int(UInt32(bitPattern: Int32(here.width) &- Int32(bin)) >> 31)
          let way = unsafe 1 &+ (here.link &- 1) & masks[goesRight]
          // What is written before the leaf is reached is written again.
          unsafe leaves[tree] = ~here.link
          unsafe front[kept] = (node + Int(way), tree)
          kept &+= Int(1 &+ here.link >> 31)
        }
        going = kept
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
