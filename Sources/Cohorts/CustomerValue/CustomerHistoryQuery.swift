public import GA4Model

/// How often, how recently and for how much every customer bought: the table from which models of
/// customer value are fitted.
///
/// ```swift
/// let table = CustomerHistoryQuery(period: .day, periodsPerUnit: 7).evaluate(log)
/// let model = try BetaGeometricNBD().fit(table.histories)
/// ```
///
/// Purchases of one period count once, as in the literature, so frequency, recency and age are those
/// of periods: frequency is the number of periods with a purchase less 1, recency the distance of the
/// last from the first, age the distance of the period of the end of observation from the first. The
/// monetary value is the revenue after the first period by the frequency. Refunds are not taken off.
///
/// With a calibration end the histories are those up to that day, and what follows is counted apart,
/// so that a prediction can be compared with what came: see ``CustomerHistories/Holdout``.
public struct CustomerHistoryQuery: EventQuery {
  /// The period in which purchases count once; not an hour.
  public let period: CalendarPeriod
  /// How many periods make a unit of time; 7 with days gives weeks and their fractions.
  public let periodsPerUnit: Int
  /// The last day of the histories, where later days are a holdout; `nil` for none.
  public let calibrationEnd: CalendarDay?
  /// The last day that counts; the day of the last event of the log when `nil`.
  public let observationEnd: CalendarDay?
  /// Which events are purchases.
  public let purchaseEvents: [EventName]
  /// Which of them count as orders.
  public let purchases: PurchaseRule
  /// Which number is their revenue.
  public let revenue: RevenueField

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - period: The period in which purchases count once: a day, week, month, quarter or year.
  ///   - periodsPerUnit: How many periods make a unit of time, at least 1.
  ///   - calibrationEnd: The last day of the histories; `nil` to take all days, without holdout.
  ///   - observationEnd: The last day that counts, not before `calibrationEnd`; the day of the last
  ///     event of the log, of whatever name, when `nil`.
  ///   - purchaseEvents: Which events are purchases.
  ///   - purchases: Which purchases count as orders.
  ///   - revenue: Which number of a purchase is its revenue.
  public init(
    period: CalendarPeriod = .day, periodsPerUnit: Int = 1, calibrationEnd: CalendarDay? = nil,
    observationEnd: CalendarDay? = nil, purchaseEvents: [EventName] = [.purchase],
    purchases: PurchaseRule = .byTransactionID, revenue: RevenueField = .purchaseRevenue
  ) {
    if let sentence = Self.fault(period, periodsPerUnit, calibrationEnd, observationEnd) {
      preconditionFailure(sentence)
    }
    self.period = period
    self.periodsPerUnit = periodsPerUnit
    self.calibrationEnd = calibrationEnd
    self.observationEnd = observationEnd
    self.purchaseEvents = purchaseEvents
    self.purchases = purchases
    self.revenue = revenue
  }

  private static func fault(
    _ period: CalendarPeriod, _ periodsPerUnit: Int, _ calibrationEnd: CalendarDay?,
    _ observationEnd: CalendarDay?
  ) -> String? {
    if period == .hour { return "Purchases count by days or longer periods, not by hours." }
    if periodsPerUnit < 1 { return "A unit of time has at least one period." }
    if let calibrationEnd, let observationEnd, observationEnd < calibrationEnd {
      return "The end of observation must not lie before that of the calibration."
    }
    return nil
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    period = try container.decode(CalendarPeriod.self, forKey: .period)
    periodsPerUnit = try container.decode(Int.self, forKey: .periodsPerUnit)
    calibrationEnd = try container.decodeIfPresent(CalendarDay.self, forKey: .calibrationEnd)
    observationEnd = try container.decodeIfPresent(CalendarDay.self, forKey: .observationEnd)
    purchaseEvents = try container.decode([EventName].self, forKey: .purchaseEvents)
    purchases = try container.decode(PurchaseRule.self, forKey: .purchases)
    revenue = try container.decode(RevenueField.self, forKey: .revenue)
    if let sentence = Self.fault(period, periodsPerUnit, calibrationEnd, observationEnd) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: sentence))
    }
  }

  public func makeState() -> CustomerHistoryState { CustomerHistoryState(self) }

  /// The query in words.
  public var description: String {
    var text = "customers by \(period)"
    if periodsPerUnit > 1 { text += " in units of \(periodsPerUnit)" }
    if let calibrationEnd { text += ", histories until \(calibrationEnd)" }
    if let observationEnd { text += ", observed until \(observationEnd)" }
    return text
      + "; purchases (\(purchaseEvents.map(\.rawValue).joined(separator: ", "))): \(purchases)"
      + "; revenue: \(revenue)"
  }
}
