/// The records of the export that many events share, each stored once: a device, a place, a
/// traffic source, an item.
package enum RecordGroup: Int, CaseIterable, Sendable {
  case device, geo, trafficSource, collectedTrafficSource, sessionTrafficSource, ecommerce
  /// What depends on the stream and the user rather than on the event: platform, stream, app,
  /// privacy, lifetime value, publisher; and fields that the export does not document.
  case context
  case item

  /// The groups that an event refers to once.
  static let ofEvents: [RecordGroup] = allCases.dropLast()

  /// The group whose records hold the field at `path`, `nil` for the fields stored by event.
  init?(path: String) {
    switch path.prefix(while: { $0 != "." }) {
    case "device": self = .device
    case "geo": self = .geo
    case "traffic_source": self = .trafficSource
    case "collected_traffic_source": self = .collectedTrafficSource
    case "session_traffic_source_last_click": self = .sessionTrafficSource
    case "ecommerce": self = .ecommerce
    case "event_previous_timestamp", "event_value_in_usd", "event_bundle_sequence_id",
      "event_server_timestamp_offset", "user_first_touch_timestamp", "batch_page_id",
      "batch_ordering_id", "batch_event_index":
      return nil
    default: self = .context
    }
  }
}

/// Distinct records; code 0 is the record without fields.
package struct RecordTable: Sendable {
  /// `offsets[code] ..< offsets[code + 1]` are the slots and values of a record.
  package let offsets: Column<UInt32>
  package let slots: Column<UInt16>
  package let values: Column<Int64>

  package var count: Int { offsets.count - 1 }

  /// Where the fields of `code` stand in ``slots`` and ``values``.
  package func fields(of code: UInt32) -> Range<Int> {
    Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])
  }
}

/// Gives every distinct record a code, in the order in which records first appear.
@safe
final class RecordInterner {
  @exclusivity(unchecked) private var offsets = MutableColumn<UInt32>(capacity: 64)
  @exclusivity(unchecked) private var slots = MutableColumn<UInt16>(capacity: 256)
  @exclusivity(unchecked) private var values = MutableColumn<Int64>(capacity: 256)
  @exclusivity(unchecked) private var hashes = MutableColumn<UInt64>(capacity: 64)
  @exclusivity(unchecked) private var table: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked) private var mask: Int

  init() {
    unsafe table = .allocate(capacity: 256)
    unsafe table.initialize(repeating: 0, count: 256)
    unsafe mask = 255
    unsafe offsets.append(0)
    unsafe offsets.append(0)
    unsafe hashes.append(0)
  }

  deinit { unsafe table.deallocate() }

  var count: Int { unsafe hashes.count }

  /// The code of the record of `fields`.
  func intern(_ fields: FieldScratch) -> UInt32 {
    let count = unsafe fields.count
    if count == 0 { return 0 }
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 &+ UInt64(count)
    for index in 0..<count {
      let word =
        unsafe UInt64(bitPattern: fields.values[index]) ^ (UInt64(fields.slots[index]) << 47)
      let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
      hash = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
    }
    var slot = unsafe Int(truncatingIfNeeded: hash >> 17) & mask
    let tag = hash & 0xFFFF_FFFF_0000_0000
    while true {
      let entry = unsafe table[slot]
      if entry == 0 { break }
      if entry & 0xFFFF_FFFF_0000_0000 == tag,
        isRecord(Int(entry & 0xFFFF_FFFF), equalTo: fields)
      {
        return UInt32(entry & 0xFFFF_FFFF)
      }
      slot = unsafe (slot + 1) & mask
    }
    let code = unsafe hashes.count
    unsafe slots.append(fields.slots, count: count)
    unsafe values.append(fields.values, count: count)
    unsafe offsets.append(UInt32(slots.count))
    unsafe hashes.append(hash)
    unsafe table[slot] = tag | UInt64(code)
    if unsafe hashes.count * 2 > mask { enlarge() }
    return UInt32(code)
  }

  /// Adds the fields of the record of `code` to `scratch`.
  func append(_ code: UInt32, to scratch: FieldScratch) {
    for place in unsafe Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1]) {
      scratch.append(unsafe slots[place], unsafe values[place])
    }
  }

  @inline(__always)
  private func isRecord(_ code: Int, equalTo fields: FieldScratch) -> Bool {
    let start = unsafe Int(offsets.base[code])
    let end = unsafe Int(offsets.base[code + 1])
    guard unsafe end - start == fields.count else { return false }
    for index in unsafe 0..<fields.count {
      if unsafe slots.base[start + index] != fields.slots[index]
        || values.base[start + index] != fields.values[index]
      {
        return false
      }
    }
    return true
  }

  private func enlarge() {
    let capacity = unsafe (mask + 1) * 4
    unsafe table.deallocate()
    unsafe table = .allocate(capacity: capacity)
    unsafe table.initialize(repeating: 0, count: capacity)
    unsafe mask = capacity - 1
    for code in unsafe 1..<hashes.count {
      let hash = unsafe hashes[code]
      var slot = unsafe Int(truncatingIfNeeded: hash >> 17) & mask
      while unsafe table[slot] != 0 { slot = unsafe (slot + 1) & mask }
      unsafe table[slot] = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(code)
    }
  }

  /// The codes here of all records of `table`, whose slots and texts are translated.
  func intern(_ table: RecordTable, slots remap: SlotRemap, strings: [UInt32]?) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: table.count)
    let scratch = FieldScratch()
    for code in codes.indices.dropFirst() {
      scratch.removeAll()
      for index in table.fields(of: UInt32(code)) {
        let slot = Int(table.slots[index])
        scratch.append(remap.codes[slot], remap.translate(table.values[index], of: slot, strings))
      }
      codes[code] = intern(scratch)
    }
    return codes
  }

  func sealed() -> RecordTable {
    unsafe RecordTable(offsets: offsets.sealed(), slots: slots.sealed(), values: values.sealed())
  }
}

