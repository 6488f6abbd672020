import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct LeastSquaresFitTests {
  @Test(arguments: ExperimentVector.of("ols"))
  func `coefficients and their errors are those of statsmodels`(_ vector: ExperimentVector) {
    let columns = vector.inputs["x"]!.elements!.dropFirst()
      .map { ExperimentVector.column($0.text!) }
    let response = ExperimentVector.column(vector.inputs["y"]!.text!)
    let errors: LeastSquaresFit.Errors =
      switch vector.inputs["cov"]!.text! {
      case "nonrobust": .classical
      case "cluster": .clustered(response.indices.map { $0 / 5 })
      case let kind: .heteroscedastic(LeastSquaresFit.Correction(rawValue: kind.lowercased())!)
      }
    let fit = LeastSquaresFit(response, on: columns, errors: errors, isNormal: errors != .classical)
    vector.check(fit.coefficients, "coef")
    vector.check(fit.standardErrors, "se")
    vector.check(fit.pValues, "p_values")
    vector.check(fit.rSquared, "r2")
  }

  @Test func `the effect of a dummy is Student's comparison of two means`() {
    let variant = ExperimentVector.column("variant")
    let revenue = ExperimentVector.column("revenue")
    let fit = LeastSquaresFit(revenue, on: [variant])
    let arms = MetricComparisonTests.arms().map { MetricEstimate(.mean(2), of: $0) }
    let test = MetricComparison(control: arms[0], treatment: arms[1], reference: .student)
    #expect(near(fit.coefficients[1], test.difference, 1e-13))
    #expect(near(fit.standardErrors[1], test.standardError, 1e-13))
    #expect(near(fit.pValues[1], test.pValue, 1e-12))
    // HC2 is Welch's variance.
    let robust = LeastSquaresFit(revenue, on: [variant], errors: .heteroscedastic(.hc2))
    let welch = MetricComparison(control: arms[0], treatment: arms[1])
    #expect(near(robust.standardErrors[1], welch.standardError, 1e-13))
  }

  @Test func `a column that follows from others is left out`() {
    let x = [1.0, 2, 3, 4, 5]
    let fit = LeastSquaresFit([2, 4, 5, 4, 5], on: [x, x.map { 3 - 2 * $0 }, x.map { _ in 7 }])
    #expect(near(fit.coefficients[0], 2.2, 1e-14) && near(fit.coefficients[1], 0.6, 1e-14))
    #expect(fit.coefficients[2...] == [0, 0])
    #expect(fit.pValues[2...] == [1, 1])
  }
}
