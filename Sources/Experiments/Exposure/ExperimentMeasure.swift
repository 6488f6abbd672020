public import GA4Model

/// What is measured of a user's events.
public enum ExperimentMeasure: Sendable, Hashable, Codable, CustomStringConvertible {
  /// 1 for a user with any such event, else 0.
  case conversion(EventPredicate)
  /// The number of such events.
  case count(EventPredicate)
  /// The sum of a number of such events: a parameter, a field or a user property.
  case sum(EventDimension, where: EventPredicate)
  /// The number of such events that have the number.
  case numbers(EventDimension, where: EventPredicate)
  /// Purchase revenue.
  ///
  /// Transactions are told apart user by user: the rule must be `PurchaseRule.none` or
  /// `PurchaseRule.byTransactionIDAndUser`. Of one transaction the earliest event counts, even where
  /// it lies before the exposure.
  case revenue(RevenueField = .purchaseRevenue, rule: PurchaseRule = .byTransactionIDAndUser)
  /// The number of purchases by the same rule.
  case purchases(rule: PurchaseRule = .byTransactionIDAndUser)

  /// What is wrong with the measure, `nil` if nothing is.
  var problem: String? {
    switch self {
    case .sum(let dimension, _) where !dimension.isNumber,
      .numbers(let dimension, _) where !dimension.isNumber:
      "A number to sum up must be a parameter, a field or a user property."
    case .revenue(_, .byTransactionID), .purchases(.byTransactionID):
      "An experiment adds up users one by one: count purchases once per transaction id and user, or"
        + " every purchase event."
    default: nil
    }
  }

  public var description: String {
    switch self {
    case .conversion(let predicate): "users with an event where \(predicate)"
    case .count(let predicate): "events where \(predicate)"
    case .sum(let dimension, let predicate): "sum of \(dimension) where \(predicate)"
    case .numbers(let dimension, let predicate): "events with \(dimension) where \(predicate)"
    case .revenue(let field, let rule): "\(field), \(rule)"
    case .purchases(let rule): "purchases, \(rule)"
    }
  }
}

/// A metric of an experiment, measured after the first exposure of each user.
///
/// ```swift
/// let metrics: [ExperimentMetric] = [
///   .conversion("Buyers") { $0.name == .purchase },
///   .revenue("Revenue per user").winsorized(at: 0.99).adjusted(byDaysBefore: 14),
///   .ratio("Revenue per purchase", .revenue(), over: .purchases()),
///   .count("Errors", role: .guardrail(margin: 0.02), goal: .decrease) { $0.name == "app_exception" },
/// ]
/// ```
public struct ExperimentMetric: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The name, which must differ from those of other metrics.
  public var name: String
  /// What is measured, or the numerator of a ratio.
  public var measure: ExperimentMeasure
  /// What it is divided by, `nil` for the mean per user.
  public var denominator: ExperimentMeasure?
  /// What the metric decides.
  public var role: MetricRole
  /// Which way is good.
  public var goal: MetricGoal
  /// The share of users, pooled over all arms, whose values stay as they are.
  ///
  /// Larger values are lowered to their quantile. `nil` to take values as they are.
  public var winsorizing: Double?
  /// How many days before the first exposure the same is measured, to adjust for it by CUPED; `nil`
  /// for no adjustment.
  public var daysBefore: Int?

  /// Makes a metric.
  ///
  /// - Parameters:
  ///   - name: The name, which must differ from those of other metrics.
  ///   - measure: What is measured, or the numerator of a ratio.
  ///   - denominator: What it is divided by.
  ///   - role: What the metric decides.
  ///   - goal: Which way is good.
  public init(
    _ name: String, _ measure: ExperimentMeasure, over denominator: ExperimentMeasure? = nil,
    role: MetricRole = .secondary, goal: MetricGoal = .increase
  ) {
    self.name = name
    self.measure = measure
    self.denominator = denominator
    self.role = role
    self.goal = goal
  }

  /// The share of users with any event that meets a condition.
  public static func conversion(
    _ name: String, role: MetricRole = .secondary, goal: MetricGoal = .increase,
    where body: (EventStandIn) -> EventPredicate
  ) -> ExperimentMetric {
    ExperimentMetric(name, .conversion(EventPredicate(body)), role: role, goal: goal)
  }

  /// The events per user that meet a condition.
  public static func count(
    _ name: String, role: MetricRole = .secondary, goal: MetricGoal = .increase,
    where body: (EventStandIn) -> EventPredicate
  ) -> ExperimentMetric {
    ExperimentMetric(name, .count(EventPredicate(body)), role: role, goal: goal)
  }

  /// The purchase revenue per user.
  public static func revenue(
    _ name: String, _ field: RevenueField = .purchaseRevenue, role: MetricRole = .secondary,
    goal: MetricGoal = .increase
  ) -> ExperimentMetric {
    ExperimentMetric(name, .revenue(field), role: role, goal: goal)
  }

  /// The sum of one measure over the sum of another, with the user as the unit of the analysis.
  public static func ratio(
    _ name: String, _ numerator: ExperimentMeasure, over denominator: ExperimentMeasure,
    role: MetricRole = .secondary, goal: MetricGoal = .increase
  ) -> ExperimentMetric {
    ExperimentMetric(name, numerator, over: denominator, role: role, goal: goal)
  }

  /// The mean of a number over events, with the user as the unit of the analysis.
  public static func mean(
    _ name: String, of dimension: EventDimension, role: MetricRole = .secondary,
    goal: MetricGoal = .increase, where body: (EventStandIn) -> EventPredicate
  ) -> ExperimentMetric {
    let predicate = EventPredicate(body)
    return ExperimentMetric(
      name, .sum(dimension, where: predicate), over: .numbers(dimension, where: predicate),
      role: role, goal: goal)
  }

  /// The metric with values above a quantile of all users lowered to it.
  public func winsorized(at quantile: Double) -> ExperimentMetric {
    var metric = self
    metric.winsorizing = quantile
    return metric
  }

  /// The metric adjusted for what the same measure was in the days before the first exposure.
  public func adjusted(byDaysBefore days: Int) -> ExperimentMetric {
    var metric = self
    metric.daysBefore = days
    return metric
  }

  /// What is wrong with the metric, `nil` if nothing is.
  var problem: String? {
    if let problem = measure.problem ?? denominator?.problem { return problem }
    if let winsorizing, !(winsorizing > 0 && winsorizing < 1) {
      return "Values are lowered to a quantile above 0 and below 1."
    }
    if let daysBefore, !(1...3650).contains(daysBefore) {
      return "The days before the exposure must be from 1 to 3650."
    }
    return role.problem
  }

  /// The measures of the variables, without those of the time before.
  var measures: [ExperimentMeasure] { [measure] + (denominator.map { [$0] } ?? []) }

  /// How many variables of a user the metric needs.
  var variables: Int { measures.count * (daysBefore == nil ? 1 : 2) }

  /// What the readout needs to know.
  var definition: MetricDefinition {
    let count = measures.count
    func form(_ first: Int) -> MetricForm {
      count == 1 ? .mean(first) : .ratio(first, over: first + 1)
    }
    return MetricDefinition(
      name, form(0), covariates: daysBefore == nil ? [] : [form(count)], role: role, goal: goal)
  }

  /// The metric in words.
  public var description: String {
    "\(name): \(measure)" + (denominator.map { " over \($0)" } ?? "")
      + (winsorizing.map { ", lowered to the quantile \($0)" } ?? "")
      + (daysBefore.map { ", adjusted by \($0) days before" } ?? "")
  }
}
