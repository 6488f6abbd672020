import StatisticsCore

/// Joins sources into one log: translates codes, sorts rows by user and time, numbers sessions.
///
/// The work is a list of stages, each a list of jobs that may run at the same time since they write
/// disjoint places; so one description serves the sequential and the parallel caller, and the
/// result cannot depend on the number of workers.
///
/// Rows are placed by a counting sort over users, which keeps input order inside a user; only runs
/// whose times are out of order are then sorted one by one. Codes follow first appearance over the
/// sources in order, so they do not depend on how the input was cut into sources either.
final class LogAssembly: @unchecked Sendable {
  typealias Job = @Sendable () -> Void

  private let options: EventLogOptions
  private let workers: Int
  private var sources: [LogSource]
  private let rowCount: Int

  private var strings: StringPool
  private var slots: [Slot] = []
  private var names: [UInt32] = []
  private var records: [RecordTable] = []
  private var remaps: [Remap] = []

  /// Codes of one source translated into those of the log; `nil` when they are the same.
  private struct Remap {
    var strings: [UInt32]?
    var slots: SlotRemap
    var names: [UInt16]?
    var records: [[UInt32]?]

    init(strings: [UInt32], slots: SlotRemap, names: [UInt16], records: [[UInt32]]) {
      self.strings = strings
      self.slots = slots
      self.names = names
      self.records = records
    }

    /// All codes of `source` stay as they are.
    init(of source: LogSource) {
      slots = SlotRemap(codes: [], isText: [])
      records = source.records.map { _ in nil }
    }
  }

  /// Twice the code of the id, plus one for a user id; 0 means no user.
  private typealias UserWord = Int
  /// The user words of the rows of each source.
  private var userWords: [MutableColumn<UInt32>] = []
  /// Sources side by side that share one histogram, so that memory does not grow with sources.
  private var groups: [Range<Int>] = []
  private var histograms: [MutableColumn<UInt32>] = []
  private var userKeys: [UInt32] = []
  private var userOffsets: [UInt32] = []
  /// Where each row of each source goes.
  private var destinations: [MutableColumn<UInt32>] = []

  private var time: MutableColumn<Int64>
  private var day: MutableColumn<Int32>
  private var name: MutableColumn<UInt16>
  private var pseudoID: MutableColumn<UInt32>
  private var userID: MutableColumn<UInt32>?
  private var recordCodes: [MutableColumn<UInt32>?] = []
  private var attributeOffsets: MutableColumn<UInt32>
  private var attributeSlots = MutableColumn<UInt16>()
  private var attributeValues = MutableColumn<Int64>()
  private var itemOffsets: MutableColumn<UInt32>?
  private var itemCodes = MutableColumn<UInt32>()
  private var dayOrigin = DayOrigin.exported
  private var days: Column<Int32>?
  private var dayRuns: DayRuns?
  private var sessions: SessionAssembly?

  private init(_ sources: [LogSource], options: EventLogOptions, workers: Int)
    throws(EventLogError)
  {
    self.sources = sources
    self.options = options
    self.workers = workers
    rowCount = sources.reduce(0) { $0 + $1.count }
    let attributes = sources.reduce(0) { $0 + $1.attributeSlots.count }
    let items = sources.reduce(0) { $0 + $1.itemCodes.count }
    guard max(rowCount, attributes, items) < Int(UInt32.max) else {
      throw EventLogError(.tooManyRows)
    }
    strings = sources.first?.strings ?? StringInterner().sealed()
    time = MutableColumn(uninitialized: rowCount)
    day = MutableColumn(uninitialized: rowCount)
    name = MutableColumn(uninitialized: rowCount)
    pseudoID = MutableColumn(uninitialized: rowCount)
    attributeOffsets = MutableColumn(uninitialized: rowCount + 1)
  }

