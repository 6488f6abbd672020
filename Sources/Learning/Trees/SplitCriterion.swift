/// What trees are split by: sums over rows in bins, and how good a cut of them is.
///
/// An entry is a row of the sample with what it adds to a sum; cells are the sums of a bin. The
/// criterion holds the sums of a node and of the left side of the cut under trial.
protocol SplitCriterion {
  associatedtype Entry: BitwiseCopyable
  associatedtype Cell: BitwiseCopyable
  /// How many cells a bin has.
  var cellsPerBin: Int { get }
  /// How many orders of categories are tried.
  var orderings: Int { get }
  /// The zero of a cell.
  static var zero: Cell { get }
  /// By what a difference of scores is multiplied to be one of impurities times weights.
  var gainScale: Double { get }

  static func row(_ entry: Entry) -> Int
  /// How often the row of an entry was drawn.
  static func draws(_ entry: Entry) -> Int
  func add(_ entry: Entry, to cell: UnsafeMutablePointer<Cell>)
  static func isEmpty(_ cell: UnsafePointer<Cell>, _ cells: Int) -> Bool

  /// Takes the entries of a node; returns whether they all have the same target.
  mutating func begin(_ entries: UnsafePointer<Entry>, count: Int) -> Bool
  mutating func clearLeft()
  mutating func addLeft(_ cell: UnsafePointer<Cell>)
  /// By what categories are put into an order.
  func key(_ cell: UnsafePointer<Cell>, ordering: Int) -> Double
  /// Larger for a better cut.
  var score: Double { get }
  /// The score of no cut.
  var baseScore: Double { get }
  /// How many rows are in the node, and left of the cut.
  var count: Double { get }
  var leftCount: Double { get }
  /// The sums of weights of the node, and left of the cut.
  var weight: Double { get }
  var leftWeight: Double { get }
  /// The predictions left and right of the cut, where they are one number.
  var leftValue: Double { get }
  var rightValue: Double { get }
  /// Appends the prediction of the node, which lies in the range.
  func appendValue(to values: inout [Double], _ lower: Double, _ upper: Double)
  /// The class of a node with one class only, where there are classes.
  var pureClass: Int? { get }
}

/// Numbers of rows of two classes, packed in a word: the fastest, for rows without weights.
struct BinaryCounts: SplitCriterion {
  struct Entry: BitwiseCopyable {
    var row: UInt32
    /// Twice the number of draws, and 1 more for the second class.
    var tag: UInt32
  }

  /// How much a row of the first and the second class weighs.
  let negativeWeight: Double
  let positiveWeight: Double
  private var total: UInt64 = 0
  private var left: UInt64 = 0

  init(negativeWeight: Double, positiveWeight: Double) {
    self.negativeWeight = negativeWeight
    self.positiveWeight = positiveWeight
  }

  var cellsPerBin: Int { 1 }
  var orderings: Int { 1 }
  static var zero: UInt64 { 0 }
  // Gini's impurity of two classes is twice the variance of 0 and 1.
  var gainScale: Double { 2 }

  @inline(__always) static func row(_ entry: Entry) -> Int { Int(entry.row) }
  @inline(__always) static func draws(_ entry: Entry) -> Int { Int(entry.tag >> 1) }
  @inline(__always)
  private static func word(_ entry: Entry) -> UInt64 {
    let draws = UInt64(entry.tag >> 1)
    return draws | (draws << 32) & (0 &- UInt64(entry.tag & 1))
  }
  @inline(__always)
  func add(_ entry: Entry, to cell: UnsafeMutablePointer<UInt64>) {
    unsafe cell.pointee &+= Self.word(entry)
  }
  @inline(__always)
  static func isEmpty(_ cell: UnsafePointer<UInt64>, _ cells: Int) -> Bool {
    unsafe cell.pointee == 0
  }

  @inline(__always)
  mutating func begin(_ entries: UnsafePointer<Entry>, count: Int) -> Bool {
    total = 0
    for index in 0..<count { unsafe total &+= Self.word(entries[index]) }
    let positive = total >> 32
    return positive == 0 || positive == total & 0xffff_ffff
  }
  @inline(__always) mutating func clearLeft() { left = 0 }
  @inline(__always)
  mutating func addLeft(_ cell: UnsafePointer<UInt64>) { unsafe left &+= cell.pointee }

