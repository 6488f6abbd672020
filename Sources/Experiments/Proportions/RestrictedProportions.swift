import StatisticsCore

/// The two rates that fit best among those with a given difference, ratio or odds ratio.
///
/// Source: O. Miettinen and M. Nurminen, *Comparative analysis of two rates*, Statistics in Medicine
/// 4 (1985), 213–226.
struct RestrictedProportions {
  /// The best rates.
  let first: Double
  let second: Double
  private let trials: (Double, Double)

  /// Fits rates with first − second = `difference`, between −1 and 1.
  init(_ first: Proportion, _ second: Proportion, difference: Double) {
    let (x, n) = (Double(first.successes), Double(first.trials))
    let (y, m) = (Double(second.successes), Double(second.trials))
    let low = max(0, -difference)
    let high = min(1, 1 - difference)
    // The derivative of the likelihood by the second rate falls all the way, from ∞ unless no
    // success is at stake at the low end, and to −∞ unless no failure is at the high one.
    func slope(_ rate: Double) -> Double {
      func part(_ count: Double, _ place: Double) -> Double { count == 0 ? 0 : count / place }
      return part(y, rate) - part(m - y, 1 - rate) + part(x, rate + difference)
        - part(n - x, 1 - rate - difference)
    }
    let risesAtLow = difference >= 0 && y > 0 || difference <= 0 && x > 0
    let fallsAtHigh = difference >= 0 && n - x > 0 || difference <= 0 && m - y > 0
    let rate: Double
    if !risesAtLow, slope(low) <= 0 {
      rate = low
    } else if !fallsAtHigh, slope(high) >= 0 {
      rate = high
    } else {
      // Multiplied by the places of all counts above zero the slope has no poles.
      rate = RootFinder.root(in: low...high) {
        let a = y == 0 ? 1 : $0
        let b = m == y ? 1 : 1 - $0
        let c = x == 0 ? 1 : $0 + difference
        let d = n == x ? 1 : 1 - $0 - difference
        let above = y * b * c * d + x * a * b * d
        return above - ((m - y) * a * c * d + (n - x) * a * b * c)
      }
    }
    self.second = rate
    self.first = min(1, max(0, rate + difference))
    trials = (n, m)
  }

  /// Fits rates with first / second = `ratio` > 0.
  init(_ first: Proportion, _ second: Proportion, ratio: Double) {
    let (x, n) = (Double(first.successes), Double(first.trials))
    let (y, m) = (Double(second.successes), Double(second.trials))
    let a = (n + m) * ratio
    let b = -(n * ratio + x + m + y * ratio)
    let c = x + y
    // The smaller root, in the form that does not cancel.
    let root = max(0, b * b - 4 * a * c).squareRoot()
    let rate = min(1, 2 * c / (-b + root))
    self.second = rate
    self.first = min(1, rate * ratio)
    trials = (n, m)
  }

  /// Fits rates with an odds ratio `odds` > 0 of the first by the second.
  init(_ first: Proportion, _ second: Proportion, oddsRatio odds: Double) {
    let (n, m) = (Double(first.trials), Double(second.trials))
    let successes = Double(first.successes) + Double(second.successes)
    let a = m * (odds - 1)
    let b = n * odds + m - successes * (odds - 1)
    let root = (b * b + 4 * a * successes).squareRoot()
    let rate = b >= 0 ? 2 * successes / (b + root) : (root - b) / (2 * a)
    self.second = min(1, max(0, rate))
    self.first = min(1, odds * rate / (1 + rate * (odds - 1)))
    trials = (n, m)
  }

  /// The variance of the difference of two observed rates, with the correction N / (N − 1).
  var variance: Double { weightedVariance(1) }

  /// The variance of the first observed rate minus `weight` times the second.
  func weightedVariance(_ weight: Double) -> Double {
    let total = trials.0 + trials.1
    return (first * (1 - first) / trials.0 + weight * weight * second * (1 - second) / trials.1)
      * (total / (total - 1))
  }

  /// The information on the logarithm of the odds ratio, without the correction N / (N − 1).
  var oddsInformation: Double {
    let above = trials.0 * first * (1 - first)
    let below = trials.1 * second * (1 - second)
    return above * below / (above + below)
  }
}
