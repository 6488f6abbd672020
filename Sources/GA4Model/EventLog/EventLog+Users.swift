extension EventLog {
  /// The users of the log in the order of their ids, each with its events.
  public var users: Users { Users(log: self) }

  /// The sessions of the log, by user and start.
  public var sessions: Sessions { Sessions(log: self) }

  /// A user with the positions of its events in the log.
  public struct User: Sendable, Hashable {
    /// Who it is.
    public var key: UserKey
    /// Where its events stand, in the order in which they happened.
    public var events: Range<Int>
  }

  /// The users of a log.
  public struct Users: RandomAccessCollection, Sendable {
    fileprivate let log: EventLog
    public var startIndex: Int { 0 }
    public var endIndex: Int { log.storage.userCount }
    public subscript(index: Int) -> User {
      User(key: log.storage.userKey(index), events: log.storage.rows(ofUser: index))
    }
  }

  /// The sessions of a log.
  public struct Sessions: RandomAccessCollection, Sendable {
    fileprivate let log: EventLog
    public var startIndex: Int { 0 }
    public var endIndex: Int { log.storage.sessions.count }
    public subscript(index: Int) -> Session {
      let storage = log.storage
      let table = storage.sessions
      let user = table.user[index]
      let first = Int(table.firstRow[index])
      return Session(
        user: user == SessionTable.noUser ? nil : storage.userKey(Int(user)),
        id: table.flags[index] & SessionTable.hasID != 0 ? table.id[index] : nil,
        start: EventTime(microseconds: table.start[index]),
        end: EventTime(microseconds: table.end[index]),
        day: CalendarDay(daysSinceEpoch: storage.day[first]),
        eventCount: Int(table.eventCount[index]),
        isEngaged: table.flags[index] & SessionTable.engaged != 0, firstEvent: first)
    }
  }

  /// The position in ``sessions`` of the session of the event at `position`, `nil` for none.
  public func session(ofEvent position: Int) -> Int? {
    let session = storage.session[position]
    return session == SessionTable.none ? nil : Int(session)
  }

  /// The user number of the event at `position`, `nil` for an event without user.
  ///
  /// - Complexity: O(log *u*), where *u* is the number of users.
  public func user(ofEvent position: Int) -> Int? {
    guard position < storage.userRowCount else { return nil }
    var low = 0
    var high = storage.userCount
    while low < high {
      let middle = (low + high) / 2
      if Int(storage.userOffsets[middle + 1]) <= position {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
