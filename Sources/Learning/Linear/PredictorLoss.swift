import StatisticsCore

/// The negative log-likelihood of rows whose mean follows one linear predictor.
///
/// The variables are the coefficients of the moved and scaled columns, then the intercept.
struct PredictorLoss: RowLoss {
  enum Family: Sendable {
    /// Targets of 0 and 1; the predictor is the logarithm of the odds.
    case logistic
    /// Counts; the predictor is the logarithm of the mean.
    case poisson
  }

  let matrix: DesignMatrix
  let family: Family
  /// For each row that counts its target, and what is added to its predictor; padded to whole blocks.
  let target: [Double]
  let offset: [Double]?

  /// The number of variables.
  var count: Int { matrix.width + (matrix.hasIntercept ? 1 : 0) }

  func derivatives(at point: [Double], blocks: Range<Int>) -> LossDerivatives {
    let length = BlockKernels.length
    let (width, count) = (matrix.width, count)
    var result = LossDerivatives(count: count)
    var value = 0.0
    unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * length) { scratch in
      let predictor = scratch.baseAddress!
      let slope = unsafe predictor + length
      let bend = unsafe slope + length
      let product = unsafe bend + length
      unsafe result.gradient.withUnsafeMutableBufferPointer { gradient in
        unsafe result.curvature.withUnsafeMutableBufferPointer { curvature in
          unsafe point.withUnsafeBufferPointer { point in
            let gradient = gradient.baseAddress!
            let curvature = curvature.baseAddress!
            for block in blocks {
              unsafe matrix.withBlock(block) { numbers in
                unsafe predict(block, numbers, point.baseAddress!, into: predictor)
                value += unsafe rows(block, predictor, slope, bend)
                unsafe BlockKernels.dots(slope, numbers, count: width, into: gradient)
                for column in 0..<width {
                  unsafe BlockKernels.multiply(bend, numbers + column &* length, into: product)
                  unsafe BlockKernels.dots(
                    product, numbers, count: column &+ 1, into: curvature + column &* count)
                }
                if count > width {
                  unsafe gradient[width] += BlockKernels.sum(slope)
                  unsafe BlockKernels.dots(
                    bend, numbers, count: width, into: curvature + width &* count)
                  unsafe curvature[width &* count &+ width] += BlockKernels.sum(bend)
                }
              }
            }
          }
        }
      }
    }
    result.value = value
    return result
  }

  private func predict(
    _ block: Int, _ numbers: UnsafePointer<Double>, _ point: UnsafePointer<Double>,
    into predictor: UnsafeMutablePointer<Double>
  ) {
    let length = BlockKernels.length
    let intercept = unsafe matrix.hasIntercept ? point[matrix.width] : 0
    for row in 0..<length {
      unsafe predictor[row] = intercept + (offset?[block &* length &+ row] ?? 0)
    }
    unsafe BlockKernels.combine(point, numbers, count: matrix.width, into: predictor)
  }

  /// The sum of a block, and for each row the first and second derivative by its predictor.
  private func rows(
    _ block: Int, _ predictor: UnsafePointer<Double>, _ slope: UnsafeMutablePointer<Double>,
    _ bend: UnsafeMutablePointer<Double>
  ) -> Double {
    let length = BlockKernels.length
    var sum = 0.0
    // Where rows count alike, the logarithm of a product is taken once for a block: at most 2²⁵⁶.
    var product = 1.0
    for row in 0..<length {
      let weight = matrix.weights[block &* length &+ row]
      if weight == 0 {
        unsafe slope[row] = 0
        unsafe bend[row] = 0
        continue
      }
      let target = target[block &* length &+ row]
      let predictor = unsafe predictor[row]
      switch family {
      case .logistic:
        let small = PortableMath.exp(-abs(predictor))
        let likelier = 1 / (1 + small)
        let probability = predictor >= 0 ? likelier : small * likelier
        unsafe slope[row] = weight * (probability - target)
        unsafe bend[row] = weight * (small * likelier * likelier)
        // log(1 + exp(x)) − y x without large numbers that cancel.
        let excess = predictor >= 0 ? (1 - target) * predictor : -target * predictor
        if matrix.isUnweighted {
          product *= 1 + small
          sum += excess
        } else {
          sum += weight * (excess + PortableMath.log1p(small))
        }
      case .poisson:
        let mean = PortableMath.exp(predictor)
        unsafe slope[row] = weight * (mean - target)
        unsafe bend[row] = weight * mean
        sum += weight * (mean - (target == 0 ? 0 : target * predictor))
      }
    }
    return sum + PortableMath.log(product)
  }

  /// The linear predictors for the rows that count, without offsets.
  func predictors(_ point: [Double]) -> [Double] {
    let length = BlockKernels.length
    var result = [Double](
      repeating: matrix.hasIntercept ? point[matrix.width] : 0, count: matrix.weights.count)
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe point.withUnsafeBufferPointer { point in
        for block in 0..<matrix.blockCount {
          unsafe matrix.withBlock(block) { numbers in
            unsafe BlockKernels.combine(
              point.baseAddress!, numbers, count: matrix.width,
              into: result.baseAddress! + block &* length)
          }
        }
      }
    }
    return Array(result[..<matrix.rows.count])
  }

  func fallsForever(from point: [Double], towards direction: [Double]) -> Bool {
    if family == .logistic {
      // Where every row is on its side, larger coefficients put it further there.
      let found = zip(predictors(point), target).allSatisfy {
        ($1 == 1 && $0 > 0) || ($1 == 0 && $0 < 0)
      }
      if found { return true }
    }
    let steps = predictors(direction)
    let reach = steps.reduce(0) { max($0, abs($1)) }
    // Steps towards a minimum get short; those without an end stay about 1.
    guard reach > 0.1 else { return false }
    let rounding = 1e-6 * reach
    return zip(steps, target).allSatisfy { step, target in
      switch family {
      case .logistic: (target == 1 ? step : -step) >= -rounding
      case .poisson: target == 0 ? step <= rounding : abs(step) <= rounding
      }
    }
  }

  /// The columns that add nothing to those before them.
  func aliased() -> [Int] {
    // Second derivatives with equal weights show it when there is a doubt; the triangle then decides.
    let flat = PredictorLoss(
      matrix: matrix, family: .logistic, target: matrix.weights.map { _ in 0 }, offset: nil)
    let start = [Double](repeating: 0, count: count)
    let gram = LossDerivatives(
      joining: matrix.parts.map { flat.derivatives(at: start, blocks: $0) }
    ).matrix
    if !Self.isDoubtful(gram) { return [] }
    let parts = matrix.parts.map {
      TriangularFactor(matrix, target: matrix.weights.map { _ in 0 }, blocks: $0)
    }
    let kept = Set(LeastSquares(TriangularFactor(joining: parts)).kept)
    return (0..<matrix.width).filter { !kept.contains($0) }
  }

  /// Whether a pivot of Cholesky's factor is small beside its diagonal.
  private static func isDoubtful(_ matrix: [[Double]]) -> Bool {
    var rows = matrix
    for i in rows.indices {
      for j in 0...i {
        var sum = matrix[i][j]
        for k in 0..<j { sum -= rows[i][k] * rows[j][k] }
        if i == j {
          guard sum > 1e-8 * matrix[i][i] else { return true }
          rows[i][i] = sum.squareRoot()
        } else {
          rows[i][j] = sum / rows[j][j]
        }
      }
    }
    return false
  }
}
