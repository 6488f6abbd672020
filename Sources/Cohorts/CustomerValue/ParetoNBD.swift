import StatisticsCore

/// The Pareto/NBD model of purchases: a learner, which `fit` turns into a ``ParetoNBDModel``.
///
/// ```swift
/// let model = try ParetoNBD().fit(customers)
/// model.probabilityAlive(customers[0])
/// ```
///
/// While a customer is there it buys at random times with a rate of its own; the rates of all
/// customers follow a gamma distribution (r, alpha). It leaves for good at a random time, whether or
/// not it buys, at a rate of its own too; these follow another gamma distribution (s, beta).
///
/// The parameters are those of maximum likelihood, found by Newton's method with exact first and
/// second derivatives by their logarithms. The likelihood is an integral over the time of leaving,
/// computed as such: nothing cancels, as it does in the usual difference of two Gauss functions ₂F₁.
/// Customers with equal histories are counted once. All bits are the same on every machine.
///
/// Source: D. C. Schmittlein, D. G. Morrison and R. Colombo, *Counting Your Customers: Who Are They
/// and What Will They Do Next?*, Management Science 33 (1987), 1–24; P. S. Fader and B. G. S. Hardie,
/// *A Note on Deriving the Pareto/NBD Model and Related Expressions*, 2005, brucehardie.com/notes/009.
public struct ParetoNBD: Sendable, Hashable, Codable {
  /// After how many steps the search ends at the latest.
  public var stepLimit: Int
  /// The length of a step, in standard errors, below which the search has come to its end.
  public var tolerance: Double

  /// Creates a learner; the defaults are meant to be kept.
  public init(stepLimit: Int = 200, tolerance: Double = 1e-10) {
    precondition(stepLimit >= 1, "A search needs at least one step.")
    precondition(tolerance > 0 && tolerance < 1, "A tolerance must lie between 0 and 1.")
    self.stepLimit = stepLimit
    self.tolerance = tolerance
  }

  /// Returns the model under which the histories of `customers` are likeliest.
  ///
  /// Customers of age 0 are allowed and say nothing. The order of the customers does not matter.
  ///
  /// - Throws: ``CustomerValueError`` when nobody bought again, when there are too few different
  ///   histories, and when the likelihood has no maximum, as with customers who never leave.
  /// - Complexity: O(*n* log *n* + *s* *g*), where *n* is the number of customers, *g* that of
  ///   different histories and *s* that of steps, about ten.
  public func fit(
    _ customers: some Collection<CustomerHistory>
  ) throws(CustomerValueError) -> ParetoNBDModel {
    let groups = HistoryGroups(customers)
    try groups.check(parameterCount: 4)
    let search = LikelihoodSearch(
      names: ParetoNBDModel.names, start: [1, groups.meanAge, 1, groups.meanAge],
      stepLimit: stepLimit, tolerance: tolerance)
    let (p, fit) = try search.maximum(customers: groups.customerCount) {
      ParetoNBDModel(r: $0[0], alpha: $0[1], s: $0[2], beta: $0[3]).logLikelihood(groups)
    }
    return ParetoNBDModel(r: p[0], alpha: p[1], s: p[2], beta: p[3], fit: fit)
  }
}

extension ParetoNBD: CustomStringConvertible {
  /// The learner in words.
  public var description: String {
    "Pareto/NBD by maximum likelihood, at most \(stepLimit) steps"
  }
}

/// A Pareto/NBD model with its parameters, made by ``ParetoNBD``.
///
/// ```swift
/// let published = ParetoNBDModel(r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669)
/// published.expectedPurchases(in: 52)     // 1.472996803375107
/// ```
public struct ParetoNBDModel: PurchaseModel {
  /// The shape of the purchase rates.
  public let r: Double
  /// The rate parameter of the purchase rates, a time.
  public let alpha: Double
  /// The shape of the rates of leaving.
  public let s: Double
  /// The rate parameter of the rates of leaving, a time.
  public let beta: Double
  /// How the model was fitted, `nil` for one made from parameters.
  public let fit: ModelFit?

