public import GA4Model
import StatisticsCore

extension MetricsState {
  private static let format = BinaryFormat(kind: "MetricsState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.count(eventsWithoutUser)
      writer.count(eventsWithoutSession)
      // Dictionaries have no order of their own: equal states must be equal bytes.
      writer.array(groups.sorted { Self.precedes($0.key, $1.key) }) { writer, entry in
        Self.write(entry.key, &writer)
        entry.value.write(&writer)
      }
      orders.write(to: &writer) { writer, figures in
        Self.write(figures.group, &writer)
        writer.optional(figures.revenue) { $0.double($1) }
      }
      let sessions = shared.sorted { left, right in
        left.key.owner == right.key.owner
          ? left.key.id < right.key.id : left.key.owner < right.key.owner
      }
      writer.array(sessions) { writer, entry in
        writer.userKey(entry.key.owner)
        writer.int64(entry.key.id)
        writer.array(entry.value.sorted { Self.precedes($0.key, $1.key) }) { writer, place in
          Self.write(place.key, &writer)
          writer.uint8(place.value.rawValue)
        }
      }
    }
  }

  public init(decoding bytes: [UInt8], query: MetricsQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      try MetricsState(from: &reader, query: query)
    }
  }

  private init(from reader: inout BinaryReader, query: MetricsQuery) throws(BinaryDecodingError) {
    self.init(query)
    eventsWithoutUser = try reader.tally()
    eventsWithoutSession = try reader.tally()
    let depth = query.counting.count
    let groups = try reader.array { reader throws(BinaryDecodingError) in
      let key = try Self.readKey(&reader, of: query)
      return (key, try Tally(from: &reader, counts: depth))
    }
    for (key, tally) in groups { self.groups[key] = tally }
    orders = try OrderBook(from: &reader) { reader throws(BinaryDecodingError) in
      OrderFigures(
        group: try Self.readKey(&reader, of: query),
        revenue: try reader.optional { reader throws(BinaryDecodingError) in try reader.double() })
    }
    let shared = try reader.array { reader throws(BinaryDecodingError) in
      let session = SharedSession(owner: try reader.userKey(), id: try reader.int64())
      let places = try reader.array { reader throws(BinaryDecodingError) in
        (try Self.readKey(&reader, of: query), SharedFlags(rawValue: try reader.uint8()))
      }
      return (session, places)
    }
    for (session, places) in shared {
      for (place, flags) in places { self.shared[session, default: [:]][place] = flags }
    }
  }

  private static func write(_ key: GroupKey, _ writer: inout BinaryWriter) {
    writer.array(key) { writer, label in writer.optional(label) { $0.string($1.text) } }
  }

  private static func readKey(_ reader: inout BinaryReader, of query: MetricsQuery)
    throws(BinaryDecodingError) -> GroupKey
  {
    let start = reader.offset
    let key: GroupKey = try reader.array { reader throws(BinaryDecodingError) in
      try reader.optional { reader throws(BinaryDecodingError) in
        Bytewise(try reader.string())
      }
    }
    guard key.isEmpty || key.count == query.dimensions.count else {
      throw .valueOutOfRange(name: "number of dimensions", offset: start)
    }
    return key
  }

  /// Any total order of keys.
  private static func precedes(_ left: GroupKey, _ right: GroupKey) -> Bool {
    if left.count != right.count { return left.count < right.count }
    return GroupKeys.precedes(left, right, Array(repeating: .name, count: left.count))
  }
}

extension MetricsState.Tally {
  fileprivate func write(_ writer: inout BinaryWriter) {
    for count in [
      events, users, newUsers, sessions, engagedSessions, convertingSessions, purchaseEvents,
      plainOrders, purchasers,
    ] + counts {
      writer.count(count)
    }
    plainRevenue.encode(into: &writer)
    refunds.encode(into: &writer)
  }

  fileprivate init(from reader: inout BinaryReader, counts: Int) throws(BinaryDecodingError) {
    self.init(counts: Array(repeating: 0, count: counts))
    events = try reader.tally()
    users = try reader.tally()
    newUsers = try reader.tally()
    sessions = try reader.tally()
    engagedSessions = try reader.tally()
    convertingSessions = try reader.tally()
    purchaseEvents = try reader.tally()
    plainOrders = try reader.tally()
    purchasers = try reader.tally()
    for index in 0..<counts { self.counts[index] = try reader.tally() }
    plainRevenue = try ExactSum(from: &reader)
    refunds = try ExactSum(from: &reader)
  }
}
