// What customers will be worth: a model of their purchases, one of their amounts, and both together.

import Cohorts

// Made-up customers who behave as those of the CDNOW sample did, observed for 27 to 39 weeks.
let published = BetaGeometricNBDModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
let ages = (0..<2_000).map { 27 + Double($0 % 85) / 7 }
let customers = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
  .simulatedAmounts(for: published.simulatedCustomers(ages: ages, seed: 1), seed: 2)

let model = try BetaGeometricNBD().fit(customers)
print(model)

let regular = try CustomerHistory(frequency: 6, recency: 30, age: 35, monetaryValue: 20)
let lapsed = try CustomerHistory(frequency: 6, recency: 9, age: 35, monetaryValue: 20)
print(model.probabilityAlive(regular), model.probabilityAlive(lapsed))
print(model.expectedPurchases(in: 26, after: regular))
print(model.expectedPurchases(in: 26, after: lapsed))

let spending = try GammaGamma().fit(customers)
let year = ValueHorizon(periods: 12, length: 52.0 / 12, rate: 0.01)
print(model.lifetimeValue(of: regular, spending: spending, within: year)!)

// Nobody here bought again, so nothing tells how often customers buy.
do {
  _ = try BetaGeometricNBD().fit(customers.filter { $0.frequency == 0 })
} catch {
  print(error)
}
