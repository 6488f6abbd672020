import GA4Model

/// The walk over the days on which users were active.
enum UserDays {
  /// Calls `body` for every user with the distinct days of the rows in `kept`, of all rows where that
  /// is `nil`, in rising order.
  static func forEachUser(
    of slice: EventLog.UserSlice, in kept: RowSet?, _ body: ([Int32]) -> Void
  ) {
    let storage = slice.log.storage
    let runs = storage.dayRuns
    runs.day.withValues { days in
      runs.firstRow.withValues { firstRows in
        storage.userOffsets.withValues { offsets in
          var active: [Int32] = []
          var run = runs.runs(filling: slice.userRows).lowerBound
          for user in slice.users {
            active.removeAll(keepingCapacity: true)
            while run < days.count && firstRows[run] < offsets[user + 1] {
              let rows = Int(firstRows[run])..<Int(firstRows[run + 1])
              if kept.map({ kept in rows.contains { kept.contains($0) } }) ?? true {
                active.append(days[run])
              }
              run += 1
            }
            // Dates of an export that contradict its times come in any order.
            if !runs.daysRise { active = Set(active).sorted() }
            if !active.isEmpty { body(active) }
          }
        }
      }
    }
  }

  /// Adds one to `tally` for every user and distinct day of the rows in `kept`, of all rows where
  /// that is `nil`.
  static func count(of slice: EventLog.UserSlice, in kept: RowSet?, into tally: inout DayTally) {
    let runs = slice.log.storage.dayRuns
    if kept != nil || !runs.daysRise {
      forEachUser(of: slice, in: kept) { days in for day in days { tally.add(1, on: day) } }
      return
    }
    // Every run is another day of its user, so it does not matter whose it is.
    runs.day.withValues { days in
      for run in runs.runs(filling: slice.userRows) { tally.add(1, on: days[run]) }
    }
  }
}