  /// The log of `sources`, built in the calling thread.
  static func log(_ sources: [LogSource], options: EventLogOptions) throws(EventLogError)
    -> EventLog
  {
    let assembly = try LogAssembly(sources, options: options, workers: 1)
    try assembly.joinDictionaries()
    for stage in assembly.stages { for job in stage() { job() } }
    return assembly.log()
  }

  /// The log of `sources`, built by `workers` tasks.
  static func log(_ sources: [LogSource], options: EventLogOptions, workers: Int)
    async
    throws(EventLogError) -> EventLog
  {
    let assembly = try LogAssembly(sources, options: options, workers: workers)
    try assembly.joinDictionaries()
    for stage in assembly.stages {
      let jobs = stage()
      _ = await concurrentMap(Array(jobs.indices), workers: workers) { jobs[$0]() }
    }
    return assembly.log()
  }

  private var stages: [() -> [Job]] {
    [
      { self.identifyUsers() },
      { self.placeRows() },
      { self.sortRuns() },
      { self.scatterColumns() },
      { self.copyRuns() },
      { self.deriveDays() },
      { self.findRuns() },
      { self.numberSessions() },
    ]
  }

  // MARK: Dictionaries

  private func joinDictionaries() throws(EventLogError) {
    try joinTables()
    // User words are twice the code of an id.
    guard strings.count < 1 << 31 else { throw EventLogError(.tooManyTexts) }
  }

  private func joinTables() throws(EventLogError) {
    guard sources.count > 1 else {
      if let source = sources.first {
        slots = source.slots
        names = source.names
        records = source.records
        remaps = [Remap(of: source)]
      } else {
        records = RecordGroup.allCases.map { _ in RecordInterner().sealed() }
      }
      return
    }
    let strings = StringInterner(expecting: sources.reduce(0) { $0 + $1.strings.count })
    let slots = SlotInterner()
    let records = RecordGroup.allCases.map { _ in RecordInterner() }
    var nameCodes: [UInt32: UInt16] = [:]
    for source in sources {
      let texts = strings.intern(source.strings)
      var slotRemap = SlotRemap(codes: [], isText: source.slots.map { $0.kind == .string })
      for var slot in source.slots {
        slot.key = texts[Int(slot.key)]
        guard let code = slots.intern(slot) else { throw EventLogError(.tooManyKeys) }
        slotRemap.codes.append(code)
      }
      var nameRemap: [UInt16] = []
      for text in source.names.map({ texts[Int($0)] }) {
        if let code = nameCodes[text] {
          nameRemap.append(code)
        } else {
          guard names.count < 65_535 else { throw EventLogError(.tooManyNames) }
          nameCodes[text] = UInt16(names.count)
          nameRemap.append(UInt16(names.count))
          names.append(text)
        }
      }
      let recordRemap = zip(records, source.records).map { interner, table in
        interner.intern(table, slots: slotRemap, strings: texts)
      }
      // The first source nearly always keeps its codes.
      let isSame =
        isIdentity(texts) && isIdentity(slotRemap.codes) && isIdentity(nameRemap)
        && recordRemap.allSatisfy { isIdentity($0) }
      remaps.append(
        isSame
          ? Remap(of: source)
          : Remap(strings: texts, slots: slotRemap, names: nameRemap, records: recordRemap))
    }
    self.strings = strings.sealed()
    self.slots = slots.slots
    self.records = records.map { $0.sealed() }
  }

  // MARK: Users

