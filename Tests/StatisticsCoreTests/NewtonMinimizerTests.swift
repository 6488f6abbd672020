import StatisticsCore
import TestSupport
import Testing

@Suite struct NewtonMinimizerTests {
  private typealias Derivatives = NewtonMinimizer.Derivatives
  private let everywhere = Array(repeating: -1e3...1e3, count: 2)

  @Test func `Rosenbrock's valley is followed to its end`() {
    let result = NewtonMinimizer(stepLimit: 100, tolerance: 1e-10).minimize(
      from: [-1.2, 1], within: everywhere
    ) { point in
      let (x, y) = (point[0], point[1])
      var value = Derivatives(count: 2)
      value.value = 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
      value.gradient = [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)]
      value.hessian = [[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]]
      return value
    }
    #expect(result.outcome == .converged)
    #expect(result.steps < 40)
    // The tolerance is a step over the root of the curvature, which is 0.4 along the valley.
    #expect(abs(result.point[0] - 1) < 1e-9)
    #expect(abs(result.point[1] - 1) < 1e-9)
  }

  @Test func `a saddle is left towards a minimum`() {
    // x² + y⁴ − y² has a saddle at zero and minima at y = ±√½.
    let result = NewtonMinimizer(stepLimit: 100, tolerance: 1e-10).minimize(
      from: [1, 1e-3], within: everywhere
    ) { point in
      let (x, y) = (point[0], point[1])
      var value = Derivatives(count: 2)
      value.value = x * x + y * y * y * y - y * y
      value.gradient = [2 * x, 4 * y * y * y - 2 * y]
      value.hessian = [[2, 0], [0, 12 * y * y - 2]]
      return value
    }
    #expect(result.outcome == .converged)
    #expect(abs(result.point[1] - 0.5.squareRoot()) < 1e-12)
  }

  @Test func `without minimum the search leaves the range or runs out of steps`() {
    func slope(_ point: [Double]) -> Derivatives {
      var value = Derivatives(count: 1)
      value.value = -point[0]
      value.gradient = [-1]
      return value
    }
    let out = NewtonMinimizer(stepLimit: 100, tolerance: 1e-10)
      .minimize(from: [0], within: [-5...5], slope)
    #expect(out.outcome == .leftRange(variable: 0))
    let long = NewtonMinimizer(stepLimit: 3, tolerance: 1e-10)
      .minimize(from: [0], within: [-500...500], slope)
    #expect(long.outcome == .stepLimit)
    #expect(long.steps == 3)
  }

  @Test func `places where the function is not finite are avoided`() {
    // x − log x beyond zero, from where a whole step would go below it.
    let result = NewtonMinimizer(stepLimit: 100, tolerance: 1e-10).minimize(
      from: [3], within: [-10...10]
    ) { point in
      var value = Derivatives(count: 1)
      value.value = point[0] > 0 ? point[0] - PortableMath.log(point[0]) : .nan
      value.gradient = [1 - 1 / point[0]]
      value.hessian = [[1 / (point[0] * point[0])]]
      return value
    }
    #expect(result.outcome == .converged)
    #expect(abs(result.point[0] - 1) < 1e-12)
  }

  @Test func `the triangle of a matrix gives solutions and the inverse`() throws {
    let matrix = [[4.0, 2, 0.5], [2, 3, 1], [0.5, 1, 2]]
    let factor = try #require(CholeskyFactor(matrix))
    let inverse = factor.inverse
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<3).reduce(0) { $0 + matrix[i][$1] * inverse[$1][j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-14)
        #expect(inverse[i][j] == inverse[j][i])
      }
    }
    let solution = factor.solve([1, 2, 3])
    for i in 0..<3 {
      #expect(abs((0..<3).reduce(0) { $0 + matrix[i][$1] * solution[$1] } - Double(i + 1)) < 1e-14)
    }
    #expect(CholeskyFactor([[1, 2], [2, 1]]) == nil)
    #expect(CholeskyFactor([[1, 1], [1, 1]]) == nil)
  }
}
