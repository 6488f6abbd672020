import GA4Model
import StatisticsCore

/// What the orders that stand say about each customer who has any.
struct CustomerFigures: Sendable {
  var keys = CustomerKeys()
  var lastDays: [Int32] = []
  var orders: [Int32] = []
  var revenue: [Double] = []
  var ordersWithoutCustomer = 0
  var ordersWithoutRevenue = 0

  init() {}

  /// The figures of all customers.
  init(_ book: CustomerOrders) {
    self.init(Self.shares(of: book, count: 1).map(\.figures))
  }

  /// The figures of customers who follow each other in `parts`.
  init(_ parts: [CustomerFigures]) {
    if parts.count == 1 {
      self = parts[0]
      return
    }
    let count = parts.reduce(0) { $0 + $1.keys.count }
    keys.reserve(count)
    lastDays.reserveCapacity(count)
    orders.reserveCapacity(count)
    revenue.reserveCapacity(count)
    for part in parts {
      keys.append(contentsOf: part.keys)
      lastDays += part.lastDays
      orders += part.orders
      revenue += part.revenue
      ordersWithoutCustomer += part.ordersWithoutCustomer
      ordersWithoutRevenue += part.ordersWithoutRevenue
    }
  }

  /// Some customers of a part of the orders, whose figures can be told by themselves.
  struct Share: Sendable {
    fileprivate let part: CustomerOrders.Part
    fileprivate let customers: Range<Int>
    /// Whether the orders of nobody belong to the share.
    fileprivate let isLast: Bool
    fileprivate let repeats: [Bool]
    /// Where the orders of the part begin among all.
    fileprivate let start: Int

    /// The figures of these customers.
    var figures: CustomerFigures {
      var figures = CustomerFigures()
      figures.take(self)
      return figures
    }

    @inline(__always)
    fileprivate func stands(_ place: Int) -> Bool { repeats.isEmpty || !repeats[start + place] }
  }

  /// About `count` shares of all orders, in the order of their customers.
  static func shares(of book: CustomerOrders, count: Int) -> [Share] {
    let repeats = book.repeats
    let customers = book.parts.reduce(0) { $0 + $1.keys.count }
    var start = 0
    var shares: [Share] = []
    for part in book.parts {
      let pieces = customers == 0 ? 1 : (part.keys.count * count + customers - 1) / customers
      let ranges = splitRanges(count: part.keys.count, into: max(1, pieces))
      for range in ranges.isEmpty ? [0..<0] : ranges {
        shares.append(
          Share(
            part: part, customers: range, isLast: range.upperBound == part.keys.count,
            repeats: repeats, start: start))
      }
      start += part.count
    }
    return shares
  }

  private mutating func take(_ share: Share) {
    let part = share.part
    lastDays.reserveCapacity(share.customers.count)
    orders.reserveCapacity(share.customers.count)
    revenue.reserveCapacity(share.customers.count)
    var left: [Int] = []
    part.days.withValues { days in
      part.revenue.withValues { values in
        for customer in share.customers {
          var last = Int32.min
          var number: Int32 = 0
          var withRevenue: Int32 = 0
          var sum = ShortSum()
          for place in part.orders(of: customer) where share.stands(place) {
            number += 1
            last = max(last, days[place])
            let value = values[place]
            if value.isNaN { continue }
            withRevenue += 1
            sum.add(value)
          }
          if number == 0 {
            left.append(customer)
            continue
          }
          lastDays.append(last)
          orders.append(number)
          ordersWithoutRevenue += Int(number - withRevenue)
          if sum.isExact {
            revenue.append(sum.rounded)
          } else {
            let stands = part.orders(of: customer).lazy.filter { place in
              share.stands(place) && !part.revenue[place].isNaN
            }
            revenue.append(ExactSum(stands.map { part.revenue[$0] }).rounded)
          }
        }
      }
    }
    var next = share.customers.lowerBound
    for customer in left {
      keys.append(next..<customer, of: part.keys)
      next = customer + 1
    }
    keys.append(next..<share.customers.upperBound, of: part.keys)
    if share.isLast {
      ordersWithoutCustomer += (part.ownedCount..<part.count).count(where: share.stands)
    }
  }
}

/// The exact sum of a few numbers, as long as two doubles hold it, which is nearly always.
///
/// Each addition keeps its rounding error: Knuth, *The Art of Computer Programming* 2, 4.2.2.
struct ShortSum {
  private var high = 0.0
  private var low = 0.0
  /// Whether nothing was lost; otherwise the sum must be taken another way.
  private(set) var isExact = true

  @inline(__always)
  mutating func add(_ value: Double) {
    let (sum, error) = Self.sum(high, value)
    high = sum
    let (rest, lost) = Self.sum(low, error)
    low = rest
    // Beyond the largest double the error is NaN.
    if lost != 0 { isExact = false }
  }

  /// The sum, rounded once.
  var rounded: Double { high + low }

  @inline(__always)
  private static func sum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
    let sum = a + b
    let part = sum - a
    return (sum, (a - (sum - part)) + (b - part))
  }
}
