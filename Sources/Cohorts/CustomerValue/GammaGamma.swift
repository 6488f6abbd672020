import StatisticsCore

/// The gamma-gamma model of amounts: a learner, which `fit` turns into a ``GammaGammaModel``.
///
/// ```swift
/// let spending = try GammaGamma().fit(customers)
/// spending.expectedAmount(after: customers[0])
/// ```
///
/// The amounts of a customer's purchases vary around a mean of its own, gamma-distributed with shape
/// p; the means of all customers vary too, with parameters q and v. How much a customer spends is
/// taken to have nothing to do with how often it buys: check that the two are not correlated.
///
/// The parameters are those of maximum likelihood, found by Newton's method with exact first and
/// second derivatives by their logarithms, with the same bits on every machine.
///
/// Source: P. S. Fader and B. G. S. Hardie, *The Gamma-Gamma Model of Monetary Value*, 2013,
/// brucehardie.com/notes/025; after Fader, Hardie and Lee, *RFM and CLV*, Journal of Marketing
/// Research 42 (2005), 415–430.
public struct GammaGamma: Sendable, Hashable, Codable {
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

  /// Returns the model under which the mean amounts of `customers` are likeliest.
  ///
  /// Customers without repeat purchases are left out: they say nothing.
  ///
  /// - Throws: ``CustomerValueError`` when nobody bought again, when a mean amount is not above zero,
  ///   when there are fewer than three different customers, and when the likelihood has no maximum.
  /// - Complexity: O(*n* log *n* + *s* *n*), where *n* is the number of customers and *s* that of steps.
  public func fit(
    _ customers: some Collection<CustomerHistory>
  ) throws(CustomerValueError) -> GammaGammaModel {
    for (index, customer) in customers.enumerated() where customer.frequency > 0 {
      guard customer.monetaryValue > 0 else {
        throw CustomerValueError(
          .amountNotPositive, at: index,
          "The mean amount of repeat purchases must be above zero; leave out free ones.")
      }
    }
    let table = AmountTable(customers)
    guard !table.amounts.isEmpty else {
      throw CustomerValueError(
        .noRepeatPurchases,
        "Nobody bought again, so there are no amounts of repeat purchases to look at.")
    }
    guard table.distinctCount >= 3 else {
      throw CustomerValueError(
        .tooFewHistories,
        "The customers have \(table.distinctCount) different amounts, fewer than the model has"
          + " parameters (3); fit it to more customers.")
    }
    let search = LikelihoodSearch(
      names: GammaGammaModel.names, start: [1, 2, table.meanAmount], stepLimit: stepLimit,
      tolerance: tolerance)
    let (p, fit) = try search.maximum(customers: table.amounts.count) {
      table.logLikelihood(p: $0[0], q: $0[1], v: $0[2])
    }
    return GammaGammaModel(p: p[0], q: p[1], v: p[2], fit: fit)
  }
}

extension GammaGamma: CustomStringConvertible {
  /// The learner in words.
  public var description: String {
    "gamma-gamma by maximum likelihood, at most \(stepLimit) steps"
  }
}

/// The amounts of customers with repeat purchases, sorted by frequency and amount.
private struct AmountTable {
  /// Frequencies with the range of their customers in ``amounts``.
  private(set) var runs: [(frequency: Double, customers: Range<Int>)] = []
  private(set) var amounts: [Double] = []
  private(set) var distinctCount = 0
  private(set) var meanAmount = 0.0
  /// The part of the likelihood in which the parameters do not occur, and the sum of logarithms.
  private var constant = 0.0
  private var logSum = 0.0

  init(_ customers: some Collection<CustomerHistory>) {
    let sorted = customers.filter { $0.frequency > 0 }.sorted {
      $0.frequency != $1.frequency
        ? $0.frequency < $1.frequency : $0.monetaryValue < $1.monetaryValue
    }
    amounts = sorted.map(\.monetaryValue)
    var start = 0
    var sum = ExactSum()
    for index in sorted.indices {
      let (x, m) = (Double(sorted[index].frequency), amounts[index])
      sum.add(m)
      let log = PortableMath.log(m)
      // (px − 1) log m + px log x = p x (log m + log x) − log m.
      constant -= log
      logSum += x * (log + PortableMath.log(x))
      let isLast = index + 1 == sorted.count
      if isLast || sorted[index + 1].frequency != sorted[index].frequency {
        runs.append((x, start..<index + 1))
        start = index + 1
      }
      if isLast || sorted[index + 1].frequency != sorted[index].frequency
        || amounts[index + 1] != m
      {
        distinctCount += 1
      }
    }
    if !amounts.isEmpty { meanAmount = sum.rounded / Double(amounts.count) }
  }

