import StatisticsCore

/// What the models of customer value know of a customer: how often and when it bought, and for how
/// much.
///
/// ```swift
/// let customer = try CustomerHistory(frequency: 2, recency: 30.43, age: 38.86, monetaryValue: 22.35)
/// ```
///
/// All times are in one unit, days or weeks for example, and count from the first purchase. This is
/// the summary (x, tₓ, T) of Fader, Hardie and Lee, *Counting Your Customers the Easy Way*, Marketing
/// Science 24 (2005), 275–284.
public struct CustomerHistory: Sendable, Hashable {
  /// The number of repeat purchases, x: periods with a purchase, less the first.
  public let frequency: Int
  /// The time from the first to the last purchase, tₓ; 0 without repeat purchases.
  public let recency: Double
  /// The time from the first purchase to the end of observation, T.
  public let age: Double
  /// The mean amount of a repeat purchase; 0 where there is none.
  public let monetaryValue: Double

  /// Checks a history.
  ///
  /// - Parameters:
  ///   - frequency: The number of repeat purchases, at least 0.
  ///   - recency: The time from the first to the last purchase: 0 without repeat purchases, otherwise
  ///     above 0 and at most `age`.
  ///   - age: The time from the first purchase to the end of observation, at least 0.
  ///   - monetaryValue: The mean amount of a repeat purchase; only ``GammaGamma`` looks at it.
  /// - Throws: ``CustomerValueError`` where these do not hold or a number is not finite.
  public init(
    frequency: Int, recency: Double, age: Double, monetaryValue: Double = 0
  ) throws(CustomerValueError) {
    try self.init(
      frequency: Double(frequency), recency: recency, age: age, monetaryValue: monetaryValue,
      at: nil)
  }

  fileprivate init(
    frequency: Double, recency: Double, age: Double, monetaryValue: Double, at index: Int?
  ) throws(CustomerValueError) {
    guard frequency.isFinite, recency.isFinite, age.isFinite, monetaryValue.isFinite else {
      throw CustomerValueError(
        .notFinite, at: index,
        "A frequency, recency, age or amount is infinite or not a number; leave the customer out.")
    }
    guard frequency >= 0, frequency <= 0x1p53, frequency == frequency.rounded() else {
      throw CustomerValueError(
        .frequencyNotACount, at: index,
        "A frequency is a number of repeat purchases: whole and not negative.")
    }
    guard recency >= 0, recency <= age else {
      throw CustomerValueError(
        .recencyOutOfRange, at: index,
        "A recency lies between 0 and the age, both counted from the first purchase in one unit.")
    }
    guard (frequency == 0) == (recency == 0) else {
      throw CustomerValueError(
        .recencyWithoutRepeat, at: index,
        frequency == 0
          ? "Without repeat purchases the recency is 0."
          : "With repeat purchases the recency is above 0; count purchases of one period once.")
    }
    self.frequency = Int(frequency)
    self.recency = recency
    self.age = age
    self.monetaryValue = monetaryValue
  }

  /// A history that is known to be right.
  init(counted frequency: Int, recency: Double, age: Double, monetaryValue: Double) {
    self.frequency = frequency
    self.recency = recency
    self.age = age
    self.monetaryValue = monetaryValue
  }

  /// Takes the histories from columns, as other tools give them.
  ///
  /// ```swift
  /// let customers = try CustomerHistory.table(
  ///   frequencies: [2, 1, 0], recencies: [30.43, 1.71, 0], ages: [38.86, 38.86, 38.86])
  /// ```
  ///
  /// - Parameters:
  ///   - frequencies: Numbers of repeat purchases, whole numbers.
  ///   - recencies: Times from the first to the last purchase, as many.
  ///   - ages: Times from the first purchase to the end of observation, as many.
  ///   - monetaryValues: Mean amounts of repeat purchases, as many; 0 for all when `nil`.
  /// - Throws: ``CustomerValueError`` with the position of the first customer that is not right.
  public static func table(
    frequencies: [Double], recencies: [Double], ages: [Double], monetaryValues: [Double]? = nil
  ) throws(CustomerValueError) -> [CustomerHistory] {
    let count = frequencies.count
    guard recencies.count == count, ages.count == count, monetaryValues?.count ?? count == count
    else {
      throw CustomerValueError(
        .unequalLengths, "The columns of a table of customers must be equally long.")
    }
    var table: [CustomerHistory] = []
    table.reserveCapacity(count)
    for index in 0..<count {
      table.append(
        try CustomerHistory(
          frequency: frequencies[index], recency: recencies[index], age: ages[index],
          monetaryValue: monetaryValues?[index] ?? 0, at: index))
    }
    return table
  }
}

