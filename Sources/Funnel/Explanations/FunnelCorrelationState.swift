public import GA4Model
import StatisticsCore

/// The running summary of a ``FunnelCorrelationQuery``.
///
/// It keeps two counts for each candidate, and for each unit whose window the data may cut short when
/// that closes; with ``FunnelCorrelationQuery/OpenWindows/leftOut`` also the candidates of these.
public struct FunnelCorrelationState: MergeableState {
  public let query: FunnelCorrelationQuery

  /// What may go along with conversion: a value of one of the dimensions.
  private struct Candidate: Sendable, Hashable, Comparable {
    var dimension: Int
    var value: Bytewise?

    static func < (left: Self, right: Self) -> Bool {
      left.dimension != right.dimension
        ? left.dimension < right.dimension : Bytewise?.precedes(left.value, right.value)
    }
  }

  /// How many units with a candidate converted and dropped.
  private struct Tally: Sendable, Hashable {
    var converted = 0
    var dropped = 0
  }

  /// A unit that has not converted and may yet do so.
  private struct Waiting: Sendable, Hashable, Comparable {
    /// When its window closes.
    var close: Int64
    /// What it has, ascending; empty where it counts as dropped already.
    var candidates: [Candidate]

    static func < (left: Self, right: Self) -> Bool {
      left.close != right.close
        ? left.close < right.close : left.candidates.lexicographicallyPrecedes(right.candidates)
    }
  }

  private var total = Tally()
  private var tallies: [Candidate: Tally] = [:]
  private var waiting: [Waiting] = []
  /// The end of the data seen, `nil` without events.
  private var dataEnd: Int64?
  private var eventsWithoutUnit = 0

  init(_ query: FunnelCorrelationQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: as of `FunnelState.update(_:)`.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let end = query.funnel.dataEnd?.microseconds ?? slice.lastMoment
    dataEnd = max(dataEnd ?? end, end)
    eventsWithoutUnit += slice.eventsWithoutUnit(query.funnel.unit)
    let walk = UnitWalk(query.funnel, slice)
    var search = CandidateSearch(query, walk)
    var byCode = Array(repeating: Tally(), count: search.codeCount)
    walk.forEachUnit { _, events in
      walk.forEachOutcome(of: events) { outcome, _ in
        let codes = search.codes(outcome, events)
        if outcome.isConverted {
          total.converted += 1
          for code in codes { byCode[code].converted += 1 }
          return
        }
        if let close = outcome.close, close >= end {
          let isLeftOut = query.openWindows == .leftOut
          let candidates = isLeftOut ? codes.map(candidate).sorted() : []
          waiting.append(Waiting(close: close, candidates: candidates))
          if isLeftOut { return }
        }
        total.dropped += 1
        for code in codes { byCode[code].dropped += 1 }
      }
    }
    func candidate(_ code: Int) -> Candidate {
      let (dimension, label) = search.label(code)
      return Candidate(dimension: dimension, value: label.map(Bytewise.init))
    }
    for (code, tally) in byCode.enumerated() where tally != Tally() {
      tallies[candidate(code), default: Tally()].converted += tally.converted
      tallies[candidate(code)]!.dropped += tally.dropped
    }
  }

  public mutating func merge(_ other: FunnelCorrelationState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    total.converted += other.total.converted
    total.dropped += other.total.dropped
    for (candidate, tally) in other.tallies {
      tallies[candidate, default: Tally()].converted += tally.converted
      tallies[candidate]!.dropped += tally.dropped
    }
    waiting += other.waiting
    if let end = other.dataEnd { dataEnd = max(dataEnd ?? end, end) }
    eventsWithoutUnit += other.eventsWithoutUnit
  }

