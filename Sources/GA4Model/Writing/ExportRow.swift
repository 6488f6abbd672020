/// How a value is spelled in a format.
protocol ValueSpelling {
  func append(text bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8])
  func append(_ value: Int64, to output: inout [UInt8])
  func append(_ value: Double, to output: inout [UInt8])
  func append(_ value: Bool, to output: inout [UInt8])
}

extension ValueSpelling {
  /// Appends `text`.
  func append(_ text: String, to output: inout [UInt8]) {
    var text = text
    text.withUTF8 { unsafe append(text: $0, to: &output) }
  }

  /// Appends `value`; `false` when there is none.
  func append(_ value: FieldValue?, to output: inout [UInt8]) -> Bool {
    switch value {
    case .string(let text): append(text, to: &output)
    case .int(let number): append(number, to: &output)
    case .double(let number), .float(let number): append(number, to: &output)
    case .bool(let truth): append(truth, to: &output)
    case .empty, nil: return false
    }
    return true
  }
}

/// Values as cells of a CSV file.
struct CSVSpelling: ValueSpelling {
  var format: CSVFormat

  func append(text bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    unsafe CSVText.append(bytes, format, to: &output)
  }
  func append(_ value: Int64, to output: inout [UInt8]) {
    CSVText.append(value, format, to: &output)
  }
  func append(_ value: Double, to output: inout [UInt8]) {
    CSVText.append(value, format, to: &output)
  }
  func append(_ value: Bool, to output: inout [UInt8]) {
    CSVText.append(value ? "true" : "false", format, to: &output)
  }
}

/// Values as JSON, numbers in their shortest form.
struct JSONSpelling: ValueSpelling {
  /// Whether truth values become texts, where a destination takes only texts and numbers.
  var spellsBooleansAsText = false

  func append(text bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    unsafe JSONText.append(bytes, to: &output)
  }
  func append(_ value: Int64, to output: inout [UInt8]) { JSONText.append(value, to: &output) }
  func append(_ value: Double, to output: inout [UInt8]) {
    JSONText.append(shortest: value, to: &output)
  }
  func append(_ value: Bool, to output: inout [UInt8]) {
    if spellsBooleansAsText { return JSONText.append(value ? "true" : "false", to: &output) }
    JSONText.append(value, to: &output)
  }
}

/// What a format asks a row for, worked out once.
struct RowShape {
  /// The columns, which the format addresses by number.
  var columns: [ExportColumn]
  /// Keys of parameters that are not told, since something else has their name.
  var refusedParameters: Set<String> = []
  /// The same of user properties, with the prefix.
  var refusedUserProperties: Set<String> = []
  /// What stands before the key of a user property.
  var userPropertyPrefix = ""
}

/// An event whose columns can be spelled, either an ``Event`` or a row of a log.
///
/// Formats that are written against it give the same bytes for both.
protocol ExportRow {
  var microseconds: Int64 { get }
  var userID: String? { get }
  var userPseudoID: String? { get }

  /// Appends the name of the event.
  func appendName(_ spelling: some ValueSpelling, to output: inout [UInt8])

  /// Appends the value of column number `column`; `false` when it is absent.
  mutating func append(
    _ column: Int, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool

  /// Appends `,"name":value` of column number `column`, without the comma after `{`, or nothing
  /// when it is absent.
  mutating func appendProperty(
    _ column: Int, _ spelling: JSONSpelling, to output: inout [UInt8])

  /// Appends `"key":value,` for the first value of every parameter, unless it has none or the
  /// shape leaves it out.
  mutating func appendParameters(_ spelling: JSONSpelling, to output: inout [UInt8])

  /// Appends `"key":value,` for the first value of every user property, likewise.
  mutating func appendUserProperties(_ spelling: JSONSpelling, to output: inout [UInt8])
}

/// An event as a row.
struct EventRow: ExportRow {
  let event: Event
  let shape: RowShape

  var microseconds: Int64 { event.time.microseconds }
  var userID: String? { event.userID }
  var userPseudoID: String? { event.userPseudoID }

  func appendName(_ spelling: some ValueSpelling, to output: inout [UInt8]) {
    spelling.append(event.name.rawValue, to: &output)
  }

  func append(
    _ column: Int, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    spelling.append(shape.columns[column].value(in: event), to: &output)
  }

  func appendProperty(_ column: Int, _ spelling: JSONSpelling, to output: inout [UInt8]) {
    guard let value = shape.columns[column].value(in: event) else { return }
    ServiceText.appendKey(shape.columns[column].name, to: &output)
    _ = spelling.append(value, to: &output)
  }

  func appendParameters(_ spelling: JSONSpelling, to output: inout [UInt8]) {
    append(
      event.parameters.map { ($0.key.rawValue, $0.value) }, "", except: shape.refusedParameters,
      spelling, to: &output)
  }