  @inline(__always)
  private func sums(_ word: UInt64) -> (weight: Double, positive: Double) {
    let positive = word >> 32
    let negative = (word & 0xffff_ffff) &- positive
    let weighted = Double(Int64(bitPattern: positive)) * positiveWeight
    return (Double(Int64(bitPattern: negative)) * negativeWeight + weighted, weighted)
  }
  @inline(__always)
  func key(_ cell: UnsafePointer<UInt64>, ordering: Int) -> Double {
    value(unsafe sums(cell.pointee))
  }
  @inline(__always)
  private func value(_ sums: (weight: Double, positive: Double)) -> Double {
    sums.weight > 0 ? sums.positive / sums.weight : 0
  }
  @inline(__always)
  private func score(_ sums: (weight: Double, positive: Double)) -> Double {
    sums.weight > 0 ? sums.positive * sums.positive / sums.weight : 0
  }
  var score: Double {
    @inline(__always) get {
      // Both quotients over one divisor: divisions are what takes time here.
      let (a, b) = (sums(left), sums(total &- left))
      let squares = a.positive * a.positive * b.weight + b.positive * b.positive * a.weight
      return squares / (a.weight * b.weight)
    }
  }
  var baseScore: Double { score(sums(total)) }
  var count: Double { Double(total & 0xffff_ffff) }
  var leftCount: Double { @inline(__always) get { Double(left & 0xffff_ffff) } }
  var weight: Double { sums(total).weight }
  var leftWeight: Double { sums(left).weight }
  var leftValue: Double { value(sums(left)) }
  var rightValue: Double { value(sums(total &- left)) }
  func appendValue(to values: inout [Double], _ lower: Double, _ upper: Double) {
    values.append(min(max(value(sums(total)), lower), upper))
  }
  var pureClass: Int? {
    let positive = total >> 32
    return positive == 0 ? 0 : positive == total & 0xffff_ffff ? 1 : nil
  }
}

/// Sums of weights and of weighted targets: for numbers, and for two classes with weights.
struct TargetMoments: SplitCriterion {
  struct Entry: BitwiseCopyable {
    var row: UInt32
    var draws: UInt32
    var weight: Double
    var target: Double
  }

  let isClassification: Bool
  // Weight, weighted target, count, and nothing.
  private var total = SIMD4<Double>()
  private var left = SIMD4<Double>()
  private var first = 0.0
  private var isPure = false

  init(isClassification: Bool) { self.isClassification = isClassification }

  var cellsPerBin: Int { 1 }
  var orderings: Int { 1 }
  static var zero: SIMD4<Double> { SIMD4() }
  var gainScale: Double { isClassification ? 2 : 1 }

  @inline(__always) static func row(_ entry: Entry) -> Int { Int(entry.row) }
  @inline(__always) static func draws(_ entry: Entry) -> Int { Int(entry.draws) }
  @inline(__always)
  private static func terms(_ entry: Entry) -> SIMD4<Double> {
    SIMD4(entry.weight, entry.weight * entry.target, Double(entry.draws), 0)
  }
  @inline(__always)
  func add(_ entry: Entry, to cell: UnsafeMutablePointer<SIMD4<Double>>) {
    unsafe cell.pointee += Self.terms(entry)
  }
  @inline(__always)
  static func isEmpty(_ cell: UnsafePointer<SIMD4<Double>>, _ cells: Int) -> Bool {
    unsafe cell.pointee.z == 0
  }

  @inline(__always)
  mutating func begin(_ entries: UnsafePointer<Entry>, count: Int) -> Bool {
    total = SIMD4()
    first = unsafe entries[0].target
    isPure = true
    for index in 0..<count {
      let entry = unsafe entries[index]
      total += Self.terms(entry)
      if entry.target != first { isPure = false }
    }
    return isPure
  }
  @inline(__always) mutating func clearLeft() { left = SIMD4() }
  @inline(__always)
  mutating func addLeft(_ cell: UnsafePointer<SIMD4<Double>>) { unsafe left += cell.pointee }
  @inline(__always)
  func key(_ cell: UnsafePointer<SIMD4<Double>>, ordering: Int) -> Double {
    unsafe value(cell.pointee)
  }
  @inline(__always)
  private func value(_ sums: SIMD4<Double>) -> Double { sums.x > 0 ? sums.y / sums.x : 0 }
  @inline(__always)
  private func score(_ sums: SIMD4<Double>) -> Double {
    sums.x > 0 ? sums.y * sums.y / sums.x : 0
  }
  // Differences from the mean of the node: sums of squares of large targets would cancel.
  var score: Double {
    @inline(__always) get {
      let right = total - left
      let gap = value(left) - value(right)
      return left.x > 0 && right.x > 0 ? left.x * right.x / total.x * gap * gap : 0
    }
  }
  var baseScore: Double { 0 }
  var count: Double { total.z }
  var leftCount: Double { @inline(__always) get { left.z } }
  var weight: Double { total.x }
  var leftWeight: Double { left.x }
  var leftValue: Double { value(left) }
  var rightValue: Double { value(total - left) }
  func appendValue(to values: inout [Double], _ lower: Double, _ upper: Double) {
    // Equal targets come back as they are, without the rounding of a mean.
    values.append(min(max(isPure ? first : value(total), lower), upper))
  }
  var pureClass: Int? { isClassification && isPure ? Int(first) : nil }
}