  /// The log-likelihood with its derivatives by p, q and v.
  func logLikelihood(p: Double, q: Double, v: Double) -> NewtonMinimizer.Derivatives {
    var result = NewtonMinimizer.Derivatives(count: 3)
    let customers = Double(amounts.count)
    let logV = PortableMath.log(v)
    let (digammaQ, trigammaQ) = (GammaFunctions.digamma(q), GammaFunctions.trigamma(q))
    var value = constant + p * logSum + customers * (q * logV - GammaFunctions.logGamma(q))
    var (gp, gq, gv) = (logSum, customers * (logV - digammaQ), customers * q / v)
    var (pp, pq, pv) = (0.0, 0.0, 0.0)
    var (qq, qv, vv) = (-customers * trigammaQ, customers / v, -customers * q / (v * v))
    for run in runs {
      let count = Double(run.customers.count)
      let x = run.frequency
      let shape = p * x
      let total = shape + q
      let (digamma, trigamma) = (GammaFunctions.digamma(total), GammaFunctions.trigamma(total))
      value += count * GammaFunctions.logGammaDifference(shape, plus: q)
      gp += count * x * (digamma - GammaFunctions.digamma(shape))
      gq += count * digamma
      pp += count * x * x * (trigamma - GammaFunctions.trigamma(shape))
      pq += count * x * trigamma
      qq += count * trigamma
      for index in run.customers {
        let inverse = 1 / (x * amounts[index] + v)
        let log = PortableMath.log(x * amounts[index] + v)
        value -= total * log
        gp -= x * log
        gq -= log
        gv -= total * inverse
        pv -= x * inverse
        qv -= inverse
        vv += total * inverse * inverse
      }
    }
    result.value = value
    result.gradient = [gp, gq, gv]
    result.hessian = [[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]]
    return result
  }
}

/// A gamma-gamma model with its parameters, made by ``GammaGamma``.
///
/// ```swift
/// let spending = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
/// spending.expectedAmount               // 35.21897810218978
/// ```
public struct GammaGammaModel: Sendable, Hashable {
  /// The shape of the amounts of one customer.
  public let p: Double
  /// The shape of the rates over customers.
  public let q: Double
  /// The rate parameter over customers, an amount.
  public let v: Double
  /// How the model was fitted, `nil` for one made from parameters.
  public let fit: ModelFit?

  static let names = ["p", "q", "v"]

  /// Creates a model from parameters, which must be finite and above zero.
  public init(p: Double, q: Double, v: Double) {
    PurchaseMath.requireParameters([p, q, v])
    self.init(p: p, q: q, v: v, fit: nil)
  }

  fileprivate init(p: Double, q: Double, v: Double, fit: ModelFit?) {
    (self.p, self.q, self.v) = (p, q, v)
    self.fit = fit
  }

  /// The mean amount over all customers, `nil` where it is infinite since q ≤ 1.
  public var expectedAmount: Double? { q > 1 ? p * v / (q - 1) : nil }

  /// Returns the amount that a purchase of a customer with `history` is expected to have.
  ///
  /// It lies between the customer's own mean and that of all, the nearer to its own the more it
  /// bought.
  ///
  /// - Returns: `nil` where it is infinite: for customers without repeat purchases if q ≤ 1.
  public func expectedAmount(after history: CustomerHistory) -> Double? {
    let shape = p * Double(history.frequency)
    guard shape + q > 1 else { return nil }
    let total = history.frequency == 0 ? 0 : Double(history.frequency) * history.monetaryValue
    return p * (v + total) / (shape + q - 1)
  }

  /// Returns `customers` with made-up mean amounts, as the model says.
  ///
  /// The same seed gives the same amounts on every machine.
  public func simulatedAmounts(
    for customers: [CustomerHistory], seed: UInt64
  ) -> [CustomerHistory] {
    let root = SeededGenerator(seed: seed, path: "gamma-gamma amounts")
    return customers.indices.map { index in
      let customer = customers[index]
      var random = root.stream(UInt64(index))
      let rate = random.gamma(shape: q) / v
      let x = Double(customer.frequency)
      let amount = customer.frequency == 0 ? 0 : random.gamma(shape: p * x) / (rate * x)
      return CustomerHistory(
        counted: customer.frequency, recency: customer.recency, age: customer.age,
        monetaryValue: min(amount, .greatestFiniteMagnitude))
    }
  }
}

extension GammaGammaModel: Codable {
  private enum CodingKeys: String, CodingKey { case p, q, v, fit }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    p = try container.decode(Double.self, forKey: .p)
    q = try container.decode(Double.self, forKey: .q)
    v = try container.decode(Double.self, forKey: .v)
    fit = try container.decodeIfPresent(ModelFit.self, forKey: .fit)
    try PurchaseMath.check([p, q, v], decoder)
  }
}

extension GammaGammaModel: CustomStringConvertible {
  /// The parameters, and how well they are known.
  public var description: String {
    PurchaseMath.description("gamma-gamma", Self.names, [p, q, v], fit)
  }
}
