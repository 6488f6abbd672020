import StatisticsCore

/// The rows that count, as numbers in blocks of rows, each block column after column.
///
/// Columns are moved by their mean, where there is an intercept, and divided by a power of two, so
/// that all lie within −1 and 1. That changes no model that is told in the units of the table, and
/// keeps sums of squares exact and finite.
struct DesignMatrix: Sendable {
  /// How many blocks are summed up in one go, whatever the number of workers.
  static let blocksPerPart = 32

  let names: [String]
  /// The positions of the rows in the table.
  let rows: [UInt32]
  /// Their weights, and zeros to the end of the last block.
  let weights: [Double]
  /// Whether the rows that count have the weight 1.
  let isUnweighted: Bool
  /// The sum of the weights.
  let totalWeight: Double
  let hasIntercept: Bool
  /// What is taken from each column, and what the rest is divided by.
  let shifts: [Double]
  let scales: [Double]
  private let values: [Double]

  var width: Int { names.count }
  var blockCount: Int { weights.count / BlockKernels.length }

  /// The ranges of blocks that are summed up in one go.
  var parts: [Range<Int>] {
    stride(from: 0, to: blockCount, by: Self.blocksPerPart).map {
      $0..<min($0 + Self.blocksPerPart, blockCount)
    }
  }

  /// Takes the rows with a weight above zero of columns that were checked.
  init(
    _ columns: [FeatureColumn], rows: [UInt32], weights: [Double]?, hasIntercept: Bool
  ) throws(LearningError) {
    let length = BlockKernels.length
    let width = columns.count
    let blocks = (rows.count + length - 1) / length
    var padded = [Double](repeating: 0, count: blocks * length)
    for (place, row) in rows.enumerated() { padded[place] = weights?[Int(row)] ?? 1 }
    let total = ExactSum(padded).rounded
    var shifts: [Double] = []
    var scales: [Double] = []
    // One number at least, so that there is an address.
    var values = [Double](repeating: 0, count: max(1, blocks * length * width))
    for (position, column) in columns.enumerated() {
      let (shift, scale, isFinite) = unsafe values.withUnsafeMutableBufferPointer {
        unsafe Self.place(
          column.codes, rows, padded, hasIntercept ? total : nil,
          $0.baseAddress! + position &* length, stride: width &* length)
      }
      guard isFinite else {
        throw LearningError(
          .notFinite,
          "The numbers of \(column.name) are too large to be added up. Give them in a larger unit.")
      }
      shifts.append(shift)
      scales.append(scale)
    }
    names = columns.map(\.name)
    self.rows = rows
    self.weights = padded
    isUnweighted = padded.prefix(rows.count).allSatisfy { $0 == 1 }
    totalWeight = total
    self.hasIntercept = hasIntercept
    self.shifts = shifts
    self.scales = scales
    self.values = values
  }

  /// Puts the numbers of the rows into a column's part of the blocks, moved and scaled.
  ///
  /// - Parameter total: The sum of the weights, to move by the mean; `nil` is not to move.
  private static func place(
    _ codes: [Double], _ rows: [UInt32], _ weights: [Double], _ total: Double?,
    _ first: UnsafeMutablePointer<Double>, stride: Int
  ) -> (shift: Double, scale: Double, isFinite: Bool) {
    let length = BlockKernels.length
    let blocks = weights.count / length
    let spare = codes[Int(rows[0])]
    unsafe codes.withUnsafeBufferPointer { codes in
      unsafe rows.withUnsafeBufferPointer { rows in
        for block in 0..<blocks {
          let target = unsafe first + block &* stride
          let start = block &* length
          let count = min(length, rows.count &- start)
          for row in 0..<count { unsafe target[row] = codes[Int(rows[start &+ row])] }
          // A number of the column fills the last block until all are moved.
          for row in count..<length { unsafe target[row] = spare }
        }
      }
    }
    var (least, most) = (spare, spare)
    for block in 0..<blocks {
      let bounds = unsafe BlockKernels.bounds(first + block &* stride)
      least = min(least, bounds.least)
      most = max(most, bounds.most)
    }
    var shift = 0.0
    if let total {
      // From a number of the column on, so that a constant one is 0 exactly; and twice, since the
      // second sum takes away what rounding left in the first.
      shift = least
      for _ in 0..<(least == most ? 0 : 2) {
        var rest = 0.0
        unsafe weights.withUnsafeBufferPointer { weights in
          for block in 0..<blocks {
            unsafe rest += BlockKernels.sum(
              first + block &* stride, less: shift,
              weights: weights.baseAddress! + block &* length)
          }
        }
        shift += rest / total
      }
    }
    let reach = max(abs(least - shift), abs(most - shift))
    guard reach < 0x1p900, shift.isFinite else { return (shift, 1, false) }
    // What is smaller is taken for constant: its coefficient would be too large for a number.
    let scale = reach >= 0x1p-900 ? reach.binade : 1
    for block in 0..<blocks {
      let target = unsafe first + block &* stride
      unsafe BlockKernels.move(target, by: shift, dividingBy: scale)
      for row in max(0, min(length, rows.count &- block &* length))..<length {
        unsafe target[row] = 0
      }
    }
    return (shift, scale, true)
  }

