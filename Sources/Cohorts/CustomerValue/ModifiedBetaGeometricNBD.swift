/// The MBG/NBD model of purchases: a learner, which `fit` turns into a
/// ``ModifiedBetaGeometricNBDModel``.
///
/// ```swift
/// let model = try ModifiedBetaGeometricNBD().fit(customers)
/// model.expectedPurchases(in: 39, after: customers[0])
/// ```
///
/// While a customer is there it buys at random times with a rate of its own; the rates of all
/// customers follow a gamma distribution (r, alpha). After each purchase it leaves for good with a
/// probability of its own; these follow a beta distribution (a, b).
///
/// The parameters are those of maximum likelihood, found by Newton's method with exact first and
/// second derivatives by their logarithms. Only ``CustomerHistory/frequency``,
/// ``CustomerHistory/recency`` and ``CustomerHistory/age`` are looked at, and customers with equal ones
/// are counted once. The arithmetic is the same on every machine, and so are all bits of the model.
///
/// Source: E. P. Batislam, M. Denizel and A. Filiztekin, *Empirical Validation and Comparison of
/// Models for Customer Base Analysis*, International Journal of Research in Marketing 24 (2007),
/// 201–209.
public struct ModifiedBetaGeometricNBD: Sendable, Hashable, Codable {
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
  ) throws(CustomerValueError) -> ModifiedBetaGeometricNBDModel {
    let (kernel, fit) = try BetaGeometric.fit(
      customers, leavesAtFirst: true, stepLimit: stepLimit, tolerance: tolerance)
    return ModifiedBetaGeometricNBDModel(kernel, fit: fit)
  }
}

extension ModifiedBetaGeometricNBD: CustomStringConvertible {
  /// The learner in words.
  public var description: String {
    "MBG/NBD by maximum likelihood, at most \(stepLimit) steps"
  }
}

/// A MBG/NBD model with its parameters, made by ``ModifiedBetaGeometricNBD``.
///
/// ```swift
/// let published = ModifiedBetaGeometricNBDModel(r: 0.525, alpha: 6.183, a: 0.891, b: 1.614)
/// published.expectedPurchases(in: 52)     // 1.4197237577127455
/// ```
public struct ModifiedBetaGeometricNBDModel: PurchaseModel {
  /// The shape of the purchase rates.
  public let r: Double
  /// The rate parameter of the purchase rates, a time.
  public let alpha: Double
  /// The weight of leaving in the probabilities of leaving, whose mean is a / (a + b).
  public let a: Double
  /// The weight of staying.
  public let b: Double
  /// How the model was fitted, `nil` for one made from parameters.
  public let fit: ModelFit?

  /// Creates a model from parameters, which must be finite and above zero.
  public init(r: Double, alpha: Double, a: Double, b: Double) {
    PurchaseMath.requireParameters([r, alpha, a, b])
    self.init(
      BetaGeometric(r: r, alpha: alpha, a: a, b: b, leavesAtFirst: true), fit: nil)
  }

  fileprivate init(_ kernel: BetaGeometric, fit: ModelFit?) {
    (r, alpha, a, b) = (kernel.r, kernel.alpha, kernel.a, kernel.b)
    self.fit = fit
  }

  private var kernel: BetaGeometric {
    BetaGeometric(r: r, alpha: alpha, a: a, b: b, leavesAtFirst: true)
  }

  /// Returns how many repeat purchases a customer is expected to make in the `time` after its first.
  public func expectedPurchases(in time: Double) -> Double {
    kernel.expectedPurchases(in: time)
  }

  /// Returns how many purchases a customer with `history` is expected to make in the next `time`.
  public func expectedPurchases(in time: Double, after history: CustomerHistory) -> Double {
    kernel.expectedPurchases(in: time, after: history)
  }

  /// Returns the probability that a customer with `history` has not left for good.
  ///
  /// Below 1 without repeat purchases too: a customer can leave right after the first one.
  public func probabilityAlive(_ history: CustomerHistory) -> Double {
    kernel.probabilityAlive(history)
  }

  /// Returns the probability that a customer makes exactly `count` repeat purchases in the `time`
  /// after its first.
  ///
  /// - Complexity: O(*c*), where *c* is `count`.
  public func probability(ofPurchases count: Int, in time: Double) -> Double {
    kernel.probability(ofPurchases: count, in: time)
  }

  public func simulatedCustomers(ages: [Double], seed: UInt64) -> [CustomerHistory] {
    kernel.simulatedCustomers(ages: ages, seed: seed)
  }
}

extension ModifiedBetaGeometricNBDModel: Codable {
  private enum CodingKeys: String, CodingKey { case r, alpha, a, b, fit }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    r = try container.decode(Double.self, forKey: .r)
    alpha = try container.decode(Double.self, forKey: .alpha)
    a = try container.decode(Double.self, forKey: .a)
    b = try container.decode(Double.self, forKey: .b)
    fit = try container.decodeIfPresent(ModelFit.self, forKey: .fit)
    try PurchaseMath.check([r, alpha, a, b], decoder)
  }
}

extension ModifiedBetaGeometricNBDModel: CustomStringConvertible {
  /// The parameters, and how well they are known.
  public var description: String {
    PurchaseMath.description("MBG/NBD", BetaGeometric.names, [r, alpha, a, b], fit)
  }
}
