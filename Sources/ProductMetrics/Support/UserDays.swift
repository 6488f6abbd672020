import GA4Model

/// The walk over the days on which users were active.
enum UserDays {
  /// Calls `body` for every user with the distinct days of the rows kept, in rising order.
  @inline(__always)
  static func forEachUser(
    of slice: EventLog.UserSlice, where isKept: (Int) -> Bool, _ body: ([Int32]) -> Void
  ) {
    let storage = slice.log.storage
    storage.day.withValues { days in
      storage.userOffsets.withValues { offsets in
        var active: [Int32] = []
        for user in slice.users {
          active.removeAll(keepingCapacity: true)
          var isSorted = true
          let run = Int(offsets[user])..<Int(offsets[user + 1])
          precondition(run.upperBound <= days.count, "Rows beyond the column")
          for row in run where isKept(row) {
            let day = unsafe days[unchecked: row]
            if let last = active.last {
              if day == last { continue }
              if day < last { isSorted = false }
            }
            active.append(day)
          }
          // Dates of an export that contradict its times come in any order.
          if !isSorted { active = Set(active).sorted() }
          if !active.isEmpty { body(active) }
        }
      }
    }
  }

  /// Adds one to `tally` for every user and distinct day of the rows kept.
  @inline(__always)
  static func count(
    of slice: EventLog.UserSlice, where isKept: (Int) -> Bool, into tally: inout DayTally
  ) {
    let storage = slice.log.storage
    storage.day.withValues { days in
      storage.userOffsets.withValues { offsets in
        for user in slice.users {
          let run = Int(offsets[user])..<Int(offsets[user + 1])
          precondition(run.upperBound <= days.count, "Rows beyond the column")
          var row = run.lowerBound
          while row < run.upperBound, !isKept(row) { row += 1 }
          guard row < run.upperBound else { continue }
          var last = days[row]
          tally.add(1, on: last)
          row += 1
          while row < run.upperBound {
            let day = unsafe days[unchecked: row]
            if day != last && isKept(row) {
              if day < last {
                recount(run, until: row, days, where: isKept, into: &tally)
                break
              }
              tally.add(1, on: day)
              last = day
            }
            row += 1
          }
        }
      }
    }
  }

  /// Adds the days of `run`, which are not in order, that do not occur before `end`, since those are
  /// counted.
  @inline(never)
  private static func recount(
    _ run: Range<Int>, until end: Int, _ days: Span<Int32>, where isKept: (Int) -> Bool,
    into tally: inout DayTally
  ) {
    var counted = Set<Int32>()
    var all = Set<Int32>()
    for row in run where isKept(row) {
      if row < end { counted.insert(days[row]) }
      all.insert(days[row])
    }
    for day in all.subtracting(counted) { tally.add(1, on: day) }
  }
}
