/// Rows of a log in input order with dictionaries of their own, as one worker reads them.
///
/// Parts are joined, sorted by user and time, and their codes translated by ``LogAssembly``.
final class LogPart {
  let strings = StringInterner()
  let slots = SlotInterner()
  let records: [RecordInterner] = RecordGroup.allCases.map { _ in RecordInterner() }

  let fieldKeys = KeyTable(scope: .field)
  let parameterKeys = KeyTable(scope: .parameter)
  let userPropertyKeys = KeyTable(scope: .userProperty)
  let userPropertyTimeKeys = KeyTable(scope: .userPropertyTime)
  let itemKeys = KeyTable(scope: .item)
  let itemParameterKeys = KeyTable(scope: .itemParameter)

  private let nameKeys = StringInterner()
  /// The text of a name, by its code.
  private var nameTexts: [UInt32] = []

  let time = MutableColumn<Int64>(capacity: 4096)
  /// Days since 1970, ``noDay`` where the source has none.
  let day = MutableColumn<Int32>(capacity: 4096)
  let name = MutableColumn<UInt16>(capacity: 4096)
  let pseudoID = MutableColumn<UInt32>(capacity: 4096)
  let userID = SparseCodes()
  let recordCodes: [SparseCodes] = RecordGroup.ofEvents.map { _ in SparseCodes() }
  let attributeOffsets = MutableColumn<UInt32>(capacity: 4096)
  let attributeSlots = MutableColumn<UInt16>(capacity: 1 << 14)
  let attributeValues = MutableColumn<Int64>(capacity: 1 << 14)
  let itemOffsets = MutableColumn<UInt32>(capacity: 4096)
  let itemCodes = MutableColumn<UInt32>(capacity: 64)

  /// The day of an event whose source has none.
  static let noDay = Int32.min

  private let scratch = FieldScratch()
  private let groupScratches = RecordGroup.ofEvents.map { _ in FieldScratch() }

  init() {
    attributeOffsets.append(0)
    itemOffsets.append(0)
  }

  var count: Int { time.count }

  /// The code of the slot of `key` with values of `kind`; `nil` when a log can hold no more.
  @inline(__always)
  func slot(_ keys: KeyTable, _ key: Int, _ kind: SlotKind) -> UInt16? {
    let code = unsafe keys.slots[key * SlotKind.count + Int(kind.rawValue)]
    return code != .max ? code : newSlot(keys, key, kind)
  }

  @inline(never)
  private func newSlot(_ keys: KeyTable, _ key: Int, _ kind: SlotKind) -> UInt16? {
    let text = strings.intern(keys.text(key))
    guard let code = slots.intern(Slot(scope: keys.scope, kind: kind, key: text)) else {
      return nil
    }
    unsafe keys.slots[key * SlotKind.count + Int(kind.rawValue)] = code
    return code
  }

  /// The code of the event name at `start`; `nil` when a log can hold no more.
  @inline(__always)
  func nameCode(_ start: UnsafePointer<UInt8>, count: Int) -> UInt16? {
    // The interner's code 0 is "absent", so names count from 1 there.
    let code = unsafe Int(nameKeys.intern(start, count: count)) - 1
    if code < nameTexts.count { return UInt16(code) }
    guard code < 65_535 else { return nil }
    nameTexts.append(unsafe strings.intern(start, count: count))
    return UInt16(code)
  }

  /// Ends a row whose attributes and items are already in their columns.
  @inline(__always)
  func endRow(time: Int64, day: Int32, name: UInt16, pseudoID: UInt32, userID: UInt32) {
    let row = self.time.count
    self.time.append(time)
    self.day.append(day)
    self.name.append(name)
    self.pseudoID.append(pseudoID)
    self.userID.set(userID, row: row)
    attributeOffsets.append(UInt32(attributeSlots.count))
    itemOffsets.append(UInt32(itemCodes.count))
  }

  /// Forgets what a row that failed has left in the columns.
  func abandonRow() {
    attributeSlots.truncate(to: Int(attributeOffsets[attributeOffsets.count - 1]))
    attributeValues.truncate(to: Int(attributeOffsets[attributeOffsets.count - 1]))
    itemCodes.truncate(to: Int(itemOffsets[itemOffsets.count - 1]))
    for codes in recordCodes { codes.truncate(to: time.count) }
  }

  /// The part as immutable columns; the part must not be used afterwards.
  func sealed() -> LogSource {
    let rows = time.count
    return LogSource(
      strings: strings.sealed(), slots: slots.slots, records: records.map { $0.sealed() },
      names: nameTexts, time: time.sealed(), day: day.sealed(), name: name.sealed(),
      pseudoID: pseudoID.sealed(), userID: userID.sealed(rows: rows),
      recordCodes: recordCodes.map { $0.sealed(rows: rows) },
      attributeOffsets: attributeOffsets.sealed(), attributeSlots: attributeSlots.sealed(),
      attributeValues: attributeValues.sealed(), itemOffsets: itemOffsets.sealed(),
      itemCodes: itemCodes.sealed())
  }
}

/// The keys of one scope, each with the slots of its kinds.
final class KeyTable {
  let scope: SlotScope
  private let keys = StringInterner()
  private var texts: [String] = []
  /// Six slots a key, one for each kind; `.max` where there is none yet.
  @exclusivity(unchecked) fileprivate(set) var slots: [UInt16] = []
  /// The type that the export documents, `nil` for keys of one's own.
  @exclusivity(unchecked) private(set) var documented: [FieldKind?] = []
  /// The record group of a field, `nil` for values stored by event.
  @exclusivity(unchecked) private(set) var groups: [RecordGroup?] = []

  init(scope: SlotScope) { self.scope = scope }

