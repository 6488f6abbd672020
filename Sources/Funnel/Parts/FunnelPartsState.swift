public import GA4Model
import StatisticsCore

/// The running summary of a ``FunnelPartsQuery``, which takes the same users in several parts.
public struct FunnelPartsState: MergeableState {
  public let query: FunnelPartsQuery
  private var users: [UserKey: [PartEvent]] = [:]
  private var texts = LabelPool()
  private var eventsWithoutUser = 0
  private var dataEnd: Int64?

  init(_ query: FunnelPartsQuery) { self.query = query }

  /// Takes up the events of `slice`, which must be new to the state; their users need not be.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let funnel = query.funnel
    let end = funnel.dataEnd?.microseconds ?? slice.lastMoment
    dataEnd = max(dataEnd ?? end, end)
    eventsWithoutUser += slice.eventsWithoutUnit(.users)
    let storage = slice.log.storage
    let masks = StepMasks(funnel, in: slice)
    let keepsAll = FunnelRules(funnel).looksAtNeighbours
    let attributes = UnitAttributes(funnel, in: slice.log)
    let columns = [attributes.labels].compactMap { $0 } + attributes.constants
    let codes = columns.map { column in column.labels.map { texts.code($0) } }
    for user in slice.users {
      var events: [PartEvent] = []
      for row in storage.rows(ofUser: user) {
        let mask = masks.mask(row, name: storage.name[row])
        guard mask != 0 || keepsAll else { continue }
        events.append(
          PartEvent(
            time: storage.time[row], mask: mask, day: storage.day[row],
            texts: columns.indices.map { codes[$0][Int(columns[$0].code(row))] }))
      }
      if !events.isEmpty { users[storage.userKey(user), default: []] += events }
    }
  }

  public mutating func merge(_ other: FunnelPartsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    let codes = other.texts.labels.map { texts.code($0) }
    for (user, events) in other.users {
      users[user, default: []] += events.map { event in
        var event = event
        event.texts = event.texts.map { codes[Int($0)] }
        return event
      }
    }
    eventsWithoutUser += other.eventsWithoutUser
    if let end = other.dataEnd { dataEnd = max(dataEnd ?? end, end) }
  }

  /// The answer for all events seen so far.
  ///
  /// - Complexity: O(*n* log *n*), where *n* is the number of events that the state keeps.
  public func report() -> FunnelReport {
    let funnel = query.funnel
    let units = sorted.map(\.events)
    let events = units.flatMap { $0 }
    func column(_ place: Int) -> DimensionColumn {
      DimensionColumn(labels: texts.labels, codes: Column(events.map { $0.texts[place] }))
    }
    let hasLabels = funnel.breakdown != nil
    let attributes = UnitAttributes(
      labels: hasLabels ? column(0) : nil,
      constants: funnel.holdConstant.indices.map { column($0 + (hasLabels ? 1 : 0)) },
      days: Column(events.map(\.day)))
    var lane = FunnelLane(funnel, attributes, dataEnd: dataEnd ?? .max)
    let rules = FunnelRules(funnel)
    var plain = StepEvents()
    var row = 0
    for unit in units {
      if rules.looksAtNeighbours {
        var all = UnitEvents()
        for event in unit {
          all.append(row, time: event.time, mask: event.mask)
          row += 1
        }
        all.end(firstEver: rules.firstEver)
        lane.add(all)
      } else {
        plain.keep(from: plain.end)
        for event in unit {
          plain.append(StepEvent(time: event.time, mask: event.mask, row: row))
          row += 1
        }
        plain.selectAll()
        lane.add(plain)
      }
    }
    return FunnelState.report(
      funnel, lane.sums(), dataEnd: dataEnd, eventsWithoutUnit: eventsWithoutUser)
  }

  /// The users with their events in an order that does not depend on that of the parts.
  private var sorted: [(user: UserKey, events: [PartEvent])] {
    // The place of each text among all in the order of bytes, a missing one first.
    var ranks = [Int](repeating: 0, count: texts.labels.count)
    let order = texts.labels.indices.sorted {
      Bytewise?.precedes(
        texts.labels[$0].map(Bytewise.init), texts.labels[$1].map(Bytewise.init))
    }
    for (rank, code) in order.enumerated() { ranks[code] = rank }
    return users.sorted { $0.key < $1.key }.map { user, events in
      let sorted = events.sorted { left, right in
        if left.time != right.time { return left.time < right.time }
        let a = left.texts.map { ranks[Int($0)] }
        let b = right.texts.map { ranks[Int($0)] }
        if a != b { return a.lexicographicallyPrecedes(b) }
        return (left.mask, left.day) < (right.mask, right.day)
      }
      return (user, sorted)
    }
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "FunnelPartsState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      let columns = query.textCount
      writer.array(sorted) { writer, entry in
        writer.userKey(entry.user)
        writer.int64s(entry.events.map(\.time))
        writer.int64s(entry.events.map { Int64(bitPattern: $0.mask) })
        writer.int32s(entry.events.map(\.day))
        for column in 0..<columns {
          writer.array(entry.events) { writer, event in
            writer.optional(texts.labels[Int(event.texts[column])]) { $0.string($1) }
          }
        }
      }
      writer.count(eventsWithoutUser)
      writer.optional(dataEnd) { $0.int64($1) }
    }
  }

  public init(decoding bytes: [UInt8], query: FunnelPartsQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = FunnelPartsState(query)
      let bits = query.bits
      let columns = query.textCount
      let users = try reader.array { reader throws(BinaryDecodingError) in
        let offset = reader.offset
        let user = try reader.userKey()
        let times = try reader.int64s()
        let masks = try reader.int64s().map { UInt64(bitPattern: $0) }
        let days = try reader.int32s()
        guard masks.count == times.count, days.count == times.count,
          masks.allSatisfy({ $0 & ~bits == 0 })
        else { throw .valueOutOfRange(name: "events of a user", offset: offset) }
        var events = times.indices.map {
          PartEvent(time: times[$0], mask: masks[$0], day: days[$0], texts: [])
        }
        for _ in 0..<columns {
          let offset = reader.offset
          let texts = try reader.array { reader throws(BinaryDecodingError) in
            try reader.optional { reader throws(BinaryDecodingError) in try reader.string() }
          }
          guard texts.count == events.count else {
            throw .valueOutOfRange(name: "values of a user's events", offset: offset)
          }
          for (index, text) in texts.enumerated() {
            events[index].texts.append(state.texts.code(text))
          }
        }
        return (user, events)
      }
      for (user, events) in users { state.users[user, default: []] += events }
      state.eventsWithoutUser = try reader.tally()
      state.dataEnd = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.int64()
      }
      return state
    }
  }
}

/// An event as far as a funnel looks at it.
private struct PartEvent: Sendable {
  var time: Int64
  /// The bits of ``StepMasks``.
  var mask: UInt64
  var day: Int32
  /// The codes of its values, that of the breakdown first, then those of what is held constant.
  var texts: [UInt32]
}

extension FunnelPartsQuery {
  /// How many values of each event count.
  fileprivate var textCount: Int { (funnel.breakdown == nil ? 0 : 1) + funnel.holdConstant.count }

  /// The bits that an event can have.
  fileprivate var bits: UInt64 {
    let steps = (1 << UInt64(funnel.steps.count)) - 1 as UInt64
    let exclusions = (1 << UInt64(funnel.exclusions.count)) - 1 as UInt64
    return steps | exclusions << UInt64(StepMasks.firstExclusion)
  }
}
