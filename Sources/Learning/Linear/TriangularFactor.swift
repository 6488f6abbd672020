import StatisticsCore

/// The triangle R of X = Q R for a tall matrix X, made of blocks of rows without keeping Q.
///
/// R keeps all that least squares, ridge regression and principal components need of X, with the
/// digits of X instead of the half of them that are left in XᵀX. Householder's reflections take up
/// block after block; triangles of parts are taken up like rows. Parts are cut by rows alone, so that
/// the bits do not depend on workers.
///
/// Source: G. Golub and C. Van Loan, *Matrix Computations*, 4th edition, 2013, sections 5.2 and 6.5.
struct TriangularFactor: Sendable {
  /// The number of columns.
  let width: Int
  /// Column after column; what is below the diagonal is 0.
  private(set) var values: [Double]

  init(width: Int) {
    self.width = width
    values = [Double](repeating: 0, count: width * width)
  }

  subscript(row: Int, column: Int) -> Double { values[column * width + row] }

  /// Takes up a block of rows, column after column, which is used up.
  private mutating func absorb(_ block: UnsafeMutablePointer<Double>) {
    let length = BlockKernels.length
    let width = width
    unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
      let sums = sums.baseAddress!
      unsafe values.withUnsafeMutableBufferPointer { values in
        for column in 0..<width {
          let own = unsafe block + column &* length
          let below = unsafe BlockKernels.dot(own, own)
          // What rounding left of rounding: one by its square is no number.
          if below < 0x1p-700 { continue }
          let corner = unsafe values[column &* width &+ column]
          let norm = (corner * corner + below).squareRoot()
          let new = corner > 0 ? -norm : norm
          let head = corner - new
          let factor = 2 / (head * head + below)
          unsafe values[column &* width &+ column] = new
          let rest = width &- column &- 1
          if rest == 0 { continue }
          unsafe sums.update(repeating: 0, count: rest)
          unsafe BlockKernels.dots(own, own + length, count: rest, into: sums)
          for other in 0..<rest {
            let place = (column &+ 1 &+ other) &* width &+ column
            let step = unsafe factor * (head * values[place] + sums[other])
            unsafe values[place] -= step * head
            unsafe BlockKernels.add(-step, own, to: own + (other &+ 1) &* length)
          }
        }
      }
    }
  }

  /// Takes up rows that are given column after column, `count` in each.
  mutating func absorb(columns: [Double], rows count: Int) {
    let length = BlockKernels.length
    var block = [Double](repeating: 0, count: width * length)
    for start in stride(from: 0, to: count, by: length) {
      for column in 0..<width {
        for row in 0..<length {
          block[column * length + row] =
            start + row < count ? columns[column * count + start + row] : 0
        }
      }
      unsafe block.withUnsafeMutableBufferPointer { unsafe absorb($0.baseAddress!) }
    }
  }

  /// Takes up the rows of another triangle.
  mutating func absorb(_ other: TriangularFactor) {
    absorb(columns: other.values, rows: width)
  }

  /// Takes up blocks of a matrix, each row times the root of its weight, and beside its columns
  /// the numbers of `target` where there is one.
  init(_ matrix: DesignMatrix, target: [Double]?, blocks: Range<Int>) {
    self.init(width: matrix.width + (target == nil ? 0 : 1))
    let length = BlockKernels.length
    var copy = [Double](repeating: 0, count: width * length)
    var roots = [Double](repeating: 0, count: length)
    for block in blocks {
      for row in 0..<length { roots[row] = matrix.weights[block * length + row].squareRoot() }
      unsafe copy.withUnsafeMutableBufferPointer { copy in
        let copy = copy.baseAddress!
        unsafe roots.withUnsafeBufferPointer { roots in
          unsafe matrix.withBlock(block) { numbers in
            for column in 0..<matrix.width {
              unsafe BlockKernels.multiply(
                numbers + column &* length, roots.baseAddress!, into: copy + column &* length)
            }
          }
          if let target {
            for row in 0..<length {
              unsafe copy[matrix.width &* length &+ row] =
                roots[row] * target[block &* length &+ row]
            }
          }
        }
        unsafe absorb(copy)
      }
    }
  }

  /// The triangle of the triangles of parts.
  init(joining parts: [TriangularFactor]) {
    self = parts[0]
    for part in parts.dropFirst() { absorb(part) }
  }

  /// The product Rᵀ R.
  var gram: [[Double]] {
    (0..<width).map { i in
      (0..<width).map { j in
        (0...min(i, j)).reduce(0) { $0 + self[$1, i] * self[$1, j] }
      }
    }
  }
}

/// Least squares from a triangle whose last column is the target.
struct LeastSquares: Sendable {
  /// The columns that are no sum of multiples of those before them.
  let kept: [Int]
  /// The coefficients of all columns; 0 for those not kept.
  let coefficients: [Double]
  /// The sum of squares that is left.
  let residual: Double
  /// The inverse of XᵀX of the columns kept.
  let inverse: [[Double]]

  /// Below this share of its length what a column adds to those before it is taken for rounding.
  static let tolerance = 1e-7

  init(_ factor: TriangularFactor, tolerance: Double = LeastSquares.tolerance) {
    let columns = factor.width - 1
    var work = (0...columns).map { column in (0...columns).map { factor[$0, column] } }
    var kept: [Int] = []
    for column in 0..<columns {
      let rank = kept.count
      let whole = Self.norm(work[column][...])
      let own = Self.norm(work[column][rank...])
      guard own > max(tolerance * whole, 0x1p-350) else { continue }
      kept.append(column)
      let corner = work[column][rank]
      let new = corner > 0 ? -own : own
      var reflector = work[column]
      reflector[rank] -= new
      let square = reflector[rank...].reduce(0) { $0 + $1 * $1 }
      for other in column...columns {
        let product = (rank...columns).reduce(0) { $0 + reflector[$1] * work[other][$1] }
        let step = 2 * product / square
        for row in rank...columns { work[other][row] -= step * reflector[row] }
      }
    }
    let rank = kept.count
    var solution = Array(work[columns][..<rank])
    for i in (0..<rank).reversed() {
      for j in (i + 1)..<max(rank, i + 1) { solution[i] -= work[kept[j]][i] * solution[j] }
      solution[i] /= work[kept[i]][i]
    }
    var coefficients = [Double](repeating: 0, count: columns)
    for (place, column) in kept.enumerated() { coefficients[column] = solution[place] }
    // The columns of R⁻¹, from which (RᵀR)⁻¹ = R⁻¹ R⁻ᵀ.
    var columnsOfInverse: [[Double]] = []
    for k in 0..<rank {
      var x = [Double](repeating: 0, count: rank)
      x[k] = 1 / work[kept[k]][k]
      for i in (0..<k).reversed() {
        var sum = 0.0
        for j in (i + 1)...k { sum += work[kept[j]][i] * x[j] }
        x[i] = -sum / work[kept[i]][i]
      }
      columnsOfInverse.append(x)
    }
    inverse = (0..<rank).map { i in
      (0..<rank).map { j in
        (max(i, j)..<rank).reduce(0) { $0 + columnsOfInverse[$1][i] * columnsOfInverse[$1][j] }
      }
    }
    self.kept = kept
    self.coefficients = coefficients
    let rest = Self.norm(work[columns][rank...])
    residual = rest * rest
  }

  private static func norm(_ numbers: ArraySlice<Double>) -> Double {
    numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
