import GA4Model

/// Walks over the units of a slice and adds up what they do.
struct FunnelWalk {
  private let query: FunnelQuery
  private let rules: FunnelRules
  private let slice: EventLog.UserSlice
  private let storage: EventLogStorage
  private let masks: StepMasks
  private let isPlain: Bool
  /// The values of the breakdown and of what is held constant.
  private let labels: DimensionColumn?
  private let constants: [DimensionColumn]
  private let dataEnd: Int64
  /// By label code; with one entry where there is no breakdown.
  private var byCode: [FunnelTally?]
  private(set) var eventsWithoutUnit = 0

  init(_ query: FunnelQuery, _ slice: EventLog.UserSlice, dataEnd: Int64) {
    self.query = query
    self.slice = slice
    self.dataEnd = dataEnd
    rules = FunnelRules(query)
    storage = slice.log.storage
    masks = StepMasks(query, in: slice.log)
    isPlain = PlainSearch.canAnswer(query, rules, masks)
    labels = query.breakdown.map { DimensionColumn($0.dimension, in: slice.log) }
    constants = query.holdConstant.map { DimensionColumn($0, in: slice.log) }
    byCode = Array(repeating: nil, count: max(1, labels?.labels.count ?? 1))
  }

  /// What was added up, by label.
  var tallies: [(label: Bytewise?, tally: FunnelTally)] {
    byCode.enumerated().compactMap { code, tally in
      tally.map { (labels?.labels[code].map(Bytewise.init), $0) }
    }
  }

  mutating func run() {
    eventsWithoutUnit += slice.eventsWithoutUnit(query.unit)
    switch query.unit {
    case .users: runUsers()
    case .sessions: runUnits()
    }
  }

  // MARK: Users

  private mutating func runUsers() {
    if isPlain {
      var search = PlainSearch(rules)
      let storage = storage
      let masks = masks
      storage.userOffsets.withValues { offsets in
        storage.time.withValues { times in
          storage.name.withValues { names in
            precondition(
              Int(offsets[slice.users.upperBound]) <= min(times.count, names.count),
              "Rows beyond the column")
            for user in slice.users {
              let base = Int(offsets[user])
              let count = Int(offsets[user + 1]) - base
              search.run(count) {
                unsafe times[unchecked: base + $0]
              } mask: {
                masks.mask(base + $0, name: unsafe names[unchecked: base + $0])
                  & StepMasks.stepBits
              }
              if search.level > 0 {
                addPlain(search, count) { base + $0 }
              }
            }
          }
        }
      }
      return
    }
    runUnits()
  }

  // MARK: Units

  /// Adds all units by the general search.
  private mutating func runUnits() {
    let units = UnitWalk(query, rules, masks, labels: labels, constants: constants, slice)
    units.forEachUnit { _, events in
      units.forEachOutcome(of: events) { outcome, code in
        if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
        byCode[code]!.add(
          outcome, times: events.times, window: rules.window, dataEnd: dataEnd,
          explains: query.explainsStops)
      }
    }
  }

  /// Adds a unit by the plain search, whose rows `row` gives.
  @inline(__always)
  private mutating func addPlain(_ search: PlainSearch, _ count: Int, row: (Int) -> Int) {
    let level = search.level
    let path =
      level > 1
      ? search.path(count) {
        storage.time[row($0)]
      } mask: {
        masks.mask(row($0), name: storage.name[row($0)])
      } : []
    let code = code {
      (0..<count).lazy.map(row).filter {
        masks.mask($0, name: storage.name[$0]) & StepMasks.stepBits != 0
      }
    }
    if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
    for step in 0..<level {
      byCode[code]!.counts[step] += 1
      if step > 0 { byCode[code]!.continued[step] += 1 }
    }
    if level > 1 {
      let times = path.prefix(level).map { storage.time[row($0!)] }
      byCode[code]!.paths[(1 << UInt64(level)) - 1, default: []] += times
    }
    if level < rules.stepCount {
      byCode[code]!.wait(
        from: search.latestEntry, window: rules.window, dataEnd: dataEnd, step: level - 1,
        stop: .noLaterEvent)
    }
  }

  /// The code of a unit's label by first or last touch, of which `touches` gives the rows.
  private func code(_ touches: () -> some Sequence<Int>) -> Int {
    query.label(in: labels, touches: touches())
  }
}
