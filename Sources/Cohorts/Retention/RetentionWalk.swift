import GA4Model

/// Walks over the users of a slice and adds up who returns when.
struct RetentionWalk {
  /// A birth of a user.
  private struct Birth {
    /// The number of the period of its cohort.
    var number: Int
    var time: Int64
    var row: Int
  }

  /// Return events of a user side by side, in one period of the calendar or at one time.
  private struct Entry {
    /// The number of the period, or the time.
    var key: Int
    var count: Int
    var number: Double?
  }

  /// A period in which a user returned often enough, with its entries.
  private struct Return {
    var period: Int
    var entries: Range<Int>
  }

  private let query: RetentionQuery
  private let slice: EventLog.UserSlice
  private let birth: EventSelection
  private let returning: EventSelection
  private let among: EventSelection?
  private let labels: DimensionColumn?
  private let numbers: NumberColumn?
  /// The cohorts that count.
  private let cohorts: ClosedRange<Int>?
  private let lastPeriod: Int
  /// The first and the last day of users.
  private let days: ClosedRange<Int32>
  /// The length of a window from the start in microseconds, `nil` for periods of the calendar.
  private let window: UInt64?

  private var periods: PeriodNumbers
  private var counts: RetentionCounts
  /// How many users are in the matrix.
  private(set) var units = 0
  private(set) var leftOut = RetentionLeftOut()

  private var births: [Birth] = []
  private var entries: [Entry] = []
  private var returns: [Return] = []
  private var groupsOfUnit: [Int] = []

  init(_ query: RetentionQuery, _ slice: EventLog.UserSlice) {
    self.query = query
    self.slice = slice
    birth = EventSelection(query.birth, in: slice)
    returning = EventSelection(query.returning, in: slice)
    if case .firstEver(let predicate) = query.birthRule {
      among = EventSelection(predicate, in: slice)
    } else {
      among = nil
    }
    labels = query.breakdown.map { DimensionColumn($0.dimension, in: slice.log) }
    numbers = query.measure.dimension.map { NumberColumn($0, in: slice.log) }
    lastPeriod = query.lastPeriod
    if case .fromStart(let hours, _, _) = query.period {
      window = UInt64(hours) * 3_600_000_000
    } else {
      window = nil
    }

    let storage = slice.log.storage
    let zone = storage.options.timeZone
    var periods = PeriodNumbers(query.period.ofCohorts, in: zone)
    func periodNumbers(of days: ClosedRange<CalendarDay>) -> ClosedRange<Int> {
      if periods.isByTime {
        let end = zone.end(of: days.upperBound) - .microseconds(1)
        return periods.number(at: zone.start(of: days.lowerBound))...periods.number(at: end)
      }
      return periods.number(
        ofDay: days.lowerBound.daysSinceEpoch)...periods.number(
          ofDay: days.upperBound.daysSinceEpoch)
    }
    cohorts = query.cohorts.map { periodNumbers(of: $0) }
    days = storage.dayRuns.days(of: storage.dayRuns.runs(filling: slice.userRows)) ?? 0...0
    let rows = periodNumbers(
      of: CalendarDay(
        daysSinceEpoch: days.lowerBound)...CalendarDay(
          daysSinceEpoch: days.upperBound))
    // No user returns later than the last event.
    var columns = query.columnCount
    if case .brackets = query.counting {
    } else {
      let span = Double(rows.upperBound) - Double(rows.lowerBound) + 1
      let hours: [CalendarPeriod: Double] = [.hour: 1, .day: 24, .month: 744, .quarter: 2_208]
      let ofRow = hours[periods.period] ?? (periods.period == .year ? 8_784 : 168)
      let ofColumn = window.map { Double($0) / 3.6e9 } ?? ofRow
      columns = Int(min(Double(columns), (span * ofRow / ofColumn).rounded(.up) + 1))
    }
    counts = RetentionCounts(
      rows: rows, columns: columns, groups: max(1, labels?.labels.count ?? 1))
    self.periods = periods
  }

  /// What was added up, by label.
  func sums() -> [(label: Bytewise?, tally: RetentionTally)] {
    counts.tallies().enumerated().compactMap { group, tally in
      tally.rows.isEmpty ? nil : (labels?.labels[group].map(Bytewise.init), tally)
    }
  }

  mutating func run() {
    let runs = slice.log.storage.dayRuns
    // Users of whom nothing but the days is asked need no look at their events.
    let isOfDays = !query.period.isByTime && query.dataEnd == nil
    let birthsAreDays = isOfDays && birth.isAlways && (among?.isAlways ?? true)
    let returnsAreDays =
      isOfDays && returning.isAlways && query.minimumOccurrences == 1 && numbers == nil
    if birthsAreDays && returnsAreDays && query.period == .day && query.birthRule != .recurring
      && query.counting == .on && labels == nil && cohorts == nil && runs.daysRise
    {
      runPlain()
    } else {
      runUsers(birthsAreDays: birthsAreDays, returnsAreDays: returnsAreDays)
    }
  }

