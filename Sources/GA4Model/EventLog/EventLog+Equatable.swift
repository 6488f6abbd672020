#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Glibc
#endif

extension EventLog: Equatable {
  /// Whether two logs have equal options and, in order, equal events.
  ///
  /// How the logs came about does not matter: a log read from a file, one built from its events and
  /// one saved and opened again are equal.
  ///
  /// - Complexity: O(*n*), where *n* is the size of the logs; the columns are compared as they are
  ///   stored, and only rows that differ there, such as by the order of fields, are read as events.
  public static func == (left: EventLog, right: EventLog) -> Bool {
    let (a, b) = (left.storage, right.storage)
    if a === b { return true }
    guard a.options == b.options, a.rowCount == b.rowCount else { return false }
    return a.hasColumns(of: b) || LogComparison(left, right).areEqual()
  }
}

extension EventLogStorage {
  /// Whether all columns are the same, byte for byte.
  fileprivate func hasColumns(of other: EventLogStorage) -> Bool {
    switch (dayOrigin, other.dayOrigin) {
    case (.exported, .exported), (.derived, .derived), (.mixed, .mixed): break
    default: return false
    }
    return zip(columns, other.columns).allSatisfy { left, right in
      left.hasBytes(of: right)
    }
  }
}

extension AnyColumn {
  /// Whether both hold the same bytes.
  func hasBytes(of other: any AnyColumn) -> Bool {
    guard byteCount == other.byteCount else { return false }
    if byteCount == 0 { return true }
    return unsafe withBytes { a in
      unsafe other.withBytes { b in unsafe memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0 }
    }
  }
}

/// Compares the events of two logs of equal length whose codes may differ.
///
/// Codes of both logs are translated into common ones. Where these agree the events agree; where
/// they do not, the events themselves decide, since equal events can be stored in several ways:
/// fields in another order, −0 and 0, texts of the same characters.
private final class LogComparison {
  private let left: EventLog
  private let right: EventLog
  private let a: Side
  private let b: Side

  /// The dictionaries of one log in common codes.
  private struct Side {
    let storage: EventLogStorage
    let texts: [UInt32]
    let names: [UInt32]
    let slots: [CommonSlot]
    var records: [[UInt32]]

    init(_ storage: EventLogStorage, _ texts: StringInterner, _ keys: inout KeyClasses) {
      self.storage = storage
      self.texts = texts.intern(storage.strings)
      names = storage.names.map { keys.code(of: storage.strings[$0]) }
      slots = storage.slots.map {
        CommonSlot(slot: $0, key: keys.code(of: storage.strings[$0.key]))
      }
      records = []
    }

    /// A stored value in common codes, the same for values that are equal.
    @inline(__always)
    func value(_ slot: CommonSlot, _ word: Int64) -> Int64 {
      switch slot.kind {
      case .string: return Int64(texts[Int(word)])
      case .int: return word
      case .double, .float:
        let number = Double(bitPattern: UInt64(bitPattern: word))
        let canonical = number == 0 ? 0 : number.isNaN ? .nan : number
        return Int64(bitPattern: canonical.bitPattern)
      case .bool: return word != 0 ? 1 : 0
      case .empty: return 0
      }
    }
  }

  /// A slot whose ``code`` means the same in both logs.
  private struct CommonSlot {
    let scope: SlotScope
    let kind: SlotKind
    let key: UInt32
    let code: Int64

    init(slot: Slot, key: UInt32) {
      scope = slot.scope
      kind = slot.kind
      self.key = key
      code = Int64(key) << 16 | Int64(scope.rawValue) << 8 | Int64(kind.rawValue)
    }
  }

  /// Numbers names and keys by their bytes.
  private struct KeyClasses {
    private var codes: [Bytewise: UInt32] = [:]

    mutating func code(of text: String) -> UInt32 {
      let key = Bytewise(text)
      if let code = codes[key] { return code }
      let code = UInt32(codes.count)
      codes[key] = code
      return code
    }
  }

  /// What stored slots and values say, the same for records and rows that are equal.
  private struct Content: Hashable {
    private struct Field: Hashable {
      var key: UInt32
      var code: Int64
      var value: Int64
    }
    /// By key, each once.
    private var fields: [Field] = []
    /// Code and value in turn, in their order.
    private var parameters: [Int64] = []
    private var properties: [Int64] = []

    /// Reads what stands at `places`; the arrays are used again.
    mutating func read(
      _ side: Side, _ places: Range<Int>, _ slots: Column<UInt16>, _ values: Column<Int64>
    ) {
      fields.removeAll(keepingCapacity: true)
      parameters.removeAll(keepingCapacity: true)
      properties.removeAll(keepingCapacity: true)
      for place in places {
        let slot = side.slots[Int(slots[place])]
        let value = side.value(slot, values[place])
        switch slot.scope {
        case .field, .item:
          if slot.kind != .empty { insert(Field(key: slot.key, code: slot.code, value: value)) }
        case .parameter, .itemParameter:
          parameters.append(slot.code)
          parameters.append(value)
        case .userProperty, .userPropertyTime:
          properties.append(slot.code)
          properties.append(value)
        }
      }
    }

