import Benchmark
import Cohorts

/// As many customers as the CDNOW sample has, made up from its parameters.
private let customers: [CustomerHistory] = {
  let purchases = BetaGeometricNBDModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
  let amounts = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
  let ages = (0..<2_357).map { 27 + Double($0 % 84) / 7 }
  return amounts.simulatedAmounts(
    for: purchases.simulatedCustomers(ages: ages, seed: 1), seed: 2)
}()

/// Models of customer value: how long a fit takes, and a prediction for every customer.
func registerCustomerValueBenchmarks() {
  Benchmark("value: fit BG/NBD") { _ in blackHole(try BetaGeometricNBD().fit(customers)) }
  Benchmark("value: fit MBG/NBD") { _ in
    blackHole(try ModifiedBetaGeometricNBD().fit(customers))
  }
  Benchmark("value: fit Pareto/NBD") { _ in blackHole(try ParetoNBD().fit(customers)) }
  Benchmark("value: fit gamma-gamma") { _ in blackHole(try GammaGamma().fit(customers)) }
  let model = BetaGeometricNBDModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
  Benchmark("value: expected purchases of all") { _ in
    for customer in customers { blackHole(model.expectedPurchases(in: 39, after: customer)) }
  }
  let amounts = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
  let year = ValueHorizon(periods: 12, length: 52.0 / 12, rate: 0.01)
  Benchmark("value: lifetime value of all") { _ in
    for customer in customers {
      blackHole(model.lifetimeValue(of: customer, spending: amounts, within: year))
    }
  }
}
