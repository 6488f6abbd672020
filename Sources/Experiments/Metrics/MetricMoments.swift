package import StatisticsCore

/// Count, sums and sums of products of a few variables per unit: all that the metrics of an arm need.
///
/// ```swift
/// var arm = MetricMoments(variables: 2)
/// arm.add([3, 1])                       // a user with 3 orders before and 1 after
/// arm.add([0, 2])
/// arm.mean(1)                           // 1.5
/// arm.covariance(0, 1)                  // -1.5
/// ```
///
/// The sums are exact, so that the results do not depend on the order of the units or their split over
/// workers, and large means do not harm small variances. Of users by the million a few hundred bytes
/// remain.
public struct MetricMoments: Sendable, Hashable, Codable {
  /// The number of variables of a unit.
  public let variables: Int
  /// The number of units.
  public private(set) var count = 0
  private var sums: [ExactSum]
  // Row by row the products of a variable with itself and those after it.
  private var products: [ExactSum]

  /// Creates the moments of no units.
  public init(variables: Int) {
    precondition(variables >= 1, "A unit has at least one variable.")
    self.variables = variables
    sums = Array(repeating: ExactSum(), count: variables)
    products = Array(repeating: ExactSum(), count: variables * (variables + 1) / 2)
  }

  /// Creates the moments of one variable.
  ///
  /// ```swift
  /// MetricMoments([13.33, 10.18, 37.44]).variance(0)   // 222.387…
  /// ```
  public init(_ values: some Sequence<Double>) {
    self.init(variables: 1)
    let columns = ExactColumns()
    let isDone: Void? = values.withContiguousStorageIfAvailable {
      unsafe add(columns: [$0], columns)
    }
    if isDone == nil {
      for value in values { add([value]) }
    }
  }

  /// Creates the moments of variables given as columns of equal length.
  public init(columns: [[Double]]) {
    self.init(variables: columns.count)
    precondition(
      columns.allSatisfy { $0.count == columns[0].count },
      "The columns of the variables must have the same length.")
    unsafe Self.withBuffers(columns) { unsafe add(columns: $0, ExactColumns()) }
  }

  /// Creates the moments that sums computed elsewhere describe.
  ///
  /// ```swift
  /// MetricMoments(count: 3407, sums: [1396.87], products: [[52377.9767]])
  /// ```
  ///
  /// - Parameters:
  ///   - count: The number of units.
  ///   - sums: The sum of each variable.
  ///   - products: The sums of products, a symmetric matrix by rows; what is below the diagonal is not
  ///     read.
  public init(count: Int, sums: [Double], products: [[Double]]) {
    self.init(variables: sums.count)
    precondition(count >= 0, "The number of units must not be negative.")
    precondition(
      products.count == sums.count && products.allSatisfy { $0.count == sums.count },
      "The sums of products must be a square matrix with a row for each variable.")
    self.count = count
    for first in sums.indices {
      self.sums[first].add(sums[first])
      for second in first..<sums.count {
        self.products[index(first, second)].add(products[first][second])
      }
    }
  }

  /// Creates the moments of a variable that is 1 for `successes` of `trials` units and 0 for others.
  public init(successes: Int, of trials: Int) {
    precondition(
      successes >= 0 && trials >= successes, "The successes must be from 0 to the number of trials."
    )
    self.init(variables: 1)
    count = trials
    sums[0].add(successes)
    products[0].add(successes)
  }

  /// Adds a unit.
  ///
  /// - Parameter values: One number for each variable; finite, or the results are not.
  public mutating func add(_ values: [Double]) {
    precondition(values.count == variables, "A unit needs a number for each variable.")
    count += 1
    var place = 0
    for first in 0..<variables {
      sums[first].add(values[first])
      for second in first..<variables {
        products[place].addProduct(values[first], values[second])
        place += 1
      }
    }
  }

  /// Adds units given as columns of equal length, one for each variable: the bits of adding them one
  /// by one.
  mutating func add(columns: [UnsafeBufferPointer<Double>], _ workspace: ExactColumns) {
    unsafe count += columns[0].count
    for first in 0..<variables {
      unsafe workspace.add(
        columns[first], to: &sums[first], squares: &products[index(first, first)])
      for second in (first + 1)..<max(first + 1, variables) {
        unsafe workspace.addProducts(
          columns[first], columns[second], to: &products[index(first, second)])
      }
    }
  }

  /// Calls `body` with the memory of all columns.
  private static func withBuffers(
    _ columns: [[Double]], _ body: ([UnsafeBufferPointer<Double>]) -> Void
  ) {
    func open(_ buffers: [UnsafeBufferPointer<Double>]) {
      if unsafe buffers.count == columns.count { return unsafe body(buffers) }
      unsafe columns[buffers.count].withUnsafeBufferPointer { unsafe open(buffers + [$0]) }
    }
    unsafe open([])
  }

  /// Adds `count` units whose variables are all 0, such as users without any event.
  public mutating func addZeros(_ count: Int) {
    precondition(count >= 0, "The number of units must not be negative.")
    self.count += count
  }

  /// Adds the units of another with the same variables.
  public mutating func merge(_ other: MetricMoments) {
    precondition(variables == other.variables, "Moments of the same variables only can be merged.")
    count += other.count
    for index in sums.indices { sums[index].merge(other.sums[index]) }
    for index in products.indices { products[index].merge(other.products[index]) }
  }

  /// The sum of a variable, rounded once.
  public func sum(_ variable: Int) -> Double { sums[variable].rounded }

  /// The mean of a variable, correctly rounded, or `nil` without units.
  public func mean(_ variable: Int) -> Double? {
    count > 0 ? sums[variable].rounded(dividedBy: count) : nil
  }

  /// The unbiased variance of a variable, or `nil` with fewer than two units.
  public func variance(_ variable: Int) -> Double? { covariance(variable, variable) }

  /// The unbiased covariance of two variables, or `nil` with fewer than two units.
  public func covariance(_ first: Int, _ second: Int) -> Double? {
    count > 1 ? centredProducts(first, second) / Double(count - 1) : nil
  }

  /// The sum of the products of the deviations from the means; 0 without units.
  package func centredProducts(_ first: Int, _ second: Int) -> Double {
    let value = CoMoments.centred(
      count: count, products: products[index(min(first, second), max(first, second))], sums[first],
      sums[second])
    // Sums that were rounded elsewhere may leave a square just below zero.
    return first == second ? max(0, value) : value
  }

  /// Whether the variable is 0 or 1 in all units, so that its sum is a count.
  public func isBinary(_ variable: Int) -> Bool {
    sums[variable] == products[index(variable, variable)]
      && Int(exactly: sums[variable].rounded) != nil
      && sums[variable].rounded >= 0 && sums[variable].rounded <= Double(count)
  }

  private func index(_ first: Int, _ second: Int) -> Int {
    first * variables - first * (first - 1) / 2 + second - first
  }

  /// Writes counts and sums.
  package func encode(into writer: inout BinaryWriter) {
    writer.count(count)
    for sum in sums { sum.encode(into: &writer) }
    for sum in products { sum.encode(into: &writer) }
  }

  /// Reads what `encode(into:)` wrote for as many variables.
  package init(
    variables: Int, from reader: inout BinaryReader
  ) throws(BinaryDecodingError) {
    self.init(variables: variables)
    count = try reader.integer("number of units", in: 0...(1 << 53))
    for index in sums.indices { sums[index] = try ExactSum(from: &reader) }
    for index in products.indices { products[index] = try ExactSum(from: &reader) }
  }
}
