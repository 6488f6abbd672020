import GA4Model

/// Goes over the units of a slice and finds out what each of them does, by the rules of a query.
///
/// Whatever asks for single units stands on it: the tallies of a report, paths, actions and
/// correlations.
struct UnitWalk: Sendable {
  let masks: StepMasks
  private let search: OutcomeSearch
  /// The units that are looked at; those of another slice of the log can be next.
  var slice: EventLog.UserSlice

  var query: FunnelQuery { search.query }
  var rules: FunnelRules { search.rules }
  var attributes: UnitAttributes { search.attributes }
  /// The values of the breakdown.
  var labels: DimensionColumn? { attributes.labels }
  private var storage: EventLogStorage { slice.log.storage }

  init(_ query: FunnelQuery, _ slice: EventLog.UserSlice) {
    masks = StepMasks(query, in: slice)
    search = OutcomeSearch(query, UnitAttributes(query, in: slice.log))
    self.slice = slice
  }

  // MARK: Units

  /// Calls `body` with the number of each unit in the log and its events, in the order of the
  /// numbers.
  func forEachUnit<Failure: Error>(
    _ body: (_ unit: Int, _ events: UnitEvents) throws(Failure) -> Void
  ) throws(Failure) {
    var all = UnitEvents()
    func events(_ rows: some Sequence<Int>) -> UnitEvents {
      all.removeAll()
      for row in rows {
        all.append(row, time: storage.time[row], mask: masks.mask(row, name: storage.name[row]))
      }
      all.end(firstEver: rules.firstEver)
      return all
    }
    for unit in UnitRows(query.unit, slice) {
      switch unit.rows {
      case .run(let rows): try body(unit.number, events(rows))
      case .list(let rows): try body(unit.number, events(rows))
      }
    }
  }

  // MARK: Outcomes

  /// Calls `body` with everything that counts of a unit and the code of its label; see
  /// ``OutcomeSearch``.
  func forEachOutcome<Failure: Error>(
    of events: UnitEvents, _ body: (_ outcome: UnitOutcome, _ label: Int) throws(Failure) -> Void
  ) throws(Failure) {
    try search.forEachOutcome(of: events, body)
  }
}