  static let names = ["r", "alpha", "s", "beta"]

  /// Creates a model from parameters, which must be finite and above zero.
  public init(r: Double, alpha: Double, s: Double, beta: Double) {
    PurchaseMath.requireParameters([r, alpha, s, beta])
    self.init(r: r, alpha: alpha, s: s, beta: beta, fit: nil)
  }

  fileprivate init(r: Double, alpha: Double, s: Double, beta: Double, fit: ModelFit?) {
    (self.r, self.alpha, self.s, self.beta) = (r, alpha, s, beta)
    self.fit = fit
  }
}

// MARK: - Predictions

extension ParetoNBDModel {
  /// Returns how many repeat purchases a customer is expected to make in the `time` after its first.
  public func expectedPurchases(in time: Double) -> Double {
    PurchaseMath.require(time)
    return r / alpha * meanPresence(in: time, age: 0)
  }

  /// Returns how many purchases a customer with `history` is expected to make in the next `time`.
  public func expectedPurchases(in time: Double, after history: CustomerHistory) -> Double {
    PurchaseMath.require(time)
    return (r + Double(history.frequency)) / (alpha + history.age)
      * meanPresence(in: time, age: history.age) * probabilityAlive(history)
  }

  /// Returns the probability that a customer with `history` has not left for good.
  public func probabilityAlive(_ history: CustomerHistory) -> Double {
    1 / (1 + PortableMath.exp(logOddsOfLeaving(history)))
  }

  /// Returns the probability that a customer makes exactly `count` repeat purchases in the `time`
  /// after its first.
  public func probability(ofPurchases count: Int, in time: Double) -> Double {
    PurchaseMath.require(time)
    precondition(count >= 0, "A number of purchases must not be negative.")
    if time == 0 { return count == 0 ? 1 : 0 }
    let stays = PortableMath.exp(
      PurchaseMath.logNegativeBinomial(count, in: time, shape: r, rate: alpha)
        - s * PortableMath.log1p(time / beta))
    // The rest leaves at some time before, after as many purchases.
    func logDensity(_ y: Double) -> Double {
      let place = Quadrature.logistic(y)
      let leaving = time * place.value
      return PurchaseMath.logNegativeBinomial(count, in: leaving, shape: r, rate: alpha)
        - (s + 1) * PortableMath.log1p(leaving / beta) + PortableMath.log(s * time / beta)
        + place.log + place.logComplement
    }
    var peak = 0.0
    var height = logDensity(peak)
    for direction in [1.0, -1.0] {
      while abs(peak) < 300 {
        let next = logDensity(peak + direction)
        if !(next > height) { break }
        (peak, height) = (peak + direction, next)
      }
    }
    guard height > -.infinity else { return stays }
    let step = min(0.24, 0.38 / (Double(count) + 1).squareRoot())
    let scaled = Quadrature.peak(near: peak, step: step) {
      PortableMath.exp(logDensity($0) - height)
    }
    return stays + scaled * PortableMath.exp(height)
  }

  /// Returns how many purchases a customer with `history` is expected to make for all time, later ones
  /// discounted.
  ///
  /// A purchase after a time t counts *e* to the power −`rate` × t: discounting is continuous, and
  /// `rate` is per unit of the histories. A yearly rate d of weeks is log(1 + d) / 52.
  ///
  /// Source: Fader, Hardie and Lee, *RFM and CLV: Using Iso-Value Curves for Customer Base Analysis*,
  /// Journal of Marketing Research 42 (2005), 415–430, equation 2 (DERT).
  ///
  /// - Parameters:
  ///   - rate: The continuous discount rate, above 0.
  ///   - history: What the customer did so far; `nil` for a new one, whose first purchase does not
  ///     count.
  public func discountedResidualPurchases(
    rate: Double, after history: CustomerHistory? = nil
  ) -> Double {
    precondition(
      rate > 0 && rate < .infinity, "A continuous discount rate must be finite and above zero.")
    let frequency = Double(history?.frequency ?? 0)
    let age = history?.age ?? 0
    let scale = beta + age
    // ∫ ((β + T) / (β + T + τ))ˢ exp(−rate τ) dτ with τ = exp(y).
    let center = -PortableMath.log(rate + s / scale)
    let presence = Quadrature.peak(near: center, step: 0.24) { y in
      let time = PortableMath.exp(y)
      return PortableMath.exp(y - rate * time - s * PortableMath.log1p(time / scale))
    }
    return (r + frequency) / (alpha + age) * presence
      * (history.map(probabilityAlive) ?? 1)
  }

