/// The probability that a quantile is asked for, as the smaller one of the two tails.
struct QuantileTarget {
  /// The natural logarithm of the smaller tail.
  var log: Double
  /// Whether that tail is the upper one.
  var isUpper: Bool

  /// Asks for the value below which numbers lie with `probability`.
  init(lower probability: Double) {
    precondition(
      probability >= 0 && probability <= 1,
      "The probability of a quantile must lie between 0 and 1.")
    isUpper = probability > 0.5
    log = PortableMath.log(isUpper ? 1 - probability : probability)
  }

  /// Asks for the value below which numbers lie with a probability of a natural logarithm.
  init(logLower log: Double) {
    precondition(log <= 0, "The logarithm of a probability is not positive.")
    isUpper = log > -0.6931471805599453
    self.log = isUpper ? PortableMath.log(-PortableMath.expm1(log)) : log
  }

  /// The same for the other tail.
  var mirrored: QuantileTarget {
    var target = self
    target.isUpper.toggle()
    return target
  }

  /// The number of standard deviations above the mean at which a normal number would lie.
  var normal: Double {
    let z = NormalDistribution.quantile(logLower: log)
    return isUpper ? -z : z
  }

  /// Returns the smallest whole number from 0 to `limit` at which the lower tail reaches the target.
  ///
  /// A tail within 64 rounding errors of the target counts as equal to it.
  func firstCount(
    near guess: Double, limit: Double,
    lower: (Double) -> TailProbability, above: (Double) -> TailProbability
  ) -> Double {
    func isReached(_ count: Double) -> Bool {
      let slack = 64 * Double.ulpOfOne * max(1, abs(log))
      if log == -.infinity { return isUpper ? above(count).log == log : true }
      return isUpper ? above(count).log <= log + slack : lower(count).log >= log - slack
    }
    var step = 1.0
    var high = min(max(guess.rounded(), 0), limit)
    var low = -1.0
    if isReached(high) {
      while high > 0 {
        let next = max(0, high - step)
        if !isReached(next) {
          low = next
          break
        }
        high = next
        step *= 2
      }
    } else {
      low = high
      while true {
        if low >= limit { return limit }
        high = min(limit, low + step)
        if isReached(high) { break }
        low = high
        step *= 2
      }
    }
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded(.down)
      if isReached(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
