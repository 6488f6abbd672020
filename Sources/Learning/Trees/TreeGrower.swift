import StatisticsCore

/// A tree as it was grown.
struct GrownTree: Sendable {
  var nodes: [ForestNode] = []
  /// For each node the sum of the weights of its rows; 0 where nodes hold bins.
  var covers: [Float] = []
  /// The predictions of the leaves, one after the other.
  var leafValues: [Double] = []
  /// For each column by how much its splits lowered the impurity, as a share of all weights.
  var gains: [Double]
  /// For each leaf its rows with how often each was drawn, if they are kept.
  var leafRows: [[(row: UInt32, draws: UInt32)]] = []
}

/// The rules of growth for a given table.
struct GrowthLimits: Sendable {
  var maximumDepth: Int
  var minimumSplit: Double
  var minimumLeaf: Double
  var minimumGain: Double
  var featuresPerNode: Int
  var rule: SplitRule
  /// For each column 1, −1, or 0 where the prediction is not monotone.
  var directions: [Int]
  var isMonotone: Bool
  var keepsLeafRows: Bool

  init(_ growth: TreeGrowth, directions: [Int], keepsLeafRows: Bool) {
    // A path never has more splits than there are rows.
    maximumDepth = growth.maximumDepth ?? .max
    minimumSplit = Double(growth.minimumSplit)
    minimumLeaf = Double(growth.minimumLeaf)
    minimumGain = growth.minimumGain
    featuresPerNode = growth.features.count(of: directions.count)
    rule = growth.rule
    self.directions = directions
    isMonotone = directions.contains { $0 != 0 }
    self.keepsLeafRows = keepsLeafRows
  }
}

/// Grows one tree over bins: the small door of this file.
///
/// Rows are kept in the order of the table within every node, so that columns are read forwards. A
/// small node notes in 256 bits which bins occur, so that sums are visited and cleared in their order
/// without looking at empty bins and without sorting.
@safe struct TreeGrower<Criterion: SplitCriterion> {
  private typealias Entry = Criterion.Entry
  private typealias Cell = Criterion.Cell

  private struct Task {
    var start: Int
    var end: Int
    var depth: Int
    /// The node whose right child this is, or −1.
    var parent: Int
    var lower: Double
    var upper: Double
  }

  private struct Split {
    var score = -Double.infinity
    var feature = -1
    /// The last bin on the left and the first on the right.
    var leftBin: UInt8 = 0
    var rightBin: UInt8 = 0
    var missingLeft = false
    var leftBins: BinSet?
    var leftValue = 0.0
    var rightValue = 0.0
  }

  let table: BinnedTable
  let limits: GrowthLimits
  private var criterion: Criterion
  private var generator: SeededGenerator
  private let stream: SeededGenerator
  private var tree: GrownTree
  private var pureLeaves: [Int?]
  private let sharesPureLeaves: Bool
  private var features: [Int]
  private let histogram: UnsafeMutablePointer<Cell>
  private let occupied: UnsafeMutablePointer<UInt8>
  private let ordered: UnsafeMutablePointer<UInt8>
  private let keys: UnsafeMutablePointer<Double>
  /// A bit for each bin that occurs.
  private let words: UnsafeMutablePointer<UInt64>

  private var cells: Int { @inline(__always) get { criterion.cellsPerBin } }

