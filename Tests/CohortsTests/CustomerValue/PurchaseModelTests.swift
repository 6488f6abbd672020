import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

/// Whether two numbers are equal, or differ by at most `tolerance` relative to the expected one.
private func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  value == expected || abs(value - expected) <= tolerance * abs(expected)
}

@Suite struct PurchaseModelTests {
  private let bg = BetaGeometricNBDModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
  private let mbg = ModifiedBetaGeometricNBDModel(r: 0.525, alpha: 6.183, a: 0.891, b: 1.614)
  private let pareto = ParetoNBDModel(r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669)

  // MARK: References

  @Test func `expected purchases agree with 60 digits for all kinds of parameters and times`() {
    let cases = CustomerValueReference.cases(CustomerValueReference.betaGeometricMeans)
    #expect(cases.count == 44)
    for fields in cases {
      let n = fields.map { Double($0)! }
      let model = BetaGeometricNBDModel(r: n[0], alpha: n[1], a: n[2], b: n[3])
      let value = model.expectedPurchases(in: n[4])
      #expect(isClose(value, n[5], 1e-12), "\(fields) \(value)")
    }
  }

  @Test func `MBG/NBD is BG/NBD after a chance to leave`() {
    for time in [0.1, 3, 39, 500] {
      let (a, b) = (mbg.a, mbg.b)
      let after = BetaGeometricNBDModel(r: mbg.r, alpha: mbg.alpha, a: a, b: b + 1)
      let expected = b / (a + b) * after.expectedPurchases(in: time)
      #expect(isClose(mbg.expectedPurchases(in: time), expected, 1e-14))
    }
  }

  @Test func `Pareto/NBD agrees with 120 digits for all kinds of parameters and histories`() throws
  {
    let cases = CustomerValueReference.cases(CustomerValueReference.paretoCustomers)
    #expect(cases.count == 42)
    for fields in cases {
      let n = fields.map { Double($0)! }
      let model = ParetoNBDModel(r: n[0], alpha: n[1], s: n[2], beta: n[3])
      let history = try CustomerHistory(frequency: Int(n[4]), recency: n[5], age: n[6])
      let value = model.logLikelihood(HistoryGroups([history])).value
      #expect(abs(value - n[7]) <= 3e-13 * max(1, abs(n[7])), "\(fields) \(value)")
      let alive = model.probabilityAlive(history)
      #expect(isClose(alive, n[8], 3e-12), "\(fields) \(alive)")
      let purchases = model.expectedPurchases(in: 52, after: history)
      #expect(isClose(purchases, n[9], 3e-12), "\(fields) \(purchases)")
      let residual = model.discountedResidualPurchases(
        rate: PortableMath.log(1.15) / 52, after: history)
      #expect(isClose(residual, n[10], 3e-12), "\(fields) \(residual)")
    }
  }

  @Test func `probabilities of counts agree with 40 digits`() {
    let second = ParetoNBDModel(r: 40, alpha: 2, s: 3, beta: 20)
    let models: [String: any PurchaseModel] = [
      "bg": bg, "mbg": mbg, "pareto": pareto, "pareto2": second,
    ]
    let cases = CustomerValueReference.cases(CustomerValueReference.probabilities)
    #expect(cases.count == 28)
    for fields in cases {
      let n = fields.dropFirst().map { Double($0)! }
      let value = models[fields[0]]!.probability(ofPurchases: Int(n[0]), in: n[1])
      #expect(isClose(value, n[2], 1e-12), "\(fields) \(value)")
    }
  }

