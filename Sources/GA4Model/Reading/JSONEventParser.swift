import StatisticsCore

/// Why a record is not an event, and at which byte.
@safe
struct Malformation: Error, @unchecked Sendable {
  var place: UnsafePointer<UInt8>
  var reason: StaticString

  @inline(never)
  init(_ place: UnsafePointer<UInt8>, _ reason: StaticString) {
    unsafe self.place = place
    self.reason = reason
  }
}

/// Reads export rows of JSON into a part.
///
/// Records that repeat from row to row (device, place, traffic source) are recognised by their bytes,
/// so that most rows only read what is their own. Bytes must be padded as ``ByteScan`` says.
@safe
final class JSONEventParser {
  typealias Cursor = UnsafePointer<UInt8>

  let part = LogPart()
  private let selection: ParameterSelection
  private let nesting: Int
  /// In an array line ends are blanks; between lines they end the record.
  private let newline: UInt8
  var tally = ReadReport()

  // What the row being read holds so far.
  private var time: Int64 = 0
  private var day: Int32 = 0
  private var name: UInt16 = 0
  private var userID: UInt32 = 0
  private var pseudoID: UInt32 = 0
  private var seen = Seen()
  private let groupScratch = RecordGroup.allCases.map { _ in FieldScratch() }
  private var groupCode = [UInt32](repeating: 0, count: RecordGroup.allCases.count)
  private let fieldScratch = FieldScratch()
  private let userPropertyScratch = FieldScratch()

  /// What to do with the value of a top-level key.
  private enum Action: UInt8 {
    case date, time, name, userID, pseudoID, parameters, userProperties, items, field, record
  }
  private let topKeys = KeyTable(scope: .parameter)
  private var topFields: [TopField] = []

  /// The top-level key and the innermost one being read, for error messages.
  private var topKey = -1
  private var innerKey: (start: Cursor, count: Int)?

  private var recordEnd = unsafe Cursor(bitPattern: 1).unsafelyUnwrapped

  /// What is known of a top-level key, with the bytes of its latest object and what they meant.
  @safe
  private final class TopField {
    let action: Action
    /// The group of a record, 0 for other actions.
    let group: Int
    /// The key of a field outside the records.
    let fieldKey: Int
    var bytes: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var count = 0
    var code: UInt32 = 0
    var fields: [(slot: UInt16, value: Int64)] = []
    /// What reading it adds to the tally.
    var numbersAsText = 0

    init(_ action: Action, group: Int, fieldKey: Int) {
      self.action = action
      self.group = group
      self.fieldKey = fieldKey
      // Only records are remembered; an input may bring any number of other keys.
      capacity = action == .record ? 512 : 1
      unsafe bytes = .allocate(capacity: capacity)
    }
    deinit { unsafe bytes.deallocate() }

    func keep(_ start: Cursor, _ count: Int) {
      if count > capacity {
        unsafe bytes.deallocate()
        unsafe bytes = .allocate(capacity: count * 2)
        capacity = count * 2
      }
      unsafe bytes.update(from: start, count: count)
      self.count = count
    }
  }

  private struct Seen: OptionSet {
    var rawValue: UInt8
    static let time = Seen(rawValue: 1)
    static let name = Seen(rawValue: 2)
  }

  /// A buffer for texts with escapes and for paths.
  private let unescaped = ByteBuffer()
  private let path = ByteBuffer()
  private let keyPath = ByteBuffer()
  private let seenSlots = ParameterKeysSeen()

  init(selection: ParameterSelection, nesting: Int, isArray: Bool) {
    self.selection = selection
    // Decoded limits have met no precondition.
    self.nesting = min(nesting, ReadLimits.deepestNesting)
    newline = isArray ? 0x0A : 0x20
  }

