import StatisticsCore

/// The negative log-likelihood of rows of several classes, each with a linear predictor of its own.
///
/// The variables are, class after class, the coefficients of the moved and scaled columns and the
/// intercept.
struct SoftmaxLoss: RowLoss {
  let matrix: DesignMatrix
  let classCount: Int
  /// For each row that counts its class; padded to whole blocks.
  let codes: [Int]

  /// The number of variables of a class.
  var stride: Int { matrix.width + (matrix.hasIntercept ? 1 : 0) }
  /// The number of variables.
  var count: Int { classCount * stride }

  func derivatives(at point: [Double], blocks: Range<Int>) -> LossDerivatives {
    let length = BlockKernels.length
    var result = LossDerivatives(count: count)
    var value = 0.0
    unsafe withUnsafeTemporaryAllocation(
      of: Double.self, capacity: (classCount + 3) * length + stride
    ) { scratch in
      let shares = scratch.baseAddress!
      let slope = unsafe shares + classCount * length
      let bend = unsafe slope + length
      let product = unsafe bend + length
      let sums = unsafe product + length
      unsafe point.withUnsafeBufferPointer { point in
        for block in blocks {
          unsafe matrix.withBlock(block) { numbers in
            unsafe predict(numbers, point.baseAddress!, into: shares)
            value += unsafe normalize(block, shares)
            for own in 0..<classCount {
              let mine = unsafe shares + own &* length
              for row in 0..<length {
                let place = block &* length &+ row
                let target = codes[place] == own ? 1.0 : 0
                unsafe slope[row] = matrix.weights[place] * (mine[row] - target)
              }
              unsafe sums.update(repeating: 0, count: stride)
              unsafe BlockKernels.dots(slope, numbers, count: matrix.width, into: sums)
              if matrix.hasIntercept { unsafe sums[matrix.width] = BlockKernels.sum(slope) }
              for index in 0..<stride {
                unsafe result.gradient[own &* stride &+ index] += sums[index]
              }
              for other in 0...own {
                let theirs = unsafe shares + other &* length
                for row in 0..<length {
                  let weight = matrix.weights[block &* length &+ row]
                  unsafe bend[row] = weight * mine[row] * ((own == other ? 1 : 0) - theirs[row])
                }
                unsafe bends(numbers, bend, product, sums, own, other, &result)
              }
            }
          }
        }
      }
    }
    result.value = value
    return result
  }

  /// Adds the second derivatives by the variables of two classes.
  private func bends(
    _ numbers: UnsafePointer<Double>, _ bend: UnsafeMutablePointer<Double>,
    _ product: UnsafeMutablePointer<Double>, _ sums: UnsafeMutablePointer<Double>, _ own: Int,
    _ other: Int, _ result: inout LossDerivatives
  ) {
    let length = BlockKernels.length
    for index in 0..<stride {
      unsafe sums.update(repeating: 0, count: stride)
      var source = unsafe UnsafePointer(bend)
      if index < matrix.width {
        unsafe BlockKernels.multiply(bend, numbers + index &* length, into: product)
        unsafe source = UnsafePointer(product)
      }
      // Between two classes the matrix is symmetric too, and half of it is enough.
      let last = min(index + 1, matrix.width)
      unsafe BlockKernels.dots(source, numbers, count: last, into: sums)
      if index == matrix.width { unsafe sums[index] = BlockKernels.sum(source) }
      for second in 0...index {
        let (i, j) = (own &* stride &+ index, other &* stride &+ second)
        unsafe result.curvature[i &* count &+ j] += sums[second]
        if own != other, second != index {
          let (i, j) = (own &* stride &+ second, other &* stride &+ index)
          unsafe result.curvature[i &* count &+ j] += sums[second]
        }
      }
    }
  }

  private func predict(
    _ numbers: UnsafePointer<Double>, _ point: UnsafePointer<Double>,
    into predictors: UnsafeMutablePointer<Double>
  ) {
    let length = BlockKernels.length
    for own in 0..<classCount {
      let mine = unsafe predictors + own &* length
      let point = unsafe point + own &* stride
      unsafe mine.update(
        repeating: matrix.hasIntercept ? point[matrix.width] : 0, count: length)
      unsafe BlockKernels.combine(point, numbers, count: matrix.width, into: mine)
    }
  }

  /// Turns predictors into probabilities, and returns the sum of the block.
  private func normalize(_ block: Int, _ shares: UnsafeMutablePointer<Double>) -> Double {
    let length = BlockKernels.length
    var value = 0.0
    for row in 0..<length {
      let place = block &* length &+ row
      let weight = matrix.weights[place]
      if weight == 0 { continue }
      var largest = -Double.infinity
      for own in 0..<classCount { unsafe largest = max(largest, shares[own &* length &+ row]) }
      let wanted = unsafe shares[codes[place] &* length &+ row]
      var sum = 0.0
      for own in 0..<classCount {
        let share = unsafe PortableMath.exp(shares[own &* length &+ row] - largest)
        unsafe shares[own &* length &+ row] = share
        sum += share
      }
      for own in 0..<classCount { unsafe shares[own &* length &+ row] /= sum }
      value += weight * (largest - wanted + PortableMath.log(sum))
    }
    return value
  }

  /// For each row that counts the predictors of the classes.
  private func predictors(_ point: [Double]) -> [[Double]] {
    let length = BlockKernels.length
    var block = [Double](repeating: 0, count: classCount * length)
    var result: [[Double]] = []
    result.reserveCapacity(matrix.rows.count)
    for number in 0..<matrix.blockCount {
      unsafe block.withUnsafeMutableBufferPointer { block in
        unsafe point.withUnsafeBufferPointer { point in
          unsafe matrix.withBlock(number) { numbers in
            unsafe predict(numbers, point.baseAddress!, into: block.baseAddress!)
          }
        }
      }
      for row in 0..<min(length, matrix.rows.count - number * length) {
        result.append((0..<classCount).map { block[$0 * length + row] })
      }
    }
    return result
  }

  func fallsForever(from point: [Double], towards direction: [Double]) -> Bool {
    func leads(_ rows: [[Double]]) -> [Double] {
      zip(rows, codes).map { row, code in
        row.indices.reduce(Double.infinity) { $1 == code ? $0 : min($0, row[code] - row[$1]) }
      }
    }
    if leads(predictors(point)).allSatisfy({ $0 > 0 }) { return true }
    let steps = predictors(direction)
    let reach = steps.reduce(0) { max($0, $1.max()! - $1.min()!) }
    guard reach > 0.1 else { return false }
    return leads(steps).allSatisfy { $0 >= -1e-6 * reach }
  }
}
