import StatisticsCore

/// Forecasts demand that is zero in most periods: spare parts, slow sellers.
///
/// ```swift
/// let demand = try TimeSeries([0, 2, 0, 0, 1, 0, 0, 0, 3, 0])
/// let model = try IntermittentDemand(.syntetosBoylan()).fit(demand)
/// model.demandPerPeriod                                  // one number for every period ahead
/// model.stock(periods: 4, probability: 0.95)             // enough in 95 of 100 cases
/// ```
///
/// The forecast is the same for all periods: a rate, not a guess of when. Intervals, and the stock that
/// suffices, come of simulated periods: in each there is demand with the probability that the model
/// expects, of a size drawn from those of the past, which are weighed as the model weighs them. They
/// are never negative.
///
/// Values are 0 or above. A series of zeros is expected to stay zero.
///
/// Sources: J. D. Croston, Operational Research Quarterly 23 (1972), 289–303; A. A. Syntetos and
/// J. E. Boylan, International Journal of Forecasting 21 (2005), 303–314; R. H. Teunter,
/// A. A. Syntetos and M. Z. Babai, European Journal of Operational Research 214 (2011), 606–615;
/// K. Nikolopoulos and others, Journal of the Operational Research Society 62 (2011), 544–554;
/// F. Petropoulos and N. Kourentzes, Journal of the Operational Research Society 66 (2015), 914–924;
/// T. R. Willemain and others, International Journal of Forecasting 20 (2004), 375–387.
public struct IntermittentDemand: ForecastLearner, Hashable, Codable {
  /// How the rate is found.
  public enum Rule: Sendable, Hashable, Codable {
    /// Croston: the smoothed size of demand by the smoothed interval between demands; a little high.
    case croston(smoothing: Double = 0.1)
    /// Croston with Syntetos' and Boylan's correction: times 1 − half the smoothing.
    case syntetosBoylan(smoothing: Double = 0.1)
    /// Teunter, Syntetos and Babai: the smoothed size by the smoothed probability of demand, which
    /// falls in every period without: for products that go out of use.
    case teunterSyntetosBabai(size: Double = 0.2, probability: Double = 0.2)
    /// ADIDA: simple smoothing of sums over blocks as long as the mean interval between demands.
    case aggregated
    /// IMAPA: the mean of the same for all blocks up to that length.
    case multipleAggregation
  }

  /// How the rate is found.
  public var rule: Rule
  /// Decides on the simulated periods.
  public var seed: UInt64

  /// Makes a method.
  public init(_ rule: Rule = .syntetosBoylan(), seed: UInt64 = 0) {
    self.rule = rule
    self.seed = seed
  }

  /// Fits the method.
  ///
  /// - Throws: ``LearningError`` when a value is negative, or a smoothing not above 0 and at most 1.
  /// - Complexity: O(*n* *k*), where *n* is the number of values and *k* the mean interval between
  ///   demands, and 1 for the first three rules.
  public func fit(_ series: TimeSeries) throws(LearningError) -> IntermittentDemandModel {
    if let position = series.values.firstIndex(where: { $0 < 0 }) {
      throw LearningError(
        .parameterOutOfRange,
        "The value at position \(position) of the series is negative, and demand is not. Count "
          + "returns apart from demand.")
    }
    for smoothing in smoothings where !(smoothing > 0 && smoothing <= 1) {
      throw LearningError(
        .parameterOutOfRange,
        "A smoothing is a share above 0 and at most 1. Change that of IntermittentDemand.")
    }
    let path = DemandPath(series.values)
    let result = path.fit(rule)
    return IntermittentDemandModel(
      learner: self, series: series, demandPerPeriod: result.rate,
      probability: result.probability, expected: result.expected)
  }

  private var smoothings: [Double] {
    switch rule {
    case .croston(let smoothing), .syntetosBoylan(let smoothing): [smoothing]
    case .teunterSyntetosBabai(let size, let probability): [size, probability]
    case .aggregated, .multipleAggregation: []
    }
  }
}

extension IntermittentDemand: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    switch rule {
    case .croston(let smoothing): "Croston's method, smoothing \(smoothing)"
    case .syntetosBoylan(let smoothing): "Syntetos–Boylan, smoothing \(smoothing)"
    case .teunterSyntetosBabai(let size, let probability):
      "Teunter–Syntetos–Babai, smoothing \(size) and \(probability)"
    case .aggregated: "ADIDA"
    case .multipleAggregation: "IMAPA"
    }
  }
}

/// The rates that the rules find, period by period.
private struct DemandPath {
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  func fit(
    _ rule: IntermittentDemand.Rule
  ) -> (rate: Double, probability: Double, expected: [Double?]) {
    guard values.contains(where: { $0 > 0 }) else { return (0, 0, values.map { _ in 0 }) }
    switch rule {
    case .croston(let smoothing): return croston(smoothing, factor: 1)
    case .syntetosBoylan(let smoothing): return croston(smoothing, factor: 1 - smoothing / 2)
    case .teunterSyntetosBabai(let size, let probability): return teunter(size, probability)
    case .aggregated:
      return (
        aggregated(values.count, level(values.count)), share, history { aggregated($0, level($0)) }
      )
    case .multipleAggregation: return (multiple(values.count), share, history(multiple))
    }
  }

  private func croston(
    _ smoothing: Double, factor: Double
  ) -> (rate: Double, probability: Double, expected: [Double?]) {
    var state: (size: Double, interval: Double)?
    var expected: [Double?] = []
    var gap = 0.0
    for value in values {
      expected.append(state.map { factor * $0.size / $0.interval })
      gap += 1
      if value > 0 {
        if let old = state {
          state = (
            old.size + smoothing * (value - old.size),
            old.interval + smoothing * (gap - old.interval)
          )
        } else {
          state = (value, gap)
        }
        gap = 0
      }
    }
    let (size, interval) = state!
    return (factor * size / interval, min(1, 1 / interval), expected)
  }

