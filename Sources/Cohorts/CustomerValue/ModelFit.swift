import GA4Model
import StatisticsCore

/// How well a model of customers fits, and how sure its parameters are.
public struct ModelFit: Sendable, Hashable, Codable {
  /// A parameter that was estimated.
  public struct Parameter: Sendable, Hashable, Codable {
    /// Its name in the literature.
    public var name: String
    /// The estimate of maximum likelihood.
    public var estimate: Double
    /// Its standard error.
    public var standardError: Double

    /// The interval in which the parameter lies at a `level` between 0 and 1.
    ///
    /// It is that of the logarithm, whose estimate is closer to normal, so both limits are above 0:
    /// the estimate times *e* to the power of ± z × standard error / estimate.
    public func interval(level: Double = 0.95) -> ClosedRange<Double> {
      precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
      let z = -NormalDistribution.quantile((1 - level) / 2)
      let factor = PortableMath.exp(z * standardError / estimate)
      return estimate / factor...estimate * factor
    }
  }

  /// The parameters in the order of the literature.
  public var parameters: [Parameter]
  /// The covariance matrix of the parameters, as rows in their order.
  ///
  /// The inverse of the observed information: of the second derivatives of the negative
  /// log-likelihood by the logarithms of the parameters, brought to the parameters by the delta
  /// method.
  public var covariance: [[Double]]
  /// The natural logarithm of the likelihood at its maximum.
  public var logLikelihood: Double
  /// How many customers the model was fitted to.
  public var customers: Int
  /// How many steps the search took.
  public var iterations: Int

  /// Akaike's information criterion; of models for the same customers the smaller is the better.
  public var aic: Double { 2 * Double(parameters.count) - 2 * logLikelihood }
  /// The Bayesian information criterion, which counts customers as observations.
  public var bic: Double {
    Double(parameters.count) * PortableMath.log(Double(customers)) - 2 * logLikelihood
  }
}

extension ModelFit: CustomStringConvertible {
  /// The parameters as a table, with the likelihood below.
  public var description: String {
    var table = TextTable(
      ["parameter", "estimate", "standard error", "from", "to"], numbers: [1, 2, 3, 4])
    for parameter in parameters {
      let interval = parameter.interval()
      table.append(
        [parameter.name]
          + [
            parameter.estimate, parameter.standardError, interval.lowerBound, interval.upperBound,
          ].map { NumberFormat.fixed($0, 4) })
    }
    return """
      \(table)
      log-likelihood \(NumberFormat.fixed(logLikelihood, 4)), \
      AIC \(NumberFormat.fixed(aic, 2)), BIC \(NumberFormat.fixed(bic, 2)), \
      \(NumberFormat.grouped(customers)) customers, \(iterations) steps
      """
  }
}

/// The search for the maximum of a likelihood by the logarithms of positive parameters.
struct LikelihoodSearch {
  /// The names of the parameters.
  var names: [String]
  /// Where to begin.
  var start: [Double]
  var stepLimit: Int
  var tolerance: Double

  /// How far from the start the logarithm of a parameter may go.
  private static let radius = 18.0
  /// Logarithms of parameters with larger standard errors are not determined by the data.
  private static let largestError = 50.0

  /// Returns the parameters at the maximum, with the fit.
  ///
  /// - Parameter function: The log-likelihood with its derivatives by the parameters themselves.
  func maximum(
    customers: Int, _ function: ([Double]) -> NewtonMinimizer.Derivatives
  ) throws(CustomerValueError) -> ([Double], ModelFit) {
    let origin = start.map(PortableMath.log)
    let minimizer = NewtonMinimizer(stepLimit: stepLimit, tolerance: tolerance)
    let result = minimizer.minimize(
      from: origin, within: origin.map { $0 - Self.radius...$0 + Self.radius }
    ) { Self.byLogarithms(function, at: $0) }
    switch result.outcome {
    case .converged: break
    case .leftRange(let variable):
      throw noMaximum(variable, falls: result.point[variable] < origin[variable])
    case .stepLimit, .stuck:
      // On the way to nowhere rounding errors may stop the search before the end of the range.
      let distances = zip(result.point, origin).map { abs($0 - $1) }
      if let variable = distances.indices.max(by: { distances[$0] < distances[$1] }),
        distances[variable] > Self.radius / 3
      {
        throw noMaximum(variable, falls: result.point[variable] < origin[variable])
      }
      throw CustomerValueError(
        .notConverged,
        "The search for the likeliest parameters did not end within \(result.steps) steps; fit more"
          + " customers, or allow more steps.")
    }
    let point = result.point.map(PortableMath.exp)
    guard let inverse = CholeskyFactor(result.derivatives.hessian)?.inverse else {
      throw CustomerValueError(
        .noMaximum,
        "The customers do not determine all parameters: the likelihood is flat in some direction;"
          + " fit a simpler model, or more customers.")
    }
    if let variable = inverse.indices.max(by: { inverse[$0][$0] < inverse[$1][$1] }),
      inverse[variable][variable] > Self.largestError * Self.largestError
    {
      throw noMaximum(variable, falls: result.point[variable] < origin[variable])
    }
    let covariance = inverse.indices.map { i in
      inverse.indices.map { j in point[i] * point[j] * inverse[i][j] }
    }
    let parameters = names.indices.map { index in
      ModelFit.Parameter(
        name: names[index], estimate: point[index],
        standardError: point[index] * inverse[index][index].squareRoot())
    }
    return (
      point,
      ModelFit(
        parameters: parameters, covariance: covariance,
        logLikelihood: -result.derivatives.value, customers: customers, iterations: result.steps)
    )
  }

  private func noMaximum(_ variable: Int, falls: Bool) -> CustomerValueError {
    CustomerValueError(
      .noMaximum,
      "The likelihood grows without end as \(names[variable]) goes to \(falls ? "zero" : "infinity")"
        + ": these customers do not show what it describes; fit a simpler model, or more customers."
    )
  }

  /// The negative function with its derivatives by the logarithms of the parameters.
  static func byLogarithms(
    _ function: ([Double]) -> NewtonMinimizer.Derivatives, at point: [Double]
  ) -> NewtonMinimizer.Derivatives {
    let values = point.map(PortableMath.exp)
    var derivatives = function(values)
    derivatives.value = -derivatives.value
    for i in values.indices {
      for j in values.indices {
        derivatives.hessian[i][j] *= -values[i] * values[j]
      }
      derivatives.gradient[i] *= -values[i]
      derivatives.hessian[i][i] += derivatives.gradient[i]
    }
    return derivatives
  }
}
