package import StatisticsCore

/// The frame of every saved state: its kind, the query it answers, and its content.
package enum StateDocument {
  /// The bytes of a state of `query` whose content `body` writes.
  package static func encode(
    _ format: BinaryFormat, query: some EventQuery, _ body: (inout BinaryWriter) -> Void
  ) -> [UInt8] {
    BinaryWriter.document(format) { writer in
      writer.byteArray(query.fingerprint)
      writer.block(body)
    }
  }

  /// What `body` makes of the content of a saved state of `query`.
  package static func decode<Content>(
    _ bytes: [UInt8], _ format: BinaryFormat, query: some EventQuery,
    _ body: (inout BinaryReader) throws(BinaryDecodingError) -> Content
  ) throws(StateError) -> Content {
    let content: Content?
    do {
      content = try BinaryReader.document(bytes, format) {
        reader, _ throws(BinaryDecodingError) -> Content? in
        guard try reader.byteArray() == query.fingerprint else {
          // What follows is laid out for another query.
          try reader.skipBlock()
          return nil
        }
        return try reader.block(body)
      }
    } catch {
      throw .damaged(error)
    }
    guard let content else { throw .otherQuery }
    return content
  }
}

extension BinaryReader {
  /// The largest count that a state may hold: far beyond any log, and small enough that the sums of
  /// a great many states do not overflow.
  private static let largestCount = 1 << 48

  /// Reads a count of events, users or sessions.
  package mutating func tally() throws(BinaryDecodingError) -> Int {
    try integer("count", in: 0...Self.largestCount)
  }

  /// Reads the change of a count, which may be negative.
  package mutating func change() throws(BinaryDecodingError) -> Int {
    let start = offset
    let value = try int64()
    guard value.magnitude <= UInt64(Self.largestCount) else {
      throw .valueOutOfRange(name: "change of a count", offset: start)
    }
    return Int(value)
  }

  /// Reads the key of a user.
  package mutating func userKey() throws(BinaryDecodingError) -> UserKey {
    let isUserID = try bool()
    let id = try string()
    return isUserID ? .userID(id) : .pseudoID(id)
  }
}

extension BinaryWriter {
  /// Writes the key of a user.
  package mutating func userKey(_ user: UserKey) {
    if case .userID = user { bool(true) } else { bool(false) }
    string(user.id)
  }
}
