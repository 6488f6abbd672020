import StatisticsCore

extension RetentionMatrix {
  /// A point of a survival curve.
  public struct SurvivalPoint: Sendable, Hashable, Codable {
    /// The number of the period.
    public var period: Int
    /// How many users of the cohorts known in full were still there in the period before; in period
    /// 0 all of them.
    public var atRisk: Int
    /// How many of these stayed.
    public var stayed: Int
    /// The share of all users estimated to be still there, `nil` where nobody is at risk.
    public var survival: Double?
    /// The standard error of the logarithm of ``survival`` (Greenwood), `nil` where that is 0 or
    /// unknown.
    public var logError: Double?

    /// The interval of ``survival`` from that of its logarithm, at most 1; `nil` where that is not
    /// known.
    ///
    /// - Parameter level: How sure to be, between 0 and 1.
    public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
      precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
      guard let survival, let logError else { return nil }
      let factor = PortableMath.exp(-NormalDistribution.quantile((1 - level) / 2) * logError)
      return survival / factor...min(1, survival * factor)
    }
  }

  /// The share of users estimated to last until each period, which uses what young cohorts know too;
  /// `nil` unless the matrix counts ``RetentionCounting/everyPeriodSoFar``.
  ///
  /// ```swift
  /// var query = RetentionQuery(counting: .everyPeriodSoFar, period: .week())
  /// query.evaluate(log).survivalCurve?[3].survival
  /// ```
  ///
  /// This is the estimate of Kaplan and Meier, where a user is lost in the first period without
  /// return, and leaves the sample where the data of its cohort end. An average over cohorts jumps
  /// where a cohort drops out of it; this curve never rises.
  ///
  /// Source: E. L. Kaplan and P. Meier, *Nonparametric Estimation from Incomplete Observations*,
  /// Journal of the American Statistical Association 53 (1958), 457–481; the error is that of
  /// M. Greenwood (1926).
  public var survivalCurve: [SurvivalPoint]? {
    guard query.counting == .everyPeriodSoFar else { return nil }
    let total = rows.reduce(0) { $0 + $1.size }
    var points = [
      SurvivalPoint(
        period: 0, atRisk: total, stayed: total, survival: total == 0 ? nil : 1, logError: nil)
    ]
    var survival: Double? = total == 0 ? nil : 1
    var square = 0.0
    for column in columns.indices.dropFirst() {
      var atRisk = 0
      var stayed = 0
      for row in rows {
        guard let cell = row.cells[column], !cell.isPartial else { continue }
        atRisk += column == 1 ? row.size : row.cells[column - 1]?.units ?? 0
        stayed += cell.units
      }
      survival = atRisk == 0 ? nil : survival.map { $0 * Double(stayed) / Double(atRisk) }
      if atRisk > 0 && stayed > 0 {
        square += Double(atRisk - stayed) / (Double(atRisk) * Double(stayed))
      }
      let isKnown = survival.map { $0 > 0 } ?? false
      points.append(
        SurvivalPoint(
          period: column, atRisk: atRisk, stayed: stayed, survival: survival,
          logError: isKnown ? square.squareRoot() : nil))
    }
    return points
  }
}