extension CustomerHistory: Codable {
  private enum CodingKeys: String, CodingKey {
    case frequency, recency, age, monetaryValue
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        frequency: try container.decode(Int.self, forKey: .frequency),
        recency: try container.decode(Double.self, forKey: .recency),
        age: try container.decode(Double.self, forKey: .age),
        monetaryValue: try container.decode(Double.self, forKey: .monetaryValue))
    } catch let error as CustomerValueError {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }
}

extension CustomerHistory: CustomStringConvertible {
  /// The history in words, without a name.
  public var description: String {
    "\(frequency) repeat purchases, the last at \(recency) of \(age)"
  }
}

/// Customers with equal histories, counted: what the likelihoods of purchases are sums over.
///
/// Sorted, so that the order of the customers cannot change a bit of a fit.
struct HistoryGroups {
  struct Group {
    /// The position in ``frequencies``.
    var frequency: Int
    /// The position in ``ages``.
    var age: Int
    var recency: Double
    var count: Double
  }

  private(set) var frequencies: [Int] = []
  /// How many customers have each of ``frequencies``.
  private(set) var frequencyCounts: [Double] = []
  private(set) var ages: [Double] = []
  private(set) var groups: [Group] = []
  private(set) var customerCount = 0
  private(set) var meanAge = 0.0
  private(set) var meanFrequency = 0.0

  init(_ customers: some Collection<CustomerHistory>) {
    let sorted = customers.sorted {
      if $0.frequency != $1.frequency { return $0.frequency < $1.frequency }
      if $0.age != $1.age { return $0.age < $1.age }
      return $0.recency < $1.recency
    }
    guard !sorted.isEmpty else { return }
    customerCount = sorted.count
    ages = sorted.map(\.age).sorted()
    var distinct = 0
    for age in ages where distinct == 0 || ages[distinct - 1] != age {
      ages[distinct] = age
      distinct += 1
    }
    ages.removeSubrange(distinct...)
    var previous: CustomerHistory?
    var ageIndex = 0
    var sumOfAges = ExactSum()
    var sumOfFrequencies = ExactSum()
    for customer in sorted {
      sumOfAges.add(customer.age)
      sumOfFrequencies.add(customer.frequency)
      if customer.frequency != previous?.frequency {
        frequencies.append(customer.frequency)
        frequencyCounts.append(0)
        ageIndex = 0
      }
      frequencyCounts[frequencyCounts.count - 1] += 1
      if let previous, previous.frequency == customer.frequency, previous.age == customer.age,
        previous.recency == customer.recency
      {
        groups[groups.count - 1].count += 1
      } else {
        while ages[ageIndex] != customer.age { ageIndex += 1 }
        groups.append(
          Group(
            frequency: frequencies.count - 1, age: ageIndex, recency: customer.recency, count: 1))
      }
      previous = customer
    }
    meanAge = sumOfAges.rounded / Double(customerCount)
    meanFrequency = sumOfFrequencies.rounded / Double(customerCount)
  }

  /// Refuses what no model with `parameterCount` parameters can be fitted to.
  func check(parameterCount: Int) throws(CustomerValueError) {
    guard groups.count >= parameterCount else {
      throw CustomerValueError(
        .tooFewHistories,
        "The customers have \(groups.count) different histories, fewer than the model has"
          + " parameters (\(parameterCount)); fit it to more customers.")
    }
    guard frequencies.contains(where: { $0 > 0 }) else {
      throw CustomerValueError(
        .noRepeatPurchases,
        "Nobody bought again, so nothing tells how often customers buy; observe them for longer.")
    }
  }
}
