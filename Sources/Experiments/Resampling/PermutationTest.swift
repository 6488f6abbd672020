import GA4Model
import RealModule
import StatisticsCore

/// Whether two samples differ, by dealing their units out anew: exact for any distribution.
///
/// ```swift
/// let test = PermutationTest(control: [1, 2, 3], treatment: [4, 5, 6])
/// test.pValue                           // 0.1: 2 of the 20 ways to deal differ as much
/// test.isExact                          // true
/// ```
///
/// If the treatment changes nothing, any dealing of the units was as likely as the one that happened.
/// Where there are at most ``limit`` of them all are tried; else so many are drawn, and the observed
/// one counts as one of them, so that the p-value is never 0 and the test keeps its level exactly. The
/// statistic is the difference of the means.
///
/// Source: E. J. G. Pitman, *Significance Tests Which May Be Applied to Samples from Any Populations*,
/// Supplement to the Journal of the Royal Statistical Society 4 (1937), 119–130; B. Phipson and
/// G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), article 39.
public struct PermutationTest: SignificanceTest {
  /// Treatment minus control.
  public let statistic: Double
  public let alternative: Alternative
  /// How many dealings are tried or drawn at most.
  public let limit: Int
  /// Whether all dealings were tried.
  public let isExact: Bool
  public let pValue: Double
  public var logP: Double { .log(pValue) }

  /// Tests.
  ///
  /// - Parameters:
  ///   - control: Finite values; without any the p-value is 1.
  ///   - treatment: Finite values; without any the p-value is 1.
  ///   - alternative: Which differences count.
  ///   - limit: How many dealings are tried or drawn at most; 1 or more.
  ///   - seed: Decides on the dealings that are drawn.
  /// - Complexity: O(*l n*) for *l* dealings of *n* units.
  public init(
    control: [Double], treatment: [Double], alternative: Alternative = .twoSided,
    limit: Int = 10_000, seed: UInt64 = 0
  ) {
    precondition(limit >= 1, "A permutation test needs at least one dealing.")
    let deal = Deal(control, treatment, alternative, seed)
    let ways = deal.ways(atMost: limit)
    self.init(deal, limit, ways, hits: ways == nil ? deal.hits(0..<limit) : deal.exactHits())
  }

  /// Tests with `workers` tasks; the same bits.
  public init(
    control: [Double], treatment: [Double], alternative: Alternative = .twoSided,
    limit: Int = 10_000, seed: UInt64 = 0, workers: Int
  ) async {
    precondition(limit >= 1, "A permutation test needs at least one dealing.")
    let deal = Deal(control, treatment, alternative, seed)
    if let ways = deal.ways(atMost: limit) {
      self.init(deal, limit, ways, hits: deal.exactHits())
      return
    }
    let parts = await concurrentMap(
      splitRanges(count: limit, into: 8 * workers), workers: workers
    ) { deal.hits($0) }
    self.init(deal, limit, nil, hits: parts.reduce(0, +))
  }

  private init(_ deal: Deal, _ limit: Int, _ ways: Int?, hits: Int) {
    statistic = deal.observed
    alternative = deal.alternative
    self.limit = limit
    isExact = ways != nil
    pValue = ways.map { Double(hits) / Double($0) } ?? Double(hits + 1) / Double(limit + 1)
  }

  public var method: String { isExact ? "exact permutation test" : "permutation test" }

  public var description: String {
    "\(method), \(alternative): difference \(NumberFormat.fixed(statistic, 4)),"
      + " p = \(ProbabilityText.short(pValue))"
  }
}

/// The dealing of units to two samples.
private struct Deal: Sendable {
  let values: [Double]
  let size: Int
  let observed: Double
  let alternative: Alternative
  private let seed: UInt64
  // Differences that are equal but for rounding are equal.
  private let slack: Double
  private let total: Double

  init(_ control: [Double], _ treatment: [Double], _ alternative: Alternative, _ seed: UInt64) {
    values = treatment + control
    precondition(values.allSatisfy(\.isFinite), "A permutation test needs finite values.")
    size = treatment.count
    self.alternative = alternative
    self.seed = seed
    total = ExactSum(values).rounded
    slack = 1e-12 * (values.map { abs($0) }.max() ?? 0)
    let own = Moments(treatment).mean ?? 0
    observed = control.isEmpty || treatment.isEmpty ? 0 : own - (Moments(control).mean ?? 0)
  }

  /// How many dealings there are, `nil` if more than `limit`.
  func ways(atMost limit: Int) -> Int? {
    var count = 1
    for index in 0..<min(size, values.count - size) {
      let (product, overflow) = count.multipliedReportingOverflow(by: values.count - index)
      if overflow { return nil }
      count = product / (index + 1)
      if count > limit { return nil }
    }
    return count
  }

  private func isHit(_ sum: Double) -> Bool {
    let rest = values.count - size
    guard size > 0, rest > 0 else { return true }
    let difference = sum / Double(size) - (total - sum) / Double(rest)
    return switch alternative {
    case .twoSided: abs(difference) >= abs(observed) - slack
    case .greater: difference >= observed - slack
    case .less: difference <= observed + slack
    }
  }

  /// How many of all dealings differ as much.
  func exactHits() -> Int {
    var hits = 0
    var chosen = Array(0..<size)
    while true {
      if isHit(chosen.reduce(0) { $0 + values[$1] }) { hits += 1 }
      // The next choice of places, in the order of a dictionary.
      var place = size - 1
      while place >= 0, chosen[place] == values.count - size + place { place -= 1 }
      if place < 0 { return hits }
      chosen[place] += 1
      for next in chosen.indices where next > place { chosen[next] = chosen[next - 1] + 1 }
    }
  }

  /// How many of the dealings of some rounds differ as much.
  func hits(_ rounds: Range<Int>) -> Int {
    // The smaller sample is drawn, and its sum gives the other's.
    let less = min(size, values.count - size)
    var order = Array(values.indices)
    var swaps: [(Int, Int)] = []
    var hits = 0
    for round in rounds {
      var generator = SeededGenerator(seed: seed, path: "permutation", UInt64(round))
      var sum = 0.0
      swaps.removeAll(keepingCapacity: true)
      for index in 0..<less {
        let other = index + generator.integer(below: order.count - index)
        order.swapAt(index, other)
        swaps.append((index, other))
        sum += values[order[index]]
      }
      // Back to the first order, in which no round before may have a say.
      for (index, other) in swaps.reversed() { order.swapAt(index, other) }
      if isHit(less == size ? sum : total - sum) { hits += 1 }
    }
    return hits
  }
}
