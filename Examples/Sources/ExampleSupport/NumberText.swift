import Plots

/// Numbers as people read them, the same in every locale and in figures.
public enum NumberText {
  /// A whole number with a comma before every third digit.
  public static func grouped(_ value: Int) -> String { PlotNumberFormat.count.text(Double(value)) }

  /// A number with `places` decimals, halves away from zero, and grouped digits.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    PlotNumberFormat.decimal(places).text(value)
  }

  /// A share as a percentage, an em dash for none.
  public static func percent(_ value: Double?, _ places: Int = 1) -> String {
    PlotNumberFormat.percent(places).text(value ?? .nan)
  }
}
