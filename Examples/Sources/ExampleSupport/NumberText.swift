/// Numbers as people read them, the same in every locale.
public enum NumberText {
  /// A whole number with a comma before every third digit.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A number with `places` decimals, halves away from zero, and grouped digits.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    // The scaled number may be beyond Int, so whole and fraction are taken apart first.
    var whole = Int(value.magnitude)
    var fraction = Int(((value.magnitude - Double(whole)) * Double(scale)).rounded())
    if fraction == scale {
      whole += 1
      fraction = 0
    }
    let sign = value < 0 && (whole > 0 || fraction > 0) ? "-" : ""
    guard places > 0 else { return sign + grouped(whole) }
    let digits = String(fraction)
    return sign + grouped(whole) + "."
      + String(repeating: "0", count: places - digits.count) + digits
  }

  /// A share as a percentage, an em dash for none.
  public static func percent(_ value: Double?, _ places: Int = 1) -> String {
    value.map { fixed($0 * 100, places) + "%" } ?? "—"
  }

  /// A number in at most four characters or so, for axes.
  public static func short(_ value: Double) -> String {
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
    for (size, letter) in units where value.magnitude >= size {
      return trimmed(value / size) + letter
    }
    return trimmed(value)
  }

  private static func trimmed(_ value: Double) -> String {
    var text = fixed(value, 2)
    while text.contains("."), let last = text.last, last == "0" || last == "." {
      text.removeLast()
      if last == "." { break }
    }
    return text
  }
}
