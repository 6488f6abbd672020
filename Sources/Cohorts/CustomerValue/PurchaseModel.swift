import GA4Model
import StatisticsCore

/// A model of when customers buy and when they leave.
///
/// Times are in the unit of the histories it was fitted to. Every function is defined for all
/// histories and all finite times from 0: no answer is NaN.
///
/// A model is made by `fit` of a learner, ``BetaGeometricNBD``, ``ModifiedBetaGeometricNBD`` or
/// ``ParetoNBD``, or from published parameters. It can be stored and read back.
public protocol PurchaseModel: Sendable, Hashable, Codable, CustomStringConvertible {
  /// How the model was fitted, `nil` for one made from parameters.
  var fit: ModelFit? { get }

  /// Returns how many repeat purchases a customer is expected to make in the `time` after its first.
  func expectedPurchases(in time: Double) -> Double

  /// Returns how many purchases a customer with `history` is expected to make in the next `time`.
  func expectedPurchases(in time: Double, after history: CustomerHistory) -> Double

  /// Returns the probability that a customer with `history` has not left for good.
  func probabilityAlive(_ history: CustomerHistory) -> Double

  /// Returns the probability that a customer makes exactly `count` repeat purchases in the `time`
  /// after its first.
  func probability(ofPurchases count: Int, in time: Double) -> Double

  /// Returns made-up customers who behave as the model says, one for each of `ages`.
  ///
  /// The same seed gives the same customers on every machine, whatever the other ages are.
  func simulatedCustomers(ages: [Double], seed: UInt64) -> [CustomerHistory]
}

/// How far value is counted into the future, and how much less later money counts.
public struct ValueHorizon: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of periods.
  public let periods: Int
  /// The length of a period in the unit of the histories.
  public let length: Double
  /// The discount rate of a period: purchases of period *i* count 1 / (1 + rate)ⁱ, as if all were
  /// made at its end.
  public let rate: Double

  /// Creates a horizon.
  ///
  /// A year of months at 1 % a month, where histories are in days:
  ///
  /// ```swift
  /// let year = ValueHorizon(periods: 12, length: 30, rate: 0.01)
  /// ```
  ///
  /// - Parameters:
  ///   - periods: The number of periods, from 0 to 100,000.
  ///   - length: The length of a period in the unit of the histories, above 0.
  ///   - rate: The discount rate of a period, at least 0; 0.01 is 1 %.
  public init(periods: Int, length: Double, rate: Double) {
    precondition((0...100_000).contains(periods), "A horizon has 0 to 100,000 periods.")
    precondition(length > 0 && length < .infinity, "The length of a period must be above zero.")
    precondition(rate >= 0 && rate < .infinity, "A discount rate must not be negative.")
    self.periods = periods
    self.length = length
    self.rate = rate
  }

  private enum CodingKeys: String, CodingKey { case periods, length, rate }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let periods = try container.decode(Int.self, forKey: .periods)
    let length = try container.decode(Double.self, forKey: .length)
    let rate = try container.decode(Double.self, forKey: .rate)
    guard (0...100_000).contains(periods), length > 0, length < .infinity, rate >= 0,
      rate < .infinity
    else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "A horizon has 0 to 100,000 periods of a length above zero, and a rate"
            + " that is not negative."))
    }
    self.init(periods: periods, length: length, rate: rate)
  }

  /// The horizon in words.
  public var description: String {
    "\(periods) periods of \(length), discounted by \(rate) each"
  }
}

extension PurchaseModel {
  /// Returns how many purchases a customer is expected to make within `horizon`, later ones
  /// discounted.
  ///
  /// - Parameters:
  ///   - horizon: How far to count, and the discount.
  ///   - history: What the customer did so far; `nil` for a new one, whose first purchase does not
  ///     count.
  public func discountedPurchases(
    within horizon: ValueHorizon, after history: CustomerHistory? = nil
  ) -> Double {
    var sum = 0.0
    var before = 0.0
    var discount = 1.0
    for period in 0..<horizon.periods {
      let time = Double(period + 1) * horizon.length
      let now =
        history.map { expectedPurchases(in: time, after: $0) } ?? expectedPurchases(in: time)
      discount /= 1 + horizon.rate
      sum += max(0, now - before) * discount
      before = now
    }
    return sum
  }

