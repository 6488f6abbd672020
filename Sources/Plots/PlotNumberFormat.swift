/// How the values of a figure are written.
///
/// ```swift
/// PlotNumberFormat.count.text(1_234)                 // 1,234
/// PlotNumberFormat.percent().text(0.1234)            // 12.3%
/// PlotNumberFormat.decimal(2, unit: "USD").text(5)   // 5.00 USD
/// ```
///
/// Halves are rounded away from zero. Numbers of 10¹⁵ and more are written with three digits and an
/// exponent: 1.23e18.
public struct PlotNumberFormat: Sendable, Hashable {
  private enum Kind: Hashable {
    case count
    case decimal(Int)
    case percent(Int)

    var isPercent: Bool {
      if case .percent = self { true } else { false }
    }
  }

  private var kind: Kind

  /// Whether values are written as percentages.
  var isPercent: Bool { kind.isPercent }
  private var unit = ""

  /// Whole numbers, thousands grouped by commas; up to two decimals where a value is not whole.
  public static let count = PlotNumberFormat(kind: .count)

  /// A fixed number of decimals, thousands grouped by commas.
  ///
  /// - Parameters:
  ///   - places: decimals, 0 to 9.
  ///   - unit: what is written behind the number, such as a currency.
  public static func decimal(_ places: Int = 2, unit: String = "") -> PlotNumberFormat {
    checkPlaces(places)
    return PlotNumberFormat(kind: .decimal(places), unit: unit)
  }

  /// A share as a percentage: 0.5 is 50%.
  ///
  /// - Parameter places: decimals, 0 to 9.
  public static func percent(_ places: Int = 1) -> PlotNumberFormat {
    checkPlaces(places)
    return PlotNumberFormat(kind: .percent(places))
  }

  private static func checkPlaces(_ places: Int) {
    precondition((0...9).contains(places), "A number can be written with 0 to 9 decimals.")
  }

  /// `value` in this format, an em dash if it is not finite.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return Self.missing }
    let suffix = unit.isEmpty ? "" : " " + unit
    switch kind {
    case .count:
      if value == value.rounded() { return Self.fixed(value, 0) + suffix }
      return Self.trimmed(Self.fixed(value, 2)) + suffix
    case .decimal(let places): return Self.fixed(value, places) + suffix
    case .percent(let places):
      let percent = value * 100
      return percent.isFinite ? Self.fixed(percent, places) + "%" : Self.missing
    }
  }

  /// What stands for a value that is not there.
  static let missing = "—"

  func text(_ value: Double?) -> String { value.map { text($0) } ?? Self.missing }

  /// Whether values are written without decimals, so that ticks between them would mislead.
  func isWhole(_ values: [Double]) -> Bool {
    switch kind {
    case .count: values.allSatisfy { $0 == $0.rounded() }
    case .decimal, .percent: false
    }
  }

  /// The labels of the ticks of `axis`: all with as many decimals as its step needs.
  func labels(_ axis: TickAxis) -> [String] {
    if kind.isPercent { return axis.ticks.map { axis.text($0, unitExponent: -2) + "%" } }
    let largest = axis.ticks.reduce(0) { max($0, axis.value($1).magnitude) }
    for (exponent, letter) in [(12, "T"), (9, "B"), (6, "M")]
    where largest >= TickAxis.power(exponent) && largest < 1e15 {
      // 0.25M reads well, 1.00005M does not.
      guard axis.places(unitExponent: exponent) <= 2 else { break }
      return axis.ticks.map { $0 == 0 ? "0" : axis.text($0, unitExponent: exponent) + letter }
    }
    return axis.ticks.map { axis.text($0, unitExponent: 0) }
  }

  /// A whole number with a comma before every third digit.
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A finite number with `places` decimals.
  static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.magnitude < 1e15 else { return scientific(value) }
    // The scaled number may be beyond Int, so whole and fraction are taken apart first.
    var whole = Int(value.magnitude)
    let scale = TickAxis.power(places)
    var fraction = Int(((value.magnitude - Double(whole)) * scale).rounded())
    if fraction == Int(scale) {
      whole += 1
      fraction = 0
    }
    let sign = value < 0 && (whole > 0 || fraction > 0) ? "-" : ""
    guard places > 0 else { return sign + grouped(whole) }
    let digits = String(fraction)
    let zeros = String(repeating: "0", count: places - digits.count)
    return sign + grouped(whole) + "." + zeros + digits
  }

  /// A number with three digits and an exponent.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    var exponent = 0
    var digits = value.magnitude
    while digits >= 10 {
      digits /= 10
      exponent += 1
    }
    while digits < 1 {
      digits *= 10
      exponent -= 1
    }
    var rounded = Int((digits * 100).rounded())
    if rounded == 1_000 {
      rounded = 100
      exponent += 1
    }
    let text = trimmed("\(rounded / 100)." + (rounded % 100 < 10 ? "0" : "") + "\(rounded % 100)")
    return (value < 0 ? "-" : "") + text + "e\(exponent)"
  }

  /// A number with a point, without the zeros at its end.
  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
