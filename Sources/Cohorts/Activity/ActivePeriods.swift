import GA4Model

/// The walk over the periods in which users were active.
struct ActivePeriods {
  private let slice: EventLog.UserSlice
  private let selection: EventSelection
  private var numbers: PeriodNumbers

  init(_ period: CalendarPeriod, _ predicate: EventPredicate, _ slice: EventLog.UserSlice) {
    self.slice = slice
    selection = EventSelection(predicate, in: slice)
    numbers = PeriodNumbers(period, in: slice.log.options.timeZone)
  }

  /// Calls `body` for every active user with the numbers of its periods, rising and distinct.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together, where every event
  ///   makes active and periods are days or longer; otherwise O(*n*), where *n* is the number of
  ///   events.
  mutating func forEachUser(_ body: ([Int]) -> Void) {
    let storage = slice.log.storage
    let runs = storage.dayRuns
    let readsDays = selection.isAlways && !numbers.isByTime
    var run = runs.runs(filling: slice.userRows).lowerBound
    var active: [Int] = []
    for user in slice.users {
      active.removeAll(keepingCapacity: true)
      let rows = storage.rows(ofUser: user)
      if readsDays {
        while run < runs.count && Int(runs.firstRow[run]) < rows.upperBound {
          let number = numbers.number(ofDay: runs.day[run])
          if active.last != number { active.append(number) }
          run += 1
        }
      } else {
        for row in rows where selection.contains(row, name: storage.name[row]) {
          let number = numbers.number(day: storage.day[row], time: storage.time[row])
          if active.last != number { active.append(number) }
        }
      }
      // Dates of an export that contradict its times come in any order.
      if !runs.daysRise && !numbers.isByTime { active = Set(active).sorted() }
      if !active.isEmpty { body(active) }
    }
  }
}