  /// Calls `body` with the first number of a block's first column.
  func withBlock<Result>(_ block: Int, _ body: (UnsafePointer<Double>) -> Result) -> Result {
    unsafe values.withUnsafeBufferPointer {
      unsafe body($0.baseAddress! + block &* width &* BlockKernels.length)
    }
  }

  /// Numbers for the rows that count in the order of the blocks, with zeros to the end of the last.
  func gather(_ numbers: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: weights.count)
    for (place, row) in rows.enumerated() { result[place] = numbers[Int(row)] }
    return result
  }

  /// The intercept and coefficients in the units of the table.
  func unscaled(_ scaled: [Double], intercept: Double) -> (
    intercept: Double, coefficients: [Double]
  ) {
    let coefficients = zip(scaled, scales).map { $0 / $1 }
    guard hasIntercept else { return (0, coefficients) }
    return (intercept - zip(coefficients, shifts).reduce(0) { $0 + $1.0 * $1.1 }, coefficients)
  }

  /// A covariance matrix of coefficients in the units of the table.
  func unscaled(_ covariance: [[Double]], groups: Int = 1) -> [[Double]] {
    Self.unscaled(
      covariance, shifts: shifts, scales: scales, hasIntercept: hasIntercept, groups: groups)
  }

  /// A covariance matrix of coefficients, the intercept last where there is one, in the units of the
  /// table; several `groups` of them may follow each other.
  static func unscaled(
    _ covariance: [[Double]], shifts: [Double], scales: [Double], hasIntercept: Bool,
    groups: Int = 1
  ) -> [[Double]] {
    var result = covariance
    let width = scales.count
    let stride = width + (hasIntercept ? 1 : 0)
    for group in 0..<groups {
      let first = group * stride
      for i in 0..<width {
        for j in result.indices { result[first + i][j] /= scales[i] }
        for j in result.indices { result[j][first + i] /= scales[i] }
      }
      guard hasIntercept else { continue }
      // The intercept is that of the moved columns, less the sum of coefficients times shifts.
      let last = first + width
      for j in result.indices {
        for i in 0..<width { result[last][j] -= shifts[i] * result[first + i][j] }
      }
      for j in result.indices {
        for i in 0..<width { result[j][last] -= shifts[i] * result[j][first + i] }
      }
    }
    // The upper half may have been rounded otherwise than the lower one.
    for i in result.indices {
      for j in 0..<i { result[j][i] = result[i][j] }
      result[i][i] = max(result[i][i], 0)
    }
    return result
  }
}

/// What linear models ask of a table.
enum LinearInput {
  /// Throws where a column is not numeric, or a number not finite in one of the rows, or in any.
  static func check(
    _ columns: [FeatureColumn], rows: [UInt32]? = nil
  ) throws(LearningError) {
    if columns.isEmpty { throw .noColumns }
    for column in columns {
      if case .categorical = column.kind {
        throw LearningError(
          .wrongKind,
          "The column \(column.name) is categorical, and a linear model takes numbers. Turn its "
            + "categories into columns of 0 and 1 (one-hot) first, or leave it out.")
      }
      let bad =
        if let rows {
          rows.first { !column.codes[Int($0)].isFinite }.map { Int($0) }
        } else {
          column.codes.firstIndex { !$0.isFinite }
        }
      if let bad { throw notFinite(column.name, row: bad) }
    }
  }

  static func notFinite(_ name: String, row: Int?) -> LearningError {
    LearningError(
      .notFinite,
      "The value of \(name)\(row.map { " at row \($0)" } ?? "") is missing or infinite, and a linear "
        + "model takes numbers. Leave the row out, or put a number there (impute).")
  }

  /// The numbers of a row in the order of a schema, all of them finite.
  static func codes(
    of row: FeatureRow, in schema: FeatureSchema
  ) throws(LearningError) -> [Double] {
    let codes = try schema.codes(of: row)
    try check(codes: codes, of: schema)
    return codes
  }

  /// Throws where a number of a row in the order of a schema is not finite.
  static func check(codes: [Double], of schema: FeatureSchema) throws(LearningError) {
    if let column = codes.firstIndex(where: { !$0.isFinite }) {
      throw notFinite(schema.names[column], row: nil)
    }
  }

  /// The factor of a penalty, as far as its square is a number.
  static func factor(_ value: Double) -> Double { min(value, 1e150) }

  static func parameter(_ sentence: String) -> LearningError {
    LearningError(.parameterOutOfRange, sentence)
  }
}
