import StatisticsCore

/// Makes columns of the sections of a file.
struct LogFileReader {
  private let file: SavedBytes
  private let header: LogFileHeader

  init(_ file: SavedBytes) throws(EventLogError) {
    self.file = file
    header = try LogFileHeader(file)
  }

  /// How many values a section must have.
  private enum Count {
    case any
    case exactly(Int)
    /// So many, or none when no row has a value.
    case noneOr(Int)
    case atMost(Int)

    func allows(_ count: Int) -> Bool {
      switch self {
      case .any: true
      case .exactly(let wanted): count == wanted
      case .noneOr(let wanted): count == 0 || count == wanted
      case .atMost(let limit): count <= limit
      }
    }
  }

  private func column<Element>(_ section: LogSection, _ type: Element.Type, _ count: Count)
    throws(EventLogError) -> Column<Element>
  {
    let entry = header.entries[LogSection.all.firstIndex(of: section)!]
    precondition(MemoryLayout<Element>.stride == section.width, "A section of another width")
    guard count.allows(entry.count) else {
      throw EventLogError(.damaged, "the section of its \(section.name) has an impossible size")
    }
    return file.column(Element.self, at: entry.range.lowerBound, count: entry.count)
  }

  /// The log of the file.
  func storage(verifiesChecksums: Bool) throws(EventLogError) -> EventLogStorage {
    if verifiesChecksums { try verifyChecksums() }
    let rows = header.rowCount
    guard rows < Int(UInt32.max) else {
      throw EventLogError(.damaged, "it has more events than a log can hold")
    }

    let strings = StringPool(
      offsets: try column(.stringOffsets, Int64.self, .any),
      bytes: try column(.stringBytes, UInt8.self, .any))
    try checkEnds(strings.offsets, .stringOffsets, minimum: 2, end: strings.bytes.count)
    var slots: [Slot] = []
    for word in try column(.slots, UInt64.self, .atMost(SlotInterner.limit)).array {
      guard let slot = Slot(word: word), Int(slot.key) < strings.count else {
        throw EventLogError(.damaged, "one of its keys is none")
      }
      slots.append(slot)
    }
    let names = try column(.names, UInt32.self, .atMost(SlotInterner.limit)).array
    guard names.allSatisfy({ Int($0) < strings.count }) else {
      throw EventLogError(.damaged, "one of its event names is none")
    }

    var records: [RecordTable] = []
    for group in RecordGroup.allCases {
      let values = try column(.recordValues(group), Int64.self, .any)
      let table = RecordTable(
        offsets: try column(.recordOffsets(group), UInt32.self, .any),
        slots: try column(.recordSlots(group), UInt16.self, .exactly(values.count)), values: values)
      try checkEnds(table.offsets, .recordOffsets(group), minimum: 2, end: values.count)
      records.append(table)
    }
    var recordCodes: [Column<UInt32>] = []
    for group in RecordGroup.ofEvents {
      recordCodes.append(try column(.recordCodes(group), UInt32.self, .noneOr(rows)))
    }

    let userKeys = try column(.userKeys, UInt32.self, .atMost(rows))
    let userOffsets = try column(.userOffsets, UInt32.self, .exactly(userKeys.count + 1))
    guard userOffsets[0] == 0, Int(userOffsets[userKeys.count]) <= rows else {
      throw EventLogError(.damaged, "its user offsets do not fit its events")
    }
    let attributeValues = try column(.attributeValues, Int64.self, .any)
    let attributeOffsets = try column(.attributeOffsets, UInt32.self, .exactly(rows + 1))
    try checkEnds(attributeOffsets, .attributeOffsets, minimum: 1, end: attributeValues.count)
    let itemOffsets = try column(.itemOffsets, UInt32.self, .noneOr(rows + 1))
    let itemCodes = try column(
      .itemCodes, UInt32.self, itemOffsets.isEmpty ? .exactly(0) : .any)
    if !itemOffsets.isEmpty {
      try checkEnds(itemOffsets, .itemOffsets, minimum: 1, end: itemCodes.count)
    }

    let sessionUser = try column(.sessionUser, UInt32.self, .atMost(rows))
    let sessionCount = Count.exactly(sessionUser.count)
    let sessions = SessionTable(
      user: sessionUser, id: try column(.sessionID, Int64.self, sessionCount),
      start: try column(.sessionStart, Int64.self, sessionCount),
      end: try column(.sessionEnd, Int64.self, sessionCount),
      firstRow: try column(.sessionFirstRow, UInt32.self, sessionCount),
      eventCount: try column(.sessionEventCount, UInt32.self, sessionCount),
      flags: try column(.sessionFlags, UInt8.self, sessionCount))

    let exportedDay = try column(
      .exportedDay, UInt8.self, .exactly(header.dayOrigin == 2 ? rows : 0))
    let dayOrigin: DayOrigin =
      switch header.dayOrigin {
      case 0: .exported
      case 1: .derived
      default: .mixed(exportedDay)
      }
    let dayRunDay = try column(.dayRunDay, Int32.self, .atMost(rows))
    let storage = EventLogStorage(
      options: header.options, dayOrigin: dayOrigin, strings: strings, slots: slots, names: names,
      records: records, userKeys: userKeys, userOffsets: userOffsets,
      time: try column(.time, Int64.self, .exactly(rows)),
      day: try column(.day, Int32.self, .exactly(rows)),
      dayRuns: DayRuns(
        firstRow: try column(.dayRunRow, UInt32.self, .exactly(dayRunDay.count + 1)),
        day: dayRunDay, daysRise: header.daysRise),
      name: try column(.name, UInt16.self, .exactly(rows)),
      session: try column(.session, UInt32.self, .exactly(rows)),
      pseudoID: try column(.pseudoID, UInt32.self, .exactly(rows)),
      userID: try column(.userID, UInt32.self, .noneOr(rows)), recordCodes: recordCodes,
      attributeOffsets: attributeOffsets,
      attributeSlots: try column(
        .attributeSlots, UInt16.self, .exactly(attributeValues.count)),
      attributeValues: attributeValues, itemOffsets: itemOffsets, itemCodes: itemCodes,
      sessions: sessions)
    if verifiesChecksums { try LogFileCheck(storage).run() }
    return storage
  }

