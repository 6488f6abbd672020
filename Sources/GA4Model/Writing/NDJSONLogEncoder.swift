/// Spells rows of a log as ``NDJSONText`` spells events, from the columns.
///
/// Records that rows share are spelled once, and so is everything about a key but its value.
struct NDJSONLogEncoder {
  private let storage: EventLogStorage
  private let names: Fragments
  private let heads: Fragments
  private let tails: [[UInt8]]
  private var records: [FragmentCache]
  private let fieldSlots: FieldSlots
  private var places: [Int] = []

  init(_ storage: EventLogStorage) {
    self.storage = storage
    names = Fragments(storage.names) { JSONText.append(storage.strings[$0], to: &$1) }
    heads = Fragments(storage.slots) { slot, output in
      let key = storage.strings[slot.key]
      switch slot.scope {
      case .parameter, .userProperty: NDJSONText.appendEntryHead(key, slot.kind, to: &output)
      case .field:
        output.append(UInt8(ascii: ","))
        JSONText.append(key, to: &output)
        output.append(UInt8(ascii: ":"))
      default: break
      }
    }
    tails = storage.slots.map { Array(NDJSONText.entryTail($0.kind).utf8) }
    records = storage.records.map { FragmentCache(count: $0.count) }
    fieldSlots = FieldSlots(storage)
  }