  func appendUserProperties(_ spelling: JSONSpelling, to output: inout [UInt8]) {
    append(
      event.userProperties.map { ($0.key, $0.value) }, shape.userPropertyPrefix,
      except: shape.refusedUserProperties, spelling, to: &output)
  }

  private func append(
    _ pairs: [(String, FieldValue)], _ prefix: String, except refused: Set<String>,
    _ spelling: JSONSpelling, to output: inout [UInt8]
  ) {
    var seen: Set<String> = []
    for (key, value) in pairs where seen.insert(key).inserted && value != .empty {
      let name = prefix + key
      if refused.contains(name) { continue }
      JSONText.append(name, to: &output)
      output.append(UInt8(ascii: ":"))
      _ = spelling.append(value, to: &output)
      output.append(UInt8(ascii: ","))
    }
  }
}

/// A row of a log.
struct LogRow: ExportRow {
  private let storage: EventLogStorage
  private var columns: [Column]
  /// `,"name":` by column.
  private let columnKeys: Fragments
  /// `"key":` by slot.
  private let keys: Fragments
  /// One number for all slots of one key, by slot.
  private let keyNumbers: [Int]
  /// Whether the key is not told, by slot.
  private let isRefused: [Bool]
  private var seenKeys: [Int] = []
  /// The row that is spelled.
  var row = 0

  /// ``ExportColumn/Content`` without what has already been looked up.
  private enum Kind {
    case eventName, time, isoTime, date, isoDate, userID, pseudoID, user, itemCount, session
    case attribute, recordField(RecordGroup)
  }

  private struct Column {
    var kind: Kind
    /// Whether a slot is the one looked for, by slot.
    var isWanted: [Bool] = []
    /// Where the field stands in a record's table, by record; -1 absent, -2 not looked up yet.
    var places: [Int] = []
  }

  init(_ storage: EventLogStorage, shape: RowShape) {
    self.storage = storage
    let texts = storage.slots.map { storage.strings[$0.key] }
    columns = shape.columns.map { column in
      func attribute(_ scope: SlotScope, _ key: String) -> Column {
        Column(
          kind: .attribute,
          isWanted: zip(storage.slots, texts).map { $0.scope == scope && $1 == key })
      }
      switch column.content {
      case .eventName: return Column(kind: .eventName)
      case .time: return Column(kind: .time)
      case .isoTime: return Column(kind: .isoTime)
      case .date: return Column(kind: .date)
      case .isoDate: return Column(kind: .isoDate)
      case .userID: return Column(kind: .userID)
      case .pseudoID: return Column(kind: .pseudoID)
      case .user: return Column(kind: .user)
      case .itemCount: return Column(kind: .itemCount)
      case .session: return Column(kind: .session)
      case .parameter(let key): return attribute(.parameter, key.rawValue)
      case .userProperty(let key): return attribute(.userProperty, key)
      case .field(let path):
        var result = attribute(.field, path.rawValue)
        if let group = RecordGroup(path: path.rawValue) {
          result.kind = .recordField(group)
          result.places = Array(repeating: -2, count: storage.records[group.rawValue].count)
        }
        return result
      }
    }
    columnKeys = Fragments(shape.columns) { column, output in
      output.append(UInt8(ascii: ","))
      JSONText.append(column.name, to: &output)
      output.append(UInt8(ascii: ":"))
    }
    let names = zip(storage.slots, texts).map {
      $0.scope == .userProperty ? shape.userPropertyPrefix + $1 : $1
    }
    keys = Fragments(names) { name, output in
      JSONText.append(name, to: &output)
      output.append(UInt8(ascii: ":"))
    }
    isRefused = zip(storage.slots, names).map { slot, name in
      (slot.scope == .userProperty ? shape.refusedUserProperties : shape.refusedParameters)
        .contains(name)
    }
    var numbers: [String: Int] = [:]
    keyNumbers = texts.map { text in
      let number = numbers[text] ?? numbers.count
      numbers[text] = number
      return number
    }
  }

  var microseconds: Int64 { storage.time[row] }
  var userID: String? {
    storage.userID.isEmpty ? nil : storage.strings.text(storage.userID[row])
  }
  var userPseudoID: String? { storage.strings.text(storage.pseudoID[row]) }

  func appendName(_ spelling: some ValueSpelling, to output: inout [UInt8]) {
    appendText(storage.names[Int(storage.name[row])], spelling, to: &output)
  }

