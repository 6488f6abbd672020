import GA4Model
import StatisticsCore

/// What the orders that stand say about each customer who has any.
struct CustomerFigures {
  var keys = CustomerKeys()
  var lastDays: [Int32] = []
  var orders: [Int] = []
  var revenue: [Double] = []
  var ordersWithoutCustomer = 0
  var ordersWithoutRevenue = 0

  init(_ book: CustomerOrders) {
    let repeats = book.repeats
    let count = book.parts.reduce(0) { $0 + $1.keys.count }
    lastDays.reserveCapacity(count)
    orders.reserveCapacity(count)
    revenue.reserveCapacity(count)
    keys.reserve(count)
    var start = 0
    for part in book.parts {
      add(part, repeats, start)
      start += part.count
    }
  }

  /// Takes up a part, the orders of which begin at `start` among all.
  private mutating func add(_ part: CustomerOrders.Part, _ repeats: [Bool], _ start: Int) {
    var left: [Int] = []
    for customer in part.keys.indices {
      var last = Int32.min
      var number = 0
      var withRevenue = 0
      var sum = ShortSum()
      for place in part.orders(of: customer) {
        if !repeats.isEmpty, repeats[start + place] { continue }
        number += 1
        last = max(last, part.days[place])
        let value = part.revenue[place]
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
      ordersWithoutRevenue += number - withRevenue
      if sum.isExact {
        revenue.append(sum.rounded)
      } else {
        let stands = part.orders(of: customer).lazy.filter { place in
          (repeats.isEmpty || !repeats[start + place]) && !part.revenue[place].isNaN
        }
        revenue.append(ExactSum(stands.map { part.revenue[$0] }).rounded)
      }
    }
    if left.isEmpty {
      keys.append(contentsOf: part.keys)
    } else {
      var next = left.makeIterator()
      var skipped = next.next()
      for customer in part.keys.indices {
        if customer == skipped {
          skipped = next.next()
        } else {
          keys.append(customer, of: part.keys)
        }
      }
    }
    ordersWithoutCustomer += (part.ownedCount..<part.count).count {
      repeats.isEmpty || !repeats[start + $0]
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