  private func verifyChecksums() throws(EventLogError) {
    for (section, entry) in zip(LogSection.all, header.entries) {
      var checksum = Checksum()
      file.update(&checksum, with: entry.range)
      guard checksum.value == entry.checksum else {
        throw EventLogError(.damaged, "the checksum of its \(section.name) is wrong")
      }
    }
  }

  /// Checks the ends of offsets; what lies between is checked with the content.
  private func checkEnds<Offset: FixedWidthInteger>(
    _ offsets: Column<Offset>, _ section: LogSection, minimum: Int, end: Int
  ) throws(EventLogError) {
    guard offsets.count >= minimum, offsets[0] == 0,
      offsets[offsets.count - 1] == Offset(exactly: end)
    else {
      throw EventLogError(.damaged, "its \(section.name) do not fit their values")
    }
  }
}

/// Checks that the content of a file keeps the promises of a log, so that no walk over its columns
/// can meet a code, an offset or an order that a log built here could not have.
///
/// Texts may be repeated and need not be UTF-8: the one costs answers, the other is repaired.
struct LogFileCheck {
  private let storage: EventLogStorage

  init(_ storage: EventLogStorage) { self.storage = storage }

  func run() throws(EventLogError) {
    try checkDictionaries()
    try checkUsers()
    try checkRows()
    try checkDayRuns()
    try checkSessions()
  }

  private func require(_ isKept: Bool, _ detail: @autoclosure () -> String) throws(EventLogError) {
    if !isKept { throw EventLogError(.damaged, detail()) }
  }

  private func checkDictionaries() throws(EventLogError) {
    let strings = storage.strings
    try require(strings.count <= 1 << 31, "it has more texts than a log can hold")
    try require(strings.offsets[1] == 0, "its absent text is not empty")
    try require(isAscending(strings.offsets), "its text offsets are out of order")
    try require(Set(storage.slots).count == storage.slots.count, "a key stands twice")
    try require(storage.slots.allSatisfy { $0.key != 0 }, "a key has no text")
    try require(Set(storage.names).count == storage.names.count, "an event name stands twice")
    try require(!storage.names.contains(0), "an event name has no text")
    for (group, table) in zip(RecordGroup.allCases, storage.records) {
      try require(table.offsets[1] == 0, "the absent \(group) record is not empty")
      try require(isAscending(table.offsets), "its \(group) record offsets are out of order")
      try checkValues(
        table.slots, table.values, in: group == .item ? [.item, .itemParameter] : [.field],
        "\(group) records")
    }
  }

  /// Checks stored values against their slots, whose scopes must be among `scopes`.
  private func checkValues(
    _ slots: Column<UInt16>, _ values: Column<Int64>, in scopes: Set<SlotScope>, _ name: String
  ) throws(EventLogError) {
    let isAllowed = storage.slots.map { scopes.contains($0.scope) }
    let isText = storage.slots.map { $0.kind == .string }
    let texts = Int64(storage.strings.count)
    let isSound = slots.withValues { slots in
      values.withValues { values in
        for index in 0..<slots.count {
          let slot = Int(slots[index])
          guard slot < isAllowed.count, isAllowed[slot] else { return false }
          if isText[slot], values[index] < 0 || values[index] >= texts { return false }
        }
        return true
      }
    }
    try require(isSound, "a value of its \(name) is out of range")
  }

