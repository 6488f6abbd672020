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
  let selection: ParameterSelection
  let nesting: Int
  /// In an array line ends are blanks; between lines they end the record.
  let newline: UInt8
  var tally = ReadReport()

  // The part's columns and tables again, held directly: reaching through the part or an array would
  // count references for every value.
  let strings: StringInterner
  let attributeSlots: MutableColumn<UInt16>
  let attributeValues: MutableColumn<Int64>
  let parameterKeys: KeyTable
  private let fieldKeys: KeyTable
  let itemKeys: KeyTable
  private let recordCodes: [Unmanaged<SparseCodes>]
  private let records: [Unmanaged<RecordInterner>]
  private let scratches: [Unmanaged<FieldScratch>]

  // What the row being read holds so far.
  private var time: Int64 = 0
  private var day: Int32 = 0
  private var name: UInt16 = 0
  private var userID: UInt32 = 0
  private var pseudoID: UInt32 = 0
  private var seen = Seen()
  let groupScratch = RecordGroup.allCases.map { _ in FieldScratch() }
  private let groupCode = MutableColumn<UInt32>(
    repeating: 0, count: RecordGroup.allCases.count)
  private let fieldScratch = FieldScratch()
  let userPropertyScratch = FieldScratch()

  /// What to do with the value of a top-level key.
  private enum Action: UInt8 {
    case date, time, name, userID, pseudoID, parameters, userProperties, items, field, record
  }
  private let topKeys = KeyTable(scope: .parameter)
  private let topFields = MutableColumn<TopField>()
  /// By top-level key, the latest record and what it meant.
  private var memos: [RecordMemo] = []
  private let topPredictor = TokenPredictor()

  /// The top-level key and the innermost one being read, for error messages.
  private var topKey = -1
  var innerKey: (start: Cursor, count: Int)?

  private var recordEnd = unsafe Cursor(bitPattern: 1).unsafelyUnwrapped

  /// What is known of a top-level key.
  private struct TopField {
    let action: Action
    /// The group of a record, 0 for other actions.
    let group: Int
    /// The key of a field outside the records.
    let fieldKey: Int
  }

  /// The bytes of the latest object of a top-level key and what they meant.
  @safe
  private final class RecordMemo {
    var bytes: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var count = 0
    var code: UInt32 = 0
    var fields: [(slot: UInt16, value: Int64)] = []
    /// What reading it adds to the tally.
    var numbersAsText = 0

    init(capacity: Int) {
      self.capacity = capacity
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
  let unescaped = ByteBuffer()
  private let path = ByteBuffer()
  let keyPath = ByteBuffer()
  let seenSlots = ParameterKeysSeen()
  let entryPredictor = TokenPredictor()
  let plainEntries = MutableColumn<PlainEntry>()
  let itemPredictor = TokenPredictor()

  init(selection: ParameterSelection, nesting: Int, isArray: Bool) {
    self.selection = selection
    // Decoded limits have met no precondition.
    self.nesting = min(nesting, ReadLimits.deepestNesting)
    newline = isArray ? 0x0A : 0x20
    let part = self.part
    strings = part.strings
    attributeSlots = part.attributeSlots
    attributeValues = part.attributeValues
    parameterKeys = part.parameterKeys
    fieldKeys = part.fieldKeys
    itemKeys = part.itemKeys
    unsafe recordCodes = unsafe part.recordCodes.map { unsafe Unmanaged.passUnretained($0) }
    unsafe records = unsafe part.records.map { unsafe Unmanaged.passUnretained($0) }
    unsafe scratches = unsafe groupScratch.map { unsafe Unmanaged.passUnretained($0) }
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
    for group in unsafe scratches.indices {
      unsafe scratches[group]._withUnsafeGuaranteedRef { $0.removeAll() }
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
      var last = -1
      while true {
        if let expected = unsafe topPredictor.next(after: last, &cursor) {
          topKey = expected
          unsafe skipBlanks(&cursor)
        } else {
          let open = unsafe cursor
          let (key, count) = try unsafe parseKey(&cursor)
          topKey = unsafe topKeys.key(key, count: count)
          if topKey == topFields.count { addTopKey() }
          if let length = unsafe plainKeyLength(open, key, count) {
            unsafe topPredictor.note(topKey, after: last, open, count: length)
          }
        }
        unsafe innerKey = nil
        try unsafe parseValue(of: topFields[topKey], &cursor)
        if try unsafe endsObject(&cursor) { break }
        last = topKey
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
    for group in unsafe recordCodes.indices {
      let code = unsafe scratches[group]._withUnsafeGuaranteedRef { scratch in
        let code = groupCode[group]
        if unsafe scratch.count == 0 { return code }
        return unsafe records[group]._withUnsafeGuaranteedRef { records in
          if code != 0 { records.append(code, to: scratch) }
          return records.intern(scratch)
        }
      }
      unsafe recordCodes[group]._withUnsafeGuaranteedRef { $0.set(code, row: row) }
    }
    // Parameters are already in the part; fields and properties follow them.
    unsafe attributeSlots.append(fieldScratch.slots, count: fieldScratch.count)
    unsafe attributeValues.append(fieldScratch.values, count: fieldScratch.count)
    if unsafe userPropertyScratch.count > 0 {
      unsafe attributeSlots.append(userPropertyScratch.slots, count: userPropertyScratch.count)
      unsafe attributeValues.append(
        userPropertyScratch.values, count: userPropertyScratch.count)
    }
    guard attributeSlots.count < Int(UInt32.max), part.itemCodes.count < Int(UInt32.max) else {
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
    topFields.append(TopField(action: action, group: group, fieldKey: fieldKey))
    // Only records are remembered; an input may bring any number of other keys.
    memos.append(RecordMemo(capacity: action == .record ? 512 : 1))
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
      userID = unsafe strings.intern(start, count: count)
    case .pseudoID:
      let (start, count) = try unsafe parseText(&cursor)
      pseudoID = unsafe strings.intern(start, count: count)
    case .parameters: try unsafe parseParameters(&cursor)
    case .userProperties: try unsafe parseUserProperties(&cursor)
    case .items: try unsafe parseItems(&cursor)
    case .record:
      guard unsafe cursor.pointee == UInt8(ascii: "{") else {
        throw unsafe Malformation(cursor, "expected an object")
      }
      try unsafe parseMemorisedRecord(memos[topKey], group: field.group, &cursor)
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
  private func parseMemorisedRecord(_ memo: RecordMemo, group: Int, _ cursor: inout Cursor)
    throws(Malformation)
  {
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
      let length = unsafe path.count
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
      try unsafe parseFieldValue(fieldKeys.key(path.start, count: path.count), &cursor)
    }
  }

  /// Reads the scalar of a field into the scratch of its group.
  @inline(__always)
  private func parseFieldValue(_ key: Int, _ cursor: inout Cursor) throws(Malformation) {
    let (kind, value) = try unsafe parseScalar(&cursor, as: fieldKeys.documented[key])
    let slot = try unsafe slot(fieldKeys, key, kind, cursor)
    if let group = unsafe fieldKeys.groups[key] {
      unsafe scratches[group.rawValue]._withUnsafeGuaranteedRef { $0.append(slot, value) }
    } else {
      fieldScratch.append(slot, value)
    }
  }

  /// Reads a scalar as the type that the export documents, or as what it is where that is unknown.
  func parseScalar(_ cursor: inout Cursor, as kind: FieldKind?) throws(Malformation) -> (
    SlotKind, Int64
  ) {
    let place = unsafe cursor
    let first = unsafe cursor.pointee
    if first == UInt8(ascii: "\"") {
      let (start, count) = try unsafe parseText(&cursor)
      switch kind {
      case nil, .string: return (.string, Int64(unsafe strings.intern(start, count: count)))
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
        return (.string, Int64(strings.intern(value ? "true" : "false")))
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
      return (.string, Int64(unsafe strings.intern(start, count: count)))
    case .bool: throw unsafe Malformation(place, "expected true or false")
    case nil:
      if let value = unsafe ByteScan.integer(start, count) { return (.int, value) }
      return (.double, try unsafe doubleBits(start, count, place))
    }
  }

  private static func bits(_ value: Double) -> Int64 { Int64(bitPattern: value.bitPattern) }

  func doubleBits(_ start: Cursor, _ count: Int, _ place: Cursor) throws(Malformation)
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
  func slot(_ keys: KeyTable, _ key: Int, _ kind: SlotKind, _ place: Cursor)
    throws(Malformation) -> UInt16
  {
    guard let slot = part.slot(keys, key, kind) else {
      throw unsafe Malformation(
        place, "more than 65,535 distinct keys and field paths; check that keys carry no ids")
    }
    return slot
  }
}