  private func teunter(
    _ sizeSmoothing: Double, _ smoothing: Double
  ) -> (rate: Double, probability: Double, expected: [Double?]) {
    var size: Double?
    var probability: Double?
    var expected: [Double?] = []
    for value in values {
      expected.append(size.flatMap { size in probability.map { $0 * size } })
      let isDemand = value > 0 ? 1.0 : 0
      probability = probability.map { $0 + smoothing * (isDemand - $0) } ?? isDemand
      if value > 0 { size = size.map { $0 + sizeSmoothing * (value - $0) } ?? value }
    }
    return (probability! * size!, probability!, expected)
  }

  /// The share of periods with demand.
  private var share: Double { Double(values.count { $0 > 0 }) / Double(values.count) }

  private func history(_ rate: (Int) -> Double) -> [Double?] {
    let first = values.firstIndex { $0 > 0 }!
    return values.indices.map { $0 > first ? rate($0) : nil }
  }

  /// The mean interval between demands, as a whole number; halves go to the even one.
  private func level(_ count: Int) -> Int {
    var (last, demands) = (0, 0)
    for index in 0..<count where values[index] > 0 {
      last = index + 1
      demands += 1
    }
    return max(1, Int((Double(last) / Double(max(1, demands))).rounded(.toNearestOrEven)))
  }

  private func aggregated(_ count: Int, _ level: Int) -> Double {
    var sums: [Double] = []
    // Blocks end with the last value; what does not fill the first block is left out.
    for start in stride(from: count % level, to: count, by: level) {
      sums.append(values[start..<(start + level)].reduce(0, +))
    }
    return Self.smoothed(sums) / Double(level)
  }

  private func multiple(_ count: Int) -> Double {
    let level = level(count)
    return (1...level).reduce(0) { $0 + aggregated(count, $1) } / Double(level)
  }

  /// The forecast of simple smoothing from the first value, whose weight from 0.1 to 0.3 has the
  /// least sum of squares, by golden sections.
  private static func smoothed(_ values: [Double]) -> Double {
    func follow(_ weight: Double) -> (level: Double, sum: Double) {
      var (level, sum) = (values[0], 0.0)
      for value in values.dropFirst() {
        sum += (value - level) * (value - level)
        level += weight * (value - level)
      }
      return (level, sum)
    }
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (0.1, 0.3)
    var (inner, outer) = (high - ratio * (high - low), low + ratio * (high - low))
    var (innerSum, outerSum) = (follow(inner).sum, follow(outer).sum)
    while high - low > 1e-7 {
      if innerSum < outerSum {
        (high, outer, outerSum) = (outer, inner, innerSum)
        inner = high - ratio * (high - low)
        innerSum = follow(inner).sum
      } else {
        (low, inner, innerSum) = (inner, outer, outerSum)
        outer = low + ratio * (high - low)
        outerSum = follow(outer).sum
      }
    }
    return follow((low + high) / 2).level
  }
}

/// A method for intermittent demand that has been fitted to a series.
public struct IntermittentDemandModel: ForecastModel {
  /// The method that it comes from.
  public let learner: IntermittentDemand
  /// The series that it was fitted to.
  public let series: TimeSeries
  /// The demand that is expected in every period.
  public let demandPerPeriod: Double
  /// The probability that there is any demand in a period.
  public let probability: Double
  /// For each value what was expected; `nil` up to the first demand.
  public let fitted: [Double?]
  /// The model card's title, metrics and remarks.
  public var notes = ModelNotes()

  init(
    learner: IntermittentDemand, series: TimeSeries, demandPerPeriod: Double, probability: Double,
    expected: [Double?]
  ) {
    self.learner = learner
    self.series = series
    self.demandPerPeriod = demandPerPeriod
    self.probability = probability
    fitted = expected
  }

  /// Tells the demand of periods to come, the same for all, with simulated intervals.
  public func forecast(_ horizon: Int, levels: [Double]) -> Forecast {
    Forecast.check(horizon)
    // All periods have the same distribution, so that one of them stands for all.
    let one = simulate(1)
    return Forecast(
      "\(learner)", series, mean: Array(repeating: demandPerPeriod, count: horizon),
      simulated: Array(repeating: one, count: horizon), levels: levels)
  }

  /// The stock that suffices for the demand of some periods together.
  ///
  /// - Parameters:
  ///   - periods: How many periods until new stock arrives, at least 1.
  ///   - probability: How often it should suffice, from 0 to 1.
  public func stock(periods: Int, probability: Double) -> Double {
    Forecast.check(periods)
    return Quantiles.quantile(
      probability, ofSorted: simulate(periods).sorted(), type: .inverseDistribution)!
  }

  private func simulate(_ periods: Int) -> [Double] {
    let sizes = series.values.filter { $0 > 0 }
    guard !sizes.isEmpty, probability > 0 else { return [0] }
    // Sizes of the past, moved by a factor so that their mean is the one that the model expects.
    let mean = ExactSum(sizes).rounded(dividedBy: sizes.count)
    let factor = demandPerPeriod / (probability * mean)
    return (0..<5_000).map { future in
      var generator = SeededGenerator(seed: learner.seed, path: "demand", UInt64(future))
      var sum = 0.0
      for _ in 0..<periods where generator.bernoulli(probability) {
        sum += factor * generator.choose(from: sizes)
      }
      return sum
    }
  }
}