  public func simulatedCustomers(ages: [Double], seed: UInt64) -> [CustomerHistory] {
    let root = SeededGenerator(seed: seed, path: "Pareto/NBD customers")
    return ages.indices.map { index in
      let age = ages[index]
      precondition(age >= 0 && age < .infinity, "An age must be finite and not negative.")
      var random = root.stream(UInt64(index))
      let rate = random.gamma(shape: r) / alpha
      let leavingRate = random.gamma(shape: s) / beta
      let end = leavingRate > 0 ? min(age, random.exponential(rate: leavingRate)) : age
      var frequency = 0
      var recency = 0.0
      while rate > 0 {
        let time = recency + random.exponential(rate: rate)
        if time > end || time == recency { break }
        recency = time
        frequency += 1
      }
      return CustomerHistory(
        counted: frequency, recency: recency, age: age, monetaryValue: 0)
    }
  }

  /// The time of the next `time` in which a customer of `age`, who is there, has not left yet.
  private func meanPresence(in time: Double, age: Double) -> Double {
    // ∫ ((β + T) / (β + T + τ))ˢ dτ, at s = 1 too.
    let logarithm = PortableMath.log1p(time / (beta + age))
    return (beta + age) * logarithm * PurchaseMath.relativeExponential((1 - s) * logarithm)
  }
}

// MARK: - Likelihood

extension ParetoNBDModel {
  /// The log-likelihood with its derivatives by r, alpha, s and beta.
  func logLikelihood(_ groups: HistoryGroups) -> NewtonMinimizer.Derivatives {
    let customers = Double(groups.customerCount)
    let rising = LogRisingFactorial.values(at: r, counts: groups.frequencies)
    let (logAlpha, logBeta) = (PortableMath.log(alpha), PortableMath.log(beta))
    var sums = LeavingMoments()
    sums.value = customers * (r * logAlpha + s * logBeta)
    sums.gradient = customers * SIMD4(logAlpha, r / alpha, logBeta, s / beta)
    sums.diagonal = customers * SIMD4(0, -r / (alpha * alpha), 0, -s / (beta * beta))
    sums.upper = customers * SIMD4(1 / alpha, 0, 0, 0)
    sums.lower = customers * SIMD2(0, 1 / beta)
    for (index, count) in groups.frequencyCounts.enumerated() {
      sums.value += count * rising[index].value
      sums.gradient[0] += count * rising[index].first
      sums.diagonal[0] += count * rising[index].second
    }
    for group in groups.groups {
      let moments = leavingMoments(
        frequency: Double(groups.frequencies[group.frequency]), recency: group.recency,
        age: groups.ages[group.age])
      sums.add(moments, times: group.count)
    }
    return sums.derivatives
  }

  /// The logarithm of the odds that a customer has left.
  private func logOddsOfLeaving(_ history: CustomerHistory) -> Double {
    let parts = leaving(
      frequency: Double(history.frequency), recency: history.recency, age: history.age)
    var left = 0.0
    parts.forEachPlace { left += $0.weight }
    return PortableMath.log(left) + parts.reference - parts.logThere
  }

  private func leaving(frequency: Double, recency: Double, age: Double) -> Leaving {
    Leaving(self, frequency: frequency, recency: recency, age: age)
  }