/// Sums of weights of several classes.
struct ClassSums: SplitCriterion {
  struct Entry: BitwiseCopyable {
    var row: UInt32
    var code: UInt16
    var draws: UInt16
    var weight: Double
  }

  let classes: Int
  // The classes' weights, then the count.
  private var total: [Double]
  private var left: [Double]
  private var first: UInt16 = 0
  private var isPure = false

  init(classes: Int) {
    self.classes = classes
    total = Array(repeating: 0, count: classes + 1)
    left = total
  }

  var cellsPerBin: Int { classes + 1 }
  var orderings: Int { classes }
  static var zero: Double { 0 }
  var gainScale: Double { 1 }

  @inline(__always) static func row(_ entry: Entry) -> Int { Int(entry.row) }
  @inline(__always) static func draws(_ entry: Entry) -> Int { Int(entry.draws) }
  @inline(__always)
  func add(_ entry: Entry, to cell: UnsafeMutablePointer<Double>) {
    unsafe cell[Int(entry.code)] += entry.weight
    unsafe cell[classes] += Double(entry.draws)
  }
  @inline(__always)
  static func isEmpty(_ cell: UnsafePointer<Double>, _ cells: Int) -> Bool {
    unsafe cell[cells &- 1] == 0
  }

  mutating func begin(_ entries: UnsafePointer<Entry>, count: Int) -> Bool {
    for index in total.indices { total[index] = 0 }
    first = unsafe entries[0].code
    isPure = true
    for index in 0..<count {
      let entry = unsafe entries[index]
      total[Int(entry.code)] += entry.weight
      total[classes] += Double(entry.draws)
      if entry.code != first { isPure = false }
    }
    return isPure
  }
  mutating func clearLeft() { for index in left.indices { left[index] = 0 } }
  @inline(__always)
  mutating func addLeft(_ cell: UnsafePointer<Double>) {
    for index in left.indices { unsafe left[index] += cell[index] }
  }
  func key(_ cell: UnsafePointer<Double>, ordering: Int) -> Double {
    var sum = 0.0
    for index in 0..<classes { unsafe sum += cell[index] }
    return sum > 0 ? unsafe cell[ordering] / sum : 0
  }
  var score: Double {
    var (leftSum, rightSum, leftSquares, rightSquares) = (0.0, 0.0, 0.0, 0.0)
    for index in 0..<classes {
      let inLeft = left[index]
      let inRight = total[index] - inLeft
      leftSum += inLeft
      rightSum += inRight
      leftSquares += inLeft * inLeft
      rightSquares += inRight * inRight
    }
    return (leftSum > 0 ? leftSquares / leftSum : 0) + (rightSum > 0 ? rightSquares / rightSum : 0)
  }
  var baseScore: Double {
    let sum = weight
    return sum > 0 ? total.dropLast().reduce(0) { $0 + $1 * $1 } / sum : 0
  }
  var count: Double { total[classes] }
  var leftCount: Double { left[classes] }
  var weight: Double { total.dropLast().reduce(0, +) }
  var leftWeight: Double { left.dropLast().reduce(0, +) }
  var leftValue: Double { 0 }
  var rightValue: Double { 0 }
  func appendValue(to values: inout [Double], _ lower: Double, _ upper: Double) {
    let sum = weight
    for index in 0..<classes { values.append(sum > 0 ? total[index] / sum : 0) }
  }
  var pureClass: Int? { isPure ? Int(first) : nil }
}
