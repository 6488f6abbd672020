import StatisticsCore

/// Boschloo's exact test of two rates, which is never less powerful than Fisher's one-sided test.
///
/// Only the numbers of trials are given, not that of all successes. Tables are ordered by Fisher's
/// one-sided probability, and the probability of those at least as extreme as the observed one is
/// maximised over the common rate. The two-sided probability is twice the smaller one-sided one, at
/// most 1. If an arm has no trials p is 1.
///
/// Source: R. D. Boschloo, *Raised conditional level of significance for the 2×2-table when testing
/// the equality of two probabilities*, Statistica Neerlandica 24 (1970), 1–9.
public struct BoschlooTest: SignificanceTest {
  /// The first arm.
  public let first: Proportion
  /// The second arm.
  public let second: Proportion
  public let alternative: Alternative
  /// Fisher's one-sided probability of the observed table, the smaller one for a two-sided question.
  public let statistic: Double
  /// The common rate at which the probability is largest.
  public let worstRate: Double
  private let probability: TailProbability

  /// Tests whether the first arm's rate is the second's.
  /// - Complexity: O(*n* √*v* + *gn*), where *n* is the number of trials, *v* the variance of the
  ///   first arm's successes and *g* some hundred rates; meant for up to some thousand trials.
  public init(
    _ first: Proportion, _ second: Proportion, alternative: Alternative = .twoSided
  ) {
    (self.first, self.second, self.alternative) = (first, second, alternative)
    guard first.trials > 0, second.trials > 0 else {
      (statistic, worstRate, probability) = (1, 0.5, .one)
      return
    }
    var sides: [Side] = []
    if alternative != .greater { sides.append(Side(first, second)) }
    // A greater first rate is a smaller second one.
    if alternative != .less { sides.append(Side(second, first)) }
    let best = sides.min { $0.probability < $1.probability }!
    statistic = best.statistic
    worstRate = best.rate
    let tail = TailProbability(min(1, best.probability))
    probability = alternative == .twoSided ? tail.doubled : tail
  }

  public var method: String { "Boschloo's exact test" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// One direction: small first rates are extreme.
  private struct Side {
    var statistic: Double
    var rate = 0.5
    var probability = 0.0

    init(_ first: Proportion, _ second: Proportion) {
      func fisher(_ x: Int, _ y: Int) -> Double {
        FisherTest(x, first.trials - x, y, second.trials - y).less.log
      }
      let observed = fisher(first.successes, second.successes)
      statistic = PortableMath.exp(observed)
      // For each first count, the second counts from a place on are extreme; the place rises.
      var places: [Int] = []
      var place = 0
      for x in 0...first.trials {
        while place <= second.trials, fisher(x, place) > observed + 1e-7 { place += 1 }
        places.append(place)
      }
      func probability(_ rate: Double) -> Double {
        let one = BinomialDistribution(trials: first.trials, probability: rate)
        let other = BinomialDistribution(trials: second.trials, probability: rate)
        var tails = Array(repeating: 0.0, count: second.trials + 2)
        for y in (0...second.trials).reversed() { tails[y] = tails[y + 1] + other.mass(y).value }
        var sum = 0.0
        for (x, place) in places.enumerated() where place <= second.trials {
          sum += one.mass(x).value * tails[place]
        }
        return sum
      }
      // Close together at both ends, where the peaks are narrow; then the best ones refined.
      let steps = 128
      let rates = (0...steps).map { step in
        let angle = Double(step) / Double(steps)
        return angle * angle * (3 - 2 * angle)
      }
      let values = rates.map(probability)
      for index in 1..<steps
      where values[index] >= values[index - 1] && values[index] >= values[index + 1] {
        var (low, high) = (rates[index - 1], rates[index + 1])
        // A peak is flat: a width of 1e-8 of it tells its height to 1e-16.
        while high - low > 1e-8 {
          let (a, b) = (low + 0.382 * (high - low), low + 0.618 * (high - low))
          if probability(a) < probability(b) { low = a } else { high = b }
        }
        let rate = (low + high) / 2
        let value = probability(rate)
        if value > self.probability { (self.rate, self.probability) = (rate, value) }
      }
      for (rate, value) in zip(rates, values) where value > self.probability {
        (self.rate, self.probability) = (rate, value)
      }
    }
  }
}