  /// Returns the discounted value of a customer's future purchases: their number within `horizon`
  /// times the amount that `spending` expects of one.
  ///
  /// Purchases and amounts are taken to be independent, which ``GammaGamma`` assumes too. Costs are
  /// not known here: multiply by the margin.
  ///
  /// - Returns: `nil` where the expected amount is infinite.
  public func lifetimeValue(
    of history: CustomerHistory, spending: GammaGammaModel, within horizon: ValueHorizon
  ) -> Double? {
    guard let amount = spending.expectedAmount(after: history) else { return nil }
    return amount * discountedPurchases(within: horizon, after: history)
  }
}

/// What the models share.
enum PurchaseMath {
  static func require(_ time: Double) {
    precondition(
      time >= 0 && time < .infinity, "A time ahead must be finite and not negative.")
  }

  static func requireParameters(_ parameters: [Double]) {
    precondition(areParameters(parameters), parameterSentence)
  }

  static func areParameters(_ parameters: [Double]) -> Bool {
    parameters.allSatisfy { $0 > 0 && $0 < .infinity }
  }

  static let parameterSentence = "The parameters of a model must be finite and above zero."

  /// Checks parameters that were read.
  static func check(_ parameters: [Double], _ decoder: any Decoder) throws {
    guard areParameters(parameters) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: parameterSentence))
    }
  }

  /// A model as text.
  static func description(
    _ name: String, _ names: [String], _ values: [Double], _ fit: ModelFit?
  ) -> String {
    if let fit { return "\(name)\n\(fit)" }
    let parameters = zip(names, values).map { "\($0) \(NumberFormat.fixed($1, 4))" }
    return "\(name), \(parameters.joined(separator: ", "))"
  }

  /// (exp(y) − 1) / y, which is 1 at 0.
  static func relativeExponential(_ y: Double) -> Double {
    y == 0 ? 1 : PortableMath.expm1(y) / y
  }

  /// The logarithm of the probability of `count` purchases in `time` at a rate that is drawn from
  /// the gamma distribution with `shape` and `rate`.
  static func logNegativeBinomial(
    _ count: Int, in time: Double, shape: Double, rate: Double
  ) -> Double {
    let n = Double(count)
    let none = -shape * PortableMath.log1p(time / rate)
    if count == 0 { return none }
    if time == 0 { return -.infinity }
    // time / (rate + time), near 1 too.
    let log = -PortableMath.log1p(rate / time)
    return GammaFunctions.logGammaDifference(shape, plus: n) - GammaFunctions.logGamma(n + 1)
      + none + n * log
  }

  /// The probability of at least `count` purchases.
  static func negativeBinomialTail(
    _ count: Int, in time: Double, shape: Double, rate: Double
  ) -> Double {
    if count == 0 { return 1 }
    if time == 0 { return 0 }
    let share = time / (rate + time)
    func next(_ probability: Double, _ n: Int) -> Double {
      probability * share * ((shape + Double(n)) / Double(n + 1))
    }
    var head = 0.0
    var term = PortableMath.exp(
      logNegativeBinomial(0, in: time, shape: shape, rate: rate))
    for n in 0..<count {
      head += term
      // What underflowed so far does not come back by itself.
      term =
        term > 0x1p-1000
        ? next(term, n)
        : PortableMath.exp(
          logNegativeBinomial(n + 1, in: time, shape: shape, rate: rate))
    }
    if head < 0.9 || share > 0.9999 { return max(0, 1 - head) }
    var tail = 0.0
    var n = count
    while term > 1e-17 * tail {
      tail += term
      term = next(term, n)
      n += 1
    }
    return min(1, tail)
  }
}
