/// The singular values of a matrix in descending order, with its right singular vectors.
///
/// Pairs of columns are rotated until all are at right angles (Hestenes and Jacobi), which finds small
/// singular values as exactly as large ones, with nothing but + − × ÷ √.
///
/// Source: J. Demmel and K. Veselić, *Jacobi's Method is More Accurate than QR*, SIAM Journal on Matrix
/// Analysis and Applications 13 (1992), 1204–1245.
struct SingularValues {
  /// The values, the largest first.
  let values: [Double]
  /// For each its vector, of length 1.
  let vectors: [[Double]]

  /// Takes a matrix apart that is given as its columns.
  init(columns: [[Double]]) {
    var columns = columns
    let count = columns.count
    var vectors = (0..<count).map { own in (0..<count).map { $0 == own ? 1.0 : 0 } }
    func dot(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for index in a.indices { sum += a[index] * b[index] }
      return sum
    }
    func rotate(_ list: inout [[Double]], _ i: Int, _ j: Int, _ c: Double, _ s: Double) {
      for index in list[i].indices {
        let (a, b) = (list[i][index], list[j][index])
        list[i][index] = c * a - s * b
        list[j][index] = s * a + c * b
      }
    }
    for _ in 0..<60 {
      var isDone = true
      for i in 0..<count {
        for j in (i + 1)..<max(count, i + 1) {
          let (a, b, product) = (
            dot(columns[i], columns[i]), dot(columns[j], columns[j]), dot(columns[i], columns[j])
          )
          // What is left of a column after others were taken from it is rounding.
          guard abs(product) > 1e-15 * (a * b).squareRoot(), abs(product) > 0x1p-1000 else {
            continue
          }
          isDone = false
          let half = (b - a) / (2 * product)
          let tangent =
            (half >= 0 ? 1 : -1) / (abs(half) + (1 + half * half).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          rotate(&columns, i, j, cosine, cosine * tangent)
          rotate(&vectors, i, j, cosine, cosine * tangent)
        }
      }
      if isDone { break }
    }
    let sizes = columns.map { dot($0, $0).squareRoot() }
    let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    values = order.map { sizes[$0] }
    self.vectors = order.map { vectors[$0] }
  }
}