/// Slots and values of one record or event while it is read; reused from row to row.
@safe
final class FieldScratch {
  @exclusivity(unchecked) fileprivate(set) var slots: UnsafeMutablePointer<UInt16>
  @exclusivity(unchecked) fileprivate(set) var values: UnsafeMutablePointer<Int64>
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var capacity = 64

  init() {
    unsafe slots = .allocate(capacity: 64)
    unsafe values = .allocate(capacity: 64)
  }

  deinit {
    unsafe slots.deallocate()
    unsafe values.deallocate()
  }

  @inline(__always)
  func append(_ slot: UInt16, _ value: Int64) {
    if unsafe count == capacity { grow() }
    unsafe slots[count] = slot
    unsafe values[count] = value
    unsafe count += 1
  }

  @inline(never)
  private func grow() {
    let newSlots = unsafe UnsafeMutablePointer<UInt16>.allocate(capacity: capacity * 2)
    let newValues = unsafe UnsafeMutablePointer<Int64>.allocate(capacity: capacity * 2)
    unsafe newSlots.moveInitialize(from: slots, count: count)
    unsafe newValues.moveInitialize(from: values, count: count)
    unsafe slots.deallocate()
    unsafe values.deallocate()
    unsafe slots = newSlots
    unsafe values = newValues
    unsafe capacity *= 2
  }

  func removeAll() { unsafe count = 0 }

  /// Forgets all fields from `count` on.
  func truncate(to count: Int) { unsafe self.count = unsafe Swift.min(self.count, count) }
}

/// How the slots of one part are called in the log that takes it up.
struct SlotRemap: Sendable {
  /// The code there, by the code here.
  var codes: [UInt16]
  /// Whether values of the slot are codes of the string pool, by the code here.
  var isText: [Bool]

  /// `value` of slot `slot`, with a text's code translated by `strings`.
  @inline(__always)
  func translate(_ value: Int64, of slot: Int, _ strings: [UInt32]?) -> Int64 {
    guard isText[slot], let strings else { return value }
    return Int64(strings[Int(value)])
  }
}