  /// The logarithm of the integral in the likelihood of one history, with its derivatives.
  private func leavingMoments(
    frequency: Double, recency: Double, age: Double
  ) -> LeavingMoments {
    let parts = leaving(frequency: frequency, recency: recency, age: age)
    let k = r + frequency
    var total = 0.0
    var mean = SIMD4<Double>.zero
    var diagonal = SIMD4<Double>.zero
    var upper = SIMD4<Double>.zero
    var lower = SIMD2<Double>.zero
    func add(
      _ weight: Double, _ first: SIMD4<Double>, _ inverse: Double, _ second: SIMD4<Double>,
      _ inverseBeta: Double
    ) {
      total += weight
      mean += weight * first
      diagonal += weight * (first * first + second)
      // r alpha, r s, r beta, alpha s; alpha beta, s beta.
      let crossed =
        SIMD4(first[0], first[0], first[0], first[1])
        * SIMD4(first[1], first[2], first[3], first[2])
      upper += weight * (crossed - SIMD4(inverse, 0, 0, 0))
      lower += weight * SIMD2(first[1] * first[3], first[2] * first[3] - inverseBeta)
    }
    do {
      let (inverse, inverseBeta) = (1 / (alpha + age), 1 / (beta + age))
      add(
        PortableMath.exp(parts.logThere - parts.reference),
        SIMD4(
          -PortableMath.log(alpha + age), -k * inverse, -PortableMath.log(beta + age),
          -s * inverseBeta),
        inverse,
        SIMD4(0, k * inverse * inverse, 0, s * inverseBeta * inverseBeta), inverseBeta)
    }
    parts.forEachPlace { place in
      let (inverse, inverseBeta) = (1 / place.alphaTime, 1 / place.betaTime)
      add(
        place.weight,
        SIMD4(
          -place.logAlphaTime, -k * inverse, 1 / s - place.logBetaTime, -(s + 1) * inverseBeta),
        inverse,
        SIMD4(
          0, k * inverse * inverse, -1 / (s * s), (s + 1) * inverseBeta * inverseBeta),
        inverseBeta)
    }
    let scale = 1 / total
    mean *= scale
    var result = LeavingMoments()
    result.value = PortableMath.log(total) + parts.reference
    result.gradient = mean
    result.diagonal = diagonal * scale - mean * mean
    result.upper =
      upper * scale
      - SIMD4(mean[0], mean[0], mean[0], mean[1]) * SIMD4(mean[1], mean[2], mean[3], mean[2])
    result.lower = lower * scale - SIMD2(mean[1] * mean[3], mean[2] * mean[3])
    return result
  }
}

/// A value with derivatives by r, alpha, s and beta.
private struct LeavingMoments {
  var value = 0.0
  var gradient = SIMD4<Double>.zero
  /// The second derivatives by one parameter.
  var diagonal = SIMD4<Double>.zero
  /// By r and alpha, r and s, r and beta, alpha and s.
  var upper = SIMD4<Double>.zero
  /// By alpha and beta, s and beta.
  var lower = SIMD2<Double>.zero

  mutating func add(_ other: LeavingMoments, times count: Double) {
    value += count * other.value
    gradient += count * other.gradient
    diagonal += count * other.diagonal
    upper += count * other.upper
    lower += count * other.lower
  }

  var derivatives: NewtonMinimizer.Derivatives {
    var result = NewtonMinimizer.Derivatives(count: 4)
    result.value = value
    result.gradient = (0..<4).map { gradient[$0] }
    result.hessian = [
      [diagonal[0], upper[0], upper[1], upper[2]], [upper[0], diagonal[1], upper[3], lower[0]],
      [upper[1], upper[3], diagonal[2], lower[1]], [upper[2], lower[0], lower[1], diagonal[3]],
    ]
    return result
  }
}

