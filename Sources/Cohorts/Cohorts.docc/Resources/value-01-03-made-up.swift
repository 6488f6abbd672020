import Cohorts

// Without the file: as many customers, made up from the published parameters.
let purchases = BetaGeometricNBDModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
let amounts = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
let ages = (0..<2_357).map { 27 + Double($0 % 84) / 7 }
let customers = amounts.simulatedAmounts(
  for: purchases.simulatedCustomers(ages: ages, seed: 1), seed: 2)