  /// Grows a tree of the entries, of which there is at least one.
  static func grow(
    _ entries: [Criterion.Entry], _ table: BinnedTable, _ criterion: Criterion,
    _ limits: GrowthLimits, stream: SeededGenerator
  ) -> GrownTree {
    let cells = criterion.cellsPerBin
    return unsafe withUnsafeTemporaryAllocation(of: Cell.self, capacity: 256 * cells) {
      cellMemory in
      unsafe cellMemory.initialize(repeating: Criterion.zero)
      return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { bytes in
        unsafe bytes.initialize(repeating: 0)
        return unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { keys in
          unsafe keys.initialize(repeating: 0)
          return unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4) { words in
            var grower = unsafe TreeGrower(
              table, criterion, limits, stream, cellMemory.baseAddress!, bytes.baseAddress!,
              keys.baseAddress!, words.baseAddress!)
            return grower.grow(entries)
          }
        }
      }
    }
  }

  private init(
    _ table: BinnedTable, _ criterion: Criterion, _ limits: GrowthLimits,
    _ stream: SeededGenerator, _ histogram: UnsafeMutablePointer<Cell>,
    _ bytes: UnsafeMutablePointer<UInt8>, _ keys: UnsafeMutablePointer<Double>,
    _ words: UnsafeMutablePointer<UInt64>
  ) {
    self.table = table
    self.limits = limits
    self.criterion = criterion
    self.stream = stream
    generator = stream
    tree = GrownTree(gains: Array(repeating: 0, count: table.columnCount))
    pureLeaves = []
    // The bounds of a monotone tree differ from leaf to leaf.
    sharesPureLeaves = !limits.keepsLeafRows && !limits.isMonotone
    features = Array(0..<table.columnCount)
    unsafe self.histogram = histogram
    unsafe occupied = bytes
    unsafe ordered = bytes + 256
    unsafe self.keys = keys
    unsafe self.words = words
  }

  private mutating func grow(_ entries: [Entry]) -> GrownTree {
    var entries = entries
    var scratch = entries
    let count = entries.count
    unsafe entries.withUnsafeMutableBufferPointer { entries in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        unsafe table.bins.withUnsafeBufferPointer { bins in
          unsafe grow(
            entries.baseAddress!, scratch.baseAddress!, count: count, bins.baseAddress!)
        }
      }
    }
    return tree
  }

  private mutating func grow(
    _ entries: UnsafeMutablePointer<Entry>, _ scratch: UnsafeMutablePointer<Entry>, count: Int,
    _ bins: UnsafePointer<UInt8>
  ) {
    _ = unsafe criterion.begin(entries, count: count)
    let allWeight = criterion.weight
    var tasks = [
      Task(start: 0, end: count, depth: 0, parent: -1, lower: -.infinity, upper: .infinity)
    ]
    while let task = tasks.popLast() {
      let position = tree.nodes.count
      if task.parent >= 0 { tree.nodes[task.parent].link = Int32(position - task.parent) }
      let size = task.end - task.start
      let own = unsafe entries + task.start
      let isPure = unsafe criterion.begin(own, count: size)
      var split = Split()
      if !isPure, task.depth < limits.maximumDepth, criterion.count >= limits.minimumSplit,
        criterion.count >= 2 * limits.minimumLeaf
      {
        generator = stream.stream(UInt64(position))
        unsafe search(own, size, bins, task, &split)
      }
      let gain =
        split.feature < 0
        ? 0 : (split.score - criterion.baseScore) * criterion.gainScale / allWeight
      guard split.feature >= 0, limits.minimumGain == 0 || gain >= limits.minimumGain else {
        unsafe appendLeaf(own, size, task)
        continue
      }
      tree.gains[split.feature] += max(gain, 0)
      let node = appendSplit(split)
      let column = unsafe bins + split.feature * table.rowCount
      let middle = unsafe partition(own, size, scratch, column, node, split.leftBins)
      var left = Task(
        start: task.start, end: task.start + middle, depth: task.depth + 1, parent: -1,
        lower: task.lower, upper: task.upper)
      var right = left
      right.start = task.start + middle
      right.end = task.end
      right.parent = position
      let direction = limits.directions[split.feature]
      if direction != 0 {
        let border = split.leftValue / 2 + split.rightValue / 2
        if direction > 0 {
          left.upper = min(left.upper, border)
          right.lower = max(right.lower, border)
        } else {
          left.lower = max(left.lower, border)
          right.upper = min(right.upper, border)
        }
      }
      tasks.append(right)
      tasks.append(left)
    }
  }

  private mutating func appendLeaf(
    _ entries: UnsafeMutablePointer<Entry>, _ count: Int, _ task: Task
  ) {
    tree.covers.append(Float(criterion.weight))
    let number: Int
    if sharesPureLeaves, let pure = criterion.pureClass {
      while pureLeaves.count <= pure { pureLeaves.append(nil) }
      if let known = pureLeaves[pure] {
        tree.nodes.append(.leaf(known))
        return
      }
      number = leafCount
      pureLeaves[pure] = number
    } else {
      number = leafCount
    }
    leafCount += 1
    tree.nodes.append(.leaf(number))
    criterion.appendValue(to: &tree.leafValues, task.lower, task.upper)
    if limits.keepsLeafRows {
      tree.leafRows.append(
        (0..<count).map {
          let entry = unsafe entries[$0]
          return (UInt32(Criterion.row(entry)), UInt32(Criterion.draws(entry)))
        })
    }
  }
  private var leafCount = 0

  private mutating func appendSplit(_ split: Split) -> ForestNode {
    tree.covers.append(Float(criterion.weight))
    if let set = split.leftBins {
      let node = ForestNode(
        link: 1, feature: UInt16(split.feature) | ForestNode.categorical, low: 0, width: 0)
      tree.nodes.append(node)
      for word in 0..<4 {
        tree.nodes.append(ForestNode(bits: set.word(word)))
        tree.covers.append(0)
      }
      return node
    }
    let low: UInt8 = split.missingLeft ? 0 : 1
    let node = ForestNode(
      link: 1, feature: UInt16(split.feature), low: low, width: cut(split) &- low)
    tree.nodes.append(node)
    return node
  }

  /// The last bin that goes left: between the two bins of a split, the border nearest to the middle
  /// of the values on both sides.
  private func cut(_ split: Split) -> UInt8 {
    let (a, b) = (split.leftBin, split.rightBin)
    // Missing values alone on one side, or no bin between.
    if a == 0 || b == 0 || b == a + 1 { return a == 0 ? 0 : b == 0 ? 255 : a }
    guard case .numeric(let edges) = table.binning.columns[split.feature] else { return a }
    let middle = ColumnBins.midpoint(
      table.highs[split.feature][Int(a)], table.lows[split.feature][Int(b)])
    let bin = table.binning.columns[split.feature].bin(middle)
    if bin < a { return a }
    if bin >= b { return b - 1 }
    if bin == a { return a }
    // The border below the bin of the middle, or that above it.
    let below = middle - edges[Int(bin) - 2]
    let above = edges[Int(bin) - 1] - middle
    return below <= above ? bin - 1 : bin
  }

  /// Moves the entries that go left to the front, in their order; returns how many there are.
  private func partition(
    _ entries: UnsafeMutablePointer<Entry>, _ count: Int, _ scratch: UnsafeMutablePointer<Entry>,
    _ column: UnsafePointer<UInt8>, _ node: ForestNode, _ leftBins: BinSet?
  ) -> Int {
    var left = 0
    var right = 0
    if let leftBins {
      for index in 0..<count {
        let entry = unsafe entries[index]
        unsafe entries[left] = entry
        unsafe scratch[right] = entry
        let goesLeft = unsafe leftBins.contains(column[Criterion.row(entry)]) ? 1 : 0
        left &+= goesLeft
        right &+= 1 &- goesLeft
      }
    } else {
      let (low, width) = (node.low, node.width)
      for index in 0..<count {
        let entry = unsafe entries[index]
        unsafe entries[left] = entry
        unsafe scratch[right] = entry
        let goesLeft = unsafe column[Criterion.row(entry)] &- low <= width ? 1 : 0
        left &+= goesLeft
        right &+= 1 &- goesLeft
      }
    }
    unsafe (entries + left).update(from: scratch, count: right)
    return left
  }

  // Draws columns without replacement until as many have been looked at as a node may, and at least
  // one of them was not constant.
  private mutating func search(
    _ entries: UnsafeMutablePointer<Entry>, _ count: Int, _ bins: UnsafePointer<UInt8>,
    _ task: Task, _ split: inout Split
  ) {
    var looked = 0
    var varied = 0
    let all = features.count
    let takesAll = limits.featuresPerNode == all
    while looked < all && (looked < limits.featuresPerNode || varied == 0) {
      if !takesAll {
        features.swapAt(looked, looked + generator.integer(below: all - looked))
      }
      let feature = features[looked]
      looked += 1
      let column = unsafe bins + feature * table.rowCount
      let found = unsafe accumulate(entries, count, column, feature)
      if found > 1 {
        varied += 1
        if table.binning.columns[feature].isCategorical {
          tryCategories(feature, found, task, &split)
        } else {
          tryBorders(feature, found, task, &split)
        }
      }
      for index in 0..<found {
        let cell = unsafe histogram + Int(occupied[index]) &* cells
        unsafe cell.pointee = Criterion.zero
        if cells > 1 { unsafe (cell + 1).update(repeating: Criterion.zero, count: cells - 1) }
      }
    }
  }

  /// Adds up the entries by bin and lists the bins that occur; returns how many they are.
  @inline(__always)
  private func accumulate(
    _ entries: UnsafeMutablePointer<Entry>, _ count: Int, _ column: UnsafePointer<UInt8>,
    _ feature: Int
  ) -> Int {
    var found = 0
    if count >= 256 {
      for index in 0..<count {
        let entry = unsafe entries[index]
        let bin = unsafe Int(column[Criterion.row(entry)])
        unsafe criterion.add(entry, to: histogram + bin &* cells)
      }
      for bin in 0..<table.binning.columns[feature].binCount {
        if unsafe !Criterion.isEmpty(histogram + bin &* cells, cells) {
          unsafe occupied[found] = UInt8(truncatingIfNeeded: bin)
          found &+= 1
        }
      }
      return found
    }
    for word in 0..<4 { unsafe words[word] = 0 }
    for index in 0..<count {
      let entry = unsafe entries[index]
      let bin = unsafe Int(column[Criterion.row(entry)])
      unsafe criterion.add(entry, to: histogram + bin &* cells)
      unsafe words[bin >> 6] |= 1 &<< UInt64(truncatingIfNeeded: bin & 63)
    }
    for word in 0..<4 { unsafe list(words[word], UInt8(64 &* word), &found) }
    return found
  }

  @inline(__always)
  private func list(_ word: UInt64, _ first: UInt8, _ found: inout Int) {
    var word = word
    while word != 0 {
      unsafe occupied[found] = first &+ UInt8(truncatingIfNeeded: word.trailingZeroBitCount)
      found &+= 1
      word &= word &- 1
    }
  }

  private mutating func tryBorders(
    _ feature: Int, _ found: Int, _ task: Task, _ split: inout Split
  ) {
    let hasMissing = unsafe occupied[0] == 0
    let first = hasMissing ? 1 : 0
    // The only border to try, where it is drawn.
    var only = -1
    if limits.rule == .random {
      let low = unsafe table.lows[feature][Int(occupied[first])]
      let high = unsafe table.highs[feature][Int(occupied[found - 1])]
      let drawn =
        low < high && (high - low).isFinite ? generator.uniform(in: low..<high) : low
      let bin = table.binning.columns[feature].bin(drawn)
      only = first
      while unsafe only + 1 < found - 1 && occupied[only + 1] <= bin { only += 1 }
    }
    criterion.clearLeft()
    for index in first..<found {
      let bin = unsafe occupied[index]
      unsafe criterion.addLeft(histogram + Int(bin) &* cells)
      if only >= 0, index != only, !(hasMissing && found == 2) { continue }
      if index == found - 1 {
        // Numbers left, missing values right.
        if hasMissing { consider(feature, bin, 0, missingLeft: false, task, &split) }
        break
      }
      let missingLeft = !hasMissing && criterion.leftWeight * 2 >= criterion.weight
      unsafe consider(feature, bin, occupied[index + 1], missingLeft: missingLeft, task, &split)
    }
    if !hasMissing { return }
    criterion.clearLeft()
    unsafe criterion.addLeft(histogram)
    for index in first..<(found - 1) {
      unsafe criterion.addLeft(histogram + Int(occupied[index]) &* cells)
      if only >= 0, index != only { continue }
      unsafe consider(
        feature, occupied[index], occupied[index + 1], missingLeft: true, task, &split)
    }
  }

  @inline(__always)
  private func consider(
    _ feature: Int, _ left: UInt8, _ right: UInt8, missingLeft: Bool, _ task: Task,
    _ split: inout Split
  ) {
    let score = criterion.score
    guard score > split.score, isAllowed(feature, task) else { return }
    split.score = score
    split.feature = feature
    split.leftBin = left
    split.rightBin = right
    split.missingLeft = missingLeft
    split.leftBins = nil
    if limits.isMonotone { noteValues(task, &split) }
  }

  @inline(__always)
  private func isAllowed(_ feature: Int, _ task: Task) -> Bool {
    let left = criterion.leftCount
    if left < limits.minimumLeaf || criterion.count - left < limits.minimumLeaf { return false }
    if !limits.isMonotone { return true }
    let direction = limits.directions[feature]
    if direction == 0 { return true }
    let leftValue = min(max(criterion.leftValue, task.lower), task.upper)
    let rightValue = min(max(criterion.rightValue, task.lower), task.upper)
    return direction > 0 ? leftValue <= rightValue : leftValue >= rightValue
  }

  private func noteValues(_ task: Task, _ split: inout Split) {
    split.leftValue = min(max(criterion.leftValue, task.lower), task.upper)
    split.rightValue = min(max(criterion.rightValue, task.lower), task.upper)
  }

  // The best set of categories for a number or two classes is a beginning of their order by mean
  // target (Fisher 1958; Breiman et al. 1984, theorem 4.5); for more classes the orders by the share
  // of each class are tried.
  private mutating func tryCategories(
    _ feature: Int, _ found: Int, _ task: Task, _ split: inout Split
  ) {
    if limits.rule == .random {
      var set = BinSet()
      criterion.clearLeft()
      var taken = 0
      for index in 0..<found where generator.next() >> 63 == 1 {
        let bin = unsafe occupied[index]
        unsafe criterion.addLeft(histogram + Int(bin) &* cells)
        set.insert(bin)
        taken += 1
      }
      if taken == 0 || taken == found { return }
      let score = criterion.score
      if score > split.score, isAllowed(feature, task) {
        take(set, feature, found, score, isLeftLarger, task, &split)
      }
      return
    }
    for ordering in 0..<criterion.orderings {
      // Two classes have one order, seen from both ends.
      if criterion.orderings == 2, ordering == 1 { break }
      for index in 0..<found {
        let bin = unsafe occupied[index]
        let key = unsafe criterion.key(histogram + Int(bin) &* cells, ordering: ordering)
        var place = index
        while place > 0, unsafe keys[place - 1] > key {
          unsafe keys[place] = keys[place - 1]
          unsafe ordered[place] = ordered[place - 1]
          place -= 1
        }
        unsafe keys[place] = key
        unsafe ordered[place] = bin
      }
      criterion.clearLeft()
      var best = -1
      var bestScore = split.score
      var isLarger = false
      for index in 0..<(found - 1) {
        unsafe criterion.addLeft(histogram + Int(ordered[index]) &* cells)
        let score = criterion.score
        if score > bestScore, isAllowed(feature, task) {
          best = index
          bestScore = score
          isLarger = isLeftLarger
          if limits.isMonotone { noteValues(task, &split) }
        }
      }
      if best < 0 { continue }
      var set = BinSet()
      for index in 0...best { unsafe set.insert(ordered[index]) }
      let (leftValue, rightValue) = (split.leftValue, split.rightValue)
      take(set, feature, found, bestScore, isLarger, task, &split)
      (split.leftValue, split.rightValue) = (leftValue, rightValue)
    }
  }

  private var isLeftLarger: Bool { criterion.leftWeight * 2 >= criterion.weight }

  private func take(
    _ set: BinSet, _ feature: Int, _ found: Int, _ score: Double, _ isLarger: Bool, _ task: Task,
    _ split: inout Split
  ) {
    var set = set
    if isLarger {
      // What does not occur in the node goes where most rows go.
      var seen = BinSet()
      for index in 0..<found { unsafe seen.insert(occupied[index]) }
      set.insertAll(outside: seen)
    }
    split.score = score
    split.feature = feature
    split.leftBins = set
    if limits.isMonotone { noteValues(task, &split) }
  }
}