  public func report() -> FunnelCorrelations {
    var total = total
    var tallies = tallies
    var openWindows = 0
    for unit in waiting {
      if unit.close >= dataEnd ?? .max {
        openWindows += 1
      } else if query.openWindows == .leftOut {
        // The data went on long enough for this one.
        total.dropped += 1
        for candidate in unit.candidates { tallies[candidate, default: Tally()].dropped += 1 }
      }
    }
    let tested = tallies.filter { $0.value.converted + $0.value.dropped >= query.minimumUnits }
      .sorted { $0.key < $1.key }
    var rows = tested.map { candidate, tally in
      FunnelCorrelations.Row(
        query.subject == .events ? nil : query.dimensions[candidate.dimension],
        candidate.value?.text, converted: tally.converted, of: total.converted,
        dropped: tally.dropped, of: total.dropped, query)
    }
    query.adjustment.adjust(&rows)
    let order = rows.indices.sorted { left, right in
      let (a, b) = (rows[left], rows[right])
      // Those without odds ratio stand last.
      if (a.oddsRatio == nil) != (b.oddsRatio == nil) { return b.oddsRatio == nil }
      if a.strength != b.strength { return a.strength > b.strength }
      if a.logP != b.logP { return a.logP < b.logP }
      return a.units != b.units ? a.units > b.units : left < right
    }
    return FunnelCorrelations(
      query: query, rows: order.prefix(query.limit).map { rows[$0] }, candidateCount: tallies.count,
      testedCount: tested.count, converted: total.converted, dropped: total.dropped,
      openWindows: openWindows, eventsWithoutUnit: eventsWithoutUnit)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "FunnelCorrelationState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      let candidates = Set(tallies.keys).union(waiting.flatMap(\.candidates)).sorted()
      let places = Dictionary(uniqueKeysWithValues: zip(candidates, candidates.indices))
      writer.count(total.converted)
      writer.count(total.dropped)
      writer.array(candidates) { writer, candidate in
        writer.count(candidate.dimension)
        writer.optional(candidate.value) { $0.string($1.text) }
        writer.count(tallies[candidate]?.converted ?? 0)
        writer.count(tallies[candidate]?.dropped ?? 0)
      }
      writer.array(waiting.sorted()) { writer, unit in
        writer.int64(unit.close)
        writer.array(unit.candidates) { $0.count(places[$1]!) }
      }
      writer.optional(dataEnd) { $0.int64($1) }
      writer.count(eventsWithoutUnit)
    }
  }

  public init(decoding bytes: [UInt8], query: FunnelCorrelationQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = FunnelCorrelationState(query)
      state.total = Tally(converted: try reader.tally(), dropped: try reader.tally())
      let total = state.total
      let dimensionCount = query.dimensions.count
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let dimension = try reader.integer("dimension", in: 0...dimensionCount - 1)
        let value = try reader.optional { reader throws(BinaryDecodingError) in
          Bytewise(try reader.string())
        }
        // No cell of a table is negative.
        let converted = try reader.integer("count of a candidate", in: 0...total.converted)
        let dropped = try reader.integer("count of a candidate", in: 0...total.dropped)
        return (
          Candidate(dimension: dimension, value: value),
          Tally(converted: converted, dropped: dropped)
        )
      }
      for (candidate, tally) in entries where tally != Tally() { state.tallies[candidate] = tally }
      state.waiting = try reader.array { reader throws(BinaryDecodingError) in
        let close = try reader.int64()
        let offset = reader.offset
        let places = try reader.array { reader throws(BinaryDecodingError) in
          try reader.integer("candidate", in: 0...max(0, entries.count - 1))
        }
        guard zip(places, places.dropFirst()).allSatisfy({ $0 < $1 }),
          places.last ?? -1 < entries.count
        else { throw .valueOutOfRange(name: "candidates of a unit", offset: offset) }
        return Waiting(close: close, candidates: places.map { entries[$0].0 })
      }
      state.dataEnd = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.int64()
      }
      state.eventsWithoutUnit = try reader.tally()
      return state
    }
  }
}