  /// The comma or bracket that ends the array element at `start`, whatever stands in it; see
  /// ``BoundaryScanner``, which must agree.
  func elementEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
    var cursor = unsafe start
    var depth = 0
    var isQuoted = false
    while unsafe cursor < end {
      let byte = unsafe cursor.pointee
      if isQuoted {
        if byte == UInt8(ascii: "\\") {
          unsafe cursor += 1
        } else if byte == UInt8(ascii: "\"") {
          isQuoted = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isQuoted = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth > 0 {
            depth -= 1
          } else if byte == UInt8(ascii: "]") {
            return unsafe cursor
          }
        case UInt8(ascii: ",") where depth == 0: return unsafe cursor
        default: break
        }
      }
      unsafe cursor += 1
    }
    return unsafe min(cursor, end)
  }

  /// Reads the object at `cursor` as a row and leaves `cursor` behind it and its blanks.
  ///
  /// - Parameter end: where the record must end; in an array it ends at a comma or bracket.
  func parseEvent(_ cursor: inout Cursor, end: Cursor) throws(Malformation) {
    unsafe recordEnd = unsafe end
    topKey = -1
    unsafe innerKey = nil
    let repeated = tally.repeatedParameters
    let multiple = tally.multipleValues
    let numbers = tally.numbersAsText
    let ignored = tally.ignoredEntries
    do {
      try unsafe parseRow(&cursor)
    } catch {
      part.abandonRow()
      // Nothing of the row was kept in any way.
      tally.repeatedParameters = repeated
      tally.multipleValues = multiple
      tally.numbersAsText = numbers
      tally.ignoredEntries = ignored
      throw error
    }
  }

  /// The field in which the latest failure stands: documented names only, never data.
  var failingField: String? {
    guard topKey >= 0 else { return nil }
    let top = topKeys.text(topKey)
    guard topFields[topKey].action != .field || FieldSchema.kind(of: top) != nil else { return nil }
    switch topFields[topKey].action {
    case .field, .record:
      let whole = unsafe String(
        decoding: UnsafeBufferPointer(start: path.start, count: path.count), as: UTF8.self)
      return FieldSchema.kind(of: whole) != nil && whole.hasPrefix(top + ".") ? whole : top
    default: break
    }
    guard let inner = unsafe innerKey else { return top }
    let name = unsafe String(
      decoding: UnsafeBufferPointer(start: inner.start, count: inner.count), as: UTF8.self)
    let known =
      (topFields[topKey].action == .items && FieldSchema.itemKind(of: name) != nil)
      || [
        "key", "value", "string_value", "int_value", "float_value", "double_value",
        "set_timestamp_micros",
      ].contains(name)
    return known ? top + "." + name : top
  }

  // MARK: Rows

  private func parseRow(_ cursor: inout Cursor) throws(Malformation) {
    seen = []
    day = LogPart.noDay
    userID = 0
    pseudoID = 0
    for group in groupScratch.indices {
      groupScratch[group].removeAll()
      groupCode[group] = 0
    }
    fieldScratch.removeAll()
    userPropertyScratch.removeAll()

    let start = unsafe cursor
    guard unsafe cursor.pointee == UInt8(ascii: "{") else {
      throw unsafe Malformation(cursor, "expected an object that begins with '{'")
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: "}") {
      unsafe cursor += 1
    } else {
      while true {
        let (key, count) = try unsafe parseKey(&cursor)
        topKey = unsafe topKeys.key(key, count: count)
        unsafe innerKey = nil
        if topKey == topFields.count { addTopKey() }
        try unsafe parseValue(of: topFields[topKey], &cursor)
        if try unsafe endsObject(&cursor) { break }
        // Whatever is wrong with the next key is not this one's fault.
        topKey = -1
      }
    }
    topKey = -1
    unsafe innerKey = nil
    unsafe skipBlanks(&cursor)
    let isEnd: Bool
    if newline == 0x0A {
      isEnd =
        unsafe cursor.pointee == UInt8(ascii: ",") || cursor.pointee == UInt8(ascii: "]")
        || cursor == recordEnd
    } else {
      isEnd = unsafe cursor == recordEnd
    }
    guard isEnd else { throw unsafe Malformation(cursor, "unexpected text after the object") }
    guard seen.contains(.name) else {
      throw unsafe Malformation(start, "the row has no event_name; every event needs one")
    }
    guard seen.contains(.time) else {
      throw unsafe Malformation(start, "the row has no event_timestamp; every event needs one")
    }
    try unsafe finishRow(start)
  }

  private func finishRow(_ start: Cursor) throws(Malformation) {
    let row = part.count
    for (group, codes) in part.recordCodes.enumerated() {
      let scratch = groupScratch[group]
      var code = groupCode[group]
      if unsafe scratch.count > 0 {
        if code != 0 { part.records[group].append(code, to: scratch) }
        code = part.records[group].intern(scratch)
      }
      codes.set(code, row: row)
    }
    // Parameters are already in the part; fields and properties follow them.
    unsafe part.attributeSlots.append(fieldScratch.slots, count: fieldScratch.count)
    unsafe part.attributeValues.append(fieldScratch.values, count: fieldScratch.count)
    unsafe part.attributeSlots.append(userPropertyScratch.slots, count: userPropertyScratch.count)
    unsafe part.attributeValues.append(
      userPropertyScratch.values, count: userPropertyScratch.count)
    guard part.attributeSlots.count < Int(UInt32.max), part.itemCodes.count < Int(UInt32.max) else {
      throw unsafe Malformation(start, "the input holds more parameters or items than a log can")
    }
    part.endRow(time: time, day: day, name: name, pseudoID: pseudoID, userID: userID)
  }

  @inline(never)
  private func addTopKey() {
    let text = topKeys.text(topKey)
    let action: Action =
      switch text {
      case "event_date": .date
      case "event_timestamp": .time
      case "event_name": .name
      case "user_id": .userID
      case "user_pseudo_id": .pseudoID
      case "event_params": .parameters
      case "user_properties": .userProperties
      case "items": .items
      case "device", "geo", "traffic_source", "collected_traffic_source",
        "session_traffic_source_last_click", "ecommerce", "privacy_info", "user_ltv", "app_info",
        "event_dimensions", "publisher":
        .record
      default: .field
      }
    let group = action == .record ? RecordGroup(path: text)!.rawValue : 0
    let fieldKey = action == .field ? part.fieldKeys.key(text) : 0
    topFields.append(TopField(action, group: group, fieldKey: fieldKey))
  }

  private func parseValue(of field: TopField, _ cursor: inout Cursor) throws(Malformation) {
    if unsafe cursor.pointee == UInt8(ascii: "n") { return try unsafe parseNull(&cursor) }
    switch field.action {
    case .name:
      let place = unsafe cursor
      let (start, count) = try unsafe parseText(&cursor)
      guard let code = unsafe part.nameCode(start, count: count) else {
        throw unsafe Malformation(
          place, "more than 65,535 distinct event names; check that names carry no ids")
      }
      name = code
      seen.insert(.name)
    case .time:
      time = try unsafe parseInteger(&cursor, "expected a whole number of microseconds")
      seen.insert(.time)
    case .date:
      let place = unsafe cursor
      let (start, count) = try unsafe parseText(&cursor)
      guard let value = unsafe ByteScan.day(start, count) else {
        throw unsafe Malformation(place, "expected a day as YYYYMMDD")
      }
      day = value.daysSinceEpoch
    case .userID:
      let (start, count) = try unsafe parseText(&cursor)
      userID = unsafe part.strings.intern(start, count: count)
    case .pseudoID:
      let (start, count) = try unsafe parseText(&cursor)
      pseudoID = unsafe part.strings.intern(start, count: count)
    case .parameters: try unsafe parseParameters(&cursor)
    case .userProperties: try unsafe parseUserProperties(&cursor)
    case .items: try unsafe parseItems(&cursor)
    case .record:
      guard unsafe cursor.pointee == UInt8(ascii: "{") else {
        throw unsafe Malformation(cursor, "expected an object")
      }
      try unsafe parseMemorisedRecord(field, &cursor)
    case .field:
      let first = unsafe cursor.pointee
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
        path.removeAll()
        path.append(topKeys.text(topKey))
        try unsafe parseField(&cursor, depth: 1)
      } else {
        path.removeAll()
        try unsafe parseFieldValue(field.fieldKey, &cursor)
      }
    }
  }

  // MARK: Fields

  /// Reads a record, or recognises it by its bytes.
  private func parseMemorisedRecord(_ memo: TopField, _ cursor: inout Cursor)
    throws(Malformation)
  {
    let group = memo.group
    let scratch = groupScratch[group]
    let isContext = group == RecordGroup.context.rawValue
    path.removeAll()
    if unsafe matches(memo.bytes, cursor, memo.count), memo.count > 0,
      unsafe isContext || scratch.count == 0
    {
      unsafe cursor += memo.count
      tally.numbersAsText += memo.numbersAsText
      if isContext {
        for field in memo.fields { scratch.append(field.slot, field.value) }
      } else {
        groupCode[group] = memo.code
      }
      return
    }
    let start = unsafe cursor
    let before = unsafe scratch.count
    let numbersAsText = tally.numbersAsText
    path.append(topKeys.text(topKey))
    try unsafe parseField(&cursor, depth: 1)
    // Fields of the record that stood beside it ("geo.city" before "geo") are not part of its bytes.
    if !isContext && before > 0 { return }
    memo.numbersAsText = tally.numbersAsText - numbersAsText
    if isContext {
      memo.fields.removeAll(keepingCapacity: true)
      for index in unsafe before..<scratch.count {
        memo.fields.append(unsafe (scratch.slots[index], scratch.values[index]))
      }
    } else {
      memo.code = part.records[group].intern(scratch)
      groupCode[group] = memo.code
      scratch.removeAll()
    }
    unsafe memo.keep(start, cursor - start)
  }

  /// Reads whatever stands at `path` into the scratch of its group.
  private func parseField(_ cursor: inout Cursor, depth: Int) throws(Malformation) {
    switch unsafe cursor.pointee {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth <= nesting else {
        throw unsafe Malformation(cursor, "objects are nested too deeply; raise ReadLimits.nesting")
      }
      let isObject = unsafe cursor.pointee == UInt8(ascii: "{")
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      if unsafe cursor.pointee == UInt8(ascii: isObject ? "}" : "]") {
        unsafe cursor += 1
        return
      }
      let length = path.count
      var index = 0
      while true {
        path.append(UInt8(ascii: "."))
        if isObject {
          let (key, count) = try unsafe parseKey(&cursor)
          unsafe innerKey = unsafe (key, count)
          unsafe path.append(key, count: count)
        } else {
          // An array has no keys: its elements are addressed by their number.
          path.append(String(index))
          index += 1
        }
        try unsafe parseField(&cursor, depth: depth + 1)
        path.truncate(to: length)
        let ends = isObject ? try unsafe endsObject(&cursor) : try unsafe endsArray(&cursor)
        if ends { return }
      }
    case UInt8(ascii: "n"): try unsafe parseNull(&cursor)
    default:
      try unsafe parseFieldValue(part.fieldKeys.key(path.start, count: path.count), &cursor)
    }
  }

  /// Reads the scalar of a field into the scratch of its group.
  @inline(__always)
  private func parseFieldValue(_ key: Int, _ cursor: inout Cursor) throws(Malformation) {
    let keys = part.fieldKeys
    let (kind, value) = try unsafe parseScalar(&cursor, as: keys.documented[key])
    let slot = try unsafe slot(keys, key, kind, cursor)
    if let group = unsafe keys.groups[key] {
      groupScratch[group.rawValue].append(slot, value)
    } else {
      fieldScratch.append(slot, value)
    }
  }

  /// Reads a scalar as the type that the export documents, or as what it is where that is unknown.
  private func parseScalar(_ cursor: inout Cursor, as kind: FieldKind?) throws(Malformation) -> (
    SlotKind, Int64
  ) {
    let place = unsafe cursor
    let first = unsafe cursor.pointee
    if first == UInt8(ascii: "\"") {
      let (start, count) = try unsafe parseText(&cursor)
      switch kind {
      case nil, .string: return (.string, Int64(unsafe part.strings.intern(start, count: count)))
      case .int:
        guard let value = unsafe ByteScan.integer(start, count) else {
          throw unsafe Malformation(place, "expected a whole number of at most 64 bits")
        }
        return (.int, value)
      case .double:
        // BigQuery exports what JSON has no number for as text.
        if unsafe equals(start, count, "NaN") { return (.double, Self.bits(.nan)) }
        if unsafe equals(start, count, "Infinity") { return (.double, Self.bits(.infinity)) }
        if unsafe equals(start, count, "-Infinity") { return (.double, Self.bits(-.infinity)) }
        return (.double, try unsafe doubleBits(start, count, place))
      case .bool:
        if unsafe equals(start, count, "true") { return (.bool, 1) }
        if unsafe equals(start, count, "false") { return (.bool, 0) }
        throw unsafe Malformation(place, "expected true or false")
      }
    }
    if first == UInt8(ascii: "t") || first == UInt8(ascii: "f") {
      let value = try unsafe parseBool(&cursor)
      switch kind {
      case nil, .bool: return (.bool, value ? 1 : 0)
      case .int: return (.int, value ? 1 : 0)
      case .string:
        tally.numbersAsText += 1
        return (.string, Int64(part.strings.intern(value ? "true" : "false")))
      case .double: throw unsafe Malformation(place, "expected a number")
      }
    }
    let (start, count) = try unsafe parseNumber(&cursor)
    switch kind {
    case .int:
      guard let value = unsafe ByteScan.integer(start, count) else {
        throw unsafe Malformation(place, "expected a whole number of at most 64 bits")
      }
      return (.int, value)
    case .double: return (.double, try unsafe doubleBits(start, count, place))
    case .string:
      tally.numbersAsText += 1
      return (.string, Int64(unsafe part.strings.intern(start, count: count)))
    case .bool: throw unsafe Malformation(place, "expected true or false")
    case nil:
      if let value = unsafe ByteScan.integer(start, count) { return (.int, value) }
      return (.double, try unsafe doubleBits(start, count, place))
    }
  }

  private static func bits(_ value: Double) -> Int64 { Int64(bitPattern: value.bitPattern) }

  private func doubleBits(_ start: Cursor, _ count: Int, _ place: Cursor) throws(Malformation)
    -> Int64
  {
    guard let value = unsafe ByteScan.double(start, count) else {
      throw unsafe Malformation(place, "expected a number")
    }
    guard value.isFinite else {
      throw unsafe Malformation(place, "the number is out of the range of a double")
    }
    return Int64(bitPattern: value.bitPattern)
  }

  @inline(__always)
  private func slot(_ keys: KeyTable, _ key: Int, _ kind: SlotKind, _ place: Cursor)
    throws(Malformation) -> UInt16
  {
    guard let slot = part.slot(keys, key, kind) else {
      throw unsafe Malformation(
        place, "more than 65,535 distinct keys and field paths; check that keys carry no ids")
    }
    return slot
  }

  // MARK: Parameters

  private func parseParameters(_ cursor: inout Cursor) throws(Malformation) {
    guard try unsafe beginsArray(&cursor) else { return }
    seenSlots.begin()
    repeat {
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
        continue
      }
      let entry = try unsafe parseEntry(&cursor, part.parameterKeys)
      if let key = entry.key, selection.keeps(key, part.parameterKeys) {
        let slot = try unsafe slot(part.parameterKeys, key, entry.kind, cursor)
        part.attributeSlots.append(slot)
        part.attributeValues.append(entry.value)
        seenSlots.note(key)
      }
    } while try unsafe !endsArray(&cursor)
    if seenSlots.hasRepetition { tally.repeatedParameters += 1 }
  }

  private func parseUserProperties(_ cursor: inout Cursor) throws(Malformation) {
    guard try unsafe beginsArray(&cursor) else { return }
    repeat {
      if unsafe cursor.pointee == UInt8(ascii: "n") {
        try unsafe parseNull(&cursor)
        continue
      }
      let entry = try unsafe parseEntry(&cursor, part.userPropertyKeys)
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

  /// A key with its typed value, as parameters and properties have them.
  private struct Entry {
    var key: Int?
    var kind = SlotKind.empty
    var value: Int64 = 0
    var setTime: Int64?
  }

  @inline(__always)
  private func parseEntry(_ cursor: inout Cursor, _ keys: KeyTable) throws(Malformation) -> Entry {
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
  private func parseTypedValue(_ cursor: inout Cursor, _ entry: inout Entry) throws(Malformation) {
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
        let place = unsafe cursor
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
        unsafe _ = place
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

  private func ignoreEntry(_ cursor: inout Cursor) throws(Malformation) {
    tally.ignoredEntries += 1
    try unsafe skipValue(&cursor, depth: 2)
  }

  // MARK: Items

  private func parseItems(_ cursor: inout Cursor) throws(Malformation) {
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
        while true {
          let (key, count) = try unsafe parseKey(&cursor)
          unsafe innerKey = unsafe (key, count)
          try unsafe parseItemField(key, count, &cursor, scratch)
          if try unsafe endsObject(&cursor) { break }
        }
      }
      part.itemCodes.append(interner.intern(scratch))
    } while try unsafe !endsArray(&cursor)
    scratch.removeAll()
  }

  @inline(__always)
  private func parseItemField(
    _ name: Cursor, _ count: Int, _ cursor: inout Cursor, _ scratch: FieldScratch
  ) throws(Malformation) {
    switch unsafe cursor.pointee {
    case UInt8(ascii: "n"): try unsafe parseNull(&cursor)
    case UInt8(ascii: "["):
      guard unsafe count == 11 && equals(name, count, "item_params") else {
        return try unsafe ignoreEntry(&cursor)
      }
      guard try unsafe beginsArray(&cursor) else { return }
      repeat {
        if unsafe cursor.pointee == UInt8(ascii: "n") {
          try unsafe parseNull(&cursor)
          continue
        }
        let entry = try unsafe parseEntry(&cursor, part.itemParameterKeys)
        guard let key = entry.key else { continue }
        scratch.append(
          try unsafe slot(part.itemParameterKeys, key, entry.kind, cursor), entry.value)
      } while try unsafe !endsArray(&cursor)
    case UInt8(ascii: "{"): try unsafe ignoreEntry(&cursor)
    default:
      let key = unsafe part.itemKeys.key(name, count: count)
      let (kind, value) = try unsafe parseScalar(&cursor, as: part.itemKeys.documented[key])
      scratch.append(try unsafe slot(part.itemKeys, key, kind, cursor), value)
    }
  }

  // MARK: Tokens

  @inline(__always)
  func skipBlanks(_ cursor: inout Cursor) {
    while true {
      let byte = unsafe cursor.pointee
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == newline else { return }
      unsafe cursor += 1
    }
  }

  @inline(__always)
  private func expect(_ byte: UInt8, _ cursor: inout Cursor, _ reason: StaticString)
    throws(Malformation)
  {
    unsafe skipBlanks(&cursor)
    guard unsafe cursor.pointee == byte else { throw unsafe Malformation(cursor, reason) }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
  }

  /// Reads a key with its colon, up to the value; the bytes are valid until the next key.
  @inline(__always)
  private func parseKey(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    guard unsafe cursor.pointee == UInt8(ascii: "\"") else {
      throw unsafe Malformation(cursor, "expected a key in double quotes")
    }
    let (start, count) = try unsafe parseString(&cursor, into: keyPath)
    unsafe skipBlanks(&cursor)
    guard unsafe cursor.pointee == UInt8(ascii: ":") else {
      throw unsafe Malformation(cursor, "expected ':' after a key")
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    return unsafe (start, count)
  }

  /// After a value: whether the object ends here; otherwise the next key follows.
  @inline(__always)
  private func endsObject(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: ",") {
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      return false
    }
    guard unsafe cursor.pointee == UInt8(ascii: "}") else {
      throw unsafe Malformation(
        cursor, isEnd(cursor) ? "the record is cut short" : "expected ',' or '}'")
    }
    unsafe cursor += 1
    return true
  }

  /// Begins an array; `false` when it is empty.
  @inline(__always)
  private func beginsArray(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    guard unsafe cursor.pointee == UInt8(ascii: "[") else {
      throw unsafe Malformation(cursor, "expected an array")
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: "]") {
      unsafe cursor += 1
      return false
    }
    return true
  }

  @inline(__always)
  private func endsArray(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: ",") {
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      return false
    }
    guard unsafe cursor.pointee == UInt8(ascii: "]") else {
      throw unsafe Malformation(
        cursor, isEnd(cursor) ? "the record is cut short" : "expected ',' or ']'")
    }
    unsafe cursor += 1
    return true
  }

  private func isEnd(_ cursor: Cursor) -> Bool {
    unsafe cursor.pointee == 0 || cursor.pointee == 0x0A
  }

  /// Reads a string, or a number where text was expected.
  @inline(__always)
  private func parseText(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    if unsafe cursor.pointee == UInt8(ascii: "\"") {
      return try unsafe parseString(&cursor, into: unescaped)
    }
    let byte = unsafe cursor.pointee
    if byte == UInt8(ascii: "-") || (48...57).contains(byte) {
      tally.numbersAsText += 1
      return try unsafe parseNumber(&cursor)
    }
    throw unsafe Malformation(cursor, "expected text in double quotes")
  }

  /// Reads a string; its bytes stand in the input or, where it has escapes, in `buffer`.
  @inline(__always)
  private func parseString(_ cursor: inout Cursor, into buffer: ByteBuffer) throws(Malformation)
    -> (Cursor, Int)
  {
    let start = unsafe cursor + 1
    let found = unsafe ByteScan.stringEnd(start)
    guard unsafe found.end.pointee == UInt8(ascii: "\"") else {
      return try unsafe parseEscapedString(&cursor, into: buffer)
    }
    let count = unsafe found.end - start
    if found.hasHighBytes, unsafe !ByteScan.isUTF8(start, count) {
      throw unsafe Malformation(start, "the text is not valid UTF-8")
    }
    unsafe cursor = unsafe found.end + 1
    return unsafe (start, count)
  }

  @inline(never)
  private func parseEscapedString(_ cursor: inout Cursor, into buffer: ByteBuffer)
    throws(Malformation) -> (Cursor, Int)
  {
    // A key noted for messages may stand in the buffer.
    if buffer === keyPath { unsafe innerKey = nil }
    buffer.removeAll()
    unsafe cursor += 1
    while true {
      let found = unsafe ByteScan.stringEnd(cursor)
      let count = unsafe found.end - cursor
      if found.hasHighBytes, unsafe !ByteScan.isUTF8(cursor, count) {
        throw unsafe Malformation(cursor, "the text is not valid UTF-8")
      }
      unsafe buffer.append(cursor, count: count)
      unsafe cursor = unsafe found.end
      switch unsafe cursor.pointee {
      case UInt8(ascii: "\""):
        unsafe cursor += 1
        return unsafe (Cursor(buffer.start), buffer.count)
      case UInt8(ascii: "\\"): try unsafe parseEscape(&cursor, into: buffer)
      default:
        throw unsafe Malformation(
          cursor,
          isEnd(cursor)
            ? "the record is cut short inside a string"
            : "a control character inside a string must be escaped")
      }
    }
  }

  private func parseEscape(_ cursor: inout Cursor, into buffer: ByteBuffer) throws(Malformation) {
    let place = unsafe cursor
    let letter = unsafe cursor[1]
    unsafe cursor += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(letter)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try unsafe parseHex(&cursor, place)
      if (0xDC00...0xDFFF).contains(scalar) {
        throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
      }
      if (0xD800...0xDBFF).contains(scalar) {
        guard unsafe cursor[0] == UInt8(ascii: "\\"), unsafe cursor[1] == UInt8(ascii: "u") else {
          throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
        }
        unsafe cursor += 2
        let low = try unsafe parseHex(&cursor, place)
        guard (0xDC00...0xDFFF).contains(low) else {
          throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
        }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      unsafe buffer.append(Character(Unicode.Scalar(scalar).unsafelyUnwrapped))
    default:
      throw unsafe Malformation(place, "an unknown escape in a string")
    }
  }

  private func parseHex(_ cursor: inout Cursor, _ place: Cursor) throws(Malformation) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = unsafe cursor.pointee
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 65...70: digit = byte - 55
      case 97...102: digit = byte - 87
      default: throw unsafe Malformation(place, "\\u needs four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      unsafe cursor += 1
    }
    return value
  }

  /// The bytes of a number; whether they spell one is seen when they are converted.
  @inline(__always)
  private func parseNumber(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    let start = unsafe cursor
    while true {
      let byte = unsafe cursor.pointee
      let isPart =
        byte &- 48 <= 9 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
      if !isPart { break }
      unsafe cursor += 1
    }
    let count = unsafe cursor - start
    guard count > 0 else {
      throw unsafe Malformation(
        start, isEnd(start) ? "the record is cut short" : "expected a value")
    }
    guard unsafe isNumber(start, count) else {
      throw unsafe Malformation(start, "expected a number as JSON spells it")
    }
    return unsafe (start, count)
  }

  /// JSON's grammar: no leading zeros or plus, digits around a point.
  @inline(__always)
  private func isNumber(_ start: Cursor, _ count: Int) -> Bool {
    var index = 0
    if unsafe start[0] == UInt8(ascii: "-") { index = 1 }
    let first = index
    while index < count, unsafe start[index] &- 48 <= 9 { index += 1 }
    let digits = index - first
    if digits == 0 { return false }
    if digits > 1, unsafe start[first] == 48 { return false }
    return unsafe index == count || ByteScan.double(start, count) != nil
  }

  /// Reads a whole number that may stand in quotes.
  @inline(__always)
  private func parseInteger(_ cursor: inout Cursor, _ reason: StaticString) throws(Malformation)
    -> Int64
  {
    let place = unsafe cursor
    let (start, count): (Cursor, Int)
    if unsafe cursor.pointee == UInt8(ascii: "\"") {
      unsafe (start, count) = try unsafe parseString(&cursor, into: unescaped)
    } else {
      unsafe (start, count) = try unsafe parseNumber(&cursor)
    }
    guard let value = unsafe ByteScan.integer(start, count) else {
      throw unsafe Malformation(place, reason)
    }
    return value
  }

  private func parseNull(_ cursor: inout Cursor) throws(Malformation) {
    guard unsafe hasWord(cursor, "null") else {
      throw unsafe Malformation(cursor, "expected a value")
    }
    unsafe cursor += 4
  }

  private func parseBool(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    if unsafe hasWord(cursor, "true") {
      unsafe cursor += 4
      return true
    }
    guard unsafe hasWord(cursor, "false") else {
      throw unsafe Malformation(cursor, "expected a value")
    }
    unsafe cursor += 5
    return false
  }

  private func hasWord(_ cursor: Cursor, _ word: StaticString) -> Bool {
    unsafe matches(word.utf8Start, cursor, word.utf8CodeUnitCount)
  }

  @inline(__always)
  private func equals(_ start: Cursor, _ count: Int, _ word: StaticString) -> Bool {
    unsafe count == word.utf8CodeUnitCount && matches(word.utf8Start, start, count)
  }

  @inline(__always)
  private func matches(_ left: Cursor, _ right: Cursor, _ count: Int) -> Bool {
    var index = 0
    // Stops at the first difference, which is at the latest a zero of the padding.
    while index + 8 <= count {
      if unsafe ByteScan.word(left + index) != ByteScan.word(right + index) { return false }
      index += 8
    }
    while index < count {
      if unsafe left[index] != right[index] { return false }
      index += 1
    }
    return true
  }

  /// Passes over any value.
  private func skipValue(_ cursor: inout Cursor, depth: Int) throws(Malformation) {
    guard depth <= nesting else {
      throw unsafe Malformation(cursor, "objects are nested too deeply; raise ReadLimits.nesting")
    }
    switch unsafe cursor.pointee {
    case UInt8(ascii: "{"):
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      if unsafe cursor.pointee == UInt8(ascii: "}") {
        unsafe cursor += 1
        return
      }
      repeat {
        _ = try unsafe parseKey(&cursor)
        try unsafe skipValue(&cursor, depth: depth + 1)
      } while try unsafe !endsObject(&cursor)
    case UInt8(ascii: "["):
      guard try unsafe beginsArray(&cursor) else { return }
      repeat {
        try unsafe skipValue(&cursor, depth: depth + 1)
      } while try unsafe !endsArray(&cursor)
    case UInt8(ascii: "\""): _ = try unsafe parseString(&cursor, into: unescaped)
    case UInt8(ascii: "n"): try unsafe parseNull(&cursor)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try unsafe parseBool(&cursor)
    default: _ = try unsafe parseNumber(&cursor)
    }
  }
}