  private func identifyUsers() -> [Job] {
    userWords = sources.map { MutableColumn(uninitialized: $0.count) }
    destinations = sources.map { MutableColumn(uninitialized: $0.count) }
    groups = splitRanges(count: sources.count, into: max(1, workers)).filter { !$0.isEmpty }
    let words = strings.count * 2
    histograms = groups.map { _ in MutableColumn(repeating: 0, count: words) }
    let stitches = options.users == .stitched ? loginsByPseudoID() : [:]
    return groups.enumerated().map { groupIndex, group in
      {
        let histogram = self.histograms[groupIndex]
        for sourceIndex in group {
          let source = self.sources[sourceIndex]
          let remap = self.remaps[sourceIndex].strings
          let words = self.userWords[sourceIndex]
          let hasUserIDs = !source.userID.isEmpty
          let identity = self.options.users
          for row in 0..<source.count {
            var pseudo = source.pseudoID[row]
            var user = hasUserIDs ? source.userID[row] : 0
            if let remap {
              pseudo = remap[Int(pseudo)]
              user = remap[Int(user)]
            }
            var word: UInt32
            switch identity {
            case .userIDOrPseudoID:
              word = user != 0 ? user << 1 | 1 : pseudo << 1
            case .pseudoID: word = pseudo << 1
            case .userID: word = user != 0 ? user << 1 | 1 : 0
            case .stitched:
              word = user != 0 ? user << 1 | 1 : pseudo << 1
              if user == 0, let logins = stitches[pseudo] {
                word = logins.user(at: source.time[row]) << 1 | 1
              }
            }
            words[row] = word
            histogram[Int(word)] &+= 1
          }
        }
      }
    }
  }

  /// The logins seen on one pseudo id, by time.
  private struct Logins: Sendable {
    var times: [Int64] = []
    var users: [UInt32] = []

    /// The user of the latest login at or before `time`, otherwise of the first later one.
    func user(at time: Int64) -> UInt32 {
      var low = 0
      var high = times.count
      while low < high {
        let middle = (low + high) / 2
        if times[middle] <= time { low = middle + 1 } else { high = middle }
      }
      return users[max(0, low - 1)]
    }
  }

  private func loginsByPseudoID() -> [UInt32: Logins] {
    var found: [UInt32: [(time: Int64, user: UInt32)]] = [:]
    for (index, source) in sources.enumerated() where !source.userID.isEmpty {
      let remap = remaps[index].strings
      for row in 0..<source.count {
        var user = source.userID[row]
        var pseudo = source.pseudoID[row]
        if let remap {
          user = remap[Int(user)]
          pseudo = remap[Int(pseudo)]
        }
        if user != 0, pseudo != 0 {
          found[pseudo, default: []].append((source.time[row], user))
        }
      }
    }
    return found.mapValues { logins in
      // Of logins at one time that of the later id counts: the order of input does not survive in a
      // log that is merged or grouped anew.
      let sorted = logins.sorted {
        $0.time != $1.time ? $0.time < $1.time : strings.precedes($0.user, $1.user)
      }
      return Logins(times: sorted.map(\.time), users: sorted.map(\.user))
    }
  }

  /// Orders the users by their ids and gives every row its place.
  private func placeRows() -> [Job] {
    let words = strings.count * 2
    var users: [UInt32] = []
    for word in 2..<max(2, words) where histograms.contains(where: { $0[word] != 0 }) {
      users.append(UInt32(word))
    }
    userKeys = sortedByID(users)
    var next: UInt32 = 0
    userOffsets = [0]
    userOffsets.reserveCapacity(userKeys.count + 1)
    // Each histogram becomes, per user, the place of the group's next row.
    for word in userKeys + [0, 1] where word < words {
      for histogram in histograms {
        let count = histogram[Int(word)]
        histogram[Int(word)] = next
        next += count
      }
      if word > 1 { userOffsets.append(next) }
    }
    return groups.enumerated().map { groupIndex, group in
      {
        let places = self.histograms[groupIndex]
        for sourceIndex in group {
          let words = self.userWords[sourceIndex]
          let destination = self.destinations[sourceIndex]
          let time = self.sources[sourceIndex].time
          for row in 0..<words.count {
            let word = Int(words[row])
            let place = places[word]
            places[word] = place &+ 1
            destination[row] = place
            self.time[Int(place)] = time[row]
          }
        }
      }
    }
  }

