import GA4Model

/// The units of a slice, each with its rows in the order of time.
struct UnitRows: Sequence, IteratorProtocol {
  /// The rows of one unit.
  enum Rows {
    /// Side by side, as nearly always.
    case run(Range<Int>)
    case list([Int])
  }

  private let unit: FunnelUnit
  private let slice: EventLog.UserSlice
  private let storage: EventLogStorage
  /// The next user or session.
  private var number: Int
  /// The rows of sessions that a login has spread over several users.
  private var spread: [Int: [Int]] = [:]

  /// Whether only sessions that a login has spread over several users are wanted.
  private let skipsOthers: Bool

  init(_ unit: FunnelUnit, _ slice: EventLog.UserSlice) {
    self.init(unit, slice, skipsOthers: false)
  }

  /// The sessions of a slice that a login has spread over several users.
  init(spreadIn slice: EventLog.UserSlice) { self.init(.sessions, slice, skipsOthers: true) }

  private init(_ unit: FunnelUnit, _ slice: EventLog.UserSlice, skipsOthers: Bool) {
    self.unit = unit
    self.skipsOthers = skipsOthers
    self.slice = slice
    storage = slice.log.storage
    number = unit == .users ? slice.users.lowerBound : 0
    guard unit == .sessions else { return }
    let sessions = storage.sessions
    for session in 0..<sessions.count
    where sessions.flags[session] & SessionTable.spansUsers != 0 && begins(session) {
      spread[session] = []
    }
    if !spread.isEmpty {
      for row in 0..<storage.rowCount { spread[Int(storage.session[row])]?.append(row) }
    }
  }

  /// Whether a session counts in this slice: that in which it begins.
  private func begins(_ session: Int) -> Bool {
    slice.rows.contains(Int(storage.sessions.firstRow[session]))
  }

  mutating func next() -> (number: Int, rows: Rows)? {
    if skipsOthers && spread.isEmpty { return nil }
    switch unit {
    case .users:
      guard number < slice.users.upperBound else { return nil }
      defer { number += 1 }
      return (number, .run(storage.rows(ofUser: number)))
    case .sessions:
      let sessions = storage.sessions
      while number < sessions.count, !begins(number) || skipsOthers && spread[number] == nil {
        number += 1
      }
      guard number < sessions.count else { return nil }
      defer { number += 1 }
      return (number, rows(ofSession: number))
    }
  }

  private func rows(ofSession session: Int) -> Rows {
    if let rows = spread[session] {
      return .list(rows.sorted { (storage.time[$0], $0) < (storage.time[$1], $1) })
    }
    let first = Int(storage.sessions.firstRow[session])
    let count = Int(storage.sessions.eventCount[session])
    var end = first
    while end < first + count, storage.session[end] == UInt32(session) { end += 1 }
    if end == first + count { return .run(first..<end) }
    // Sessions of one user may lie inside each other.
    var rows = Array(first..<end)
    while rows.count < count {
      if storage.session[end] == UInt32(session) { rows.append(end) }
      end += 1
    }
    return .list(rows)
  }
}

extension EventLog.UserSlice {
  /// Rows among which all of the units are.
  func rows(of unit: FunnelUnit) -> Range<Int> {
    let sessions = log.storage.sessions
    // A session that a login has spread over several users has rows in other slices.
    let isSpread =
      unit == .sessions
      && (0..<sessions.count).contains {
        sessions.flags[$0] & SessionTable.spansUsers != 0
      }
    return isSpread ? 0..<log.storage.rowCount : rows
  }

  /// How many events of the slice belong to no unit of the kind.
  func eventsWithoutUnit(_ unit: FunnelUnit) -> Int {
    switch unit {
    case .users: rows.upperBound - userRows.upperBound
    case .sessions: rows.count { log.storage.session[$0] == SessionTable.none }
    }
  }
}
