import StatisticsCore

/// What BG/NBD and MBG/NBD share.
///
/// They differ in whether a customer can leave right after its first purchase: in MBG/NBD it can. Then
/// the number of chances to leave is one more than that of repeat purchases.
struct BetaGeometric: Sendable, Hashable {
  var r: Double
  var alpha: Double
  var a: Double
  var b: Double
  /// Whether the first purchase is a chance to leave.
  var leavesAtFirst: Bool

  private var extra: Int { leavesAtFirst ? 1 : 0 }

  static let names = ["r", "alpha", "a", "b"]

  // MARK: Likelihood

  static func fit(
    _ customers: some Collection<CustomerHistory>, leavesAtFirst: Bool, stepLimit: Int,
    tolerance: Double
  ) throws(CustomerValueError) -> (BetaGeometric, ModelFit) {
    let groups = HistoryGroups(customers)
    try groups.check(parameterCount: 4)
    let search = LikelihoodSearch(
      names: names, start: [1, groups.meanAge, 1, 2], stepLimit: stepLimit, tolerance: tolerance)
    let (p, fit) = try search.maximum(customers: groups.customerCount) {
      BetaGeometric(r: $0[0], alpha: $0[1], a: $0[2], b: $0[3], leavesAtFirst: leavesAtFirst)
        .logLikelihood(groups)
    }
    return (
      BetaGeometric(r: p[0], alpha: p[1], a: p[2], b: p[3], leavesAtFirst: leavesAtFirst), fit
    )
  }

  /// The log-likelihood with its derivatives by r, alpha, a and b.
  ///
  /// For a customer it is Γ(r + x) αʳ / Γ(r) × B(a, b + n) / B(a, b) times the sum of
  /// (α + T)^−(r + x), for a customer who is still there, and a / (b + n − 1) (α + tₓ)^−(r + x), for
  /// one who left, where n is the number of chances to leave that were not taken for sure.
  func logLikelihood(_ groups: HistoryGroups) -> NewtonMinimizer.Derivatives {
    var result = NewtonMinimizer.Derivatives(count: 4)
    let chances = groups.frequencies.map { $0 + extra }
    let ofR = LogRisingFactorial.values(at: r, counts: groups.frequencies)
    let ofB = LogRisingFactorial.values(at: b, counts: chances)
    let ofSum = LogRisingFactorial.values(at: a + b, counts: chances)
    let customers = Double(groups.customerCount)
    let logAlpha = PortableMath.log(alpha)
    var value = customers * r * logAlpha
    var (gr, gAlpha, ga, gb) = (customers * logAlpha, customers * r / alpha, 0.0, 0.0)
    var (rr, rAlpha, ra, rb) = (0.0, customers / alpha, 0.0, 0.0)
    var (alphaAlpha, alphaA, alphaB) = (-customers * r / (alpha * alpha), 0.0, 0.0)
    var (aa, ab, bb) = (0.0, 0.0, 0.0)
    for (index, count) in groups.frequencyCounts.enumerated() {
      value += count * (ofR[index].value + ofB[index].value - ofSum[index].value)
      gr += count * ofR[index].first
      rr += count * ofR[index].second
      ga -= count * ofSum[index].first
      gb += count * (ofB[index].first - ofSum[index].first)
      aa -= count * ofSum[index].second
      ab -= count * ofSum[index].second
      bb += count * (ofB[index].second - ofSum[index].second)
    }
    let logOfAge = groups.ages.map { PortableMath.log(alpha + $0) }
    let logA = PortableMath.log(a)
    let logChance = chances.map { PortableMath.log(b + Double(max(1, $0) - 1)) }

    for group in groups.groups {
      let k = r + Double(groups.frequencies[group.frequency])
      let count = group.count
      let logT = logOfAge[group.age]
      let inverseT = 1 / (alpha + groups.ages[group.age])
      // The derivatives as if the customer were there for sure.
      value -= count * k * logT
      gr -= count * logT
      gAlpha -= count * k * inverseT
      rAlpha -= count * inverseT
      alphaAlpha += count * k * inverseT * inverseT
      let chance = chances[group.frequency]
      if chance == 0 { continue }

      let rest = b + Double(chance - 1)
      let logX = PortableMath.log(alpha + group.recency)
      let inverseX = 1 / (alpha + group.recency)
      let difference = k * (logT - logX) + (logA - logChance[group.frequency])
      let small = PortableMath.exp(-abs(difference))
      value += count * (max(0, difference) + PortableMath.log1p(small))
      let gone = difference > 0 ? 1 / (1 + small) : small / (1 + small)
      let there = difference > 0 ? small / (1 + small) : 1 / (1 + small)
      let dr = logT - logX
      let dAlpha = k * (inverseT - inverseX)
      let da = 1 / a
      let db = -1 / rest
      let first = count * gone
      gr += first * dr
      gAlpha += first * dAlpha
      ga += first * da
      gb += first * db
      let second = first * there
      rr += second * dr * dr
      rAlpha += second * dr * dAlpha + first * (inverseT - inverseX)
      ra += second * dr * da
      rb += second * dr * db
      alphaAlpha +=
        second * dAlpha * dAlpha + first * k * (inverseX * inverseX - inverseT * inverseT)
      alphaA += second * dAlpha * da
      alphaB += second * dAlpha * db
      aa += second * da * da - first * da * da
      ab += second * da * db
      bb += second * db * db + first * db * db
    }
    result.value = value
    result.gradient = [gr, gAlpha, ga, gb]
    result.hessian = [
      [rr, rAlpha, ra, rb], [rAlpha, alphaAlpha, alphaA, alphaB], [ra, alphaA, aa, ab],
      [rb, alphaB, ab, bb],
    ]
    return result
  }

