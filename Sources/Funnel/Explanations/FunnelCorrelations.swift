public import GA4Model
import StatisticsCore

/// The answer of a ``FunnelCorrelationQuery``.
public struct FunnelCorrelations: Sendable, Hashable, Codable {
  /// What one candidate has to do with conversion.
  ///
  /// Nothing is ever NaN. Where all units have the candidate, or all converted, or none did, there is
  /// nothing to compare: there is no odds ratio and no interval, and the probabilities are 1.
  public struct Row: Sendable, Hashable, Codable {
    /// The dimension of the value, `nil` for an event.
    public var dimension: EventDimension?
    /// The value or the name of the event; `nil` for a missing value.
    public var value: String?
    /// How many of the units that have the candidate converted.
    public var converted: Int
    /// How many of the units that have the candidate dropped.
    public var dropped: Int
    /// How many of the units without the candidate converted.
    public var convertedWithout: Int
    /// How many of the units without the candidate dropped.
    public var droppedWithout: Int
    /// The two-sided probability of Fisher's exact test.
    public var pValue: Double
    /// The natural logarithm of ``pValue``, finite even where that rounds to zero.
    public var logP: Double
    /// ``pValue`` adjusted for the number of candidates tested.
    public var adjustedP: Double
    /// The natural logarithm of ``adjustedP``, finite even where that rounds to zero.
    public var logAdjustedP: Double

    private var odds: Limit?
    private var limits: Limits?

    /// The odds ratio: above 1 if units with the candidate convert more often; `nil` where there is
    /// nothing to compare.
    public var oddsRatio: Double? { odds?.value }
    /// The interval of the odds ratio, `nil` where there is none.
    public var interval: ClosedRange<Double>? {
      limits.map { $0.lower.value...max($0.lower.value, $0.upper.value) }
    }
    /// How many units have the candidate.
    public var units: Int { converted + dropped }
    /// How many of the units that have the candidate converted, as a share, `nil` for 0 of 0.
    public var rateWith: Double? { units == 0 ? nil : Double(converted) / Double(units) }
    /// How many of the units without the candidate converted, as a share, `nil` for 0 of 0.
    public var rateWithout: Double? {
      let others = convertedWithout + droppedWithout
      return others == 0 ? nil : Double(convertedWithout) / Double(others)
    }

    /// How far the odds ratio is from 1, on the scale of logarithms; 0 where there is none.
    var strength: Double { oddsRatio.map { abs(PortableMath.log($0)) } ?? 0 }

    /// Tests a candidate that `converted` of `convertedTotal` and `dropped` of `droppedTotal` units
    /// have; the probabilities are not adjusted.
    init(
      _ dimension: EventDimension?, _ value: String?, converted: Int, of convertedTotal: Int,
      dropped: Int, of droppedTotal: Int, _ query: FunnelCorrelationQuery
    ) {
      self.dimension = dimension
      self.value = value
      self.converted = converted
      self.dropped = dropped
      convertedWithout = convertedTotal - converted
      droppedWithout = droppedTotal - dropped
      let test = FisherTest(converted, dropped, convertedWithout, droppedWithout)
      pValue = test.pValue
      logP = test.logP
      adjustedP = pValue
      logAdjustedP = logP
      let withAndWithout = (converted + dropped, convertedWithout + droppedWithout)
      guard min(withAndWithout.0, withAndWithout.1, convertedTotal, droppedTotal) > 0 else {
        return
      }
      switch query.estimate {
      case .conditional:
        odds = test.conditionalOddsRatio.map(Limit.init)
        limits = Limits(test.confidenceInterval(level: query.level))
      case .sample(let prior):
        let sample = OddsRatio(
          converted, dropped, convertedWithout, droppedWithout, prior: prior)
        odds = sample.estimate.map(Limit.init)
        limits = Limits(sample.interval(level: query.level))
      }
    }

    private struct Limits: Sendable, Hashable, Codable {
      var lower: Limit
      var upper: Limit

      init(_ range: ClosedRange<Double>) {
        lower = Limit(value: range.lowerBound)
        upper = Limit(value: range.upperBound)
      }
    }
  }

  /// The question.
  public var query: FunnelCorrelationQuery
  /// The candidates whose odds ratio is furthest from 1 in either direction, the furthest first; among
  /// equal ones the least probable first, then that of the most units, then by dimension and value.
  public var rows: [Row]
  /// How many candidates there are: values that any unit has.
  public var candidateCount: Int
  /// How many of these were tested, since enough units have them, whether or not they are listed.
  public var testedCount: Int
  /// How many units converted.
  public var converted: Int
  /// How many units dropped.
  public var dropped: Int
  /// How many units had not converted when the data ended before their window: they count as dropped
  /// or not at all, as the query says.
  public var openWindows: Int
  /// How many events belong to no unit.
  public var eventsWithoutUnit: Int
}

/// A number that may be infinite, which JSON has no number for.
private struct Limit: Sendable, Hashable, Codable {
  private static let infinity = "Infinity"

  var value: Double

  init(value: Double) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self), text == Self.infinity {
      value = .infinity
      return
    }
    value = try container.decode(Double.self)
    if !(value >= 0) {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "An odds ratio must not be negative")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value == .infinity {
      try container.encode(Self.infinity)
    } else {
      try container.encode(value)
    }
  }
}

extension FunnelCorrelations: CustomStringConvertible {
  /// The candidates as a table, with the question at the end.
  public var description: String {
    let units = query.funnel.unit.rawValue
    let isOfEvents = query.subject == .events
    let isOfOne = query.dimensions.count == 1
    let what = isOfEvents ? "event" : isOfOne ? query.dimensions[0].description : "property"
    var table = TextTable(
      [what, units, "rate with", "without", "odds ratio", "from", "to", "adjusted p"],
      numbers: [1, 2, 3, 4, 5, 6, 7])
    for row in rows {
      var label = row.value ?? "(missing)"
      if !isOfOne, let dimension = row.dimension { label = "\(dimension): \(label)" }
      table.append([
        label, NumberFormat.grouped(row.units), NumberFormat.percent(row.rateWith, 2),
        NumberFormat.percent(row.rateWithout, 2), Self.text(row.oddsRatio),
        Self.text(row.interval?.lowerBound), Self.text(row.interval?.upperBound),
        row.adjustedP < 0.0001 ? "<0.0001" : NumberFormat.fixed(row.adjustedP, 4),
      ])
    }
    var text = "\(table)\n\(NumberFormat.grouped(testedCount)) of "
    text += "\(NumberFormat.grouped(candidateCount)) candidates tested; "
    text += "\(NumberFormat.grouped(converted)) \(units) converted, "
    text += "\(NumberFormat.grouped(dropped)) dropped"
    if openWindows > 0 {
      text += query.openWindows == .dropped ? ", of whom " : "; "
      text += "\(NumberFormat.grouped(openWindows)) may go on"
    }
    return "\(text)\n\(query)"
  }

  private static func text(_ ratio: Double?) -> String {
    guard let ratio else { return "—" }
    return ratio == .infinity ? "∞" : NumberFormat.fixed(ratio, 2)
  }
}
