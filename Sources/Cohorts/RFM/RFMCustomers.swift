public import GA4Model

/// A customer of an ``RFMReport``.
public struct RFMCustomer: Sendable, Hashable, Codable {
  /// Who it is.
  public var user: UserKey
  /// Days from the last order to the day of the report.
  public var recency: Int
  /// How many orders, at least 1.
  public var orders: Int
  /// What they brought, in the currency of the events.
  public var revenue: Double
  /// The three scores.
  public var score: RFMScore
  /// The name of the segment.
  public var segment: String

  /// Makes a customer.
  public init(
    user: UserKey, recency: Int, orders: Int, revenue: Double, score: RFMScore, segment: String
  ) {
    self.user = user
    self.recency = recency
    self.orders = orders
    self.revenue = revenue
    self.score = score
    self.segment = segment
  }
}

/// The customers of a report in the order of their keys; rows are made when they are asked for.
public struct RFMCustomers: Sendable, Hashable {
  var keys = CustomerKeys()
  /// The number of the day of the report, and of the last order of each.
  var asOf = 0
  var lastDays: [Int32] = []
  var orders: [Int32] = []
  var revenue: [Double] = []
  /// The three scores of each.
  var scores: [SIMD4<UInt8>] = []
  /// The position of the segment of each in ``names``.
  var segments: [UInt8] = []
  /// The names of the segments.
  var names: [String] = []

  func recency(_ index: Int) -> Int { asOf - Int(lastDays[index]) }

  func score(_ index: Int) -> RFMScore {
    let score = scores[index]
    return RFMScore(recency: Int(score.x), frequency: Int(score.y), monetary: Int(score.z))
  }
}

extension RFMCustomers: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { keys.count }

  public subscript(index: Int) -> RFMCustomer {
    RFMCustomer(
      user: keys[index], recency: recency(index), orders: Int(orders[index]),
      revenue: revenue[index], score: score(index), segment: names[Int(segments[index])])
  }
}

extension RFMCustomers: Codable {
  /// Reads customers, who must be in the order of their keys.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var last: UserKey?
    while !container.isAtEnd {
      let row = try container.decode(RFMCustomer.self)
      guard last.map({ $0 < row.user }) ?? true else {
        throw DecodingError.senseless("Customers must be in the order of their keys", decoder)
      }
      last = row.user
      let score = row.score
      guard Swift.max(score.recency, score.frequency, score.monetary) <= 100 else {
        throw DecodingError.senseless("A score is at most 100", decoder)
      }
      let number = names.firstIndex(of: row.segment) ?? names.count
      guard number < 255 else {
        throw DecodingError.senseless("There can be at most 255 segments.", decoder)
      }
      if number == names.count { names.append(row.segment) }
      guard let day = Int32(exactly: -Double(row.recency)), let placed = Int32(exactly: row.orders)
      else {
        throw DecodingError.senseless("Days and orders are less than two billions", decoder)
      }
      keys.append(row.user)
      lastDays.append(day)
      orders.append(placed)
      revenue.append(row.revenue)
      scores.append(
        SIMD4(UInt8(score.recency), UInt8(score.frequency), UInt8(score.monetary), 0))
      segments.append(UInt8(number))
    }
  }

  /// Writes the customers as rows.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for row in self { try container.encode(row) }
  }

  /// Whether the rows are the same.
  public static func == (left: RFMCustomers, right: RFMCustomers) -> Bool {
    left.keys == right.keys && left.orders == right.orders && left.revenue == right.revenue
      && left.scores == right.scores
      && left.indices.allSatisfy {
        left.recency($0) == right.recency($0)
          && left.names[Int(left.segments[$0])] == right.names[Int(right.segments[$0])]
      }
  }

  /// Hashes what equal customers share.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(keys)
    hasher.combine(revenue)
    hasher.combine(scores)
  }
}