  // MARK: Predictions

  func probabilityAlive(_ history: CustomerHistory) -> Double {
    let chances = history.frequency + extra
    if chances == 0 { return 1 }
    let odds =
      (r + Double(history.frequency))
      * PortableMath.log1p((history.age - history.recency) / (alpha + history.recency))
      + PortableMath.log(a / (b + Double(chances - 1)))
    return 1 / (1 + PortableMath.exp(odds))
  }

  func expectedPurchases(in time: Double) -> Double {
    PurchaseMath.require(time)
    // In MBG/NBD only those who stay after the first purchase buy again.
    let staying = leavesAtFirst ? b / (a + b) : 1
    return staying
      * Self.purchases(
        in: time, shape: r, rate: alpha, a: a, b: b + Double(extra))
  }

  func expectedPurchases(in time: Double, after history: CustomerHistory) -> Double {
    PurchaseMath.require(time)
    let frequency = Double(history.frequency)
    return probabilityAlive(history)
      * Self.purchases(
        in: time, shape: r + frequency, rate: alpha + history.age, a: a,
        b: b + frequency + Double(extra))
  }

  /// Returns the mean number of purchases in `time` of a customer who is there, with a purchase rate
  /// from the gamma distribution, which at each purchase leaves with a probability from the beta
  /// distribution.
  ///
  /// It is the mean of (1 − (1 + p t / rate)^−shape) / p over the beta distribution of p. The closed
  /// form with Gauss's function ₂F₁ (Fader, Hardie and Lee 2005, equation 10) divides zero by zero at
  /// a = 1 and loses all digits for short times; this integral of a positive function keeps 12 for
  /// parameters up to 10,000.
  static func purchases(
    in time: Double, shape: Double, rate: Double, a: Double, b: Double
  ) -> Double {
    if time == 0 { return 0 }
    let x = time / rate
    func buying(_ p: Double, _ y: Double) -> Double {
      -PortableMath.expm1(-shape * PortableMath.log1p(y)) / p
    }
    // The limits at the ends. Where the beta distribution is so flat that a tail is long, the
    // integral is taken of the distance to a line, which vanishes there. The function is convex and
    // falls, so it lies below its chord, and above the line from zero at 0.
    let never = shape * x
    let always = buying(1, x)
    let (isFlatLeft, isFlatRight) = (a < 0.25, b < 0.25)
    let (left, right) = (isFlatLeft ? a + 1 : a, isFlatLeft || isFlatRight ? b + 1 : b)
    let logBeta = GammaFunctions.logBeta(a, b)
    let center = GammaFunctions.digamma(left) - GammaFunctions.digamma(right)
    // The narrower the peak, the denser the points.
    let variance = GammaFunctions.trigamma(left) + GammaFunctions.trigamma(right)
    let step = min(0.24, 0.38 * variance.squareRoot())
    let integral = Quadrature.peak(near: center, step: step) { y in
      let p = Quadrature.logistic(y)
      let density = PortableMath.exp(a * p.log + b * p.logComplement - logBeta)
      let height = p.value > 0 ? buying(p.value, p.value * x) : never
      if isFlatLeft {
        return density * max(0, never * p.complement + always * p.value - height)
      }
      return density * (isFlatRight ? height - always * p.value : height)
    }
    let mean = a / (a + b)
    if isFlatLeft { return max(0, never * (b / (a + b)) + always * mean - integral) }
    return isFlatRight ? always * mean + integral : integral
  }

  func probability(ofPurchases count: Int, in time: Double) -> Double {
    PurchaseMath.require(time)
    precondition(count >= 0, "A number of purchases must not be negative.")
    // B(a, b + m) / B(a, b) after m chances that were not taken; as a product it loses no digits where
    // a or b is tiny, and the probabilities of all counts add up to 1.
    func staying(after chances: Int) -> Double {
      (0..<chances).reduce(1) { $0 * ((b + Double($1)) / (a + b + Double($1))) }
    }
    let chances = count + extra
    let stays =
      PortableMath.exp(PurchaseMath.logNegativeBinomial(count, in: time, shape: r, rate: alpha))
      * staying(after: chances)
    if chances == 0 { return stays }
    let leaves = staying(after: chances - 1) * (a / (a + b + Double(chances - 1)))
    return stays
      + leaves * PurchaseMath.negativeBinomialTail(count, in: time, shape: r, rate: alpha)
  }

  func simulatedCustomers(ages: [Double], seed: UInt64) -> [CustomerHistory] {
    let root = SeededGenerator(seed: seed, path: "beta-geometric customers")
    return ages.indices.map { index in
      var random = root.stream(UInt64(index))
      let rate = random.gamma(shape: r) / alpha
      let (leaving, staying) = (random.gamma(shape: a), random.gamma(shape: b))
      let dropout = leaving + staying > 0 ? leaving / (leaving + staying) : a / (a + b)
      let age = ages[index]
      precondition(age >= 0 && age < .infinity, "An age must be finite and not negative.")
      var frequency = 0
      var recency = 0.0
      var isThere = !(leavesAtFirst && random.bernoulli(dropout))
      while isThere && rate > 0 {
        let time = recency + random.exponential(rate: rate)
        if time > age || time == recency { break }
        recency = time
        frequency += 1
        isThere = !random.bernoulli(dropout)
      }
      return CustomerHistory(
        counted: frequency, recency: recency, age: age, monetaryValue: 0)
    }
  }
}
