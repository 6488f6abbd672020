import RealModule
import StatisticsCore

/// A linear regression by least squares, with errors that hold when variances differ or units come in
/// clusters.
///
/// ```swift
/// let fit = LeastSquaresFit(
///   revenue, on: [isTreated, revenueBefore], errors: .heteroscedastic(.hc3))
/// fit.coefficients                      // the intercept, the effect, the slope of the covariate
/// fit.pValues[1]                        // of the effect
/// ```
///
/// With a column that is 1 for treated units this is the adjusted comparison of two arms; clusters
/// (shops, accounts, days) give honest errors where units within one resemble each other. A column
/// that follows from those before it is left out: its coefficient is 0 and its p-value 1.
///
/// Source: H. White, Econometrica 48 (1980), 817–838, for errors under unequal variances; J. G.
/// MacKinnon and H. White, Journal of Econometrics 29 (1985), 305–325, for the kinds; K.-Y. Liang and
/// S. L. Zeger, Biometrika 73 (1986), 13–22, for clusters.
public struct LeastSquaresFit: Sendable, Hashable {
  /// A correction of squared residuals for the fit.
  public enum Correction: String, Sendable, Hashable, Codable, CaseIterable {
    /// None.
    case hc0
    /// n / (n − k) for all.
    case hc1
    /// 1 / (1 − leverage).
    case hc2
    /// 1 / (1 − leverage)²; the most careful.
    case hc3
  }

  /// How the errors of the coefficients are estimated.
  public enum Errors: Sendable, Hashable {
    /// One variance for all units.
    case classical
    /// Each unit has a variance of its own.
    case heteroscedastic(Correction)
    /// Units of the same number belong together; with the factor G/(G − 1) · (n − 1)/(n − k).
    case clustered([Int])
  }

  /// The intercept, then the coefficient of each column.
  public let coefficients: [Double]
  /// Their covariances.
  public let covariance: [[Double]]
  /// The share of the variance that the fit explains; 0 where the response does not vary.
  public let rSquared: Double
  /// Degrees of freedom of the t-tests; ∞ for the normal distribution.
  public let degreesOfFreedom: Double
  /// The p-value of each coefficient's difference from 0, two-sided.
  public let pValues: [Double]