  // MARK: The plain matrix

  /// Counts every day of a user by its distance from the first.
  private mutating func runPlain() {
    let storage = slice.log.storage
    let runs = storage.dayRuns
    let rows = runs.runs(filling: slice.userRows)
    let days = days
    let width = Int(days.upperBound) - Int(days.lowerBound) + 1
    if width * width > RetentionCounts.mostEntries {
      runUsers(birthsAreDays: true, returnsAreDays: true)
      return
    }
    units = slice.users.count
    if rows.isEmpty { return }
    // Nothing depends on where a user begins but numbers, so that no branch is guessed wrong there.
    var table = [Int](repeating: 0, count: width * width)
    let base = Int(days.lowerBound)
    runs.day.withValues { days in
      runs.firstRow.withValues { firstRows in
        storage.userOffsets.withValues { offsets in
          precondition(
            rows.upperBound <= days.count && days.count < firstRows.count, "Missing runs")
          var user = slice.users.lowerBound
          var first = base
          for run in rows {
            let day = Int(unsafe days[unchecked: run])
            let isFirst = unsafe firstRows[unchecked: run] == offsets[user]
            first = isFirst ? day : first
            user &+= isFirst ? 1 : 0
            table[(first &- base) &* width &+ (day &- first)] &+= 1
          }
        }
      }
    }
    for row in 0..<width where table[row * width] > 0 {
      let users = table[row * width..<(row + 1) * width].prefix(lastPeriod + 1)
      counts.add(users, toRow: base + row)
    }
  }

  // MARK: Users

  private mutating func runUsers(birthsAreDays: Bool, returnsAreDays: Bool) {
    let storage = slice.log.storage
    let runs = storage.dayRuns
    let looksAtRows = !birthsAreDays || !returnsAreDays
    runs.day.withValues { runDays in
      runs.firstRow.withValues { firstRows in
        storage.userOffsets.withValues { offsets in
          storage.time.withValues { times in
            storage.day.withValues { days in
              storage.name.withValues { names in
                var run = runs.runs(filling: slice.userRows).lowerBound
                for user in slice.users {
                  let rows = Int(offsets[user])..<Int(offsets[user + 1])
                  births.removeAll(keepingCapacity: true)
                  entries.removeAll(keepingCapacity: true)
                  while run < runDays.count && Int(firstRows[run]) < rows.upperBound {
                    if birthsAreDays || returnsAreDays {
                      let number = periods.number(ofDay: runDays[run])
                      if birthsAreDays { addBirth(number, Int(firstRows[run]), time: 0) }
                      if returnsAreDays { addReturn(number, nil) }
                    }
                    run += 1
                  }
                  if looksAtRows {
                    addRows(
                      rows, days, times, names, births: !birthsAreDays, returns: !returnsAreDays)
                  }
                  addUnit()
                }
              }
            }
          }
        }
      }
    }
  }

  /// Takes up the events of a user one by one.
  @inline(__always)
  private mutating func addRows(
    _ rows: Range<Int>, _ days: Span<Int32>, _ times: Span<Int64>, _ names: Span<UInt16>,
    births looksForBirths: Bool, returns looksForReturns: Bool
  ) {
    let end = query.dataEnd?.microseconds ?? .max
    let isLimited = query.dataEnd != nil
    for row in rows {
      let name = names[row]
      let time = times[row]
      if isLimited && time >= end {
        leftOut.eventsAfterDataEnd += 1
        continue
      }
      if looksForBirths {
        if let among {
          if among.contains(row, name: name) {
            let number = periods.number(day: days[row], time: time)
            addBirth(number, row, time: time)
          }
        } else if birth.contains(row, name: name) {
          addBirth(periods.number(day: days[row], time: time), row, time: time)
        }
      }
      if looksForReturns && returning.contains(row, name: name) {
        let key: Int
        if window != nil {
          key = Int(time)
        } else {
          key = periods.number(day: days[row], time: time)
        }
        addReturn(key, row)
      }
    }
  }

  @inline(__always)
  private mutating func addBirth(_ number: Int, _ row: Int, time: Int64) {
    let birth = Birth(number: number, time: time, row: row)
    guard let last = births.last else {
      births.append(birth)
      return
    }
    if query.birthRule == .recurring {
      if last.number != number { births.append(birth) }
    } else if number < last.number {
      // Only dates of an export that contradict its times fall.
      births[0] = birth
    }
  }

  @inline(__always)
  private mutating func addReturn(_ key: Int, _ row: Int?) {
    var number: Double?
    if let numbers, let row {
      number = numbers.number(row)
      if number == nil { leftOut.returnsWithoutNumber += 1 }
    } else if let last = entries.last, last.key == key {
      entries[entries.count - 1].count += 1
      return
    }
    entries.append(Entry(key: key, count: 1, number: number))
  }

  // MARK: One user

