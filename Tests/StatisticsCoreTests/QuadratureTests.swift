import StatisticsCore
import Testing

@Suite struct QuadratureTests {
  @Test func `the rule of 16 points is exact for polynomials of degree 31`() {
    for degree in 0...31 {
      let sum = Quadrature.gaussLegendre16.reduce(0.0) {
        let power = PortableMath.pow($1.abscissa, Double(degree))
        return $0 + $1.weight * (power + (degree.isMultiple(of: 2) ? power : -power))
      }
      let expected = degree.isMultiple(of: 2) ? 2 / Double(degree + 1) : 0
      #expect(abs(sum - expected) < 1e-15, "\(degree)")
    }
  }

  @Test func `a peak on the line is integrated to the last places`() {
    // ∫ exp(−y²) = √π; from a start beside the peak too.
    for start in [0.0, 3.7, -5.1] {
      let value = Quadrature.peak(near: start, step: 0.25) { PortableMath.exp(-$0 * $0) }
      #expect(isClose(value, 1.7724538509055159, 1e-15))
    }
  }

  @Test func `integrals over 0 to 1 with singular ends become peaks`() {
    // B(½, ¼), of which both ends are infinite: mpmath 1.3.0.
    let value = Quadrature.peak(near: 0, step: 0.25) { y in
      let p = Quadrature.logistic(y)
      return PortableMath.exp(0.5 * p.log + 0.25 * p.logComplement)
    }
    #expect(isClose(value, 5.244115108584239, 1e-14))
  }

  @Test func `the logistic function keeps its digits at both ends`() {
    for y in [-700.0, -40, -1, 0, 1, 40, 700] {
      let here = Quadrature.logistic(y)
      let there = Quadrature.logistic(-y)
      #expect(here.value == there.complement)
      #expect(here.log == there.logComplement)
      #expect(isClose(here.log - here.logComplement, y, 1e-15))
      if abs(y) < 700 { #expect(isClose(PortableMath.exp(here.log), here.value, 1e-14)) }
    }
    #expect(Quadrature.logistic(-40).value == 4.248354255291589e-18)
  }
}