/// The likelihood of one history as a sum over the times at which the customer may have left.
///
/// It is (α + T)^−(r + x) (β + T)^−s for a customer who is still there, and the integral of
/// s (α + τ)^−(r + x) (β + τ)^−(s + 1) over τ from tₓ to T for one who left. With τ + min(α, β) as an
/// exponential the integrand is smooth whatever the parameters, and falls at a rate that says how
/// many panels of a Gauss–Legendre rule it takes.
private struct Leaving {
  /// A time at which the customer may have left.
  struct Place {
    /// Its share of the integral, divided by the exponential of the reference.
    var weight: Double
    /// α + τ and β + τ, with logarithms.
    var alphaTime: Double
    var betaTime: Double
    var logAlphaTime: Double
    var logBetaTime: Double
  }

  private let k: Double
  private let s: Double
  private let alpha: Double
  private let beta: Double
  private let recency: Double
  private let length: Double
  private let logOfFirst: Double
  /// The logarithm of the likelihood of being there.
  let logThere: Double
  /// What is taken off logarithms, so that none of the weights overflows.
  let reference: Double

  init(_ model: ParetoNBDModel, frequency: Double, recency: Double, age: Double) {
    (k, s) = (model.r + frequency, model.s)
    (alpha, beta) = (model.alpha, model.beta)
    self.recency = recency
    let first = min(alpha, beta) + recency
    logOfFirst = PortableMath.log(first)
    length = PortableMath.log1p((age - recency) / first)
    logThere = -k * PortableMath.log(alpha + age) - s * PortableMath.log(beta + age)
    // The integrand is largest at the recency.
    let logLargest =
      PortableMath.log(s) - k * PortableMath.log(alpha + recency)
      - (s + 1) * PortableMath.log(beta + recency) + logOfFirst
    reference = max(logThere, logLargest)
  }

  func forEachPlace(_ body: (Place) -> Void) {
    guard length > 0 else { return }
    let rate = k + s + 1
    let panels = max(1, (length / min(2.5, 10 / rate)).rounded(.up))
    let half = length / panels / 2
    let smaller = min(alpha, beta)
    let difference = max(alpha, beta) - smaller
    let isAlphaSmaller = alpha <= beta
    let scaleLog = PortableMath.log(s) - reference
    let first = smaller + recency
    var total = 0.0
    for panel in 0..<Int(min(panels, 1e6)) {
      let middle = (2 * Double(panel) + 1) * half
      var sum = 0.0
      for node in Quadrature.gaussLegendre16 {
        for sign in [-1.0, 1.0] {
          let v = middle + sign * node.abscissa * half
          let near = first * PortableMath.exp(v)
          let logNear = logOfFirst + v
          let far = near + difference
          let logFar = difference == 0 ? logNear : PortableMath.log(far)
          let (logAlphaTime, logBetaTime) =
            isAlphaSmaller ? (logNear, logFar) : (logFar, logNear)
          let weight =
            node.weight * half
            * PortableMath.exp(scaleLog - k * logAlphaTime - (s + 1) * logBetaTime + logNear)
          sum += weight
          body(
            Place(
              weight: weight, alphaTime: isAlphaSmaller ? near : far,
              betaTime: isAlphaSmaller ? far : near, logAlphaTime: logAlphaTime,
              logBetaTime: logBetaTime))
        }
      }
      total += sum
      // The logarithm of the integrand is concave: once it is gone it stays so.
      if sum < 1e-18 * total { break }
    }
  }
}

extension ParetoNBDModel: Codable {
  private enum CodingKeys: String, CodingKey { case r, alpha, s, beta, fit }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    r = try container.decode(Double.self, forKey: .r)
    alpha = try container.decode(Double.self, forKey: .alpha)
    s = try container.decode(Double.self, forKey: .s)
    beta = try container.decode(Double.self, forKey: .beta)
    fit = try container.decodeIfPresent(ModelFit.self, forKey: .fit)
    try PurchaseMath.check([r, alpha, s, beta], decoder)
  }
}

extension ParetoNBDModel: CustomStringConvertible {
  /// The parameters, and how well they are known.
  public var description: String {
    PurchaseMath.description("Pareto/NBD", Self.names, [r, alpha, s, beta], fit)
  }
}