  /// User words in the order of the bytes of their ids, then of their kind.
  private func sortedByID(_ words: [UInt32]) -> [UInt32] {
    struct Entry {
      var prefix: UInt64
      var word: UInt32
    }
    var entries = words.map { word in
      let prefix = unsafe strings.withBytes(of: word >> 1) { bytes in
        var value: UInt64 = 0
        for index in 0..<8 {
          value = unsafe value << 8 | UInt64(index < bytes.count ? bytes[index] : 0)
        }
        return value
      }
      return Entry(prefix: prefix, word: word)
    }
    entries.sort { left, right in
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      if left.word >> 1 == right.word >> 1 { return left.word < right.word }
      return strings.precedes(left.word >> 1, right.word >> 1)
    }
    return entries.map(\.word)
  }

  // MARK: Order inside a user

  private func sortRuns() -> [Job] {
    histograms = []
    userWords = []
    let runs = userOffsets + [UInt32(rowCount)]
    let order = BatchOrder(sources, slots: sources.map(\.slots))
    var unsorted: [Range<Int>] = []
    for index in 0..<(runs.count - 1) {
      let run = Int(runs[index])..<Int(runs[index + 1])
      guard run.count > 1 else { continue }
      for row in run.dropFirst() {
        if time[row] < time[row - 1] || (order != nil && time[row] == time[row - 1]) {
          unsorted.append(run)
          break
        }
      }
    }
    if unsorted.isEmpty { return [] }

    // The inverse of the placement: which row of which source stands where.
    var bases: [Int] = [0]
    for source in sources { bases.append(bases.last! + source.count) }
    let origin = MutableColumn<UInt32>(uninitialized: rowCount)
    for (index, destination) in destinations.enumerated() {
      for row in 0..<destination.count {
        origin[Int(destination[row])] = UInt32(bases[index] + row)
      }
    }
    let starts = bases
    let toSort = unsorted
    return splitRanges(count: toSort.count, into: max(1, workers)).map { part in
      {
        for run in toSort[part] {
          var rows = run.map { (time: self.time[$0], origin: Int(origin[$0])) }
          rows.sort { left, right in
            if left.time != right.time { return left.time < right.time }
            if let order, let earlier = order.isFirst(left.origin, before: right.origin) {
              return earlier
            }
            return left.origin < right.origin
          }
          for (place, row) in zip(run, rows) {
            let source = starts.lastIndex { $0 <= row.origin && $0 < starts.last! } ?? 0
            self.destinations[source][row.origin - starts[source]] = UInt32(place)
            self.time[place] = row.time
          }
        }
      }
    }
  }

  /// The keys by which the export orders events of equal time.
  private struct BatchOrder: Sendable {
    private var keys: [[Int64]]

    /// `nil` when no source has them.
    init?(_ sources: [LogSource], slots: [[Slot]]) {
      let paths: [FieldPath] = [.batchPageID, .batchOrderingID, .batchEventIndex]
      let total = sources.reduce(0) { $0 + $1.count }
      var keys = paths.map { _ in [Int64]() }
      var base = 0
      for source in sources {
        for (index, path) in paths.enumerated() {
          let wanted = Set(
            source.slots.indices.filter {
              source.slots[$0].scope == .field && source.slots[$0].kind == .int
                && source.strings[source.slots[$0].key] == path.rawValue
            }.map(UInt16.init))
          if wanted.isEmpty { continue }
          if keys[index].isEmpty { keys[index] = Array(repeating: .min, count: total) }
          for row in 0..<source.count {
            for place in Int(source.attributeOffsets[row])..<Int(source.attributeOffsets[row + 1])
            where wanted.contains(source.attributeSlots[place]) {
              keys[index][base + row] = source.attributeValues[place]
            }
          }
        }
        base += source.count
      }
      self.keys = keys.filter { !$0.isEmpty }
      if self.keys.isEmpty { return nil }
    }

    /// Whether row `left` comes before `right`, `nil` when the keys do not say.
    func isFirst(_ left: Int, before right: Int) -> Bool? {
      for key in keys where key[left] != key[right] { return key[left] < key[right] }
      return nil
    }
  }

