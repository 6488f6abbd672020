/// An axis whose ticks are multiples of 1, 2, 2.5 or 5 times a power of ten.
///
/// Ticks are whole multiples of the step, so their labels are written from integers, exactly.
struct TickAxis: Sendable, Hashable {
  /// The ticks as multiples of the step, ascending; the first and the last are the axis's ends.
  var ticks: ClosedRange<Int>
  /// Ten times the step's first digits: 10, 20, 25 or 50.
  private var mantissa: Int
  /// The power of ten that goes with the digits.
  private var exponent: Int

  /// The axis with the smallest step of which at most `intervals` cover `low` to `high`.
  ///
  /// Limits too close to be told apart are widened.
  ///
  /// - Parameter intervals: fewer than 2 are taken as 2.
  init(_ low: Double, _ high: Double, intervals: Int, whole: Bool = false) {
    // Limits on both sides of zero need two.
    let intervals = max(2, intervals)
    var low = low
    var high = high
    let size = max(low.magnitude, high.magnitude)
    if size < Self.smallest {
      (low, high) = (0, 1)
    } else if high - low < size * 1e-9 {
      low -= size * 0.1
      high += size * 0.1
    }
    let rough = (high - low) / Double(intervals)
    var power = 0
    while Self.power(power + 1) <= rough { power += 1 }
    while Self.power(power) > rough { power -= 1 }
    if whole { power = max(power, 0) }
    // Within four powers there is a step longer than everything.
    for exponent in power...(power + 4) {
      for mantissa in [10, 20, 25, 50] where !(whole && exponent == 0 && mantissa == 25) {
        let step = Double(mantissa) * Self.power(exponent) / 10
        // Limits that are ticks but for a rounding need none beyond them.
        let first = (low / step + 1e-9).rounded(.down)
        let last = (high / step - 1e-9).rounded(.up)
        if last - first <= Double(intervals) {
          ticks = Int(first)...Int(max(last, first + 1))
          self.mantissa = mantissa
          self.exponent = exponent
          return
        }
      }
    }
    preconditionFailure("Some step of an axis is longer than all that it shows.")
  }

  /// The lowest tick's value.
  var low: Double { value(ticks.lowerBound) }
  /// The highest tick's value.
  var high: Double { value(ticks.upperBound) }

  /// The value of the tick that is `multiple` steps from zero.
  func value(_ multiple: Int) -> Double {
    let digits = Double(multiple * mantissa)
    return exponent >= 1
      ? digits * Self.power(exponent - 1) : digits / Self.power(1 - exponent)
  }

  /// How many decimals the ticks need when they are written in units of 10^`unitExponent`.
  func places(unitExponent: Int) -> Int {
    max(0, unitExponent - exponent + (mantissa == 25 ? 1 : 0))
  }

  /// The tick in units of 10^`unitExponent`, with the decimals that the step needs.
  func text(_ multiple: Int, unitExponent: Int) -> String {
    let places = places(unitExponent: unitExponent)
    // In units of the last decimal the tick is a whole number.
    let shift = exponent - 1 - unitExponent + places
    var digits = multiple * mantissa
    if shift < 0 { digits /= 10 }
    for _ in 0..<max(0, min(shift, 16)) where digits.magnitude < Self.longest { digits *= 10 }
    guard places <= 12, digits.magnitude < Self.longest else {
      let value = value(multiple)
      return PlotNumberFormat.scientific(unitExponent == -2 ? value * 100 : value)
    }
    guard places > 0 else { return PlotNumberFormat.grouped(digits) }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let fraction = String(digits.magnitude % UInt(scale))
    let zeros = String(repeating: "0", count: places - fraction.count)
    let whole = PlotNumberFormat.grouped(Int(digits.magnitude) / scale)
    return (digits < 0 ? "-" : "") + whole + "." + zeros + fraction
  }

  /// Numbers of as many digits are written with an exponent.
  private static let longest: UInt = 1_000_000_000_000_000

  /// Values this close to zero are drawn as zero.
  private static let smallest = 1e-290

  /// 10^`exponent`, exact up to 10²².
  static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent.magnitude { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }
}

/// A straight map from values to coordinates.
struct LinearScale {
  var low: Double
  var high: Double
  var start: Double
  var end: Double

  func position(_ value: Double) -> Double {
    start + (value - low) / (high - low) * (end - start)
  }
}

/// The number that can be drawn: finite and of a magnitude below 10²⁹⁰, `nil` for others.
func drawable(_ value: Double?) -> Double? {
  guard let value, value.magnitude < 1e290 else { return nil }
  return value
}
