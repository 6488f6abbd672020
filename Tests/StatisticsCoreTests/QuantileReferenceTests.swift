import StatisticsCore
import TestSupport
import Testing

/// Quantiles against numbers of 50 digits.
@Suite struct QuantileReferenceTests {
  @Test func `normal quantiles agree with 50 digits`() {
    check("normal", QuantileReference.normal) { _, log, isUpper in
      isUpper
        ? NormalDistribution.quantile(logUpper: log) : NormalDistribution.quantile(logLower: log)
    }
  }

  @Test func `gamma and χ² quantiles agree with 50 digits`() {
    check("gamma", QuantileReference.gamma) { parameters, log, isUpper in
      let gamma = GammaDistribution(shape: parameters[0])
      return isUpper ? gamma.quantile(logUpper: log) : gamma.quantile(logLower: log)
    }
    check("chi-square", QuantileReference.gamma) { parameters, log, isUpper in
      let square = ChiSquareDistribution(degreesOfFreedom: 2 * parameters[0])
      return (isUpper ? square.quantile(logUpper: log) : square.quantile(logLower: log)) / 2
    }
  }

  @Test func `beta quantiles agree with 50 digits`() {
    check("beta", QuantileReference.beta) { parameters, log, isUpper in
      let beta = BetaDistribution(parameters[0], parameters[1])
      return isUpper ? beta.quantile(logUpper: log) : beta.quantile(logLower: log)
    }
  }

  @Test func `quantiles of Student's t agree with 50 digits`() {
    check("student", QuantileReference.student) { parameters, log, isUpper in
      let student = StudentDistribution(degreesOfFreedom: parameters[0])
      return isUpper ? student.quantile(logUpper: log) : student.quantile(logLower: log)
    }
  }

  @Test func `F quantiles agree with 50 digits`() {
    check("f", QuantileReference.f) { parameters, log, isUpper in
      let f = FDistribution(parameters[0], parameters[1])
      return isUpper ? f.quantile(logUpper: log) : f.quantile(logLower: log)
    }
  }

  /// Compares all cases of a distribution, and tells the worst error.
  private func check(
    _ name: String, _ text: String,
    _ quantile: (_ parameters: [Double], _ log: Double, _ isUpper: Bool) -> Double
  ) {
    let cases = GammaReference.cases(text)
    #expect(cases.count >= 8)
    var worst = 0.0
    for fields in cases {
      let numbers = Array(fields.suffix(4))
      let (truth, condition) = (numbers[2], numbers[3])
      let result = quantile(fields.dropLast(4), numbers[0], numbers[1] == 1)
      // A logarithm that is off by a unit in the last place moves the quantile by so much.
      let error = abs(result - truth) / abs(truth) / max(1, condition)
      worst = max(worst, error)
      #expect(error <= 2e-15, "\(name) \(fields): \(result), \(error)")
    }
    if Rounds.isDeep { print("\(name): worst relative error \(worst) of a quantile") }
  }
}