  // MARK: Columns

  private func scatterColumns() -> [Job] {
    let length = MutableColumn<UInt32>(uninitialized: rowCount)
    attributeLengths = length
    let hasItems = sources.contains { !$0.itemCodes.isEmpty }
    let itemLength = MutableColumn<UInt32>(uninitialized: hasItems ? rowCount : 0)
    itemLengths = itemLength
    if hasItems { itemOffsets = MutableColumn(uninitialized: rowCount + 1) }
    if sources.contains(where: { !$0.userID.isEmpty }) {
      userID = MutableColumn(uninitialized: rowCount)
    }
    recordCodes = RecordGroup.ofEvents.map { group in
      sources.contains { !$0.recordCodes[group.rawValue].isEmpty }
        ? MutableColumn(uninitialized: rowCount) : nil
    }
    var jobs: [Job] = []
    for (index, source) in sources.enumerated() {
      let remap = remaps[index]
      let places = destinations[index]
      jobs.append {
        scatter(source.name, to: self.name, at: places, remap.names)
        scatter(source.day, to: self.day, at: places)
      }
      jobs.append { scatter(source.pseudoID, to: self.pseudoID, at: places, remap.strings) }
      if let userID {
        jobs.append { scatter(source.userID, to: userID, at: places, remap.strings) }
      }
      for (group, column) in recordCodes.enumerated() {
        guard let column else { continue }
        let codes = source.recordCodes[group]
        jobs.append { scatter(codes, to: column, at: places, remap.records[group]) }
      }
      jobs.append {
        for row in 0..<source.count {
          length[Int(places[row])] = source.attributeOffsets[row + 1] - source.attributeOffsets[row]
        }
        guard hasItems else { return }
        for row in 0..<source.count {
          itemLength[Int(places[row])] = source.itemOffsets[row + 1] - source.itemOffsets[row]
        }
      }
    }
    return jobs
  }

  private var attributeLengths = MutableColumn<UInt32>()
  private var itemLengths = MutableColumn<UInt32>()

  private func copyRuns() -> [Job] {
    func sum(_ lengths: MutableColumn<UInt32>, into offsets: MutableColumn<UInt32>) -> Int {
      var end: UInt32 = 0
      offsets[0] = 0
      for row in 0..<lengths.count {
        end += lengths[row]
        offsets[row + 1] = end
      }
      return Int(end)
    }
    let attributes = sum(attributeLengths, into: attributeOffsets)
    attributeSlots = MutableColumn(uninitialized: attributes)
    attributeValues = MutableColumn(uninitialized: attributes)
    if let itemOffsets {
      itemCodes = MutableColumn(uninitialized: sum(itemLengths, into: itemOffsets))
    }
    attributeLengths = MutableColumn()
    itemLengths = MutableColumn()
    var jobs: [Job] = []
    for (index, source) in sources.enumerated() {
      for rows in splitRanges(count: source.count, into: workers) {
        jobs.append { self.copyRuns(of: source, index, rows) }
      }
    }
    return jobs
  }

  private func copyRuns(of source: LogSource, _ index: Int, _ rows: Range<Int>) {
    let remap = remaps[index]
    let places = destinations[index]
    let translates = remap.strings != nil
    for row in rows {
      var to = Int(attributeOffsets[Int(places[row])])
      for from in Int(source.attributeOffsets[row])..<Int(source.attributeOffsets[row + 1]) {
        let slot = source.attributeSlots[from]
        let value = source.attributeValues[from]
        if translates {
          attributeSlots[to] = remap.slots.codes[Int(slot)]
          attributeValues[to] = remap.slots.translate(value, of: Int(slot), remap.strings)
        } else {
          attributeSlots[to] = slot
          attributeValues[to] = value
        }
        to += 1
      }
    }
    guard let itemOffsets, !source.itemCodes.isEmpty else { return }
    let codes = remap.records[RecordGroup.item.rawValue]
    for row in rows {
      var to = Int(itemOffsets[Int(places[row])])
      for from in Int(source.itemOffsets[row])..<Int(source.itemOffsets[row + 1]) {
        let code = source.itemCodes[from]
        itemCodes[to] = codes.map { $0[Int(code)] } ?? code
        to += 1
      }
    }
  }

