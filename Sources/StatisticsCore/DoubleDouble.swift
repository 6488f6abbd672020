/// An unevaluated sum of two doubles with about 32 significant digits.
///
/// Sums and products after Dekker, *Numerische Mathematik* 18 (1971), 224–242, without fused
/// multiply-add, so that every machine gives the same bits. Relative errors are a few times 2⁻¹⁰⁴.
struct DoubleDouble: Sendable, Hashable {
  /// The nearest double.
  var high: Double
  /// What the nearest double lacks.
  var low: Double

  /// Creates the sum of two doubles of which the second is at most about the last place of the first.
  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// Creates the sum of any two doubles.
  static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let (sum, error) = PortableMath.twoSum(a, b)
    return DoubleDouble(sum, error)
  }

  /// Creates the product of two doubles.
  static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let (product, error) = PortableMath.twoProduct(a, b)
    return DoubleDouble(product, error)
  }

  /// Creates the sum of two doubles, the first of which is the larger one (or both are zero).
  private static func ordered(_ a: Double, _ b: Double) -> DoubleDouble {
    let sum = a + b
    return DoubleDouble(sum, (a - sum) + b)
  }

  static prefix func - (x: DoubleDouble) -> DoubleDouble { DoubleDouble(-x.high, -x.low) }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let (high, error) = PortableMath.twoSum(a.high, b.high)
    let (low, lowError) = PortableMath.twoSum(a.low, b.low)
    let first = ordered(high, error + low)
    return ordered(first.high, first.low + lowError)
  }

  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let (product, error) = PortableMath.twoProduct(a.high, b.high)
    return ordered(product, error + (a.high * b.low + a.low * b.high))
  }

  static func * (a: DoubleDouble, b: Double) -> DoubleDouble {
    let (product, error) = PortableMath.twoProduct(a.high, b)
    return ordered(product, error + a.low * b)
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let quotient = a.high / b.high
    let (product, error) = PortableMath.twoProduct(quotient, b.high)
    let rest = ((a.high - product) - error) + (a.low - quotient * b.low)
    return ordered(quotient, rest / b.high)
  }

  /// The natural logarithm of a positive number, good to about 2⁻⁶⁴.
  var log: DoubleDouble {
    let (logarithm, rest) = PortableMath.preciseLog(high)
    return DoubleDouble(logarithm, rest + low / high)
  }
}
