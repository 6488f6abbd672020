import StatisticsCore

/// The id by which a destination recognises an event that it already has.
///
/// ```swift
/// InsertID(event).description               // "2b0cf3e0-51a7-9d84-6a3e-0f4bd1c5e972"
/// ```
///
/// It is a hash of everything the event says, so it is the same on every machine, in every run and
/// whatever other events stand beside it: an export that is sent twice counts once. Two events
/// that say exactly the same are told apart by their ``occurrence``.
///
/// The hash covers the event's line of ``NDJSONWriter``. It is 128 bits wide, spread by wyhash with
/// two seeds: enough against chance (10⁻¹⁵ for 10¹² events), not against someone who wants two
/// events to collide.
public struct InsertID: Sendable, Hashable, CustomStringConvertible {
  /// The upper half of the hash of the content.
  public var high: UInt64
  /// The lower half of the hash of the content.
  public var low: UInt64
  /// Which of the exact duplicates it is, counting from 0.
  public var occurrence: Int

  /// Makes the id of `event` as the first of its kind.
  public init(_ event: Event) {
    var line: [UInt8] = []
    NDJSONText.append(event, to: &line)
    self.init(line: line)
  }

  /// Makes the id of the event that `line` spells as ``NDJSONWriter`` does, without a line end.
  init(line: [UInt8]) {
    high = StableHash.hash(line, seed: 0x6576_656E_7420_6869)
    low = StableHash.hash(line, seed: 0x6576_656E_7420_6C6F)
    occurrence = 0
  }

  /// 32 hexadecimal digits grouped like a UUID: 36 characters of a–f, 0–9 and "-".
  public var description: String {
    var bytes: [UInt8] = []
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends ``description``.
  func appendText(to output: inout [UInt8]) {
    var halves = (high, low)
    if occurrence > 0 {
      // Hashed again rather than added to, so that no duplicate meets another event's id.
      var content: [UInt8] = []
      for word in [high, low, UInt64(occurrence)] {
        for shift in stride(from: 0, to: 64, by: 8) {
          content.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
      }
      halves = (
        StableHash.hash(content, seed: 0x6475_706C_6963_6869),
        StableHash.hash(content, seed: 0x6475_706C_6963_6C6F)
      )
    }
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 {
        output.append(UInt8(ascii: "-"))
      }
      let half = index < 16 ? halves.0 : halves.1
      let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - index % 16 * 4)) & 15
      output.append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// Numbers exact duplicates in the order in which they come.
  struct Occurrences {
    private struct Key: Hashable {
      var high: UInt64
      var low: UInt64
    }

    private var counts: [Key: Int] = [:]

    /// `id` with its place among the ids of the same content.
    mutating func number(_ id: InsertID) -> InsertID {
      var id = id
      let key = Key(high: id.high, low: id.low)
      id.occurrence = counts[key, default: 0]
      counts[key] = id.occurrence + 1
      return id
    }

    /// Forgets all ids, where no later event can be a duplicate of an earlier one.
    mutating func removeAll() { counts.removeAll(keepingCapacity: true) }
  }
}
