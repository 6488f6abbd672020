import StatisticsCore

/// Events in columns, sorted by user and time: what every query runs on.
///
/// ```swift
/// let log = try EventReader().read(path: "events.ndjson").log
/// log.count                                 // events
/// log.users.count                           // distinct users
/// log.sessions.count
/// let carts = log.filter { $0.name == .addToCart && $0[.value] > 50 }
/// ```
///
/// A log is an immutable value. All events of a user stand side by side in the order in which they
/// happened, users in the order of their ids, and the events that belong to nobody at the end; so
/// whatever is computed by user is one walk over the columns. As a collection it hands out the
/// readable ``Event`` of a position.
///
/// Inside a user, events are ordered by time, then by the export's batch ids where it has them,
/// then as they were read.
public struct EventLog: Sendable {
  package let storage: EventLogStorage

  init(_ storage: EventLogStorage) { self.storage = storage }

  /// Makes the log of `events`.
  ///
  /// - Throws: ``EventLogError`` when there are more distinct names or keys than a log can hold.
  /// - Complexity: O(*n* + *u* log *u*), where *n* is the number of events and *u* of users, when
  ///   the events of each user come in the order of time.
  public init(_ events: some Sequence<Event>, options: EventLogOptions = EventLogOptions())
    throws(EventLogError)
  {
    var builder = EventLogBuilder(options: options)
    for event in events { try builder.append(event) }
    self = try builder.build()
  }

  /// How this log groups its events.
  public var options: EventLogOptions { storage.options }

  /// The first and the last day on which something happened, `nil` without events.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together.
  public var days: ClosedRange<CalendarDay>? {
    storage.dayRuns.days(of: 0..<storage.dayRuns.count).map {
      CalendarDay(daysSinceEpoch: $0.lowerBound)...CalendarDay(daysSinceEpoch: $0.upperBound)
    }
  }

  /// How many events belong to no user, because consent was denied or the user rule names none.
  public var eventsWithoutUser: Int { count - storage.userRowCount }
}

