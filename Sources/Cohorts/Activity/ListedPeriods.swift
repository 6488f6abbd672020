import GA4Model

/// Periods that a report lists, from the first to the last.
struct ListedPeriods {
  /// Longer stretches are not filled up: a stray date centuries away is a mistake in the data.
  private static let longestFilled = 4_096

  /// A period of the calendar.
  struct Period {
    var number: Int
    var label: String
    var start: EventTime
    /// Whether the data end before it does.
    var isPartial: Bool
    /// How many periods later the data end: the last one that begins before.
    var lastKnown: Int
  }

  let all: [Period]

  /// Lists the periods from the first of `numbers` to the last, or to the end of the data.
  init(
    _ numbers: some Sequence<Int>, of period: CalendarPeriod, _ bounds: DataBounds,
    untilDataEnd: Bool
  ) {
    guard let zone = bounds.zone, let end = bounds.end else {
      all = []
      return
    }
    var names = PeriodNumbers(period, in: zone)
    let last = names.number(at: EventTime(microseconds: max(.min + 1, end) - 1))
    var listed = Set(numbers).sorted()
    if untilDataEnd {
      listed.removeAll { $0 > last }
      if let latest = listed.last, latest < last { listed.append(last) }
    }
    if let first = listed.first, let last = listed.last, last - first < Self.longestFilled {
      listed = Array(first...last)
    }
    var all: [Period] = []
    for (index, number) in listed.enumerated() {
      let start =
        index > 0 && listed[index - 1] == number - 1
        ? period.next(after: all[index - 1].start, in: zone) : names.start(of: number)
      all.append(
        Period(
          number: number, label: names.label(number, startingAt: start), start: start,
          isPartial: period.next(after: start, in: zone).microseconds > end,
          lastKnown: last - number))
    }
    self.all = all
  }
}
