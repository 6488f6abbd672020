import GA4Model

/// What a query asks of events beside their times and steps, by row.
struct UnitAttributes: Sendable {
  /// The values of the breakdown.
  var labels: DimensionColumn?
  /// The values of what is held constant.
  var constants: [DimensionColumn]
  var days: Column<Int32>

  init(labels: DimensionColumn?, constants: [DimensionColumn], days: Column<Int32>) {
    self.labels = labels
    self.constants = constants
    self.days = days
  }

  init(_ query: FunnelQuery, in log: EventLog) {
    self.init(
      labels: query.breakdown.map { DimensionColumn($0.dimension, in: log) },
      constants: query.holdConstant.map { DimensionColumn($0, in: log) }, days: log.storage.day)
  }
}

/// Finds what units do, by all rules of a query.
struct OutcomeSearch: Sendable {
  let query: FunnelQuery
  let rules: FunnelRules
  let attributes: UnitAttributes
  let labels: UnitLabels?

  init(_ query: FunnelQuery, _ attributes: UnitAttributes) {
    self.query = query
    self.attributes = attributes
    labels = UnitLabels(query, attributes)
    rules = FunnelRules(query)
  }

  /// Calls `body` with everything that counts of a unit and the code of its label: one outcome as a
  /// rule, none for a unit that never enters, several for attempts and for values of a breakdown.
  func forEachOutcome<Failure: Error>(
    of events: UnitEvents, _ body: (_ outcome: UnitOutcome, _ label: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard events.masks.contains(where: { $0 & StepMasks.stepBits != 0 }) else { return }
    let evaluation = UnitEvaluation(query: query, rules: rules)
    let days = attributes.days
    let day = { (row: Int) in days[row] }
    // What makes a path one of a group by its own events, and the steps that it binds.
    var bound: UInt64 = 0
    switch query.breakdown?.attribution {
    case .step(let step): bound = 1 << UInt64(step)
    case .allEvents: bound = StepMasks.stepBits
    case .firstTouch, .lastTouch, nil: break
    }
    guard bound != 0, let column = attributes.labels, let breakdown = query.breakdown else {
      let code =
        labels?.code(events.rows.indices) { (events.rows[$0], events.masks[$0]) } ?? 0
      for outcome in evaluation.outcomes(variants(of: events), day: day) {
        try body(outcome, code)
      }
      return
    }
    // One funnel for each value; events of other values are still events.
    let values = events.rows.map { column.code($0) }
    var seen = Set<UInt32>()
    for index in values.indices
    where events.masks[index] & bound != 0 && seen.insert(values[index]).inserted {
      let part = events.without(bound) { values[$0] != values[index] }
      for outcome in evaluation.outcomes(variants(of: part), day: day) {
        if case .step(let step) = breakdown.attribution, outcome.steps >> UInt64(step) & 1 == 0 {
          continue
        }
        try body(outcome, Int(values[index]))
      }
    }
  }

  /// The events once for each value of what is held constant, those of other values without steps.
  private func variants(of events: UnitEvents) -> [UnitEvents] {
    if attributes.constants.isEmpty { return [events] }
    let keys = events.rows.map { row in attributes.constants.map { $0.code(row) } }
    var seen = Set<[UInt32]>()
    var variants: [UnitEvents] = []
    for (index, key) in keys.enumerated()
    where events.masks[index] & StepMasks.stepBits != 0 && seen.insert(key).inserted {
      variants.append(events.without(StepMasks.stepBits) { keys[$0] != key })
    }
    return variants.isEmpty ? [events] : variants
  }
}

/// The labels of units by the first or the last event that fulfils a step; a value that is missing
/// gives way to any other.
///
/// A class, so that looking up copies nothing.
final class UnitLabels: Sendable {
  private let column: DimensionColumn
  private let takesFirst: Bool
  private let isMissing: [Bool]

  /// The labels for `query`, `nil` if it has no breakdown.
  init?(_ query: FunnelQuery, _ attributes: UnitAttributes) {
    guard let column = attributes.labels else { return nil }
    self.column = column
    takesFirst = query.breakdown?.attribution == .firstTouch
    isMissing = column.labels.map { $0 == nil }
  }

  /// The code of the label of a unit.
  ///
  /// `event`: The row and the bits of each of the unit's events.
  @inline(__always)
  func code(_ events: Range<Int>, _ event: (Int) -> (row: Int, mask: UInt64)) -> Int {
    var found: Int?
    var missing = 0
    for index in events {
      let (row, mask) = event(index)
      if mask & StepMasks.stepBits == 0 { continue }
      let code = Int(column.code(row))
      if isMissing[code] { missing = code } else { found = code }
      if takesFirst && found != nil { break }
    }
    return found ?? missing
  }
}
