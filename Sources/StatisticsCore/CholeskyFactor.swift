/// The lower triangle L of a symmetric positive definite matrix A = L Lᵀ.
///
/// For the few parameters of a model; matrices are arrays of rows.
package struct CholeskyFactor: Sendable {
  private let rows: [[Double]]

  /// Takes the matrix apart, or returns `nil` if it is not positive definite to working precision.
  package init?(_ matrix: [[Double]]) {
    var rows = matrix.map { $0.map { _ in 0.0 } }
    for i in matrix.indices {
      precondition(matrix[i].count == matrix.count, "A symmetric matrix must be square.")
      for j in 0...i {
        var sum = matrix[i][j]
        for k in 0..<j { sum -= rows[i][k] * rows[j][k] }
        if i == j {
          // Below this share of the diagonal only rounding errors are left.
          guard sum > 1e-14 * matrix[i][i], sum < .infinity else { return nil }
          rows[i][i] = sum.squareRoot()
        } else {
          rows[i][j] = sum / rows[j][j]
        }
      }
    }
    self.rows = rows
  }

  /// Returns x with A x = `right`.
  package func solve(_ right: [Double]) -> [Double] {
    var x = right
    for i in rows.indices {
      for k in 0..<i { x[i] -= rows[i][k] * x[k] }
      x[i] /= rows[i][i]
    }
    for i in rows.indices.reversed() {
      for k in rows.indices where k > i { x[i] -= rows[k][i] * x[k] }
      x[i] /= rows[i][i]
    }
    return x
  }

  /// The inverse of A, exactly symmetric.
  package var inverse: [[Double]] {
    let columns = rows.indices.map { column in
      solve(rows.indices.map { $0 == column ? 1 : 0 })
    }
    return rows.indices.map { i in
      rows.indices.map { j in i <= j ? columns[j][i] : columns[i][j] }
    }
  }
}