    /// As in a `FieldSet`, the first value of a path stays.
    private mutating func insert(_ field: Field) {
      var index = fields.count
      while index > 0, fields[index - 1].key >= field.key {
        if fields[index - 1].key == field.key { return }
        index -= 1
      }
      fields.insert(field, at: index)
    }
  }

  init(_ left: EventLog, _ right: EventLog) {
    self.left = left
    self.right = right
    let texts = StringInterner()
    var keys = KeyClasses()
    var a = Side(left.storage, texts, &keys)
    var b = Side(right.storage, texts, &keys)
    var content = Content()
    for group in RecordGroup.allCases {
      var codes: [Content: UInt32] = [:]
      func translate(_ side: Side) -> [UInt32] {
        let table = side.storage.records[group.rawValue]
        return (0..<table.count).map { record in
          content.read(side, table.fields(of: UInt32(record)), table.slots, table.values)
          if let code = codes[content] { return code }
          let code = UInt32(codes.count)
          codes[content] = code
          return code
        }
      }
      a.records.append(translate(a))
      b.records.append(translate(b))
    }
    self.a = a
    self.b = b
  }

  func areEqual() -> Bool {
    areTimesEqual() && areDaysEqual() && areCodesEqual(\.name, \.names)
      && areCodesEqual(\.pseudoID, \.texts) && areCodesEqual(\.userID, \.texts)
      && RecordGroup.ofEvents.allSatisfy {
        areCodesEqual(\.recordCodes[$0.rawValue], \.records[$0.rawValue])
      } && areItemsEqual() && areAttributesEqual()
  }

  /// Whether the events at `row`, which are stored differently, are equal nevertheless.
  @inline(never)
  private func isEqual(at row: Int) -> Bool { left[row] == right[row] }

  private func areTimesEqual() -> Bool {
    a.storage.time.withValues { x in
      b.storage.time.withValues { y in (0..<x.count).allSatisfy { x[$0] == y[$0] } }
    }
  }

  /// Days that a log derived itself belong to no event.
  private func areDaysEqual() -> Bool {
    if case (.derived, .derived) = (a.storage.dayOrigin, b.storage.dayOrigin) { return true }
    return a.storage.day.withValues { x in
      b.storage.day.withValues { y in
        (0..<x.count).allSatisfy { row in
          let isExported = a.storage.hasExportedDay(row)
          return isExported == b.storage.hasExportedDay(row) && (!isExported || x[row] == y[row])
        }
      }
    }
  }

  private func areCodesEqual<Code: FixedWidthInteger>(
    _ column: KeyPath<EventLogStorage, Column<Code>>, _ translation: KeyPath<Side, [UInt32]>
  ) -> Bool {
    let (x, y) = (a.storage[keyPath: column], b.storage[keyPath: column])
    // A column without values stands for one of zeros.
    if x.isEmpty && y.isEmpty { return true }
    let (common, other) = (a[keyPath: translation], b[keyPath: translation])
    return x.withValues { x in
      y.withValues { y in
        for row in 0..<a.storage.rowCount {
          let code = x.isEmpty ? 0 : Int(x[row])
          let otherCode = y.isEmpty ? 0 : Int(y[row])
          if common[code] != other[otherCode], !isEqual(at: row) { return false }
        }
        return true
      }
    }
  }

  private func areItemsEqual() -> Bool {
    if a.storage.itemCodes.isEmpty && b.storage.itemCodes.isEmpty { return true }
    let (common, other) = (
      a.records[RecordGroup.item.rawValue], b.records[RecordGroup.item.rawValue]
    )
    for row in 0..<a.storage.rowCount {
      let (x, y) = (a.storage.items(of: row), b.storage.items(of: row))
      let areSame =
        x.count == y.count
        && zip(x, y).allSatisfy {
          common[Int(a.storage.itemCodes[$0])] == other[Int(b.storage.itemCodes[$1])]
        }
      if !areSame, !isEqual(at: row) { return false }
    }
    return true
  }

  private func areAttributesEqual() -> Bool {
    let (a, b) = (self.a, self.b)
    let (xOffsets, yOffsets) = (a.storage.attributeOffsets, b.storage.attributeOffsets)
    let (xSlots, ySlots) = (a.storage.attributeSlots, b.storage.attributeSlots)
    let (xValues, yValues) = (a.storage.attributeValues, b.storage.attributeValues)
    var content = Content()
    var otherContent = Content()
    for row in 0..<a.storage.rowCount {
      let x = Int(xOffsets[row])..<Int(xOffsets[row + 1])
      let y = Int(yOffsets[row])..<Int(yOffsets[row + 1])
      var areSame = x.count == y.count
      var index = 0
      while areSame, index < x.count {
        let place = x.lowerBound + index
        let otherPlace = y.lowerBound + index
        let slot = a.slots[Int(xSlots[place])]
        areSame =
          slot.code == b.slots[Int(ySlots[otherPlace])].code
          && a.value(slot, xValues[place]) == b.value(slot, yValues[otherPlace])
        index += 1
      }
      if areSame { continue }
      // Readers keep the order of the export, builders sort fields: the same content.
      content.read(a, x, xSlots, xValues)
      otherContent.read(b, y, ySlots, yValues)
      if content != otherContent, !isEqual(at: row) { return false }
    }
    return true
  }
}
