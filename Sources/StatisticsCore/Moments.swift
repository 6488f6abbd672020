/// Count, mean and variance of values, mergeable without any loss.
///
///     var moments = Moments()
///     moments.add(contentsOf: [1e9 + 1, 1e9 + 2, 1e9 + 3])
///     moments.mean                            // 1000000002.0
///     moments.variance                        // 1.0
///
/// The sums of the values and of their squares are exact, so that the results do not depend on the
/// order or the split of the values, and no cancellation harms the variance. A value that is not
/// finite makes the mean what it is in IEEE 754 and the variance NaN.
package struct Moments: Sendable, Hashable, Codable {
  /// The number of values.
  package private(set) var count = 0
  /// The exact sum of the values.
  package private(set) var sum = ExactSum()
  /// The exact sum of the squares of the values.
  package private(set) var sumOfSquares = ExactSum()

  /// Creates the moments of no values.
  package init() {}

  /// Creates the moments of the values.
  package init(_ values: some Sequence<Double>) {
    add(contentsOf: values)
  }

  /// Adds a value.
  package mutating func add(_ value: Double) {
    count += 1
    sum.add(value)
    sumOfSquares.addProduct(value, value)
  }

  /// Adds the values.
  package mutating func add(contentsOf values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// Adds the values of another.
  package mutating func merge(_ other: Moments) {
    count += other.count
    sum.merge(other.sum)
    sumOfSquares.merge(other.sumOfSquares)
  }

  /// The mean, correctly rounded, or `nil` without values.
  package var mean: Double? {
    count > 0 ? sum.rounded(dividedBy: count) : nil
  }

  /// The unbiased variance (divided by count − 1), or `nil` with fewer than two values.
  ///
  /// Exactly 0 if all values are equal. If the sum of the values is beyond the largest double, the
  /// variance is given as ∞.
  package var variance: Double? {
    count > 1 ? centredSumOfSquares / Double(count - 1) : nil
  }

  /// The variance of the values as a whole population (divided by count), or `nil` without values.
  package var populationVariance: Double? {
    count > 0 ? centredSumOfSquares / Double(count) : nil
  }

  /// The square root of the unbiased variance, or `nil` with fewer than two values.
  package var standardDeviation: Double? { variance?.squareRoot() }

  /// The sum of the squared deviations from the mean; 0 without values.
  package var centredSumOfSquares: Double {
    CoMoments.centred(count: count, products: sumOfSquares, sum, sum)
  }

  /// Writes count and sums.
  package func encode(into writer: inout BinaryWriter) {
    writer.count(count)
    sum.encode(into: &writer)
    sumOfSquares.encode(into: &writer)
  }

  /// Reads what `encode(into:)` wrote.
  package init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let start = reader.offset
    count = try reader.integer("number of values", in: 0...Int.max)
    sum = try ExactSum(from: &reader)
    sumOfSquares = try ExactSum(from: &reader)
    if count == 0, sum != ExactSum() || sumOfSquares != ExactSum() {
      throw .valueOutOfRange(name: "number of values", offset: start)
    }
  }
}

/// Moments of pairs of values: both variances, covariance, correlation and the least-squares line,
/// mergeable without any loss.
package struct CoMoments: Sendable, Hashable, Codable {
  /// The moments of the first values.
  package private(set) var x = Moments()
  /// The moments of the second values.
  package private(set) var y = Moments()
  /// The exact sum of the products.
  package private(set) var sumOfProducts = ExactSum()

  /// Creates the moments of no pairs.
  package init() {}

  /// The number of pairs.
  package var count: Int { x.count }

  /// Adds a pair.
  package mutating func add(_ x: Double, _ y: Double) {
    self.x.add(x)
    self.y.add(y)
    sumOfProducts.addProduct(x, y)
  }

  /// Adds the pairs of another.
  package mutating func merge(_ other: CoMoments) {
    x.merge(other.x)
    y.merge(other.y)
    sumOfProducts.merge(other.sumOfProducts)
  }

  /// The unbiased covariance (divided by count − 1), or `nil` with fewer than two pairs.
  package var covariance: Double? {
    count > 1 ? centredSumOfProducts / Double(count - 1) : nil
  }

  /// Pearson's correlation, from −1 to 1, or `nil` with fewer than two pairs or without variance.
  package var correlation: Double? {
    let (squaresX, squaresY) = (x.centredSumOfSquares, y.centredSumOfSquares)
    guard count > 1, squaresX != 0, squaresY != 0 else { return nil }
    let value = centredSumOfProducts / (squaresX.squareRoot() * squaresY.squareRoot())
    return value.isNaN ? value : max(-1, min(1, value))
  }

  /// The slope of the least-squares line of y on x, or `nil` with fewer than two pairs or if x does
  /// not vary.
  package var slope: Double? {
    let squares = x.centredSumOfSquares
    guard count > 1, squares != 0 else { return nil }
    return centredSumOfProducts / squares
  }

  /// The sum of the products of the deviations from the means; 0 without pairs.
  package var centredSumOfProducts: Double {
    Self.centred(count: count, products: sumOfProducts, x.sum, y.sum)
  }

  /// Returns Σ (x − x̄)(y − ȳ) from exact sums.
  package static func centred(count: Int, products: ExactSum, _ x: ExactSum, _ y: ExactSum)
    -> Double
  {
    guard count > 0 else { return 0 }
    let meanX = x.rounded(dividedBy: count)
    let meanY = y.rounded(dividedBy: count)
    guard meanX.isFinite, meanY.isFinite else { return .nan }
    guard x.rounded.isFinite, y.rounded.isFinite else { return .infinity }
    // With the means a and b as rounded, Σ (x − a)(y − b) = Σ xy − a Σ y − b (Σ x − n a), which is
    // exact here. What the rounding of the means put in, (Σ x − n a)(Σ y − n b) / n, is taken out
    // last. Of a square it is at most half, as no double lies nearer to the mean than a: so the
    // result has a few roundings of its own size, and those of a covariance the size of its terms.
    var restX = x
    restX.addProduct(-Double(count), meanX)
    var restY = y
    restY.addProduct(-Double(count), meanY)
    var sum = products
    for term in y.expansion { sum.addProduct(-meanX, term) }
    for term in restX.expansion { sum.addProduct(-meanY, term) }
    return sum.rounded - restX.rounded * restY.rounded / Double(count)
  }

  /// Writes counts and sums.
  package func encode(into writer: inout BinaryWriter) {
    x.encode(into: &writer)
    y.encode(into: &writer)
    sumOfProducts.encode(into: &writer)
  }

  /// Reads what `encode(into:)` wrote.
  package init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let start = reader.offset
    x = try Moments(from: &reader)
    y = try Moments(from: &reader)
    sumOfProducts = try ExactSum(from: &reader)
    if x.count != y.count || (x.count == 0 && sumOfProducts != ExactSum()) {
      throw .valueOutOfRange(name: "number of pairs", offset: start)
    }
  }
}