  @Test func `the facts of lifetimes' tests about single customers hold`() throws {
    let expected = try CustomerHistoryTests.reference("clv_model")[0]["expected"]!
    let fact = expected["bg_conditional_expectation"]!
    let customer = try CustomerHistory(
      frequency: Int(fact["x"]!.number!), recency: fact["t_x"]!.number!, age: fact["T"]!.number!)
    let model = bg
    let purchases = model.expectedPurchases(in: fact["t"]!.number!, after: customer)
    #expect(abs(purchases - fact["expected"]!.number!) < 0.001)

    // These come from a spreadsheet with parameters of more digits; the test there asks for three.
    let fitted = BetaGeometricNBDModel(
      r: 0.242593, alpha: 4.413532, a: 0.792886, b: 2.425752)
    let times = expected["bg_expected_purchases"]!
    for (time, value) in zip(times["t"]!.elements!, times["expected"]!.elements!) {
      #expect(abs(fitted.expectedPurchases(in: time.number!) - value.number!) < 0.0005)
    }
    for item in expected["bg_p_n_purchases"]!.elements! {
      let value = model.probability(
        ofPurchases: Int(item["n"]!.number!), in: item["t"]!.number!)
      #expect(isClose(value, item["p"]!.number!, 5e-6))
    }

    let alive = expected["pareto_p_alive"]!
    let parameters = alive["params"]!
    let other = ParetoNBDModel(
      r: parameters["r"]!.number!, alpha: parameters["alpha"]!.number!,
      s: parameters["s"]!.number!, beta: parameters["beta"]!.number!)
    let buyer = try CustomerHistory(
      frequency: Int(alive["x"]!.number!), recency: alive["t_x"]!.number!,
      age: alive["T"]!.number!)
    #expect(abs(other.probabilityAlive(buyer) - alive["p"]!.number!) < 0.00005)
    let next = expected["pareto_conditional_expectation"]!
    #expect(
      abs(other.expectedPurchases(in: next["t"]!.number!, after: buyer) - next["expected"]!.number!)
        < 0.01)
  }

  // MARK: The CDNOW sample

  /// Parameters, and the tolerance that the source gives.
  private func expectParameters(_ fit: ModelFit?, _ facts: JSONValue) throws {
    let fit = try #require(fit)
    for parameter in fit.parameters {
      let expected = try #require(facts[parameter.name]?.number)
      #expect(abs(parameter.estimate - expected) < facts["tolerance"]!.number!, "\(parameter)")
    }
  }

  @Test(.enabled(if: RealData.isAvailable))
  func `the CDNOW sample gives the published parameters and likelihood`() throws {
    let customers = try CDNOW.customers()
    let expected = try CustomerHistoryTests.reference("clv_model")[0]["expected"]!

    let bg = try BetaGeometricNBD().fit(customers)
    try expectParameters(bg.fit, expected["bg_nbd"]!)
    #expect(abs(bg.r - 0.243) < 0.0005)
    #expect(abs(bg.alpha - 4.414) < 0.0005)
    #expect(abs(bg.a - 0.793) < 0.0005)
    #expect(abs(bg.b - 2.426) < 0.0005)
    #expect(abs(bg.fit!.logLikelihood - -9582.4256) < 1e-4)
    // lifetimes 0.11.3.
    for (parameter, error) in zip(bg.fit!.parameters, [0.012557, 0.378221, 0.185719, 0.705345]) {
      #expect(isClose(parameter.standardError, error, 0.001), "\(parameter)")
    }

    let mbg = try ModifiedBetaGeometricNBD().fit(customers)
    try expectParameters(mbg.fit, expected["mbg_nbd"]!)
    for (parameter, error) in zip(mbg.fit!.parameters, [0.083264, 0.695597, 0.154785, 0.537472]) {
      #expect(isClose(parameter.standardError, error, 0.001), "\(parameter)")
    }

    let pareto = try ParetoNBD().fit(customers)
    try expectParameters(pareto.fit, expected["pareto_nbd"]!)
    #expect(abs(pareto.r - 0.553) < 0.0005)
    #expect(abs(pareto.alpha - 10.578) < 0.0005)
    #expect(abs(pareto.s - 0.606) < 0.0005)
    #expect(abs(pareto.beta - 11.669) < 0.005)
    // mpmath 1.3.0 with 50 digits at the estimates of lifetimes 0.11.3.
    #expect(abs(pareto.fit!.logLikelihood - -9594.97393) < 1e-4)

    let spending = try GammaGamma().fit(customers)
    try expectParameters(spending.fit, expected["gamma_gamma"]!)
    let amounts = expected["gg_expected_profit_first_10_customers"]!.elements!.map { $0.number! }
    for (customer, amount) in zip(customers, amounts) {
      #expect(abs(spending.expectedAmount(after: customer)! - amount) < 0.02)
    }
    let summary = expected["repeat_spend_summary"]!
    let repeats = customers.filter { $0.frequency > 0 }.map(\.monetaryValue)
    #expect(repeats.count == summary["count"]!.whole.map(Int.init))
    #expect(repeats.min()!.rounded() == summary["min"]!.number)
    #expect(repeats.max()!.rounded() == summary["max"]!.number)
    #expect((repeats.reduce(0, +) / Double(repeats.count)).rounded() == summary["mean"]!.number)
  }

  @Test(.enabled(if: RealData.isAvailable))
  func `the order of the customers changes no bit of a fit`() throws {
    let customers = try CDNOW.customers()
    var random = SeededGenerator(seed: 4)
    let shuffled = random.shuffled(customers)
    #expect(try BetaGeometricNBD().fit(shuffled) == BetaGeometricNBD().fit(customers))
    #expect(try GammaGamma().fit(shuffled) == GammaGamma().fit(customers))
    #expect(try ParetoNBD().fit(shuffled) == ParetoNBD().fit(customers))
  }

  // MARK: Fitting

  private func simulated(_ model: some PurchaseModel, _ count: Int) -> [CustomerHistory] {
    var random = SeededGenerator(seed: 5)
    let ages = (0..<count).map { _ in 20 + (random.uniform() * 200).rounded() / 7 }
    return model.simulatedCustomers(ages: ages, seed: 11)
  }

  @Test func `parameters are recovered from made-up customers within four standard errors`() throws
  {
    func expect(_ fit: ModelFit?, _ truth: [Double]) throws {
      for (parameter, truth) in zip(try #require(fit).parameters, truth) {
        let distance = abs(PortableMath.log(parameter.estimate / truth))
        #expect(distance < 4 * parameter.standardError / parameter.estimate, "\(parameter)")
        #expect(parameter.interval().contains(parameter.estimate))
      }
    }
    try expect(
      BetaGeometricNBD().fit(simulated(bg, 4_000)).fit, [bg.r, bg.alpha, bg.a, bg.b])
    try expect(
      ModifiedBetaGeometricNBD().fit(simulated(mbg, 4_000)).fit,
      [mbg.r, mbg.alpha, mbg.a, mbg.b])
    let customers = simulated(pareto, 4_000)
    try expect(
      ParetoNBD().fit(customers).fit, [pareto.r, pareto.alpha, pareto.s, pareto.beta])
    let spending = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
    try expect(
      GammaGamma().fit(spending.simulatedAmounts(for: customers, seed: 3)).fit, [6.25, 3.74, 15.44])
  }

  @Test func `fitted models have these bits`() throws {
    // Written by this implementation, to find a machine or compiler that gives others.
    let customers = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
      .simulatedAmounts(for: simulated(bg, 500), seed: 3)
    var hash = 0 as UInt64
    for fit in [
      try BetaGeometricNBD().fit(customers).fit!,
      try ModifiedBetaGeometricNBD().fit(customers).fit!,
      try ParetoNBD().fit(customers).fit!, try GammaGamma().fit(customers).fit!,
    ] {
      for parameter in fit.parameters {
        hash = SeededGenerator.mix13(hash &+ parameter.estimate.bitPattern)
        hash = SeededGenerator.mix13(hash &+ parameter.standardError.bitPattern)
      }
      hash = SeededGenerator.mix13(hash &+ fit.logLikelihood.bitPattern)
    }
    #expect(hash == 0x8a00_a6b3_61cb_0d0d)
  }

  @Test func `derivatives are those of small differences`() throws {
    let groups = HistoryGroups(simulated(bg, 60))
    func check(
      _ point: [Double], _ function: ([Double]) -> NewtonMinimizer.Derivatives
    ) {
      let here = function(point)
      for i in point.indices {
        let step = 1e-5 * point[i]
        var (up, down) = (point, point)
        up[i] += step
        down[i] -= step
        let (above, below) = (function(up), function(down))
        let slope = (above.value - below.value) / (2 * step)
        #expect(
          abs(here.gradient[i] - slope) < 1e-6 * (1 + abs(slope)) / min(1, point[i]), "\(i)")
        for j in point.indices {
          let bend = (above.gradient[j] - below.gradient[j]) / (2 * step)
          let scale = 1 + abs(here.hessian[i][i]) + abs(here.hessian[j][j])
          #expect(abs(here.hessian[i][j] - bend) < 1e-7 * scale, "\(i) \(j)")
          #expect(here.hessian[i][j] == here.hessian[j][i])
        }
      }
    }
    for leavesAtFirst in [false, true] {
      check([0.4, 5, 0.7, 2]) {
        BetaGeometric(r: $0[0], alpha: $0[1], a: $0[2], b: $0[3], leavesAtFirst: leavesAtFirst)
          .logLikelihood(groups)
      }
    }
    for point in [[0.5, 10, 0.6, 12], [0.5, 12, 1.6, 3]] {
      check(point) {
        ParetoNBDModel(r: $0[0], alpha: $0[1], s: $0[2], beta: $0[3]).logLikelihood(groups)
      }
    }
  }

  @Test func `customers who cannot be fitted give an error that says why`() throws {
    func history(_ x: Int, _ recency: Double, _ age: Double) -> CustomerHistory {
      CustomerHistory(counted: x, recency: recency, age: age, monetaryValue: x > 0 ? 10 : 0)
    }
    func codes(_ customers: [CustomerHistory]) -> [CustomerValueError.Code?] {
      func code(_ fit: () throws(CustomerValueError) -> ModelFit?) -> CustomerValueError.Code? {
        do throws(CustomerValueError) {
          let fit = try fit()
          for parameter in fit!.parameters {
            #expect(parameter.estimate.isFinite && parameter.standardError.isFinite)
          }
          return nil
        } catch {
          #expect(error.description.hasSuffix("."))
          return error.code
        }
      }
      return [
        code { () throws(CustomerValueError) in try BetaGeometricNBD().fit(customers).fit },
        code { () throws(CustomerValueError) in try ModifiedBetaGeometricNBD().fit(customers).fit },
        code { () throws(CustomerValueError) in try ParetoNBD().fit(customers).fit },
        code { () throws(CustomerValueError) in try GammaGamma().fit(customers).fit },
      ]
    }
    let few = CustomerValueError.Code.tooFewHistories
    let nobody = CustomerValueError.Code.noRepeatPurchases
    #expect(codes([]) == [few, few, few, nobody])
    #expect(codes([history(3, 20, 39)]) == [few, few, few, few])
    #expect(codes((0..<50).map { history(0, 0, Double($0)) }) == [nobody, nobody, nobody, nobody])
    #expect(codes((0..<50).map { _ in history(0, 0, 0) }) == [few, few, few, nobody])
    // Nobody ever leaves: all buy up to the end.
    let faithful = (1..<200).map { history(1 + $0 * 7 % 11, 39 - Double($0 % 5) * 0.1, 39) }
    #expect(codes(faithful).prefix(3) == [.noMaximum, .noMaximum, .noMaximum])
    // All buy alike, as no gamma distribution of rates would have it.
    let alike = (0..<100).map { history(5, 20 + Double($0 % 4), 30 + Double($0 % 3)) }
    for code in codes(alike).prefix(3) { #expect(code == .noMaximum) }

    let free = CustomerHistory(counted: 2, recency: 3, age: 5, monetaryValue: 0)
    let error = #expect(throws: CustomerValueError.self) {
      try GammaGamma().fit([history(0, 0, 1), free])
    }
    #expect(error?.code == .amountNotPositive)
    #expect(error?.index == 1)
    let short = #expect(throws: CustomerValueError.self) {
      try BetaGeometricNBD(stepLimit: 1).fit(simulated(bg, 500))
    }
    #expect(
      short?.description
        == "The search for the likeliest parameters did not end within 1 steps; fit more customers,"
        + " or allow more steps.")
  }

  @Test func `customers of age zero change nothing but their number`() throws {
    let customers = simulated(bg, 800)
    let newcomers = [CustomerHistory](
      repeating: CustomerHistory(counted: 0, recency: 0, age: 0, monetaryValue: 0), count: 9)
    let without = try BetaGeometricNBD().fit(customers)
    let with = try BetaGeometricNBD().fit(customers + newcomers)
    #expect(isClose(with.r, without.r, 1e-8))
    #expect(isClose(with.fit!.logLikelihood, without.fit!.logLikelihood, 1e-12))
    #expect(with.fit!.customers == 809)
  }

  // MARK: Laws

  @Test func `probabilities of counts add up to one, and to the mean`() {
    for model in [bg, mbg, pareto] as [any PurchaseModel] {
      for time in [0, 0.5, 12] as [Double] {
        var sum = 0.0
        var mean = 0.0
        for count in 0..<400 {
          let probability = model.probability(ofPurchases: count, in: time)
          sum += probability
          mean += Double(count) * probability
        }
        #expect(isClose(sum, 1, 1e-12))
        #expect(isClose(mean, model.expectedPurchases(in: time), 1e-11))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `no parameters and no history give NaN, and more time never fewer purchases`(part: Int) {
    for var random in Rounds.generators("purchase models", part: part, perPart: 10) {
      func parameter() -> Double { random.logNormal(mean: 0, standardDeviation: 3) }
      let models: [any PurchaseModel] = [
        BetaGeometricNBDModel(r: parameter(), alpha: parameter(), a: parameter(), b: parameter()),
        ModifiedBetaGeometricNBDModel(
          r: parameter(), alpha: parameter(), a: parameter(), b: parameter()),
        ParetoNBDModel(r: parameter(), alpha: parameter(), s: parameter(), beta: parameter()),
      ]
      let age = random.logNormal(mean: 2, standardDeviation: 3)
      let frequency = random.bernoulli(0.3) ? 0 : 1 + random.poisson(mean: 20)
      let recency = frequency == 0 ? 0 : max(age * random.uniform(), .leastNormalMagnitude)
      let history = CustomerHistory(
        counted: frequency, recency: recency, age: age, monetaryValue: 0)
      for model in models {
        let alive = model.probabilityAlive(history)
        #expect((0...1).contains(alive), "\(model) \(history)")
        var before = (new: 0.0, old: 0.0)
        for time in [0, 1e-3, 1, 30, 1e4] as [Double] {
          let new = model.expectedPurchases(in: time)
          let old = model.expectedPurchases(in: time, after: history)
          #expect(new.isFinite && old.isFinite, "\(model) \(history) \(time)")
          #expect(new >= before.new * (1 - 1e-9), "\(model) \(time)")
          #expect(old >= before.old * (1 - 1e-9), "\(model) \(history) \(time)")
          before = (new, old)
          let probability = model.probability(ofPurchases: frequency, in: time)
          #expect(probability >= 0 && probability <= 1 + 1e-12, "\(model) \(frequency) \(time)")
        }
      }
    }
  }

  @Test func `discounted purchases are those of each period`() throws {
    let customer = try CustomerHistory(
      frequency: 2, recency: 30.43, age: 38.86, monetaryValue: 22.35)
    let free = ValueHorizon(periods: 12, length: 3, rate: 0)
    #expect(
      isClose(
        bg.discountedPurchases(within: free, after: customer),
        bg.expectedPurchases(in: 36, after: customer), 1e-12))
    let year = ValueHorizon(periods: 2, length: 10, rate: 0.1)
    let (first, both) = (mbg.expectedPurchases(in: 10), mbg.expectedPurchases(in: 20))
    #expect(
      isClose(
        mbg.discountedPurchases(within: year), first / 1.1 + (both - first) / 1.21, 1e-14))
    let spending = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
    let value = try #require(bg.lifetimeValue(of: customer, spending: spending, within: year))
    #expect(
      value == spending.expectedAmount(after: customer)!
        * bg.discountedPurchases(within: year, after: customer))
    // Continuous discounting lies between periods counted at their ends and at their starts.
    let weeks = ValueHorizon(periods: 20_000, length: 1, rate: PortableMath.expm1(0.01))
    let continuous = pareto.discountedResidualPurchases(rate: 0.01, after: customer)
    let late = pareto.discountedPurchases(within: weeks, after: customer)
    #expect(continuous > late && continuous < late * PortableMath.exp(0.01))
  }

  @Test func `expected amounts lie between a customer's own and that of all`() throws {
    let spending = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
    let all = try #require(spending.expectedAmount)
    #expect(isClose(all, 6.25 * 15.44 / 2.74, 1e-15))
    var distance = Double.infinity
    for x in [1, 2, 10, 1000] {
      let customer = try CustomerHistory(frequency: x, recency: 1, age: 2, monetaryValue: 100)
      let amount = try #require(spending.expectedAmount(after: customer))
      #expect(amount > all && amount < 100)
      #expect(100 - amount < distance)
      distance = 100 - amount
    }
    let heavy = GammaGammaModel(p: 1, q: 0.5, v: 3)
    #expect(heavy.expectedAmount == nil)
    let nobody = try CustomerHistory(frequency: 0, recency: 0, age: 2)
    #expect(heavy.expectedAmount(after: nobody) == nil)
    #expect(
      bg.lifetimeValue(
        of: nobody, spending: heavy, within: ValueHorizon(periods: 1, length: 1, rate: 0)) == nil)
  }

  // MARK: Storing and printing

  @Test func `models, learners and horizons are stored and read back`() throws {
    func copy<Value: Codable & Equatable>(_ value: Value) throws {
      let data = try JSONEncoder().encode(value)
      #expect(try JSONDecoder().decode(Value.self, from: data) == value)
    }
    try copy(BetaGeometricNBD().fit(simulated(bg, 500)))
    try copy(mbg)
    try copy(pareto)
    try copy(GammaGammaModel(p: 1, q: 2, v: 3))
    try copy(ParetoNBD(stepLimit: 7))
    try copy(ValueHorizon(periods: 12, length: 30, rate: 0.01))
    try copy(CustomerHistoryQuery(period: .week(), calibrationEnd: CalendarDay("2024-01-01")))
    func refuses<Value: Decodable>(_ type: Value.Type, _ text: String) {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(type, from: Data(text.utf8))
      }
    }
    refuses(BetaGeometricNBDModel.self, #"{"r":0,"alpha":1,"a":1,"b":1}"#)
    refuses(ModifiedBetaGeometricNBDModel.self, #"{"r":1,"alpha":-1,"a":1,"b":1}"#)
    refuses(ParetoNBDModel.self, #"{"r":1,"alpha":1,"s":0,"beta":1}"#)
    refuses(GammaGammaModel.self, #"{"p":1,"q":1,"v":0}"#)
    refuses(ValueHorizon.self, #"{"periods":-1,"length":1,"rate":0}"#)
  }

  @Test func `a model prints its parameters and how well they are known`() throws {
    #expect(bg.description == "BG/NBD, r 0.2430, alpha 4.4140, a 0.7930, b 2.4260")
    let fit = ModelFit(
      parameters: [ModelFit.Parameter(name: "r", estimate: 0.5, standardError: 0.05)],
      covariance: [[0.0025]], logLikelihood: -100, customers: 1_000, iterations: 9)
    #expect(
      fit.description == """
        parameter  estimate  standard error    from      to
        ─────────  ────────  ──────────────  ──────  ──────
        r            0.5000          0.0500  0.4110  0.6083
        log-likelihood -100.0000, AIC 202.00, BIC 206.91, 1,000 customers, 9 steps
        """)
  }
}