  /// Appends the object of `row` without a line end.
  mutating func append(_ row: Int, to output: inout [UInt8]) {
    NDJSONText.appendHead(
      day: storage.hasExportedDay(row) ? CalendarDay(daysSinceEpoch: storage.day[row]) : nil,
      microseconds: storage.time[row], to: &output)
    names.append(Int(storage.name[row]), to: &output)
    if !storage.userID.isEmpty, storage.userID[row] != StringPool.absent {
      JSONText.append(ascii: #","user_id":"#, to: &output)
      appendText(storage.userID[row], to: &output)
    }
    if storage.pseudoID[row] != StringPool.absent {
      JSONText.append(ascii: #","user_pseudo_id":"#, to: &output)
      appendText(storage.pseudoID[row], to: &output)
    }
    let range = storage.attributes(of: row)
    appendParameters(range, to: &output)
    appendUserProperties(range, to: &output)
    appendOwnFields(range, to: &output)
    for group in RecordGroup.ofEvents {
      appendRecord(group, storage.recordCode(group, row), to: &output)
    }
    let items = storage.items(of: row)
    if !items.isEmpty {
      JSONText.append(ascii: #","items":["#, to: &output)
      for place in items {
        if place > items.lowerBound { output.append(UInt8(ascii: ",")) }
        appendRecord(.item, storage.itemCodes[place], to: &output)
      }
      output.append(UInt8(ascii: "]"))
    }
    output.append(UInt8(ascii: "}"))
  }

  private func appendText(_ code: UInt32, to output: inout [UInt8]) {
    unsafe storage.strings.withBytes(of: code) { unsafe JSONText.append($0, to: &output) }
  }

  private func appendParameters(_ range: Range<Int>, to output: inout [UInt8]) {
    var isFirst = true
    for place in range {
      let slot = Int(storage.attributeSlots[place])
      guard storage.slots[slot].scope == .parameter else { continue }
      if isFirst {
        JSONText.append(ascii: #","event_params":["#, to: &output)
        isFirst = false
      } else {
        output.append(UInt8(ascii: ","))
      }
      heads.append(slot, to: &output)
      appendBare(slot, storage.attributeValues[place], to: &output)
      output.append(contentsOf: tails[slot])
    }
    if !isFirst { output.append(UInt8(ascii: "]")) }
  }

  private func appendUserProperties(_ range: Range<Int>, to output: inout [UInt8]) {
    var last: Int?
    var time: Int64?
    for place in range {
      let slot = storage.slots[Int(storage.attributeSlots[place])]
      if slot.scope == .userProperty {
        if let last {
          appendUserProperty(last, time, to: &output)
          output.append(UInt8(ascii: ","))
        } else {
          JSONText.append(ascii: #","user_properties":["#, to: &output)
        }
        last = place
        time = nil
      } else if slot.scope == .userPropertyTime, last != nil {
        time = storage.attributeValues[place]
      }
    }
    guard let last else { return }
    appendUserProperty(last, time, to: &output)
    output.append(UInt8(ascii: "]"))
  }

  private func appendUserProperty(_ place: Int, _ time: Int64?, to output: inout [UInt8]) {
    let slot = Int(storage.attributeSlots[place])
    let value = storage.attributeValues[place]
    let kind = storage.slots[slot].kind
    if kind == .bool, time != nil {
      NDJSONText.appendEntryHead(
        storage.strings[storage.slots[slot].key], .string, to: &output)
      JSONText.append(value != 0 ? "true" : "false", to: &output)
    } else {
      heads.append(slot, to: &output)
      appendBare(slot, value, to: &output)
    }
    if let time {
      NDJSONText.appendSetTime(time, after: kind, to: &output)
    } else {
      output.append(contentsOf: tails[slot])
    }
  }

  private func appendBare(_ slot: Int, _ value: Int64, to output: inout [UInt8]) {
    switch storage.slots[slot].kind {
    case .string: appendText(UInt32(value), to: &output)
    case .int: JSONText.append(value, to: &output)
    case .double, .float:
      JSONText.append(Double(bitPattern: UInt64(bitPattern: value)), to: &output)
    case .bool: JSONText.append(value != 0, to: &output)
    case .empty: break
    }
  }

  // MARK: Fields

  /// Appends the fields that stand in the row itself, in the order of their paths.
  private mutating func appendOwnFields(_ range: Range<Int>, to output: inout [UInt8]) {
    places.removeAll(keepingCapacity: true)
    for place in range {
      let rank = fieldSlots.rank[Int(storage.attributeSlots[place])]
      if rank == FieldSlots.noField { continue }
      if rank == FieldSlots.nested { return appendNestedFields(range, to: &output) }
      // A handful at most: insertion keeps them sorted, and of two of one path the first stays.
      var index = places.count
      while index > 0, self.rank(places[index - 1]) > rank { index -= 1 }
      if index > 0, self.rank(places[index - 1]) == rank { continue }
      places.insert(place, at: index)
    }
    for place in places {
      let slot = Int(storage.attributeSlots[place])
      let value = storage.attributeValues[place]
      heads.append(slot, to: &output)
      if fieldSlots.isQuotedInteger[slot] {
        output.append(UInt8(ascii: "\""))
        JSONText.append(value, to: &output)
        output.append(UInt8(ascii: "\""))
      } else {
        NDJSONText.append(
          storage.value(UInt16(slot), value), documented: fieldSlots.documented[slot], to: &output)
      }
    }
  }

  private func rank(_ place: Int) -> Int {
    fieldSlots.rank[Int(storage.attributeSlots[place])]
  }

  private func appendNestedFields(_ range: Range<Int>, to output: inout [UInt8]) {
    var fields: [FieldSet.Element] = []
    for place in range {
      let code = storage.attributeSlots[place]
      guard storage.slots[Int(code)].scope == .field else { continue }
      fields.append(storage.storedField(code, storage.attributeValues[place]))
    }
    NDJSONText.append(FieldSet(fields), to: &output)
  }

  private mutating func appendRecord(
    _ group: RecordGroup, _ code: UInt32, to output: inout [UInt8]
  ) {
    if code == 0, group != .item { return }
    let storage = self.storage
    records[group.rawValue].append(Int(code), to: &output) { output in
      if group == .item {
        NDJSONText.append(storage.item(code), to: &output)
      } else {
        let table = storage.records[group.rawValue]
        let fields = table.fields(of: code).map {
          storage.storedField(table.slots[$0], table.values[$0])
        }
        NDJSONText.append(FieldSet(fields), to: &output)
      }
    }
  }
}

/// What the encoder knows about the slots of fields.
private struct FieldSlots {
  /// The place of the slot's path among all paths, by slot.
  var rank: [Int]
  var documented: [FieldKind?]
  var isQuotedInteger: [Bool]

  /// The slot is not of a field, or holds no value.
  static let noField = -1
  /// The path has several components, so its row takes the general way.
  static let nested = -2

  init(_ storage: EventLogStorage) {
    let paths = storage.slots.map { $0.scope == .field ? storage.strings[$0.key] : "" }
    var ranks: [String: Int] = [:]
    for (index, path) in Set(paths).sorted().enumerated() { ranks[path] = index }
    rank = paths.indices.map { index in
      let slot = storage.slots[index]
      if slot.scope != .field || slot.kind == .empty { return Self.noField }
      return paths[index].contains(".") ? Self.nested : ranks[paths[index]] ?? Self.noField
    }
    documented = paths.map { FieldSchema.kind(of: $0) }
    isQuotedInteger = zip(storage.slots, documented).map { $0.kind == .int && $1 == .int }
  }
}

/// Many short runs of bytes in one array.
struct Fragments {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]

  init<Element>(_ elements: [Element], _ spell: (Element, inout [UInt8]) -> Void) {
    for element in elements {
      spell(element, &bytes)
      ends.append(bytes.count)
    }
  }

  /// Appends run number `index`, without its first byte where that is not wanted.
  @inline(__always)
  func append(_ index: Int, droppingFirst: Bool = false, to output: inout [UInt8]) {
    let start = ends[index] + (droppingFirst ? 1 : 0)
    output.append(contentsOf: bytes[start..<ends[index + 1]])
  }
}

/// Runs of bytes that are spelled when they are first asked for, and again only when there are
/// too many to keep.
struct FragmentCache {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>?]

  /// The most bytes that are kept.
  static let limit = 1 << 25

  init(count: Int) { ranges = Array(repeating: nil, count: count) }

  /// Appends run number `index`, spelled by `spell`.
  @inline(__always)
  mutating func append(
    _ index: Int, to output: inout [UInt8], _ spell: (inout [UInt8]) -> Void
  ) {
    if let range = ranges[index] {
      output.append(contentsOf: bytes[range])
    } else {
      keep(index, to: &output, spell)
    }
  }

  @inline(never)
  private mutating func keep(
    _ index: Int, to output: inout [UInt8], _ spell: (inout [UInt8]) -> Void
  ) {
    let start = output.count
    spell(&output)
    let length = output.count - start
    guard bytes.count + length <= Self.limit else { return }
    ranges[index] = bytes.count..<bytes.count + length
    bytes.append(contentsOf: output[start...])
  }
}

extension EventLogStorage {
  /// The places of the parameters, fields and properties that stand in `row` itself.
  func attributes(of row: Int) -> Range<Int> {
    Int(attributeOffsets[row])..<Int(attributeOffsets[row + 1])
  }

  /// The field of a stored slot and value.
  func storedField(_ slot: UInt16, _ word: Int64) -> FieldSet.Element {
    FieldSet.Element(
      path: FieldPath(rawValue: strings[slots[Int(slot)].key]), value: value(slot, word))
  }
}
