import GA4Model
import StatisticsCore

/// Puts defects into the events of a shop without touching what happened.
struct Soiling: Sendable {
  let dirt: DirtyData
  let trackingBreak: TrackingBreak?
  /// The first microsecond that is not exported.
  let end: Int64

  private static let sixHours: UInt64 = 21_600_000_000

  /// Drops, moves, marks and repeats events of `script` as the rates say.
  func soil(_ script: inout Script, _ counts: inout DefectCounts) {
    if let refund = script.refund, refund.time >= end { script.refund = nil }
    if !dirt.isNone { applyDirt(to: &script, &counts) }
    applyBreak(to: &script, &counts)
  }

  private func applyDirt(to script: inout Script, _ counts: inout DefectCounts) {
    let root = script.visitor.stream(ofVisit: Int(script.visit.slot)).stream(Stream.dirt)
    // Every draw is made, whatever the rates, so that the dials do not move one another.
    var visitDraws = root.stream(0)
    let denied = visitDraws.uniform()
    let midnight = visitDraws.uniform()
    let startless = visitDraws.uniform()
    let unset = visitDraws.uniform()
    let fired = visitDraws.uniform()
    let pause = visitDraws.integer(below: 4_000_000)

    if denied < dirt[.consentDenied] {
      script.isDenied = true
      counts.add(.consentDenied)
    }
    if midnight < dirt[.acrossMidnight], script.visit.isLastOfDay {
      moveToMidnight(&script, &counts)
    }
    if startless < dirt[.missingSessionStart] {
      script.drafts.removeAll { $0.action == .sessionStart }
      counts.add(.missingSessionStart)
    }
    if let index = script.drafts.firstIndex(where: { $0.action == .purchase }) {
      if unset < dirt[.unsetTransaction] {
        script.drafts[index].defects.insert(DefectSet(.unsetTransaction))
        counts.add(.unsetTransaction)
      }
      if fired < dirt[.doubleFired] {
        var again = script.drafts[index]
        again.time += 1_000_000 + Int64(pause)
        if again.time < end {
          again.order = again.time
          again.pageIndex += 1
          script.drafts.insert(again, at: index + 1)
          counts.add(.doubleFired)
        }
      }
    }

    var soiled: [Draft] = []
    soiled.reserveCapacity(script.drafts.count + 2)
    for (index, draft) in script.drafts.enumerated() {
      applyDirt(
        to: draft, after: soiled.last, isDenied: script.isDenied,
        root.stream(UInt64(truncatingIfNeeded: index + 1)), into: &soiled, &counts)
    }
    script.drafts = soiled
  }

  private func applyDirt(
    to draft: Draft, after previous: Draft?, isDenied: Bool, _ stream: SeededGenerator,
    into soiled: inout [Draft], _ counts: inout DefectCounts
  ) {
    var draft = draft
    var draws = stream
    let tie = draws.uniform()
    let late = draws.uniform()
    let missing = draws.uniform()
    let type = draws.uniform()
    let placeholder = draws.uniform()
    let parameter = draws.uniform()
    let duplicate = draws.uniform()
    let delay = draws.integer(below: Self.sixHours)
    draft.look = UInt8(truncatingIfNeeded: draws.next() >> 32)

    func mark(_ defect: Defect) {
      draft.defects.insert(DefectSet(defect))
      counts.add(defect)
    }
    if tie < dirt[.tie], let previous, previous.time != draft.time {
      draft.time = previous.time
      draft.order = draft.time
      mark(.tie)
    }
    if late < dirt[.late] {
      let dayEnd = (draft.time / VisitPlan.microsecondsPerDay + 1) * VisitPlan.microsecondsPerDay
      draft.order = min(draft.time + 1 + Int64(delay), dayEnd - 1)
      mark(.late)
    }
    if missing < dirt[.missingField] { mark(.missingField) }
    // Events without consent have none of the session's numbers.
    if type < dirt[.wrongType], !isDenied { mark(.wrongType) }
    if placeholder < dirt[.placeholder] { mark(.placeholder) }
    if parameter < dirt[.repeatedParameter] { mark(.repeatedParameter) }
    soiled.append(draft)
    if duplicate < dirt[.duplicate] {
      counts.add(.duplicate)
      soiled.append(draft)
    }
  }

  /// Moves a visit so that half of it lies beyond midnight.
  private func moveToMidnight(_ script: inout Script, _ counts: inout DefectCounts) {
    guard let first = script.drafts.first, let last = script.drafts.last, last.time > first.time
    else { return }
    let midnight =
      (first.time / VisitPlan.microsecondsPerDay + 1) * VisitPlan.microsecondsPerDay
    let shift = midnight - (last.time - first.time + 1) / 2 - first.time
    for index in script.drafts.indices {
      script.drafts[index].time += shift
      script.drafts[index].order += shift
      script.drafts[index].pageTime += shift
    }
    counts.add(.acrossMidnight)
    let count = script.drafts.count
    script.drafts.removeAll { $0.time >= end }
    counts.add(.afterLastDay, count - script.drafts.count)
  }

  private func applyBreak(to script: inout Script, _ counts: inout DefectCounts) {
    guard let trackingBreak else { return }
    func isHit(_ draft: Draft, _ name: EventName) -> Bool {
      let day = CalendarDay(
        daysSinceEpoch: Int32(truncatingIfNeeded: draft.time / VisitPlan.microsecondsPerDay))
      return draft.action.name == name && trackingBreak.days.contains(day)
    }
    switch trackingBreak.fault {
    case .lost(let name, let browser):
      let device = script.visitor.kind(ofDevice: Int(script.visit.device))
      guard browser == nil || browser == device.browser else { return }
      let count = script.drafts.count
      script.drafts.removeAll { isHit($0, name) }
      counts.add(.trackingBreak, count - script.drafts.count)
      if let refund = script.refund, isHit(refund, name) {
        script.refund = nil
        counts.add(.trackingBreak)
      }
    case .stripped(_, of: let name):
      for index in script.drafts.indices where isHit(script.drafts[index], name) {
        script.drafts[index].defects.insert(DefectSet(.trackingBreak))
        counts.add(.trackingBreak)
      }
      if let refund = script.refund, isHit(refund, name) {
        script.refund?.defects.insert(DefectSet(.trackingBreak))
        counts.add(.trackingBreak)
      }
    }
  }
}
