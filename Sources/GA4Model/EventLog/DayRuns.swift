/// The runs of rows of one user on one day.
///
/// What is counted by user and day needs one value for each run instead of one for each event.
/// Rows without user form runs of their own, behind those of users.
package struct DayRuns: Sendable {
  /// Where each run begins, and behind the last one the number of rows.
  package let firstRow: Column<UInt32>
  /// The day of each run.
  package let day: Column<Int32>
  /// Whether every run of a user is of a later day than the one before it.
  ///
  /// Dates of an export that contradict its times can break that; a user then has several runs of
  /// one day.
  package let daysRise: Bool

  package var count: Int { day.count }

  init(firstRow: Column<UInt32>, day: Column<Int32>, daysRise: Bool) {
    self.firstRow = firstRow
    self.day = day
    self.daysRise = daysRise
  }

  /// Finds the runs of `days`, the users of which begin at `userOffsets`.
  ///
  /// - Complexity: O(*n*), where *n* is the number of rows.
  init(days: Column<Int32>, userOffsets: [UInt32]) {
    let firstRow = MutableColumn<UInt32>(capacity: userOffsets.count * 2)
    let day = MutableColumn<Int32>(capacity: userOffsets.count * 2)
    var rises = true
    days.withValues { days in
      precondition(Int(userOffsets[userOffsets.count - 1]) <= days.count, "Rows beyond the column")
      for user in userOffsets.indices {
        let isUser = user + 1 < userOffsets.count
        let rows = Int(userOffsets[user])..<(isUser ? Int(userOffsets[user + 1]) : days.count)
        guard var last = rows.first.map({ days[$0] }) else { continue }
        firstRow.append(UInt32(rows.lowerBound))
        day.append(last)
        for row in rows.dropFirst() {
          let today = unsafe days[unchecked: row]
          if today == last { continue }
          if today < last && isUser { rises = false }
          firstRow.append(UInt32(row))
          day.append(today)
          last = today
        }
      }
    }
    firstRow.append(UInt32(days.count))
    self.init(firstRow: firstRow.sealed(), day: day.sealed(), daysRise: rises)
  }

  /// The runs that fill `rows`, whose ends are ends of users.
  ///
  /// - Complexity: O(log *r*), where *r* is the number of runs.
  package func runs(filling rows: Range<Int>) -> Range<Int> {
    index(of: rows.lowerBound)..<index(of: rows.upperBound)
  }

  /// The first and the last day of `runs`, `nil` without runs.
  package func days(of runs: Range<Int>) -> ClosedRange<Int32>? {
    guard !runs.isEmpty else { return nil }
    return day.withValues { days in
      precondition(runs.lowerBound >= 0 && runs.upperBound <= days.count, "Runs beyond the column")
      var first = Int32.max
      var last = Int32.min
      for run in runs {
        let day = unsafe days[unchecked: run]
        first = min(first, day)
        last = max(last, day)
      }
      return first...last
    }
  }

  /// The number of the run that begins at `row`.
  private func index(of row: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if Int(firstRow[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
