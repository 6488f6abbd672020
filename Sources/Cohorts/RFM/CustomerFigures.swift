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
    let count = book.keys.count
    lastDays.reserveCapacity(count)
    orders.reserveCapacity(count)
    revenue.reserveCapacity(count)
    var left: Set<Int> = []
    for customer in 0..<count {
      let places = book.offsets[customer]..<book.offsets[customer + 1]
      var last = Int32.min
      var number = 0
      var withRevenue = 0
      // One or two summands are rounded right anyway.
      var first = 0.0
      var second = 0.0
      var exact = ExactSum()
      for place in places {
        if !repeats.isEmpty, repeats[place] { continue }
        number += 1
        last = max(last, book.days[place])
        let value = book.revenue[place]
        if value.isNaN { continue }
        withRevenue += 1
        switch withRevenue {
        case 1: first = value
        case 2: second = value
        case 3:
          exact.add(first)
          exact.add(second)
          exact.add(value)
        default: exact.add(value)
        }
      }
      if number == 0 {
        left.insert(customer)
        continue
      }
      lastDays.append(last)
      orders.append(number)
      revenue.append(withRevenue >= 3 ? exact.rounded : first + second)
      ordersWithoutRevenue += number - withRevenue
    }
    if left.isEmpty {
      keys = book.keys
    } else {
      for customer in 0..<count where !left.contains(customer) {
        keys.append(customer, of: book.keys)
      }
    }
    let rest = book.ownedCount..<book.count
    ordersWithoutCustomer = rest.count { repeats.isEmpty || !repeats[$0] }
  }
}
