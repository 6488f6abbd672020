/// A visit: the events of one user that belong together.
public struct Session: Sendable, Hashable {
  /// The last user known in the session; `nil` when the user rule gives it none.
  public var user: UserKey?
  /// `ga_session_id`, or `nil` for a session told by a gap.
  ///
  /// Ids of different users may be equal.
  public var id: Int64?
  /// The time of the first event.
  public var start: EventTime
  /// The time of the last event.
  public var end: EventTime
  /// The day of the first event: a session across midnight belongs to the day it starts.
  public var day: CalendarDay
  /// How many events it has.
  public var eventCount: Int
  /// Whether it counts as engaged; see ``SessionRule``.
  public var isEngaged: Bool
  /// The position of the first event in the log.
  public var firstEvent: Int

  /// From the first event to the last.
  public var duration: Duration { end - start }
}

/// The sessions of a log, by user and start.
package struct SessionTable: Sendable {
  /// The number of the user, ``noUser`` for none.
  package let user: Column<UInt32>
  /// The exported id; meaningless where ``flags`` lacks ``hasID``.
  package let id: Column<Int64>
  package let start: Column<Int64>
  package let end: Column<Int64>
  package let firstRow: Column<UInt32>
  package let eventCount: Column<UInt32>
  package let flags: Column<UInt8>

  package static let noUser = UInt32.max
  /// The session of an event that has none.
  package static let none = UInt32.max
  package static let engaged: UInt8 = 1
  package static let hasID: UInt8 = 2
  /// The session has events of several users, as when a visitor signs in.
  package static let spansUsers: UInt8 = 4

  package var count: Int { user.count }
}
