import GA4Model

/// The walk over the events of users: who is in which arm, and what the metrics measure of each.
struct ExposureWalk {
  /// What happened to the exposure of one user.
  enum Outcome {
    case notExposed, severalVariants, unknownVariant, otherTime
    case exposed(arm: Int, at: Int64)
  }

  private let query: ExperimentQuery
  private let slice: EventLog.UserSlice
  private let exposure: EventSelection
  private let variants: DimensionColumn
  /// By code of a label the arm; −1 for a label of no arm, −2 for none.
  private let arms: [Int]
  private let measures: [MeasureReader]
  /// By code of a name whether any measure looks at its events, which for most names none does.
  private let isMeasured: [Bool]
  /// For each metric, for each measure its place in `measures`.
  private let places: [[Int]]
  private let longestBefore: Int64
  private let needsPurchases: Bool
  private var purchases: UserPurchases

  private(set) var exposuresWithoutVariant = 0

  init(_ query: ExperimentQuery, _ slice: EventLog.UserSlice) {
    self.query = query
    self.slice = slice
    exposure = EventSelection(query.exposure, in: slice)
    variants = DimensionColumn(query.variant, in: slice.log)
    arms = variants.labels.map { label in
      guard let label else { return -2 }
      return query.variants.firstIndex { Bytewise($0.name) == Bytewise(label) } ?? -1
    }
    // A measure that several metrics share is read once.
    var distinct: [ExperimentMeasure] = []
    places = query.metrics.map { metric in
      metric.measures.map { measure in
        if let known = distinct.firstIndex(of: measure) { return known }
        distinct.append(measure)
        return distinct.count - 1
      }
    }
    let measures = distinct.map { MeasureReader($0, slice) }
    self.measures = measures
    isMeasured = slice.log.storage.names.indices.map { name in
      measures.contains { $0.mayRead(name: name) }
    }
    longestBefore = query.metrics.compactMap(\.daysBefore).max().map(Self.microseconds) ?? 0
    needsPurchases = measures.contains { $0.isPurchase }
    purchases = UserPurchases(slice.log)
  }

  static func microseconds(days: Int) -> Int64 { Int64(days) * 86_400_000_000 }

  /// Calls `body` for each user with what happened to it and, if it is exposed, the variables of each
  /// metric, of which the last part is measured before the exposure.
  mutating func forEachUser(_ body: (Outcome, [[Double]]) -> Void) {
    let storage = slice.log.storage
    var variables = query.metrics.map { [Double](repeating: 0, count: $0.variables) }
    let zeros = variables
    for user in slice.users {
      let rows = storage.rows(ofUser: user)
      let outcome = outcome(rows)
      guard case .exposed(_, let start) = outcome else {
        body(outcome, zeros)
        continue
      }
      variables = zeros
      measure(rows, from: start, &variables)
      body(outcome, variables)
    }
  }

  private mutating func outcome(_ rows: Range<Int>) -> Outcome {
    let storage = slice.log.storage
    var first: (arm: Int, time: Int64)?
    var isMixed = false
    for row in rows where exposure.contains(row, name: storage.name[row]) {
      let arm = arms[Int(variants.code(row))]
      if arm == -2 {
        exposuresWithoutVariant += 1
        continue
      }
      guard let known = first else {
        first = (arm, storage.time[row])
        continue
      }
      if known.arm != arm {
        // At one time there is no first variant.
        if query.mixedExposure == .exclude || known.time == storage.time[row] { isMixed = true }
      }
    }
    guard let first else { return .notExposed }
    if isMixed { return .severalVariants }
    if first.arm < 0 { return .unknownVariant }
    if let from = query.exposedFrom, first.time < from.microseconds { return .otherTime }
    if let before = query.exposedBefore, first.time >= before.microseconds { return .otherTime }
    return .exposed(arm: first.arm, at: first.time)
  }

