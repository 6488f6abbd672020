/// The probability of a tail and its natural logarithm, which says how small a vanishing one is.
///
///     NormalDistribution.upper(40)   // value 0.0, log −804.6084420137538
package struct TailProbability: Sendable, Hashable {
  /// The probability, from 0 to 1.
  package var value: Double
  /// Its natural logarithm, from −∞ to 0.
  package var log: Double

  /// The sure event.
  package static let one = TailProbability(value: 1, log: 0)

  /// Creates a probability from that of the opposite event.
  package init(complement opposite: Double) {
    value = max(0, 1 - opposite)
    log = PortableMath.log1p(-min(opposite, 1))
  }

  /// Creates a probability of which both forms are known.
  package init(value: Double, log: Double) {
    self.value = value
    self.log = log
  }

  /// Creates a probability from its natural logarithm.
  package init(log: Double) {
    self.init(value: PortableMath.exp(log), log: log)
  }

  /// Creates a probability from its value.
  package init(_ value: Double) {
    self.init(value: value, log: PortableMath.log(value))
  }

  /// The impossible event.
  package static let zero = TailProbability(value: 0, log: -.infinity)

  /// The probability of the opposite event.
  package var complement: TailProbability {
    // The logarithm knows more than a value that was rounded to 1.
    let value = self.value > 0.5 ? -PortableMath.expm1(log) : 1 - self.value
    return TailProbability(
      value: value,
      log: self.value > 0.5 ? PortableMath.log(value) : PortableMath.log1p(-self.value))
  }

  /// Twice the probability, at most 1: that of both tails of a symmetric distribution.
  package var doubled: TailProbability {
    value >= 0.5 ? .one : TailProbability(value: 2 * value, log: log + 0x1.62e42fefa39efp-1)
  }

  /// The probability of either of two events that exclude each other.
  package static func + (a: TailProbability, b: TailProbability) -> TailProbability {
    let (large, small) = a.log >= b.log ? (a, b) : (b, a)
    guard small.log > -.infinity else { return large }
    return TailProbability(
      value: min(1, a.value + b.value),
      log: min(0, large.log + PortableMath.log1p(PortableMath.exp(small.log - large.log))))
  }
}