  /// Fits.
  ///
  /// - Parameters:
  ///   - response: A number for each unit.
  ///   - columns: Numbers for each unit; an intercept is added.
  ///   - errors: How the errors are estimated.
  ///   - isNormal: Whether p-values come from the normal distribution, as statsmodels has it for all
  ///     but classical errors, instead of Student's t with n − k or, for clusters, G − 1 degrees of
  ///     freedom.
  /// - Complexity: O(*n k*²) for *n* units and *k* columns.
  public init(
    _ response: [Double], on columns: [[Double]], errors: Errors = .classical,
    isNormal: Bool = false
  ) {
    precondition(
      columns.allSatisfy { $0.count == response.count },
      "Every column needs a number for each unit.")
    let count = response.count
    // Centred columns keep the digits that a large mean would eat.
    let mean = Moments(response).mean ?? 0
    let centred = response.map { $0 - mean }
    let means = columns.map { Moments($0).mean ?? 0 }
    let design = zip(columns, means).map { column, mean in column.map { $0 - mean } }
    let basis = Orthonormal(design, count)
    var fitted = [Double](repeating: 0, count: count)
    var slopes = [Double](repeating: 0, count: columns.count)
    for (place, vector) in basis.vectors.enumerated() {
      let share = Orthonormal.product(vector, centred)
      for row in 0..<count { fitted[row] += share * vector[row] }
      for column in columns.indices { slopes[column] += basis.inverse[column][place] * share }
    }
    let residuals = (0..<count).map { centred[$0] - fitted[$0] }
    coefficients = [mean - zip(slopes, means).reduce(0) { $0 + $1.0 * $1.1 }] + slopes
    let total = Moments(response).centredSumOfSquares
    let rest = ExactSum.ofSquares(residuals)
    rSquared = total > 0 ? 1 - rest / total : 0

    let used = basis.vectors.count + 1
    let free = Double(count - used)
    // Each unit's row of the pseudo-inverse, so that a coefficient is Σ row · response.
    let rows = (0..<count).map { unit -> [Double] in
      let slopes = columns.indices.map { column in
        basis.vectors.indices.reduce(0.0) { sum, place in
          sum + basis.inverse[column][place] * basis.vectors[place][unit]
        }
      }
      return [1 / Double(count) - zip(slopes, means).reduce(0) { $0 + $1.0 * $1.1 }] + slopes
    }
    let size = columns.count + 1
    var products = [[Double]](repeating: Array(repeating: 0, count: size), count: size)
    func add(_ vector: [Double], _ weight: Double) {
      for i in 0..<size { for j in 0..<size { products[i][j] += weight * vector[i] * vector[j] } }
    }
    var degrees = free
    switch errors {
    case .classical:
      for row in rows { add(row, free > 0 ? rest / free : .infinity) }
    case .heteroscedastic(let correction):
      for unit in 0..<count {
        let leverage = basis.vectors.reduce(1 / Double(count)) { $0 + $1[unit] * $1[unit] }
        let square = residuals[unit] * residuals[unit]
        // A unit with all the leverage determines its own fit, and its residual says nothing.
        let rest = max(1 - leverage, 1e-12)
        let weight =
          switch correction {
          case .hc0: square
          case .hc1: square * Double(count) / free
          case .hc2: square / rest
          case .hc3: square / (rest * rest)
          }
        add(rows[unit], weight)
      }
    case .clustered(let clusters):
      precondition(clusters.count == count, "Every unit needs the number of its cluster.")
      var sums: [Int: [Double]] = [:]
      for unit in 0..<count {
        var sum = sums[clusters[unit]] ?? Array(repeating: 0, count: size)
        for i in 0..<size { sum[i] += rows[unit][i] * residuals[unit] }
        sums[clusters[unit]] = sum
      }
      let groups = Double(sums.count)
      degrees = groups - 1
      let factor = groups / (groups - 1) * Double(count - 1) / free
      for key in sums.keys.sorted() { add(sums[key]!, factor) }
    }
    covariance = products
    degreesOfFreedom = isNormal ? .infinity : degrees
    let freedom = degreesOfFreedom
    let found = coefficients
    let variances = found.indices.map { products[$0][$0] }
    pValues = found.indices.map { index in
      if index > 0, basis.inverse[index - 1].allSatisfy({ $0 == 0 }) { return 1 }
      guard freedom > 0, variances[index].isFinite else { return 1 }
      return Alternative.twoSided.pValue(
        found[index], variances[index].squareRoot(), freedom)
    }
  }

  /// The standard error of each coefficient.
  public var standardErrors: [Double] {
    coefficients.indices.map { covariance[$0][$0].squareRoot() }
  }
}

/// Orthonormal vectors that span the columns, by modified Gram–Schmidt, twice for accuracy.
private struct Orthonormal {
  private(set) var vectors: [[Double]] = []
  // Coefficients of the columns from those of the vectors; a row of zeros for a column left out.
  private(set) var inverse: [[Double]]

  init(_ columns: [[Double]], _ count: Int) {
    var upper: [[Double]] = []
    var kept: [Int] = []
    for (index, column) in columns.enumerated() {
      var rest = column
      var shares = [Double](repeating: 0, count: vectors.count)
      for _ in 0..<2 {
        for (place, vector) in vectors.enumerated() {
          let share = Self.product(vector, rest)
          shares[place] += share
          for row in 0..<count { rest[row] -= share * vector[row] }
        }
      }
      let before = Self.product(column, column).squareRoot()
      let length = Self.product(rest, rest).squareRoot()
      guard length > 1e-10 * before, length > 0 else { continue }
      vectors.append(rest.map { $0 / length })
      upper.append(shares + [length])
      kept.append(index)
    }
    inverse = columns.map { _ in Array(repeating: 0, count: kept.count) }
    // Back substitution of each unit vector.
    for place in kept.indices {
      var solution = [Double](repeating: 0, count: kept.count)
      for row in kept.indices.reversed() where row <= place {
        var value = row == place ? 1.0 : 0
        for later in kept.indices where later > row { value -= upper[later][row] * solution[later] }
        solution[row] = value / upper[row][row]
      }
      for row in kept.indices { inverse[kept[row]][place] = solution[row] }
    }
  }

  static func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = ExactSum()
    for index in a.indices { sum.addProduct(a[index], b[index]) }
    return sum.rounded
  }
}

extension ExactSum {
  /// The sum of the squares.
  fileprivate static func ofSquares(_ values: [Double]) -> Double {
    var sum = ExactSum()
    for value in values { sum.addProduct(value, value) }
    return sum.rounded
  }
}