/// The columns of a log; see ``EventLog`` for the order of the rows.
package final class EventLogStorage: Sendable {
  package let options: EventLogOptions
  let dayOrigin: DayOrigin
  package let strings: StringPool
  package let slots: [Slot]
  /// The text of an event name, by its code.
  package let names: [UInt32]
  package let records: [RecordTable]

  /// Twice the code of the id, plus one for a user id; by user.
  package let userKeys: Column<UInt32>
  /// One more than users; rows from the last offset on have no user.
  package let userOffsets: Column<UInt32>

  /// Microseconds since 1970.
  package let time: Column<Int64>
  /// Days since 1970, of `event_date` or else in the reporting zone.
  package let day: Column<Int32>
  package let dayRuns: DayRuns
  package let name: Column<UInt16>
  /// ``SessionTable/none`` where an event has no session.
  package let session: Column<UInt32>
  package let pseudoID: Column<UInt32>
  /// Empty when no event has one, as are the columns of ``recordCodes``.
  package let userID: Column<UInt32>
  package let recordCodes: [Column<UInt32>]
  package let attributeOffsets: Column<UInt32>
  package let attributeSlots: Column<UInt16>
  package let attributeValues: Column<Int64>
  /// Empty when no event has items.
  package let itemOffsets: Column<UInt32>
  package let itemCodes: Column<UInt32>
  package let sessions: SessionTable
  /// Events of names that queries have asked for again.
  let nameIndexes = NameIndexCache()
  /// What was gathered of purchases.
  let purchases = PurchaseTables()

  init(
    options: EventLogOptions, dayOrigin: DayOrigin, strings: StringPool, slots: [Slot],
    names: [UInt32], records: [RecordTable], userKeys: Column<UInt32>,
    userOffsets: Column<UInt32>, time: Column<Int64>, day: Column<Int32>, dayRuns: DayRuns,
    name: Column<UInt16>, session: Column<UInt32>, pseudoID: Column<UInt32>, userID: Column<UInt32>,
    recordCodes: [Column<UInt32>], attributeOffsets: Column<UInt32>,
    attributeSlots: Column<UInt16>, attributeValues: Column<Int64>,
    itemOffsets: Column<UInt32>, itemCodes: Column<UInt32>, sessions: SessionTable
  ) {
    self.options = options
    self.dayOrigin = dayOrigin
    self.strings = strings
    self.slots = slots
    self.names = names
    self.records = records
    self.userKeys = userKeys
    self.userOffsets = userOffsets
    self.time = time
    self.day = day
    self.dayRuns = dayRuns
    self.name = name
    self.session = session
    self.pseudoID = pseudoID
    self.userID = userID
    self.recordCodes = recordCodes
    self.attributeOffsets = attributeOffsets
    self.attributeSlots = attributeSlots
    self.attributeValues = attributeValues
    self.itemOffsets = itemOffsets
    self.itemCodes = itemCodes
    self.sessions = sessions
  }

  package var rowCount: Int { time.count }
  package var userCount: Int { userKeys.count }
  /// How many rows belong to a user; the others follow them.
  package var userRowCount: Int { Int(userOffsets[userCount]) }

  /// The rows of user number `user`.
  package func rows(ofUser user: Int) -> Range<Int> {
    Int(userOffsets[user])..<Int(userOffsets[user + 1])
  }

  /// The key of user number `user`.
  package func userKey(_ user: Int) -> UserKey {
    let word = userKeys[user]
    let id = strings[word >> 1]
    return word & 1 == 1 ? .userID(id) : .pseudoID(id)
  }

  /// The code of `name`, `nil` when no event has it.
  package func nameCode(_ name: EventName) -> UInt16? {
    // By bytes, as names are told apart here; strings that only look alike are equal to Swift.
    names.firstIndex { strings[$0].utf8.elementsEqual(name.rawValue.utf8) }.map { UInt16($0) }
  }

  package func eventName(_ code: UInt16) -> EventName {
    EventName(rawValue: strings[names[Int(code)]])
  }

  /// The code of the record of `group` at `row`, 0 for none.
  @inline(__always)
  package func recordCode(_ group: RecordGroup, _ row: Int) -> UInt32 {
    let codes = recordCodes[group.rawValue]
    return codes.isEmpty ? 0 : codes[row]
  }

  /// The id within which the session id of `row` tells sessions apart: the pseudo id, or the user id
  /// where that is absent.
  package func sessionOwner(_ row: Int) -> UserKey {
    if pseudoID[row] != StringPool.absent { return .pseudoID(strings[pseudoID[row]]) }
    return .userID(userID.isEmpty ? "" : strings[userID[row]])
  }

  /// The items of `row` as places in ``itemCodes``.
  package func items(of row: Int) -> Range<Int> {
    itemOffsets.isEmpty ? 0..<0 : Int(itemOffsets[row])..<Int(itemOffsets[row + 1])
  }

  /// A stored value as a value of the vocabulary.
  package func value(_ slot: UInt16, _ word: Int64) -> FieldValue {
    switch slots[Int(slot)].kind {
    case .string: .string(strings[UInt32(word)])
    case .int: .int(word)
    case .double: .double(Double(bitPattern: UInt64(bitPattern: word)))
    case .float: .float(Double(bitPattern: UInt64(bitPattern: word)))
    case .bool: .bool(word != 0)
    case .empty: .empty
    }
  }

  /// Whether the source gave `row` its day.
  func hasExportedDay(_ row: Int) -> Bool {
    switch dayOrigin {
    case .exported: true
    case .derived: false
    case .mixed(let given): given[row] == 1
    }
  }

  /// The columns as a source, for merging and filtering.
  var source: LogSource {
    let day: Column<Int32>
    switch dayOrigin {
    case .exported: day = self.day
    case .derived: day = MutableColumn(repeating: LogPart.noDay, count: rowCount).sealed()
    case .mixed(let given):
      let mixed = MutableColumn<Int32>(capacity: rowCount)
      for row in 0..<rowCount { mixed.append(given[row] == 1 ? self.day[row] : LogPart.noDay) }
      day = mixed.sealed()
    }
    return LogSource(
      strings: strings, slots: slots, records: records, names: names, time: time, day: day,
      name: name, pseudoID: pseudoID, userID: userID, recordCodes: recordCodes,
      attributeOffsets: attributeOffsets, attributeSlots: attributeSlots,
      attributeValues: attributeValues,
      itemOffsets: itemOffsets.isEmpty
        ? MutableColumn(repeating: 0, count: rowCount + 1).sealed() : itemOffsets,
      itemCodes: itemCodes)
  }
}
