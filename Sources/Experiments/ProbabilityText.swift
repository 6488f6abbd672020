import GA4Model
import RealModule

/// Probabilities as people read them.
enum ProbabilityText {
  /// Four decimals down to 0.001, then two digits and a power of ten.
  static func short(_ value: Double) -> String { short(value, log: .log(value)) }

  /// The same for a probability that may be too small for a double.
  static func short(_ value: Double, log: Double) -> String {
    if value >= 0.001 { return NumberFormat.fixed(value, 4) }
    if log == -.infinity { return "0" }
    var exponent = (log / Double.log(10)).rounded(.down)
    var digits = (Double.exp(log - exponent * .log(10)) * 10).rounded() / 10
    if digits >= 10 { (digits, exponent) = (1, exponent + 1) }
    return NumberFormat.fixed(digits, 1) + "e\(Int(exponent))"
  }
}
