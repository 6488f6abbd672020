extension EventLog: CustomStringConvertible {
  /// How much there is, and from when: "220,734 events of 17,885 users in 20,968 sessions,
  /// 2020-12-19 to 2020-12-24".
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public var description: String {
    guard let days else { return "no events" }
    func counted(_ count: Int, _ noun: String) -> String {
      "\(NumberText.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }
    var text = "\(counted(count, "event")) of \(counted(users.count, "user"))"
    text += " in \(counted(sessions.count, "session")), \(days.lowerBound)"
    if days.lowerBound < days.upperBound { text += " to \(days.upperBound)" }
    if eventsWithoutUser > 0 {
      text += ", \(counted(eventsWithoutUser, "event")) without a user"
    }
    return text
  }

  /// How many bytes the log takes, by part.
  ///
  /// ```swift
  /// print(log.memory)
  /// ```
  ///
  /// - Complexity: O(*k*), where *k* is the number of distinct names and keys.
  public var memory: MemoryFootprint { MemoryFootprint(storage) }

  /// The bytes that a log takes, by part.
  ///
  /// Of a log that is mapped from a file, these are the bytes of the file; memory is taken only for
  /// those that are in use.
  public struct MemoryFootprint: Sendable, Hashable {
    /// The number of events.
    public var events: Int
    /// What every event has and queries walk over: time, day, name, session, ids, references to
    /// shared records, and where the events of each user lie.
    public var coreColumns: Int
    /// Parameters, user properties and fields that are stored event by event.
    public var attributes: Int
    /// References to the items of each event.
    public var items: Int
    /// The table of sessions.
    public var sessions: Int
    /// Distinct texts, keys, names, and shared records such as devices, places and items.
    public var dictionaries: Int
    /// What queries had gathered for those that come after them: purchases, and events of the names that
    /// were asked for again.
    public var indexes: Int

    init(_ storage: EventLogStorage) {
      func bytes(_ columns: any AnyColumn...) -> Int { columns.reduce(0) { $0 + $1.byteCount } }
      events = storage.rowCount
      coreColumns =
        bytes(
          storage.time, storage.day, storage.name, storage.session, storage.pseudoID,
          storage.userID, storage.userKeys, storage.userOffsets, storage.dayRuns.firstRow,
          storage.dayRuns.day)
        + storage.recordCodes.reduce(0) { $0 + $1.byteCount }
      if case .mixed(let given) = storage.dayOrigin { coreColumns += given.byteCount }
      attributes = bytes(
        storage.attributeOffsets, storage.attributeSlots, storage.attributeValues)
      items = bytes(storage.itemOffsets, storage.itemCodes)
      sessions = bytes(
        storage.sessions.user, storage.sessions.id, storage.sessions.start, storage.sessions.end,
        storage.sessions.firstRow, storage.sessions.eventCount, storage.sessions.flags)
      dictionaries =
        bytes(storage.strings.offsets, storage.strings.bytes)
        + storage.records.reduce(0) { $0 + bytes($1.offsets, $1.slots, $1.values) }
        + storage.slots.count * MemoryLayout<Slot>.stride
        + storage.names.count * MemoryLayout<UInt32>.stride
      indexes = storage.nameIndexes.byteCount + storage.purchases.byteCount
    }

    /// All parts together.
    public var total: Int {
      coreColumns + attributes + items + sessions + dictionaries + indexes
    }

    /// The core columns' bytes an event, 0 without events.
    public var coreBytesPerEvent: Double {
      events == 0 ? 0 : Double(coreColumns) / Double(events)
    }
  }
}

extension EventLog.MemoryFootprint: CustomStringConvertible {
  /// The parts in a table, each in bytes and in bytes an event.
  public var description: String {
    let parts = [
      ("core columns", coreColumns), ("attributes", attributes), ("items", items),
      ("sessions", sessions), ("dictionaries", dictionaries), ("indexes", indexes),
      ("total", total),
    ]
    let rows = parts.map { name, bytes in
      let tenths = events == 0 ? 0 : (bytes * 10 + events / 2) / events
      return [name, NumberText.grouped(bytes), "\(NumberText.grouped(tenths / 10)).\(tenths % 10)"]
    }
    let table = [["part", "bytes", "bytes an event"]] + rows
    let widths = (0..<3).map { column in table.map { $0[column].count }.max()! }
    return table.map { row in
      let name = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      let numbers = (1..<3).map { column in
        String(repeating: " ", count: widths[column] - row[column].count) + row[column]
      }
      return ([name] + numbers).joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
