public import GA4Model
import StatisticsCore

/// The running summary of a ``ChurnQuery``; it grows with the number of users and of orders.
public struct ChurnState: MergeableState {
  public let query: ChurnQuery

  /// What is known of one user.
  struct Figures: Sendable, Hashable {
    /// Of events up to the cut-off; empty when there are none.
    var firstDay = Int32.max
    var lastDay = Int32.min
    var activeDays = 0
    var events = 0
    var sessions = 0
    /// Whether there is an event in the window after the cut-off.
    var hasReturned = false
  }

  private(set) var keys = CustomerKeys()
  private(set) var figures: [Figures] = []
  private(set) var orders = CustomerOrders()
  /// The day of the latest event of all.
  private(set) var lastDay: Int32?
  private(set) var eventsWithoutUser = 0

  init(_ query: ChurnQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events, where the days of each user rise.
  public mutating func update(_ slice: EventLog.UserSlice) {
    var part = ChurnState(query)
    part.take(slice)
    merge(of: part)
  }

  private mutating func take(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    let cutOff = query.cutOff?.daysSinceEpoch ?? .max
    let windowEnd = Int(cutOff) + query.days
    orders = CustomerOrders(
      slice, PurchaseTerms(rule: query.purchases, revenue: query.revenue),
      lastDay: CalendarDay(daysSinceEpoch: cutOff))
    eventsWithoutUser = slice.rows.count - slice.userRows.count
    let gap = slice.log.options.sessions.gap
    storage.day.withValues { days in
      for row in slice.rows { lastDay = max(lastDay ?? .min, days[row]) }
      var active: [Int32] = []
      var sessions: [UInt32] = []
      for user in slice.users {
        var figures = Figures()
        var gapSessions = 0
        var last: EventTime?
        active.removeAll(keepingCapacity: true)
        sessions.removeAll(keepingCapacity: true)
        for row in storage.rows(ofUser: user) {
          let day = days[row]
          guard day <= cutOff else {
            if Int(day) <= windowEnd { figures.hasReturned = true }
            continue
          }
          figures.events += 1
          if active.last != day { active.append(day) }
          let session = storage.session[row]
          if session != SessionTable.none, sessions.last != session { sessions.append(session) }
          let time = EventTime(microseconds: storage.time[row])
          if last.map({ time - $0 > gap }) ?? true { gapSessions += 1 }
          last = time
        }
        // Dates that contradict times come in any order, as sessions may interleave.
        figures.activeDays = Self.distinct(&active)
        let sessionCount = Self.distinct(&sessions)
        // A session id after the cut-off takes the sessions by gap from the events before it, which
        // must not know of it.
        figures.sessions = sessionCount > 0 ? sessionCount : gapSessions
        figures.firstDay = active.min() ?? .max
        figures.lastDay = active.max() ?? .min
        keys.append(user: user, of: storage)
        self.figures.append(figures)
      }
    }
  }

  private static func distinct(_ values: inout [some Comparable]) -> Int {
    if !zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) { values.sort() }
    return values.isEmpty ? 0 : 1 + zip(values, values.dropFirst()).count { $0 != $1 }
  }

  public mutating func merge(_ other: ChurnState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    merge(of: other)
  }

  private mutating func merge(of other: ChurnState) {
    let merged = CustomerKeys.merged(keys, other.keys)
    if merged.isConcatenation {
      figures += other.figures
    } else {
      figures = merged.sources.map { source in
        guard let left = source.left else { return other.figures[source.right!] }
        guard let right = source.right else { return figures[left] }
        return figures[left].joined(with: other.figures[right])
      }
    }
    keys = merged.keys
    orders.merge(other.orders)
    lastDay = [lastDay, other.lastDay].compactMap { $0 }.max()
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> ChurnReport { ChurnReport(self) }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "ChurnState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      keys.write(to: &writer)
      writer.array(figures) { writer, figures in
        writer.int32(figures.firstDay)
        writer.int32(figures.lastDay)
        writer.count(figures.activeDays)
        writer.count(figures.events)
        writer.count(figures.sessions)
        writer.bool(figures.hasReturned)
      }
      orders.write(to: &writer)
      writer.optional(lastDay) { $0.int32($1) }
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: ChurnQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = ChurnState(query)
      state.keys = try CustomerKeys(from: &reader)
      let start = reader.offset
      state.figures = try reader.array { reader throws(BinaryDecodingError) in
        Figures(
          firstDay: try reader.int32(), lastDay: try reader.int32(),
          activeDays: try reader.tally(), events: try reader.tally(),
          sessions: try reader.tally(), hasReturned: try reader.bool())
      }
      guard state.figures.count == state.keys.count else {
        throw .valueOutOfRange(name: "number of users", offset: start)
      }
      state.orders = try CustomerOrders(from: &reader)
      state.lastDay = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.int32()
      }
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}

extension ChurnState.Figures {
  fileprivate func joined(with other: Self) -> Self {
    ChurnState.Figures(
      firstDay: min(firstDay, other.firstDay), lastDay: max(lastDay, other.lastDay),
      activeDays: activeDays + other.activeDays, events: events + other.events,
      sessions: sessions + other.sessions, hasReturned: hasReturned || other.hasReturned)
  }
}
