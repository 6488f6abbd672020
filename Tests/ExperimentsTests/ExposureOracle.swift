import Experiments
import GA4Model
import StatisticsCore
import TestSupport

/// The obvious slow version of an experiment: every user's events, asked again for every question.
struct ExposureOracle {
  let query: ExperimentQuery
  let log: EventLog

  /// By arm the variables of each metric of each user.
  private(set) var arms: [[[[Double]]]]
  private(set) var leftOut = ExperimentReport.LeftOut()

  init(_ query: ExperimentQuery, _ log: EventLog) {
    self.query = query
    self.log = log
    arms = query.variants.map { _ in query.metrics.map { _ in [] } }
    let owned = log.users.reduce(0) { $0 + $1.events.count }
    leftOut.eventsWithoutUser = log.count - owned
    for user in log.users { add(user.events.map { log[$0] }) }
  }

  private mutating func add(_ events: [Event]) {
    let exposures = events.filter { query.exposure.matches($0) }
    let named = exposures.filter { variant(of: $0) != nil }
    leftOut.exposuresWithoutVariant += exposures.count - named.count
    guard let first = named.first, let name = variant(of: first) else {
      leftOut.usersNotExposed += 1
      return
    }
    let known = query.variants.map(\.name)
    func arm(_ name: String) -> Int {
      known.firstIndex { $0.utf8.elementsEqual(name.utf8) } ?? -1
    }
    let others = named.filter { arm(variant(of: $0)!) != arm(name) }
    if query.mixedExposure == .exclude
      ? !others.isEmpty : others.contains(where: { $0.time == first.time })
    {
      leftOut.usersOfSeveralVariants += 1
      return
    }
    guard arm(name) >= 0 else {
      leftOut.usersOfUnknownVariants += 1
      return
    }
    if let from = query.exposedFrom, first.time < from {
      leftOut.usersExposedAtOtherTimes += 1
      return
    }
    if let before = query.exposedBefore, first.time >= before {
      leftOut.usersExposedAtOtherTimes += 1
      return
    }
    let start = first.time.microseconds
    let day: Int64 = 86_400_000_000
    for (index, metric) in query.metrics.enumerated() {
      let measures = [metric.measure] + (metric.denominator.map { [$0] } ?? [])
      var values = measures.map { measure in
        value(measure, events) { time in
          time >= start && (query.windowDays.map { time <= start + Int64($0) * day } ?? true)
        }
      }
      if let days = metric.daysBefore {
        values += measures.map { measure in
          value(measure, events) { $0 < start && $0 >= start - Int64(days) * day }
        }
      }
      arms[arm(name)][index].append(values)
    }
  }

  private func variant(of event: Event) -> String? { event.parameters["variant"]?.text }

  private func value(
    _ measure: ExperimentMeasure, _ events: [Event], _ isIn: (Int64) -> Bool
  ) -> Double {
    func matching(_ predicate: EventPredicate) -> [Event] {
      events.filter { isIn($0.time.microseconds) && predicate.matches($0) }
    }
    func purchases(_ rule: PurchaseRule) -> [Event] {
      var seen: Set<String> = []
      return events.filter { event in
        guard event.name == .purchase else { return false }
        if rule != .none, let id = event.parameters["transaction_id"]?.text,
          !["", "(not set)"].contains(id), !seen.insert(id).inserted
        {
          return false
        }
        return isIn(event.time.microseconds)
      }
    }
    switch measure {
    case .conversion(let predicate): return matching(predicate).isEmpty ? 0 : 1
    case .count(let predicate): return Double(matching(predicate).count)
    case .sum(_, let predicate):
      return matching(predicate).reduce(0) { $0 + ($1.parameters["value"]?.number ?? 0) }
    case .numbers(_, let predicate):
      return Double(matching(predicate).count { $0.parameters["value"]?.number != nil })
    case .revenue(_, let rule):
      return purchases(rule).reduce(0) { $0 + ($1.parameters["value"]?.number ?? 0) }
    case .purchases(let rule): return Double(purchases(rule).count)
    }
  }

  /// The moments of an arm's metric, all users in one array.
  func moments(_ arm: Int, _ metric: Int) -> MetricMoments {
    var rows = arms[arm][metric]
    if let quantile = query.metrics[metric].winsorizing {
      let width = query.metrics[metric].denominator == nil ? 1 : 2
      for place in stride(from: 0, to: rows.first?.count ?? 0, by: width) {
        let pooled = arms.flatMap { $0[metric].map { $0[place] } }.sorted()
        let limit = Quantiles.quantile(quantile, ofSorted: pooled, type: .linear)!
        for row in rows.indices { rows[row][place] = min(rows[row][place], limit) }
      }
    }
    let definition = query.metrics[metric]
    let count = (definition.denominator == nil ? 1 : 2) * (definition.daysBefore == nil ? 1 : 2)
    var moments = MetricMoments(variables: count)
    for row in rows { moments.add(row) }
    return moments
  }
}