/// Bytes that grow and are used again from row to row.
@safe
final class ByteBuffer {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity = 256

  init() { unsafe start = .allocate(capacity: 256 + ByteScan.padding) }
  deinit { unsafe start.deallocate() }

  func removeAll() { count = 0 }
  func truncate(to count: Int) { self.count = min(self.count, count) }

  func append(_ bytes: UnsafePointer<UInt8>, count: Int) {
    reserve(self.count + count)
    unsafe (start + self.count).update(from: bytes, count: count)
    self.count += count
  }

  func append(_ byte: UInt8) {
    reserve(count + 1)
    unsafe start[count] = byte
    count += 1
  }

  func append(_ text: String) { for byte in text.utf8 { append(byte) } }

  func append(_ character: Character) { for byte in character.utf8 { append(byte) } }

  private func reserve(_ minimum: Int) {
    guard minimum > capacity else { return }
    let newCapacity = max(minimum, capacity * 2)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity + ByteScan.padding)
    unsafe new.update(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = new
    capacity = newCapacity
  }
}

/// Notices when a row repeats a parameter key, in constant time a key.
private final class ParameterKeysSeen {
  private var rowOfKey: [UInt32] = []
  private var row: UInt32 = 0
  private(set) var hasRepetition = false

  func begin() {
    row &+= 1
    hasRepetition = false
  }

  @inline(__always)
  func note(_ key: Int) {
    while key >= rowOfKey.count { rowOfKey.append(0) }
    if rowOfKey[key] == row { hasRepetition = true }
    rowOfKey[key] = row
  }
}