  private func checkUsers() throws(EventLogError) {
    let strings = storage.strings
    let keys = storage.userKeys
    for user in 0..<keys.count {
      let code = keys[user] >> 1
      try require(code > 0 && Int(code) < strings.count, "a user has no id")
      if user == 0 { continue }
      let previous = keys[user - 1]
      let isAfter =
        strings.precedes(previous >> 1, code) || previous >> 1 == code && previous < keys[user]
      try require(isAfter, "its users are out of order")
      try require(
        storage.userOffsets[user] > storage.userOffsets[user - 1], "a user has no events")
    }
    if keys.count > 0 {
      try require(
        storage.userOffsets[keys.count] > storage.userOffsets[keys.count - 1],
        "a user has no events")
    }
  }

  private func checkRows() throws(EventLogError) {
    let texts = storage.strings.count
    try require(isBelow(storage.names.count, storage.name), "an event has no name")
    try require(isBelow(texts, storage.pseudoID), "a pseudo id is out of range")
    try require(isBelow(texts, storage.userID), "a user id is out of range")
    for (codes, table) in zip(storage.recordCodes, storage.records) {
      try require(isBelow(table.count, codes), "an event refers to no record")
    }
    if case .mixed(let given) = storage.dayOrigin {
      try require(isBelow(2, given), "a day origin is out of range")
    }
    try require(
      isAscending(storage.attributeOffsets), "its parameter offsets are out of order")
    try checkValues(
      storage.attributeSlots, storage.attributeValues,
      in: [.field, .parameter, .userProperty, .userPropertyTime], "parameters")
    try require(isAscending(storage.itemOffsets), "its item offsets are out of order")
    try require(
      isBelow(storage.records[RecordGroup.item.rawValue].count, storage.itemCodes),
      "an event refers to no item")

    let isInOrder = storage.time.withValues { time in
      storage.userOffsets.withValues { users in
        for user in 0..<users.count {
          let end = user + 1 < users.count ? Int(users[user + 1]) : time.count
          for row in Int(users[user])..<end where row > Int(users[user]) {
            if time[row] < time[row - 1] { return false }
          }
        }
        return true
      }
    }
    try require(isInOrder, "its events are out of order")
  }

  private func checkDayRuns() throws(EventLogError) {
    let found = DayRuns(days: storage.day, userOffsets: storage.userOffsets.array)
    let kept = storage.dayRuns
    try require(
      found.daysRise == kept.daysRise && found.firstRow.hasBytes(of: kept.firstRow)
        && found.day.hasBytes(of: kept.day),
      "the days of its users do not agree with their events")
  }

  private func checkSessions() throws(EventLogError) {
    let sessions = storage.sessions
    var eventCounts = [UInt32](repeating: 0, count: sessions.count)
    let isInRange = storage.session.withValues { column in
      for row in 0..<column.count where column[row] != SessionTable.none {
        guard Int(column[row]) < eventCounts.count else { return false }
        eventCounts[Int(column[row])] += 1
      }
      return true
    }
    try require(isInRange, "an event refers to no session")
    try require(isBelow(8, sessions.flags), "a session has unknown flags")
    for session in 0..<sessions.count {
      let user = sessions.user[session]
      let first = Int(sessions.firstRow[session])
      try require(
        user == SessionTable.noUser || Int(user) < storage.userCount, "a session has no user")
      try require(
        first < storage.rowCount && Int(storage.session[first]) == session
          && sessions.eventCount[session] == eventCounts[session]
          && sessions.start[session] <= sessions.end[session],
        "a session does not agree with its events")
      if session > 0 {
        let isAfter =
          (sessions.user[session - 1], sessions.start[session - 1])
          <= (user, sessions.start[session])
        try require(isAfter, "its sessions are out of order")
      }
    }
  }

  private func isAscending<Offset: FixedWidthInteger>(_ offsets: Column<Offset>) -> Bool {
    offsets.withValues { offsets in
      // Counted to the end rather than left early, so that the loop takes many values at a time.
      var descents = 0
      for index in 0..<max(0, offsets.count - 1) {
        descents &+= offsets[index] > offsets[index + 1] ? 1 : 0
      }
      return descents == 0
    }
  }

  private func isBelow<Code: FixedWidthInteger>(_ limit: Int, _ codes: Column<Code>) -> Bool {
    codes.withValues { codes in
      var largest: Code = 0
      for index in 0..<codes.count { largest = max(largest, codes[index]) }
      return codes.isEmpty || Int(largest) < limit
    }
  }
}
