// Who buys, how much, how often: weighted sums of columns, with what is known of each weight.

import Learning

// Made-up sessions: the same numbers on every machine.
let rows = 0..<300
let views = rows.map { Double($0 * 37 % 23) }
let email = rows.map { $0 * 11 % 4 == 1 }
let chance = rows.map { Double($0 * 53 % 97) / 97 }
let table = try FeatureTable([
  FeatureColumn("views", views), FeatureColumn("email", email),
])

// Whether they buy.
let urge = rows.map { views[$0] / 6 + (email[$0] ? 1.5 : 0) + 5 * chance[$0] }
let bought = ClassTarget(urge.map { $0 > 5 })
let buyers = try LogisticRegression(penalty: .none).fit(table, target: bought)
print(buyers)
let odds = buyers.estimates![2].ratioInterval()
print("by email the odds are", odds.lowerBound.rounded(), "to", odds.upperBound.rounded(), "times")

// How much they spend, and what a session is likely to bring.
let spent = rows.map { 3 + 2 * views[$0] + (email[$0] ? 8 : 0) + 20 * chance[$0] }
let spending = try LinearRegression().fit(table, target: spent)
print("\n\(spending)")
let session: FeatureRow = ["views": 10, "email": true]
let interval = try spending.interval(for: session, of: .observation)!
print(interval.lowerBound.rounded(), try spending.value(for: session).rounded())

// How many orders there are in a number of days.
let days = rows.map { Double(1 + $0 % 30) }
let orders = rows.map { (days[$0] * (0.05 + views[$0] / 200) * 2 * chance[$0]).rounded() }
let rates = try PoissonRegression().fit(table, counts: orders, exposure: days)
print("\n\(rates)")
