/// The three scores of a customer, 1 for the worst class.
///
/// ```swift
/// RFMScore(recency: 5, frequency: 1, monetary: 2).description      // "512"
/// RFMScore("512")?.recency                                         // 5
/// ```
public struct RFMScore: Sendable, Hashable {
  /// How recent the last order is; the most recent customers have the highest score.
  public var recency: Int
  /// How many orders there are.
  public var frequency: Int
  /// How much the orders brought.
  public var monetary: Int

  /// Makes a score.
  ///
  /// - Parameters:
  ///   - recency: The class of recency, from 1.
  ///   - frequency: The class of frequency, from 1.
  ///   - monetary: The class of monetary value, from 1.
  public init(recency: Int, frequency: Int, monetary: Int) {
    self.recency = recency
    self.frequency = frequency
    self.monetary = monetary
  }
}

extension RFMScore: LosslessStringConvertible {
  /// The three digits, or numbers with hyphens between them where one has more digits: 10-9-1.
  public var description: String {
    let parts = [recency, frequency, monetary]
    return parts.map(String.init).joined(
      separator: parts.allSatisfy((0...9).contains) ? "" : "-")
  }

  /// Reads a ``description``; `nil` when it is none.
  public init?(_ description: String) {
    let parts =
      description.contains("-")
      ? description.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      : description.map { $0.isASCII ? $0.wholeNumberValue : nil }
    guard parts.count == 3, let r = parts[0], let f = parts[1], let m = parts[2],
      min(r, f, m) >= 1
    else { return nil }
    self.init(recency: r, frequency: f, monetary: m)
  }
}

extension RFMScore: Codable {
  /// Reads the score from its text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let score = RFMScore(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "A score is three digits from 1, such as 512")
    }
    self = score
  }

  /// Writes the score as text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// How recency, frequency and monetary value become scores.
///
/// A score depends on the value alone, so customers with equal values always have equal scores: the
/// classes of a value that many share are larger, and others may stay empty.
public enum RFMScoring: Sendable, Hashable, Codable {
  /// As many classes as given, 2 to 100, between quantiles of the customers (type 7): the scores of
  /// frequency and monetary value are 1 + the number of thresholds below the value, that of recency
  /// is the number of classes − the number of thresholds below it.
  case quantiles(Int)
  /// As R's package `rfm`: the same quantiles plus 1, each the least value of the next class.
  case rPackage(Int)
  /// Fixed thresholds, such as those of an earlier report.
  case thresholds(RFMThresholds)

  /// How many classes each of the three scores has.
  public var classes: Int {
    switch self {
    case .quantiles(let classes), .rPackage(let classes): classes
    case .thresholds(let thresholds): thresholds.recency.count + 1
    }
  }

  /// What is wrong with it, `nil` when it makes sense.
  var problem: String? {
    if case .thresholds(let thresholds) = self { return thresholds.problem }
    return (2...100).contains(classes) ? nil : "The number of classes must be from 2 to 100"
  }
}

extension RFMScoring: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    switch self {
    case .quantiles(let classes): "\(classes) classes between quantiles (type 7)"
    case .rPackage(let classes): "\(classes) classes between quantiles + 1, as R's rfm"
    case .thresholds: "\(classes) classes between fixed thresholds"
    }
  }
}

/// The borders between the classes of the three values.
///
/// ```swift
/// let fixed = RFMThresholds(
///   recency: [30, 90], frequency: [1, 4], monetary: [50, 200], bounds: .upper)
/// fixed.score(recency: 12, frequency: 4, monetary: 900)            // 323
/// ```
public struct RFMThresholds: Sendable, Hashable, Codable {
  /// To which class a value belongs that equals a threshold.
  public enum Bounds: String, Sendable, Hashable, Codable, CaseIterable {
    /// To the class below: a threshold is the greatest value of its class.
    case upper
    /// To the class above: a threshold is the least value of the next class.
    case lower
  }

  /// Days before the reporting day, ascending.
  public var recency: [Double]
  /// Numbers of orders, ascending.
  public var frequency: [Double]
  /// Sums of revenue, ascending.
  public var monetary: [Double]
  /// To which class a value belongs that equals a threshold.
  public var bounds: Bounds

  /// Makes thresholds.
  ///
  /// - Parameters:
  ///   - recency: Days before the reporting day, ascending; one less than there are classes.
  ///   - frequency: Numbers of orders, ascending; as many.
  ///   - monetary: Sums of revenue, ascending; as many.
  ///   - bounds: To which class a value belongs that equals a threshold.
  public init(
    recency: [Double], frequency: [Double], monetary: [Double], bounds: Bounds = .upper
  ) {
    self.recency = recency
    self.frequency = frequency
    self.monetary = monetary
    self.bounds = bounds
    if let problem { preconditionFailure(problem) }
  }

  /// Reads thresholds back.
  ///
  /// - Throws: `DecodingError` with a sentence when they make no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    recency = try container.decode([Double].self, forKey: .recency)
    frequency = try container.decode([Double].self, forKey: .frequency)
    monetary = try container.decode([Double].self, forKey: .monetary)
    bounds = try container.decode(Bounds.self, forKey: .bounds)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }

  /// What is wrong with them, `nil` when they make sense.
  var problem: String? {
    let all = [recency, frequency, monetary]
    guard all.allSatisfy({ $0.count == recency.count }), (1...99).contains(recency.count) else {
      return "The three values need as many thresholds as each other, from 1 to 99"
    }
    for list in all {
      guard !list.contains(where: \.isNaN), zip(list, list.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        return "Thresholds must be numbers in ascending order"
      }
    }
    return nil
  }

  /// The score of a customer.
  ///
  /// - Parameters:
  ///   - recency: Days since the last order.
  ///   - frequency: How many orders.
  ///   - monetary: The revenue of them; not NaN.
  public func score(recency: Int, frequency: Int, monetary: Double) -> RFMScore {
    RFMScore(
      recency: self.recency.count + 1 - passed(self.recency, Double(recency)),
      frequency: 1 + passed(self.frequency, Double(frequency)),
      monetary: monetaryScore(monetary))
  }

  /// The score of a sum of revenue.
  @inline(__always)
  func monetaryScore(_ monetary: Double) -> Int { 1 + passed(self.monetary, monetary) }

  /// How many of `thresholds` lie below `value`.
  @inline(__always)
  private func passed(_ thresholds: [Double], _ value: Double) -> Int {
    var count = 0
    if bounds == .upper {
      for threshold in thresholds where threshold < value { count += 1 }
    } else {
      for threshold in thresholds where threshold <= value { count += 1 }
    }
    return count
  }
}

extension DecodingError {
  /// The error for a value that was decoded and makes no sense.
  static func senseless(_ problem: String, _ decoder: any Decoder) -> DecodingError {
    .dataCorrupted(Context(codingPath: decoder.codingPath, debugDescription: problem))
  }
}