  // MARK: Days and sessions

  private func deriveDays() -> [Job] {
    sources = []
    remaps = []
    destinations = []
    var missing = 0
    for row in 0..<rowCount where day[row] == LogPart.noDay { missing += 1 }
    if missing == 0 {
      dayOrigin = .exported
      return []
    }
    if missing == rowCount {
      dayOrigin = .derived
    } else {
      let given = MutableColumn<UInt8>(repeating: 1, count: rowCount)
      for row in 0..<rowCount where day[row] == LogPart.noDay { given[row] = 0 }
      dayOrigin = .mixed(given.sealed())
    }
    return splitRanges(count: rowCount, into: workers).map { rows in
      {
        var converter = DayConverter(self.options.timeZone)
        for row in rows where self.day[row] == LogPart.noDay {
          self.day[row] = converter.day(ofMicroseconds: self.time[row])
        }
      }
    }
  }

  private func findRuns() -> [Job] {
    let days = day.sealed()
    self.days = days
    let offsets = userOffsets
    return [{ self.dayRuns = DayRuns(days: days, userOffsets: offsets) }] + findSessions()
  }

  private func findSessions() -> [Job] {
    let sessions = SessionAssembly(
      rule: options.sessions,
      rows: SessionAssembly.Rows(
        userOffsets: userOffsets, time: time.sealed(), name: name.sealed(),
        pseudoID: pseudoID.sealed(), userID: userID?.sealed() ?? Column([]),
        attributeOffsets: attributeOffsets.sealed(), attributeSlots: attributeSlots.sealed(),
        attributeValues: attributeValues.sealed()),
      strings: strings, slots: slots, names: names, users: userKeys, workers: workers)
    self.sessions = sessions
    return sessions.jobs()
  }

  private func numberSessions() -> [Job] {
    sessions!.number()
    return []
  }

  private func log() -> EventLog {
    let sessions = self.sessions!
    let rows = sessions.rows
    return EventLog(
      EventLogStorage(
        options: options, dayOrigin: dayOrigin, strings: strings, slots: slots, names: names,
        records: records, userKeys: Column(userKeys), userOffsets: Column(userOffsets),
        time: rows.time, day: days!, dayRuns: dayRuns!, name: rows.name, session: sessions.column,
        pseudoID: rows.pseudoID, userID: rows.userID,
        recordCodes: recordCodes.map { $0?.sealed() ?? Column([]) },
        attributeOffsets: rows.attributeOffsets, attributeSlots: rows.attributeSlots,
        attributeValues: rows.attributeValues, itemOffsets: itemOffsets?.sealed() ?? Column([]),
        itemCodes: itemCodes.sealed(), sessions: sessions.table))
  }
}

/// Writes every value of `column` to its place, or 0 where the source has no such column.
private func scatter<T>(
  _ column: Column<T>, to result: MutableColumn<T>, at places: MutableColumn<UInt32>,
  _ remap: [T]? = nil
) where T: FixedWidthInteger {
  if column.isEmpty {
    for row in 0..<places.count { result[Int(places[row])] = 0 }
  } else if let remap {
    for row in 0..<column.count { result[Int(places[row])] = remap[Int(column[row])] }
  } else {
    for row in 0..<column.count { result[Int(places[row])] = column[row] }
  }
}

/// Whether every code stays as it is.
private func isIdentity<Code: FixedWidthInteger>(_ codes: [Code]) -> Bool {
  codes.indices.allSatisfy { Int(codes[$0]) == $0 }
}
