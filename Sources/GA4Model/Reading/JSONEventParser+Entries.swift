/// Parameters, user properties and items: lists of keys with values.
extension JSONEventParser {
  func parseParameters(_ cursor: inout Cursor) throws(Malformation) {
    guard try unsafe beginsArray(&cursor) else { return }
    seenSlots.begin()
    var last = -1
    repeat {
      if let plain = unsafe parsePlainEntry(after: last, &cursor) {
        last = plain
        continue
      }
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
        continue
      }
      let open = unsafe cursor
      let entry = try unsafe parseEntry(&cursor, parameterKeys)
      unsafe innerKey = nil
      if let key = entry.key, selection.keeps(key, parameterKeys) {
        let slot = try unsafe slot(parameterKeys, key, entry.kind, cursor)
        attributeSlots.append(slot)
        attributeValues.append(entry.value)
        seenSlots.note(key)
        last = unsafe notePlainEntry(open, key, entry.kind, slot, after: last)
      }
    } while try unsafe !endsArray(&cursor)
    if unsafe seenSlots.hasRepetition { tally.repeatedParameters += 1 }
  }

  func parseUserProperties(_ cursor: inout Cursor) throws(Malformation) {
    guard try unsafe beginsArray(&cursor) else { return }
    repeat {
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
        continue
      }
      let entry = try unsafe parseEntry(&cursor, part.userPropertyKeys)
      unsafe innerKey = nil
      guard let key = entry.key else { continue }
      let slot = try unsafe slot(part.userPropertyKeys, key, entry.kind, cursor)
      userPropertyScratch.append(slot, entry.value)
      if let setTime = entry.setTime {
        let timeKey = part.userPropertyTimeKeys.key(part.userPropertyKeys.text(key))
        let timeSlot = try unsafe self.slot(part.userPropertyTimeKeys, timeKey, .int, cursor)
        userPropertyScratch.append(timeSlot, setTime)
      }
    } while try unsafe !endsArray(&cursor)
  }

  /// What the bytes of a parameter up to its value mean: `{"key":"value","value":{"double_value":`.
  struct PlainEntry {
    var key: UInt32
    var slot: UInt16
    var kind: SlotKind
    /// Whether the token ends with a quote.
    var isQuoted: Bool
  }

  /// Reads a parameter that begins as the one that stood here last time and holds a plain value;
  /// gives its number among the plain entries, or `nil` and leaves `cursor` where it is.
  @inline(__always)
  private func parsePlainEntry(after last: Int, _ cursor: inout Cursor) -> Int? {
    var next = unsafe cursor
    guard let number = unsafe entryPredictor.next(after: last, &next) else { return nil }
    let entry = plainEntries[number]
    var value: Int64 = 0
    if entry.kind != .empty {
      let start = unsafe next
      if entry.isQuoted {
        let found = unsafe ByteScan.stringEnd(start)
        guard unsafe found.end.pointee == UInt8(ascii: "\"") else { return nil }
        let count = unsafe found.end - start
        if entry.kind == .string {
          if found.hasHighBytes, unsafe !ByteScan.isUTF8(start, count) { return nil }
          guard unsafe hasBraces(found.end + 1) else { return nil }
          value = Int64(unsafe strings.intern(start, count: count))
        } else {
          guard let whole = unsafe ByteScan.integer(start, count) else { return nil }
          value = whole
        }
        unsafe next = unsafe found.end + 1
      } else {
        unsafe next = unsafe numberEnd(start)
        let count = unsafe next - start
        guard unsafe isNumber(start, count) else { return nil }
        if entry.kind == .int {
          guard let whole = unsafe ByteScan.integer(start, count) else { return nil }
          value = whole
        } else {
          guard let double = unsafe ByteScan.double(start, count), double.isFinite else {
            return nil
          }
          value = Int64(bitPattern: double.bitPattern)
        }
      }
      guard unsafe hasBraces(next) else { return nil }
      unsafe next += 2
    }
    unsafe cursor = unsafe next
    attributeSlots.append(entry.slot)
    attributeValues.append(value)
    seenSlots.note(Int(entry.key))
    return number
  }

  /// Whether the two braces that end a parameter stand at `cursor`.
  @inline(__always)
  private func hasBraces(_ cursor: Cursor) -> Bool {
    unsafe cursor[0] == UInt8(ascii: "}") && cursor[1] == UInt8(ascii: "}")
  }

  /// Remembers the parameter that stands at `open` for ``parsePlainEntry(after:_:)``; gives its
  /// number, or -1 where its bytes are not the plain ones.
  @inline(never)
  private func notePlainEntry(
    _ open: Cursor, _ key: Int, _ kind: SlotKind, _ slot: UInt16, after last: Int
  ) -> Int {
    for number in [Int(slot) * 2 + 1, Int(slot) * 2]
    where unsafe entryPredictor.note(number, after: last, ifAt: open) {
      return number
    }
    let rest: [String] =
      switch kind {
      case .string: [#""string_value":""#]
      // With the quote first, since the other is the beginning of that.
      case .int: [#""int_value":""#, #""int_value":"#]
      case .double: [#""double_value":"#]
      case .float: [#""float_value":"#]
      case .empty: ["}}"]
      case .bool: []
      }
    for rest in rest {
      var token = #"{"key":""# + parameterKeys.text(key) + #"","value":{"# + rest
      let count = token.utf8.count
      // The comparison ends at the first difference, at the latest behind the end of the input.
      guard token.withUTF8({ unsafe matches($0.baseAddress!, open, count) }) else { continue }
      let isQuoted = rest.hasSuffix(#":""#)
      let number = Int(slot) * 2 + (isQuoted ? 1 : 0)
      let entry = PlainEntry(key: UInt32(key), slot: slot, kind: kind, isQuoted: isQuoted)
      plainEntries.pad(to: number + 1, with: entry)
      plainEntries[number] = entry
      return unsafe entryPredictor.note(number, after: last, open, count: count)
    }
    return -1
  }

  /// A key with its typed value, as parameters and properties have them.
  struct Entry {
    var key: Int?
    var kind = SlotKind.empty
    var value: Int64 = 0
    var setTime: Int64?
  }

  @inline(__always)
  func parseEntry(_ cursor: inout Cursor, _ keys: KeyTable) throws(Malformation) -> Entry {
    try unsafe expect(UInt8(ascii: "{"), &cursor, "expected an object with a key and a value")
    var entry = Entry()
    if unsafe cursor.pointee != UInt8(ascii: "}") {
      while true {
        let (name, count) = try unsafe parseKey(&cursor)
        unsafe innerKey = unsafe (name, count)
        if unsafe cursor.pointee == UInt8(ascii: "n") {
          try unsafe parseNull(&cursor)
        } else if unsafe count == 3 && equals(name, count, "key") {
          let (start, length) = try unsafe parseText(&cursor)
          entry.key = unsafe keys.key(start, count: length)
        } else if unsafe count == 5 && equals(name, count, "value") {
          try unsafe parseTypedValue(&cursor, &entry)
        } else {
          try unsafe ignoreEntry(&cursor)
        }
        if try unsafe endsObject(&cursor) { break }
      }
    } else {
      unsafe cursor += 1
    }
    // The public sample holds properties without a key; nothing can address them.
    if entry.key == nil { tally.ignoredEntries += 1 }
    return entry
  }

  /// Reads `{"string_value": …}` and its siblings, or a bare scalar.
  @inline(__always)
  func parseTypedValue(_ cursor: inout Cursor, _ entry: inout Entry) throws(Malformation) {
    guard unsafe cursor.pointee == UInt8(ascii: "{") else {
      (entry.kind, entry.value) = try unsafe parseScalar(&cursor, as: nil)
      return
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: "}") {
      unsafe cursor += 1
      return
    }
    while true {
      let (name, count) = try unsafe parseKey(&cursor)
      unsafe innerKey = unsafe (name, count)
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
      } else {
        let kind: SlotKind
        var value: Int64 = 0
        switch count {
        case 9 where unsafe equals(name, count, "int_value"):
          kind = .int
          value = try unsafe parseInteger(&cursor, "expected a whole number of at most 64 bits")
        case 12 where unsafe equals(name, count, "string_value"):
          (kind, value) = try unsafe parseScalar(&cursor, as: .string)
        case 12 where unsafe equals(name, count, "double_value"):
          (kind, value) = try unsafe parseScalar(&cursor, as: .double)
        case 11 where unsafe equals(name, count, "float_value"):
          value = try unsafe parseScalar(&cursor, as: .double).1
          kind = .float
        case 20 where unsafe equals(name, count, "set_timestamp_micros"):
          entry.setTime = try unsafe parseInteger(
            &cursor, "expected a whole number of microseconds")
          kind = .empty
        default:
          try unsafe ignoreEntry(&cursor)
          kind = .empty
        }
        if kind != .empty {
          if entry.kind == .empty {
            entry.kind = kind
            entry.value = value
          } else {
            tally.multipleValues += 1
          }
        }
      }
      if try unsafe endsObject(&cursor) { return }
    }
  }

  func ignoreEntry(_ cursor: inout Cursor) throws(Malformation) {
    tally.ignoredEntries += 1
    try unsafe skipValue(&cursor, depth: 2)
  }

  // MARK: Items

  func parseItems(_ cursor: inout Cursor) throws(Malformation) {
    guard try unsafe beginsArray(&cursor) else { return }
    let scratch = groupScratch[RecordGroup.item.rawValue]
    let interner = part.records[RecordGroup.item.rawValue]
    repeat {
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
        continue
      }
      scratch.removeAll()
      try unsafe expect(UInt8(ascii: "{"), &cursor, "expected an item as an object")
      if unsafe cursor.pointee == UInt8(ascii: "}") {
        unsafe cursor += 1
      } else {
        var last = -1
        while true {
          let open = unsafe cursor
          let expected = unsafe itemPredictor.next(after: last, &cursor)
          let name: Cursor
          let count: Int
          if expected != nil {
            // The quotes and the colon are not part of the name.
            unsafe (name, count) = unsafe (open + 1, cursor - open - 3)
            unsafe skipBlanks(&cursor)
          } else {
            unsafe (name, count) = try unsafe parseKey(&cursor)
          }
          unsafe innerKey = unsafe (name, count)
          if let expected, unsafe isScalar(cursor) {
            try unsafe parseItemScalar(expected, &cursor, scratch)
            last = expected
          } else if let key = try unsafe parseItemField(name, count, &cursor, scratch) {
            if let length = unsafe plainKeyLength(open, name, count) {
              unsafe itemPredictor.note(key, after: last, open, count: length)
            }
            last = key
          }
          if try unsafe endsObject(&cursor) { break }
        }
      }
      part.itemCodes.append(interner.intern(scratch))
    } while try unsafe !endsArray(&cursor)
    scratch.removeAll()
  }

  /// Reads the scalar of the item field with number `key`.
  @inline(__always)
  private func parseItemScalar(_ key: Int, _ cursor: inout Cursor, _ scratch: FieldScratch)
    throws(Malformation)
  {
    let (kind, value) = try unsafe parseScalar(&cursor, as: itemKeys.documented[key])
    scratch.append(try unsafe slot(itemKeys, key, kind, cursor), value)
  }

  /// Reads the value of the item field `name`; gives the number of its key if it is a scalar.
  private func parseItemField(
    _ name: Cursor, _ count: Int, _ cursor: inout Cursor, _ scratch: FieldScratch
  ) throws(Malformation) -> Int? {
    switch unsafe cursor.pointee {
    case UInt8(ascii: "n"): try unsafe parseNull(&cursor)
    case UInt8(ascii: "["):
      guard unsafe count == 11 && equals(name, count, "item_params") else {
        try unsafe ignoreEntry(&cursor)
        return nil
      }
      guard try unsafe beginsArray(&cursor) else { return nil }
      repeat {
        if unsafe cursor.pointee == UInt8(ascii: "n") {
          try unsafe parseNull(&cursor)
          continue
        }
        let entry = try unsafe parseEntry(&cursor, part.itemParameterKeys)
        unsafe innerKey = nil
        guard let key = entry.key else { continue }
        scratch.append(
          try unsafe slot(part.itemParameterKeys, key, entry.kind, cursor), entry.value)
      } while try unsafe !endsArray(&cursor)
    case UInt8(ascii: "{"): try unsafe ignoreEntry(&cursor)
    default:
      let key = unsafe itemKeys.key(name, count: count)
      try unsafe parseItemScalar(key, &cursor, scratch)
      return key
    }
    return nil
  }
}

/// Notices when a row repeats a parameter key, in constant time a key.
@safe
final class ParameterKeysSeen {
  private let rowOfKey = MutableColumn<UInt32>()
  @exclusivity(unchecked) private var row: UInt32 = 0
  @exclusivity(unchecked) private(set) var hasRepetition = false

  func begin() {
    unsafe row &+= 1
    unsafe hasRepetition = false
  }

  @inline(__always)
  func note(_ key: Int) {
    if key >= rowOfKey.count { rowOfKey.pad(to: key + 1, with: 0) }
    if unsafe rowOfKey[key] == row { unsafe hasRepetition = true }
    rowOfKey[key] = unsafe row
  }
}