  /// The number of the key at `start`, counting from 0.
  @inline(__always)
  func key(_ start: UnsafePointer<UInt8>, count: Int) -> Int {
    let key = unsafe Int(keys.intern(start, count: count)) - 1
    if unsafe key == documented.count {
      add(
        unsafe String(
          decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
    }
    return key
  }

  /// The number of `key`, counting from 0.
  func key(_ key: String) -> Int {
    let number = Int(keys.intern(key)) - 1
    if unsafe number == documented.count { add(key) }
    return number
  }

  @inline(never)
  private func add(_ key: String) {
    texts.append(key)
    unsafe slots.append(contentsOf: repeatElement(.max, count: SlotKind.count))
    switch scope {
    case .field:
      unsafe documented.append(FieldSchema.kind(of: key))
      unsafe groups.append(RecordGroup(path: key))
    case .item:
      unsafe documented.append(FieldSchema.itemKind(of: key))
      unsafe groups.append(.item)
    default:
      unsafe documented.append(nil)
      unsafe groups.append(nil)
    }
  }

  func text(_ key: Int) -> String { texts[key] }
}

/// Codes of which most rows often have none: nothing is stored before the first code.
final class SparseCodes {
  private let codes = MutableColumn<UInt32>()

  /// Gives `row`, the last one so far or the next, the code `code`.
  @inline(__always)
  func set(_ code: UInt32, row: Int) {
    if code == 0 && codes.count == 0 { return }
    codes.pad(to: row, with: 0)
    if codes.count == row { codes.append(code) } else { codes[row] = code }
  }

  func truncate(to rows: Int) { codes.truncate(to: rows) }

  /// The codes of `rows` rows, or an empty column when none has one.
  func sealed(rows: Int) -> Column<UInt32> {
    if codes.count > 0 { codes.pad(to: rows, with: 0) }
    return codes.sealed()
  }
}

extension LogPart {
  /// Adds `event` as the next row.
  ///
  /// - Throws: ``EventLogError`` when the log would hold more distinct names or keys than it can.
  func append(_ event: Event) throws(EventLogError) { try append(event, items: []) }

  /// Adds `event` as the next row, with the items of the codes `items` behind its own.
  func append(_ event: Event, items: some Sequence<UInt32>) throws(EventLogError) {
    do {
      try appendFields(of: event, items)
    } catch {
      abandonRow()
      throw error
    }
  }

  private func appendFields(
    of event: Event, _ items: some Sequence<UInt32>
  ) throws(EventLogError) {
    let row = count
    var nameText = event.name.rawValue
    guard
      let name = nameText.withUTF8({ bytes in
        unsafe bytes.withMemoryRebound(to: UInt8.self) { bytes in
          unsafe bytes.baseAddress.map { unsafe nameCode($0, count: bytes.count) }
            ?? nameCode(UnsafePointer(bitPattern: 1).unsafelyUnwrapped, count: 0)
        }
      })
    else { throw EventLogError(.tooManyNames) }

    scratch.removeAll()
    for groupScratch in groupScratches { groupScratch.removeAll() }
    for field in event.fields {
      let key = fieldKeys.key(field.path.rawValue)
      let group = unsafe fieldKeys.groups[key]
      try add(
        field.value, fieldKeys, key, to: group.map { groupScratches[$0.rawValue] } ?? scratch)
    }
    for (index, codes) in recordCodes.enumerated() {
      codes.set(records[index].intern(groupScratches[index]), row: row)
    }
    for parameter in event.parameters {
      let key = parameterKeys.key(parameter.key.rawValue)
      try add(parameter.value, parameterKeys, key, to: scratch)
    }
    for property in event.userProperties {
      try add(property.value, userPropertyKeys, userPropertyKeys.key(property.key), to: scratch)
      if let time = property.setTime {
        let key = userPropertyTimeKeys.key(property.key)
        try add(.int(time.microseconds), userPropertyTimeKeys, key, to: scratch)
      }
    }
    unsafe attributeSlots.append(scratch.slots, count: scratch.count)
    unsafe attributeValues.append(scratch.values, count: scratch.count)

    for item in event.items {
      scratch.removeAll()
      for field in item.fields {
        try add(field.value, itemKeys, itemKeys.key(field.path.rawValue), to: scratch)
      }
      for parameter in item.parameters {
        let key = itemParameterKeys.key(parameter.key.rawValue)
        try add(parameter.value, itemParameterKeys, key, to: scratch)
      }
      itemCodes.append(records[RecordGroup.item.rawValue].intern(scratch))
    }
    for code in items { itemCodes.append(code) }
    guard max(row, attributeSlots.count, itemCodes.count) < Int(UInt32.max) else {
      throw EventLogError(.tooManyRows)
    }
    endRow(
      time: event.time.microseconds, day: event.date.map(\.daysSinceEpoch) ?? Self.noDay,
      name: name, pseudoID: event.userPseudoID.map(strings.intern) ?? StringPool.absent,
      userID: event.userID.map(strings.intern) ?? StringPool.absent)
  }

  private func add(
    _ value: FieldValue, _ keys: KeyTable, _ key: Int, to scratch: FieldScratch
  ) throws(EventLogError) {
    let (kind, word): (SlotKind, Int64) =
      switch value {
      case .string(let text): (.string, Int64(strings.intern(text)))
      case .int(let number): (.int, number)
      case .double(let number): (.double, Int64(bitPattern: number.bitPattern))
      case .float(let number): (.float, Int64(bitPattern: number.bitPattern))
      case .bool(let truth): (.bool, truth ? 1 : 0)
      case .empty: (.empty, 0)
      }
    guard let slot = slot(keys, key, kind) else { throw EventLogError(.tooManyKeys) }
    scratch.append(slot, word)
  }
}
