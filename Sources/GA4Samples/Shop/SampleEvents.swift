public import GA4Model
import StatisticsCore

/// The events of a sample shop in the order of an export: day by day, and by time within a day.
///
/// The sequence can be walked any number of times and always gives the same events. It holds the
/// plan of all visits, about 50 bytes each, and the events of one day.
public struct SampleEvents: Sequence, Sendable {
  let shop: SampleShop
  let users: Range<Int>

  /// Starts at the first event.
  ///
  /// - Complexity: O(*u* × *d*), where *u* is the number of visitors and *d* of days; the walk is
  ///   O(*n* log *n*) more, where *n* is the number of events.
  public func makeIterator() -> Iterator { Iterator(shop: shop, users: users) }

  /// Gives the events one after the other.
  public struct Iterator: IteratorProtocol {
    private let shop: SampleShop
    private let plan: VisitPlan
    private let soiling: Soiling
    private var defects = DefectCounts()
    private let visits: [Visit]
    /// The visits of each day as positions in `visits`.
    private let dayOffsets: [Int]
    private let visitsByDay: [Int32]

    /// Events that fall on a later day than the visit they come from, by day.
    private var carried: [[Script]]
    private var day = -1
    private var scripts: [Script] = []
    private var writers: [EventWriter?] = []
    private var remaining: [Int32] = []
    private var rows: [Row] = []
    private var position = 0

    private struct Row {
      let order: Int64
      let script: Int32
      let draft: Int32
    }

    fileprivate init(shop: SampleShop, users: Range<Int>) {
      self.shop = shop
      let plan = shop.plan
      self.plan = plan
      soiling = shop.soiling
      carried = Array(repeating: [], count: plan.dayCount)
      var visits: [Visit] = []
      for user in users {
        plan.visits(of: Visitor(seed: shop.seed, number: user)) { visits.append($0) }
      }
      var offsets = [Int](repeating: 0, count: plan.dayCount + 1)
      for visit in visits { offsets[Int(visit.day) + 1] += 1 }
      for day in 0..<plan.dayCount { offsets[day + 1] += offsets[day] }
      var places = offsets
      var byDay = [Int32](repeating: 0, count: visits.count)
      for (index, visit) in visits.enumerated() {
        byDay[places[Int(visit.day)]] = Int32(index)
        places[Int(visit.day)] += 1
      }
      self.visits = visits
      dayOffsets = offsets
      visitsByDay = byDay
    }

    /// The next event, `nil` after the last.
    public mutating func next() -> Event? {
      while position == rows.count {
        guard day + 1 < plan.dayCount else { return nil }
        day += 1
        prepareDay()
      }
      let row = rows[position]
      position += 1
      let index = Int(row.script)
      let draft = scripts[index].drafts[Int(row.draft)]
      if writers[index] == nil {
        writers[index] = EventWriter(
          scripts[index], schema: shop.schema, experiment: shop.experiment,
          trackingBreak: shop.trackingBreak, seed: shop.seed)
      }
      let event = writers[index]!.event(draft)
      // A writer is as large as an event, so it goes with the last one of its visit.
      remaining[index] -= 1
      if remaining[index] == 0 { writers[index] = nil }
      return event
    }

    private mutating func prepareDay() {
      scripts.removeAll(keepingCapacity: true)
      for place in dayOffsets[day]..<dayOffsets[day + 1] {
        let visit = visits[Int(visitsByDay[place])]
        let visitor = Visitor(seed: shop.seed, number: Int(visit.user))
        var script = Script(visit, of: visitor, experiment: shop.experiment)
        soiling.soil(&script, &defects)
        carry(&script)
        scripts.append(script)
      }
      scripts.append(contentsOf: carried[day])
      carried[day] = []

      writers = Array(repeating: nil, count: scripts.count)
      remaining = scripts.map { Int32($0.drafts.count) }
      rows.removeAll(keepingCapacity: true)
      for (index, script) in scripts.enumerated() {
        for (number, draft) in script.drafts.enumerated() {
          rows.append(Row(order: draft.order, script: Int32(index), draft: Int32(number)))
        }
      }
      rows.sort { ($0.order, $0.script, $0.draft) < ($1.order, $1.script, $1.draft) }
      position = 0
    }

    /// Lays aside what falls on a later day.
    private mutating func carry(_ script: inout Script) {
      if let refund = script.refund {
        var later = script
        later.drafts = [refund]
        carried[plan.day(of: refund.time)].append(later)
        script.refund = nil
      }
      guard script.drafts.contains(where: { plan.day(of: $0.time) != day }) else { return }
      var later = script
      later.drafts.removeAll { plan.day(of: $0.time) == day }
      carried[day + 1].append(later)
      script.drafts.removeAll { plan.day(of: $0.time) != day }
    }
  }
}
