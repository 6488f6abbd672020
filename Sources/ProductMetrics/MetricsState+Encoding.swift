public import GA4Model
import StatisticsCore

extension MetricsState {
  private static let format = BinaryFormat(kind: "MetricsState", version: 1)

  public func encoded() -> [UInt8] {
    BinaryWriter.document(Self.format) { writer in
      writer.byteArray(query.fingerprint)
      writer.block(write)
    }
  }

  private func write(_ writer: inout BinaryWriter) {
    writer.count(eventsWithoutUser)
    writer.count(eventsWithoutSession)
    // Dictionaries have no order of their own: equal states must be equal bytes.
    writer.array(groups.sorted { Self.precedes($0.key, $1.key) }) { writer, entry in
      Self.write(entry.key, &writer)
      entry.value.write(&writer)
    }
    writer.array(orders.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      writer, entry in
      writer.string(entry.key)
      writer.int64(entry.value.time)
      writer.optional(entry.value.user) { Self.write($1, &$0) }
      writer.optional(entry.value.revenue) { $0.double($1) }
      Self.write(entry.value.group, &writer)
    }
    let sessions = shared.sorted { ($0.key.user, $0.key.id) < ($1.key.user, $1.key.id) }
    writer.array(sessions) { writer, entry in
      Self.write(entry.key.user, &writer)
      writer.int64(entry.key.id)
      writer.array(entry.value.sorted { Self.precedes($0.key, $1.key) }) { writer, place in
        Self.write(place.key, &writer)
        writer.uint8(place.value.rawValue)
      }
    }
  }

  public init(decoding bytes: [UInt8], query: MetricsQuery) throws(StateError) {
    let state: MetricsState?
    do {
      state = try BinaryReader.document(bytes, Self.format) {
        reader, _ throws(BinaryDecodingError) in
        guard try reader.byteArray() == query.fingerprint else {
          // What follows is laid out for another query.
          try reader.skipBlock()
          return nil
        }
        return try reader.block { reader throws(BinaryDecodingError) in
          try MetricsState(from: &reader, query: query)
        }
      }
    } catch {
      throw .damaged(error)
    }
    guard let state else { throw .otherQuery }
    self = state
  }

  private init(from reader: inout BinaryReader, query: MetricsQuery) throws(BinaryDecodingError) {
    self.init(query)
    eventsWithoutUser = try reader.integer("number of events", in: 0...Int.max)
    eventsWithoutSession = try reader.integer("number of events", in: 0...Int.max)
    let depth = query.counting.count
    let groups = try reader.array { reader throws(BinaryDecodingError) in
      let key = try Self.readLabels(&reader)
      return (key, try Tally(from: &reader, counts: depth))
    }
    for (key, tally) in groups { self.groups[key] = tally }
    let orders = try reader.array { reader throws(BinaryDecodingError) in
      let id = try reader.string()
      let order = Order(
        time: try reader.int64(),
        user: try reader.optional { reader throws(BinaryDecodingError) in
          try Self.readUser(&reader)
        },
        revenue: try reader.optional { reader throws(BinaryDecodingError) in try reader.double() },
        group: try Self.readLabels(&reader))
      return (id, order)
    }
    for (id, order) in orders { self.orders[id] = order }
    let shared = try reader.array { reader throws(BinaryDecodingError) in
      let session = SharedSession(user: try Self.readUser(&reader), id: try reader.int64())
      let places = try reader.array { reader throws(BinaryDecodingError) in
        (try Self.readLabels(&reader), SharedFlags(rawValue: try reader.uint8()))
      }
      return (session, places)
    }
    for (session, places) in shared {
      for (place, flags) in places { self.shared[session, default: [:]][place] = flags }
    }
  }

  private static func write(_ labels: [String?], _ writer: inout BinaryWriter) {
    writer.array(labels) { writer, label in writer.optional(label) { $0.string($1) } }
  }

  private static func readLabels(_ reader: inout BinaryReader) throws(BinaryDecodingError)
    -> [String?]
  {
    try reader.array { reader throws(BinaryDecodingError) in
      try reader.optional { reader throws(BinaryDecodingError) in try reader.string() }
    }
  }

  private static func write(_ user: UserKey, _ writer: inout BinaryWriter) {
    if case .userID = user { writer.bool(true) } else { writer.bool(false) }
    writer.string(user.id)
  }

  private static func readUser(_ reader: inout BinaryReader) throws(BinaryDecodingError) -> UserKey
  {
    let isUserID = try reader.bool()
    let id = try reader.string()
    return isUserID ? .userID(id) : .pseudoID(id)
  }

  private static func precedes(_ left: [String?], _ right: [String?]) -> Bool {
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
    func next() throws(BinaryDecodingError) -> Int { try reader.integer("count", in: 0...Int.max) }
    self.init(counts: Array(repeating: 0, count: counts))
    events = try next()
    users = try next()
    newUsers = try next()
    sessions = try next()
    engagedSessions = try next()
    convertingSessions = try next()
    purchaseEvents = try next()
    plainOrders = try next()
    purchasers = try next()
    for index in 0..<counts { self.counts[index] = try next() }
    plainRevenue = try ExactSum(from: &reader)
    refunds = try ExactSum(from: &reader)
  }
}