  /// Adds the user whose births and returns are known.
  private mutating func addUnit() {
    if among != nil, let first = births.first,
      !birth.contains(first.row, name: slice.log.storage.name[first.row])
    {
      births.removeAll(keepingCapacity: true)
    }
    if births.isEmpty {
      leftOut.unitsWithoutBirth += 1
      return
    }
    let rises = slice.log.storage.dayRuns.daysRise || periods.isByTime
    if !rises && births.count > 1 {
      // The first row of each period stands.
      births.sort { ($0.number, $0.row) < ($1.number, $1.row) }
      var last: Int?
      births.removeAll { birth in
        defer { last = birth.number }
        return birth.number == last
      }
    }
    if let cohorts {
      births.removeAll { !cohorts.contains($0.number) }
      if births.isEmpty {
        leftOut.unitsOutsideCohorts += 1
        return
      }
    }
    units += 1
    if window == nil {
      // A stable sort, since sums do not depend on the order within a period.
      if !rises { entries.sort { $0.key < $1.key } }
      gatherReturns(from: 0) { $0 }
    }
    groupsOfUnit.removeAll(keepingCapacity: true)
    var from = 0
    for birth in births {
      let group = labels.map { Int($0.code(birth.row)) } ?? 0
      if !groupsOfUnit.contains(group) {
        groupsOfUnit.append(group)
        counts.addUnit(group: group)
      }
      counts.addMember(group: group, row: birth.number)
      if let window {
        let start = self.start(of: birth)
        let first = entries.firstIndex { $0.key >= start } ?? entries.count
        gatherReturns(from: first) { time in
          // Times do not fall, so their distance is exact without a sign.
          Int(UInt64(bitPattern: Int64(time &- start)) / window)
        }
        addReturns(from: 0, base: 0, group: group, row: birth.number)
      } else {
        while from < returns.count && returns[from].period < birth.number { from += 1 }
        addReturns(from: from, base: birth.number, group: group, row: birth.number)
      }
    }
  }

  /// When the windows of a birth begin.
  private func start(of birth: Birth) -> Int {
    guard case .fromStart(_, flooredToHour: true, _) = query.period else { return Int(birth.time) }
    let hour = CalendarPeriod.hour.start(
      of: EventTime(microseconds: birth.time), in: periods.zone)
    return Int(min(hour.microseconds, birth.time))
  }

  /// Puts the entries from `first` on together by period; only periods with enough of them are kept.
  private mutating func gatherReturns(from first: Int, _ period: (Int) -> Int) {
    returns.removeAll(keepingCapacity: true)
    var index = first
    while index < entries.count {
      let number = period(entries[index].key)
      var end = index
      var count = 0
      while end < entries.count, period(entries[end].key) == number {
        count += entries[end].count
        end += 1
      }
      if count >= query.minimumOccurrences {
        returns.append(Return(period: number, entries: index..<end))
      }
      index = end
    }
  }

  /// Adds the returns from the one at `first` on to a cohort whose period 0 is `base`.
  private mutating func addReturns(from first: Int, base: Int, group: Int, row: Int) {
    var last: Int?
    var run = 0
    var seen: UInt128 = 0
    for index in first..<returns.count {
      let period = returns[index].period - base
      if period > lastPeriod { break }
      if period == 0 {
        counts.add(group: group, row: row, column: 0)
        addNumbers(index, group, row, column: 0)
        continue
      }
      switch query.counting {
      case .on:
        counts.add(group: group, row: row, column: period)
        addNumbers(index, group, row, column: period)
      case .onOrAfter: addNumbers(index, group, row, column: period)
      case .onOrBefore:
        if last == nil { counts.add(group: group, row: row, column: period) }
        addNumbers(index, group, row, column: period)
      case .everyPeriodSoFar: if period == run + 1 { run = period }
      case .brackets(let ranges):
        for (bracket, range) in ranges.enumerated() where range.contains(period) {
          if seen >> bracket & 1 == 0 {
            counts.add(group: group, row: row, column: bracket + 1)
            seen |= 1 << bracket
          }
          addNumbers(index, group, row, column: bracket + 1)
        }
      }
      last = period
    }
    if let last, query.counting == .onOrAfter {
      counts.add(group: group, row: row, column: last)
    }
    if run > 0 {
      counts.add(group: group, row: row, column: run)
      if numbers != nil {
        for index in first..<returns.count {
          let period = returns[index].period - base
          if period > run { break }
          for column in max(1, period)..<(period == 0 ? 1 : run + 1) {
            addNumbers(index, group, row, column: column)
          }
        }
      }
    }
  }

  /// Adds the numbers of a period to a cell.
  @inline(__always)
  private mutating func addNumbers(_ index: Int, _ group: Int, _ row: Int, column: Int) {
    if numbers == nil { return }
    for entry in returns[index].entries {
      if let number = entries[entry].number {
        counts.add(number, group: group, row: row, column: column)
      }
    }
  }
}