  private mutating func measure(
    _ rows: Range<Int>, from start: Int64, _ variables: inout [[Double]]
  ) {
    let storage = slice.log.storage
    let end =
      query.windowDays.map {
        start.addingReportingOverflow(Self.microseconds(days: $0))
      }.map { $0.overflow ? Int64.max : $0.partialValue } ?? .max
    if needsPurchases { purchases.begin() }
    for row in rows {
      let name = storage.name[row]
      guard isMeasured[Int(name)] else { continue }
      let time = storage.time[row]
      // Repeats of a transaction are told by all events, also those outside the window.
      let isRepeat = needsPurchases && purchases.isRepeat(row, name)
      guard time <= end else { continue }
      let before = start.subtractingReportingOverflow(time)
      if time < start, before.overflow || before.partialValue > longestBefore { continue }
      for (metric, places) in places.enumerated() {
        var shift = 0
        if time < start {
          guard let days = query.metrics[metric].daysBefore,
            before.partialValue <= Self.microseconds(days: days)
          else { continue }
          shift = places.count
        }
        for (place, measure) in places.enumerated() {
          measures[measure].add(
            row, name, isRepeat, to: &variables[metric][place + shift])
        }
      }
    }
  }
}

/// How a measure is read from a row; an object, so that a walk copies none of its columns.
private final class MeasureReader: Sendable {
  private enum Kind: Sendable {
    case conversion, count, sum(NumberColumn), numbers(NumberColumn)
    case revenue(PurchaseColumns, PurchaseRule)
    case purchases(PurchaseColumns, PurchaseRule)
  }

  private let kind: Kind
  private let selection: EventSelection

  init(_ measure: ExperimentMeasure, _ slice: EventLog.UserSlice) {
    var predicate = EventPredicate.always
    switch measure {
    case .conversion(let condition): (kind, predicate) = (.conversion, condition)
    case .count(let condition): (kind, predicate) = (.count, condition)
    case .sum(let dimension, let condition):
      (kind, predicate) = (.sum(NumberColumn(dimension, in: slice.log)), condition)
    case .numbers(let dimension, let condition):
      (kind, predicate) = (.numbers(NumberColumn(dimension, in: slice.log)), condition)
    case .revenue(let field, let rule):
      kind = .revenue(PurchaseColumns(slice.log.storage, field: field), rule)
    case .purchases(let rule): kind = .purchases(PurchaseColumns(slice.log.storage), rule)
    }
    selection = EventSelection(predicate, in: slice)
  }

  /// Whether the measure may look at an event whose name has the code `name`.
  func mayRead(name: Int) -> Bool {
    switch kind {
    case .revenue(let columns, _), .purchases(let columns, _): columns.isPurchase(UInt16(name))
    default: selection.mayContain(name: name)
    }
  }

  /// Whether repeats of transactions matter.
  var isPurchase: Bool {
    switch kind {
    case .revenue, .purchases: true
    default: false
    }
  }

  func add(_ row: Int, _ name: UInt16, _ isRepeat: Bool, to value: inout Double) {
    switch kind {
    case .conversion: if value == 0, selection.contains(row, name: name) { value = 1 }
    case .count: if selection.contains(row, name: name) { value += 1 }
    case .sum(let column):
      if selection.contains(row, name: name), let number = column.number(row) { value += number }
    case .numbers(let column):
      if selection.contains(row, name: name), column.number(row) != nil { value += 1 }
    case .revenue(let columns, let rule):
      guard columns.isPurchase(name), rule == .none || !isRepeat else { return }
      if let revenue = columns.revenue(row), revenue.isFinite { value += revenue }
    case .purchases(let columns, let rule):
      if columns.isPurchase(name), rule == .none || !isRepeat { value += 1 }
    }
  }
}

/// The transactions of one user so far.
private struct UserPurchases {
  private let columns: PurchaseColumns
  private var seen: Set<Bytewise> = []

  init(_ log: EventLog) { columns = PurchaseColumns(log.storage) }

  mutating func begin() { if !seen.isEmpty { seen.removeAll() } }

  /// Whether the row is a purchase whose transaction occurred before.
  mutating func isRepeat(_ row: Int, _ name: UInt16) -> Bool {
    guard columns.isPurchase(name), let id = columns.transactionID(row) else { return false }
    return !seen.insert(Bytewise(id)).inserted
  }
}
