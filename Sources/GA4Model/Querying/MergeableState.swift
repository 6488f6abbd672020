package import StatisticsCore

/// What to compute over a log; it holds no data.
///
/// ```swift
/// let report = DailyActiveUsersQuery().evaluate(log)
/// let same = await DailyActiveUsersQuery().evaluate(log, workers: 4)
/// ```
///
/// A query is a value that prints itself in words. The answer does not depend on the number of
/// workers: not in its last bit.
public protocol EventQuery: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The running summary from which the answer is made.
  associatedtype State: MergeableState where State.Query == Self

  /// A summary of nothing.
  func makeState() -> State
}

/// A running summary of events that can be continued, merged, stored and turned into a report.
///
/// ```swift
/// var state = query.makeState()
/// state.update(monday)
/// state.update(tuesday)                     // other users than Monday's
/// print(state.report())
/// ```
///
/// Over parts with disjoint users, merging is associative and commutative, a fresh state is the
/// identity, and any split by user gives the same report bit for bit.
public protocol MergeableState: Sendable {
  /// The query that the state answers.
  associatedtype Query: Sendable
  /// The answer.
  associatedtype Report: Sendable

  /// The query that the state answers.
  var query: Query { get }

  /// Takes up the events of `slice`, whose users must be new to the state.
  mutating func update(_ slice: EventLog.UserSlice)

  /// Takes up all that `other` has seen.
  ///
  /// - Throws: ``StateError`` when `other` answers another query.
  mutating func merge(_ other: Self) throws(StateError)

  /// The answer for all events seen so far.
  func report() -> Report

  /// The same answer, made by `workers` tasks where that is worth it.
  ///
  /// What a type does not say itself is ``report()``.
  func report(workers: Int) async -> Report

  /// The state as bytes that ``init(decoding:query:)`` reads.
  func encoded() -> [UInt8]

  /// Reads a state of `query` back.
  ///
  /// - Throws: ``StateError`` when the bytes are damaged or belong to another query.
  init(decoding bytes: [UInt8], query: Query) throws(StateError)
}

extension MergeableState {
  /// Takes up all events of `log`, whose users must be new to the state.
  public mutating func update(_ log: EventLog) { update(log.wholeSlice) }

  public func report(workers: Int) async -> Report { report() }
}

/// Why a state could not be merged or decoded.
public struct StateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// The state answers another query.
    case otherQuery
    /// The bytes are not a state, or have changed.
    case damaged
  }

  /// What went wrong.
  public var code: Code
  /// The sentence for people.
  public var description: String

  /// The error for states of different queries.
  package static let otherQuery = StateError(
    code: .otherQuery,
    description:
      "The state answers another query; states can be merged and read only with their own.")

  /// The error for bytes that cannot be read.
  package static func damaged(_ error: BinaryDecodingError) -> StateError {
    StateError(code: .damaged, description: "The saved state cannot be read: \(error)")
  }
}

extension EventQuery {
  /// The answer for `log`, computed in the calling thread.
  public func evaluate(_ log: EventLog) -> State.Report {
    var state = makeState()
    state.update(log)
    return state.report()
  }

  /// The answer for `log`, computed by `workers` tasks over ranges of users; the same bits.
  public func evaluate(_ log: EventLog, workers: Int) async -> State.Report {
    let slices = log.slices(workers)
    let states = await concurrentMap(slices, workers: workers) { slice in
      var state = makeState()
      state.update(slice)
      return state
    }
    var whole = makeState()
    for state in states {
      do {
        try whole.merge(state)
      } catch {
        preconditionFailure("States of one query always merge")
      }
    }
    return await whole.report(workers: workers)
  }
}

extension EventLog {
  /// Some users of a log side by side, with all their events.
  public struct UserSlice: Sendable {
    /// The log.
    public let log: EventLog
    /// The positions of the users in ``EventLog/users``.
    public let users: Range<Int>
    /// Whether the events without user belong to the slice.
    public let includesEventsWithoutUser: Bool

    /// The rows of the users.
    package var userRows: Range<Int> {
      Int(
        log.storage.userOffsets[users.lowerBound])..<Int(log.storage.userOffsets[users.upperBound])
    }

    /// All rows of the slice.
    package var rows: Range<Int> {
      includesEventsWithoutUser
        ? userRows.lowerBound..<log.storage.rowCount : userRows
    }
  }

  /// The whole log as one slice.
  public var wholeSlice: UserSlice {
    UserSlice(log: self, users: 0..<storage.userCount, includesEventsWithoutUser: true)
  }

  /// `count` slices of about as many events each, which together are the log.
  ///
  /// - Complexity: O(*c* log *u*), where *c* is `count` and *u* the number of users.
  public func slices(_ count: Int) -> [UserSlice] {
    precondition(count >= 1, "The number of slices must be at least 1")
    let users = storage.userCount
    var borders = [0]
    for index in 1..<Swift.max(2, count) where count > 1 {
      let row = storage.userRowCount / count * index
      borders.append(Swift.max(borders.last!, user(ofEvent: row) ?? users))
    }
    borders.append(users)
    return zip(borders, borders.dropFirst()).enumerated().map { index, border in
      UserSlice(
        log: self, users: border.0..<border.1,
        includesEventsWithoutUser: index == borders.count - 2)
    }
  }
}