  mutating func append(
    _ column: Int, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    switch columns[column].kind {
    case .eventName: appendName(spelling, to: &output)
    case .time: spelling.append(microseconds, to: &output)
    case .isoTime: spelling.append(EventTime(microseconds: microseconds).description, to: &output)
    case .date:
      spelling.append(
        CalendarDay(daysSinceEpoch: storage.day[row]).basicDescription, to: &output)
    case .isoDate:
      spelling.append(CalendarDay(daysSinceEpoch: storage.day[row]).description, to: &output)
    case .userID: return appendID(userIDCode, spelling, to: &output)
    case .pseudoID: return appendID(storage.pseudoID[row], spelling, to: &output)
    case .user:
      let code = userIDCode
      return appendID(
        code == StringPool.absent ? storage.pseudoID[row] : code, spelling, to: &output)
    case .itemCount: spelling.append(Int64(storage.items(of: row).count), to: &output)
    case .session:
      let session = storage.session[row]
      if session == SessionTable.none { return false }
      spelling.append(Int64(session), to: &output)
    case .attribute: return appendAttribute(column, spelling, to: &output)
    case .recordField(let group):
      return appendRecordField(column, group, spelling, to: &output)
    }
    return true
  }

  mutating func appendProperty(
    _ column: Int, _ spelling: JSONSpelling, to output: inout [UInt8]
  ) {
    if case .recordField(let group) = columns[column].kind, place(of: column, in: group) < 0 {
      return
    }
    let start = output.count
    let isFirst = output.last == UInt8(ascii: "{")
    columnKeys.append(column, droppingFirst: isFirst, to: &output)
    if !append(column, spelling, to: &output) { output.removeLast(output.count - start) }
  }

  private var userIDCode: UInt32 {
    storage.userID.isEmpty ? StringPool.absent : storage.userID[row]
  }

  private func appendID(
    _ code: UInt32, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    if code == StringPool.absent { return false }
    appendText(code, spelling, to: &output)
    return true
  }

  private func appendText(
    _ code: UInt32, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) {
    unsafe storage.strings.withBytes(of: code) { unsafe spelling.append(text: $0, to: &output) }
  }

  private func appendAttribute(
    _ column: Int, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    for place in storage.attributes(of: row) {
      let slot = Int(storage.attributeSlots[place])
      guard columns[column].isWanted[slot] else { continue }
      // Of a field the first value counts, of a parameter the first entry, with a value or not.
      if storage.slots[slot].kind == .empty, storage.slots[slot].scope == .field { continue }
      return appendValue(slot, storage.attributeValues[place], spelling, to: &output)
    }
    return false
  }

  private mutating func appendRecordField(
    _ column: Int, _ group: RecordGroup, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    let place = place(of: column, in: group)
    if place < 0 { return false }
    let table = storage.records[group.rawValue]
    return appendValue(Int(table.slots[place]), table.values[place], spelling, to: &output)
  }

  /// Where the field stands among the values of its group's records, -1 when it is absent.
  private mutating func place(of column: Int, in group: RecordGroup) -> Int {
    let code = Int(storage.recordCode(group, row))
    let known = columns[column].places[code]
    if known != -2 { return known }
    let table = storage.records[group.rawValue]
    let place =
      table.fields(of: UInt32(code)).first { place in
        let slot = Int(table.slots[place])
        return columns[column].isWanted[slot] && storage.slots[slot].kind != .empty
      } ?? -1
    columns[column].places[code] = place
    return place
  }

  private func appendValue(
    _ slot: Int, _ word: Int64, _ spelling: some ValueSpelling, to output: inout [UInt8]
  ) -> Bool {
    switch storage.slots[slot].kind {
    case .string: appendText(UInt32(word), spelling, to: &output)
    case .int: spelling.append(word, to: &output)
    case .double, .float:
      spelling.append(Double(bitPattern: UInt64(bitPattern: word)), to: &output)
    case .bool: spelling.append(word != 0, to: &output)
    case .empty: return false
    }
    return true
  }

  mutating func appendParameters(_ spelling: JSONSpelling, to output: inout [UInt8]) {
    appendAttributes(.parameter, spelling, to: &output)
  }

  mutating func appendUserProperties(_ spelling: JSONSpelling, to output: inout [UInt8]) {
    appendAttributes(.userProperty, spelling, to: &output)
  }

  private mutating func appendAttributes(
    _ scope: SlotScope, _ spelling: JSONSpelling, to output: inout [UInt8]
  ) {
    seenKeys.removeAll(keepingCapacity: true)
    for place in storage.attributes(of: row) {
      let slot = Int(storage.attributeSlots[place])
      guard storage.slots[slot].scope == scope else { continue }
      let key = keyNumbers[slot]
      if seenKeys.contains(key) { continue }
      seenKeys.append(key)
      if storage.slots[slot].kind == .empty || isRefused[slot] { continue }
      keys.append(slot, to: &output)
      _ = appendValue(slot, storage.attributeValues[place], spelling, to: &output)
      output.append(UInt8(ascii: ","))
    }
  }
}
