import StatisticsCore

/// A coefficient with its standard error, test and interval.
///
/// ```swift
/// let visits = model.estimates![1]
/// visits.value                  // 0.4
/// visits.pValue                 // 0.003: of the hypothesis that it is 0
/// visits.interval(level: 0.95)  // 0.14...0.66
/// visits.ratio                  // 1.49: the odds with one visit more ÷ the odds without
/// ```
///
/// The test is Wald's: the value divided by its standard error, against the normal distribution, or
/// Student's where the variance was estimated too.
///
/// - A standard error of 0, which comes of data without noise, makes every other value than 0
///   certain: the statistic is infinite and the p-value 0.
public struct CoefficientEstimate: Sendable, Hashable, Codable {
  /// What the intercept is called.
  public static let interceptName = "(intercept)"

  /// The name of the column, or ``interceptName``.
  public let name: String
  /// The coefficient.
  public let value: Double
  /// Its standard error.
  public let standardError: Double
  /// The degrees of freedom of Student's distribution; `nil` for the normal one.
  public let degreesOfFreedom: Double?

  init(name: String, value: Double, standardError: Double, degreesOfFreedom: Double?) {
    self.name = name
    self.value = value
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The value divided by its standard error.
  public var statistic: Double {
    if standardError == 0 { return value == 0 ? 0 : value > 0 ? .infinity : -.infinity }
    return value / standardError
  }

  /// The probability of a statistic at least as far from 0 if the coefficient were 0.
  public var pValue: Double { tail.value }

  /// The natural logarithm of the p-value, which tells tiny ones apart.
  public var logPValue: Double { tail.log }

  private var tail: TailProbability {
    let statistic = statistic
    if statistic.isInfinite { return .zero }
    guard let degreesOfFreedom else { return NormalDistribution.twoSided(statistic) }
    return StudentDistribution(degreesOfFreedom: degreesOfFreedom).twoSided(statistic)
  }

  /// The interval that covers the true coefficient with a probability of `level`, between 0 and 1.
  public func interval(level: Double = 0.95) -> ClosedRange<Double> {
    precondition(level > 0 && level < 1, "The level of an interval lies between 0 and 1.")
    let tail = (1 - level) / 2
    let quantile =
      if let degreesOfFreedom {
        StudentDistribution(degreesOfFreedom: degreesOfFreedom).upperQuantile(tail)
      } else {
        -NormalDistribution.quantile(tail)
      }
    let reach = quantile * standardError
    return (value - reach)...(value + reach)
  }

  /// *e* to the power of the coefficient: the odds ratio of a logistic, the rate ratio of a Poisson
  /// regression, for one unit more of the column.
  public var ratio: Double { PortableMath.exp(value) }

  /// The interval of the ratio.
  public func ratioInterval(level: Double = 0.95) -> ClosedRange<Double> {
    let interval = interval(level: level)
    return PortableMath.exp(interval.lowerBound)...PortableMath.exp(interval.upperBound)
  }
}

extension CoefficientEstimate: CustomStringConvertible {
  /// The name, the value, and what is known of it.
  public var description: String {
    "\(name): \(LinearText.short(value)), standard error \(LinearText.short(standardError)), p "
      + LinearText.probability(pValue)
  }
}

/// Numbers and tables in the descriptions of models.
enum LinearText {
  /// A number with about five digits.
  static func short(_ value: Double) -> String {
    if value == 0 { return "0" }
    guard value.isFinite else { return "\(value)" }
    var power = 0
    var size = abs(value)
    while size >= 10, power < 400 { (size, power) = (size / 10, power + 1) }
    while size < 1, power > -400 { (size, power) = (size * 10, power - 1) }
    if power > 14 || power < -4 {
      let digits = plain((size * 10_000).rounded() / 10_000)
      return "\(value < 0 ? "-" : "")\(digits)e\(power)"
    }
    var unit = 1.0
    for _ in 0..<max(0, 4 - power) { unit *= 10 }
    return plain((value * unit).rounded() / unit)
  }

  /// A number without the point of a whole one.
  private static func plain(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func probability(_ value: Double) -> String {
    value < 0.0001 ? "< 0.0001" : "\((value * 10_000).rounded() / 10_000)"
  }

  /// Lines of cells, the first of each to the left and the others to the right.
  static func table(_ lines: [[String]]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max()! }
    return lines.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  static func estimates(
    _ estimates: [CoefficientEstimate], statistic: String, ratio: String? = nil
  ) -> String {
    table(
      [
        ["", "coefficient", "std. error", statistic, "p", "2.5 %", "97.5 %"]
          + [ratio].compactMap { $0 }
      ]
        + estimates.map {
          let interval = $0.interval()
          return [
            $0.name, short($0.value), short($0.standardError), short($0.statistic),
            probability($0.pValue), short(interval.lowerBound), short(interval.upperBound),
          ] + (ratio == nil ? [] : [short($0.ratio)])
        })
  }

  static func coefficients(_ names: [String], _ values: [Double], intercept: Double) -> String {
    table(
      [["", "coefficient"], [CoefficientEstimate.interceptName, short(intercept)]]
        + zip(names, values).map { [$0, short($1)] })
  }
}
