public import GA4Model
import StatisticsCore

/// The running summary of a ``GapSessionsQuery``: one count for each day.
public struct GapSessionsState: MergeableState {
  public let query: GapSessionsQuery
  private var starts = DayCounts()
  private var span = DaySpan()
  private var eventsWithoutUser = 0

  init(_ query: GapSessionsQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    guard !slice.rows.isEmpty else { return }
    let gap = query.microseconds
    span.add(slice)
    var tally = DayTally(around: storage.day[slice.rows.lowerBound])
    storage.day.withValues { days in
      storage.time.withValues { times in
        storage.userOffsets.withValues { offsets in
          for user in slice.users {
            let run = Int(offsets[user])..<Int(offsets[user + 1])
            guard !run.isEmpty else { continue }
            precondition(run.upperBound <= times.count, "Rows beyond the column")
            tally.add(1, on: days[run.lowerBound])
            var last = times[run.lowerBound]
            for row in run.dropFirst() {
              let time = unsafe times[unchecked: row]
              // Times of a user never fall, so their distance is exact without a sign.
              if UInt64(bitPattern: time &- last) > gap { tally.add(1, on: days[row]) }
              last = time
            }
          }
        }
      }
    }
    starts.add(tally)
    eventsWithoutUser += slice.rows.upperBound - slice.userRows.upperBound
  }

  public mutating func merge(_ other: GapSessionsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    starts.merge(other.starts)
    span.merge(other.span)
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> GapSessions {
    GapSessions(
      query: query, count: starts.total,
      rows: span.filled(starts.counts.keys).map {
        GapSessions.Row(day: CalendarDay(daysSinceEpoch: $0), sessions: starts[$0])
      },
      eventsWithoutUser: eventsWithoutUser)
  }

  private static let format = BinaryFormat(kind: "GapSessionsState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      starts.write(to: &writer)
      span.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: GapSessionsQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = GapSessionsState(query)
      state.starts = try DayCounts(from: &reader)
      state.span = try DaySpan(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}

extension GapSessionsQuery {
  /// The gap in whole microseconds, the largest number for a gap of many millennia.
  fileprivate var microseconds: UInt64 {
    let (seconds, attoseconds) = gap.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : UInt64(whole) &+ UInt64(attoseconds / 1_000_000_000_000)
  }
}