extension FunnelCorrelationQuery.Adjustment {
  /// Adjusts the probabilities of `rows` for their number.
  fileprivate func adjust(_ rows: inout [FunnelCorrelations.Row]) {
    let (values, logs) = (rows.map(\.pValue), rows.map(\.logP))
    let adjusted: (values: [Double], logs: [Double])
    switch self {
    case .benjaminiHochberg:
      adjusted = (
        MultipleTesting.benjaminiHochberg(values), MultipleTesting.benjaminiHochberg(logP: logs)
      )
    case .holm: adjusted = (MultipleTesting.holm(values), MultipleTesting.holm(logP: logs))
    case .none: return
    }
    for index in rows.indices {
      rows[index].adjustedP = adjusted.values[index]
      rows[index].logAdjustedP = adjusted.logs[index]
    }
  }
}

extension UnitOutcome {
  /// Whether the path has the last step.
  fileprivate var isConverted: Bool { path.last! != nil }
}

/// Finds the candidates that a unit has, as codes.
private struct CandidateSearch {
  private let walk: UnitWalk
  private let isOfEvents: Bool
  private let columns: [DimensionColumn]
  /// By dimension, the first of its codes, and behind the last one the number of codes.
  private let offsets: [Int]
  private let ignored: RowSet?
  /// By code, the number of the last unit that had it.
  private var seen: [Int]
  private var unit = 0

  var codeCount: Int { seen.count }

  init(_ query: FunnelCorrelationQuery, _ walk: UnitWalk) {
    let log = walk.slice.log
    self.walk = walk
    isOfEvents = query.subject == .events
    columns = query.dimensions.map { DimensionColumn($0, in: log) }
    offsets = columns.reduce(into: [0]) { $0.append($0.last! + $1.labels.count) }
    ignored = query.ignored == .never ? nil : log.rows(where: query.ignored)
    seen = Array(repeating: 0, count: offsets.last!)
  }

  /// The dimension of a code and its label.
  func label(_ code: Int) -> (dimension: Int, label: String?) {
    let dimension = offsets.lastIndex { $0 <= code }!
    return (dimension, columns[dimension].labels[code - offsets[dimension]])
  }

  /// The codes of what a unit has, each once.
  mutating func codes(_ outcome: UnitOutcome, _ events: UnitEvents) -> [Int] {
    // A closed path has its first step.
    let first = outcome.path[0]!
    if !isOfEvents {
      return columns.indices.map { offsets[$0] + Int(columns[$0].code(events.rows[first])) }
    }
    unit += 1
    let storage = walk.slice.log.storage
    let start = events.times[first]
    let end = end(outcome, events)
    var codes: [Int] = []
    for event in first + 1..<max(first + 1, events.rows.count) {
      let time = events.times[event]
      if time == start { continue }
      if outcome.isConverted ? time >= end : time > end { break }
      let row = events.rows[event]
      // The masks of the events lack steps that count for the first time only.
      if walk.masks.mask(row, name: storage.name[row]) & StepMasks.stepBits != 0 { continue }
      if let ignored, ignored.contains(row) { continue }
      let code = Int(columns[0].code(row))
      if seen[code] == unit { continue }
      seen[code] = unit
      codes.append(code)
    }
    return codes
  }

  /// When a unit converted, or else when its path could go no further.
  private func end(_ outcome: UnitOutcome, _ events: UnitEvents) -> Int64 {
    let step = outcome.path.lastIndex { $0 != nil }!
    let time = events.times[outcome.path[step]!]
    if outcome.isConverted { return time }
    let rules = walk.rules
    let entry = events.times[outcome.path[0]!]
    // Of the steps that may come next, the one with the most time.
    let within = rules.next[step + 1].map { rules.within[$0] }.max() ?? .max
    return min(
      FunnelRules.close(ofWindow: rules.window, from: entry) ?? .max,
      FunnelRules.close(ofWindow: within, from: time) ?? .max)
  }
}
