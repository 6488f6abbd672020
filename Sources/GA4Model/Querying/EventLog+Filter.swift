extension EventLog {
  /// The events that meet `predicate`, as if only these had been read.
  ///
  /// ```swift
  /// let carts = log.filter { $0.name == .addToCart && $0[.value] > 50 }
  /// ```
  ///
  /// Users without such an event are gone, and sessions consist of the events that remain.
  ///
  /// - Complexity: O(*n*) for each comparison, where *n* is the number of events; texts are
  ///   compared once for each distinct one.
  public func filter(_ predicate: EventPredicate) -> EventLog {
    selecting(rows(where: predicate).rows)
  }

  /// The events that meet the condition that `body` describes, as if only these had been read.
  public func filter(where body: (EventStandIn) -> EventPredicate) -> EventLog {
    filter(EventPredicate(body))
  }

  /// The events of `days`, as if only these had been read.
  public func filter(days: ClosedRange<CalendarDay>) -> EventLog {
    let first = days.lowerBound.daysSinceEpoch
    let last = days.upperBound.daysSinceEpoch
    return storage.day.withValues { values in
      selecting(RowSet(count: count) { values[$0] >= first && values[$0] <= last }.rows)
    }
  }

  /// The events with one of `names`, as if only these had been read.
  public func filter(names: some Sequence<EventName>) -> EventLog {
    filter(EventPredicate { $0.name.isOne(of: Array(names)) })
  }

  /// How many events meet `predicate`.
  public func count(where predicate: EventPredicate) -> Int { rows(where: predicate).size }

  /// The rows that meet `predicate`.
  package func rows(where predicate: EventPredicate) -> RowSet {
    let all = RowSet(count: count, all: true)
    return PredicateColumns(storage: storage, candidates: all, areAll: true).rows(predicate.node)
  }

  /// The rows of `candidates` that meet `predicate`; no others are looked at.
  package func rows(where predicate: EventPredicate, among candidates: RowSet) -> RowSet {
    PredicateColumns(storage: storage, candidates: candidates, areAll: false)
      .rows(predicate.node)
  }
}

/// A condition that records of one group decide, such as one on the country: by record, not by row.
package struct RecordCondition: Sendable {
  package let group: RecordGroup
  /// By record code, whether the condition holds.
  package let holds: [Bool]

  /// Finds the records of a log that meet `node`, `nil` if it asks for anything but fields of one group.
  package init?(_ node: EventPredicate.Node, in storage: EventLogStorage) {
    guard let group = node.recordGroup else { return nil }
    self.group = group
    holds = Self.holds(node, group, storage)
  }

  private static func holds(
    _ node: EventPredicate.Node, _ group: RecordGroup, _ storage: EventLogStorage
  ) -> [Bool] {
    func values(_ operand: EventPredicate.Operand, _ meets: (FieldValue) -> Bool) -> [Bool] {
      guard case .field(let path) = operand else { preconditionFailure("Not a field: \(operand)") }
      return storage.recordValues(group, path).map { $0.map(meets) ?? false }
    }
    switch node {
    case .constant(let truth):
      return Array(repeating: truth, count: storage.records[group.rawValue].count)
    case .compare(let operand, let comparison, let literal):
      return values(operand) { comparison.holds($0, literal) }
    case .oneOf(let operand, let literals):
      return values(operand) { value in
        literals.contains { EventPredicate.Comparison.equal.holds(value, $0) }
      }
    case .isPresent(let operand): return values(operand) { $0 != .empty }
    case .and(let left, let right):
      return zip(holds(left, group, storage), holds(right, group, storage)).map { $0 && $1 }
    case .or(let left, let right):
      return zip(holds(left, group, storage), holds(right, group, storage)).map { $0 || $1 }
    case .not(let node): return holds(node, group, storage).map(!)
    case .anyItem: preconditionFailure("A condition on items is none on records of events")
    }
  }
}

extension EventPredicate.Node {
  /// The group of records that decides the condition, `nil` if something else does.
  fileprivate var recordGroup: RecordGroup? {
    switch self {
    case .compare(let operand, _, _), .oneOf(let operand, _), .isPresent(let operand):
      guard case .field(let path) = operand else { return nil }
      return RecordGroup(path: path.rawValue)
    case .and(let left, let right), .or(let left, let right):
      let group = left.recordGroup
      return group == right.recordGroup ? group : nil
    case .not(let node): return node.recordGroup
    case .constant, .anyItem: return nil
    }
  }
}

/// Runs a predicate over the columns of a log: each comparison is decided once for every distinct
/// text, record or name, and then looked up by row.
private struct PredicateColumns {
  let storage: EventLogStorage
  let candidates: RowSet
  let areAll: Bool

  /// The candidates for which `body` holds.
  @inline(__always)
  private func rows(where body: (Int) -> Bool) -> RowSet {
    areAll
      ? RowSet(count: storage.rowCount, where: body) : RowSet(among: candidates, where: body)
  }

  func rows(_ node: EventPredicate.Node) -> RowSet {
    switch node {
    case .constant(let truth): return truth ? candidates : RowSet(count: storage.rowCount)
    case .compare(let operand, let comparison, let literal):
      return rows(operand) { comparison.holds($0, literal) }
    case .oneOf(let operand, let literals):
      return rows(operand) { value in
        literals.contains { EventPredicate.Comparison.equal.holds(value, $0) }
      }
    case .isPresent(let operand): return rows(operand) { $0 != .empty }
    case .anyItem(let node):
      let table = storage.records[RecordGroup.item.rawValue]
      let holds = (0..<table.count).map { code in
        itemMatches(node, storage.item(UInt32(code)))
      }
      return rows { row in
        storage.items(of: row).contains { holds[Int(storage.itemCodes[$0])] }
      }
    case .and(let left, let right):
      var result = rows(left)
      result.formIntersection(rows(right))
      return result
    case .or(let left, let right):
      var result = rows(left)
      result.formUnion(rows(right))
      return result
    case .not(let node):
      var result = rows(node)
      result.invert()
      if !areAll { result.formIntersection(candidates) }
      return result
    }
  }

  private func itemMatches(_ node: EventPredicate.Node, _ item: Item) -> Bool {
    let event = Event("", at: .unixEpoch, items: [item])
    return EventPredicate(node: .anyItem(node)).matches(event)
  }

  private func rows(_ operand: EventPredicate.Operand, _ holds: @escaping (FieldValue) -> Bool)
    -> RowSet
  {
    switch operand {
    case .name:
      let meets = storage.names.map { holds(.string(storage.strings[$0])) }
      return storage.name.withValues { names in rows { meets[Int(names[$0])] } }
    case .time:
      return storage.time.withValues { times in
        rows { holds(.int(times[$0])) }
      }
    case .date:
      var meets: [Int32: Bool] = [:]
      return storage.day.withValues { days in
        rows { row in
          let day = days[row]
          if let known = meets[day] { return known }
          let result = holds(.string(CalendarDay(daysSinceEpoch: day).description))
          meets[day] = result
          return result
        }
      }
    case .userPseudoID: return texts(storage.pseudoID, holds)
    case .userID: return texts(storage.userID, holds)
    case .field(let path):
      guard let group = RecordGroup(path: path.rawValue) else {
        return attributes(.field, path.rawValue, holds)
      }
      let values = storage.recordValues(group, path)
      let meets = values.map { $0.map(holds) ?? false }
      let codes = storage.recordCodes[group.rawValue]
      if codes.isEmpty { return rows(.constant(meets[0])) }
      return codes.withValues { codes in rows { meets[Int(codes[$0])] } }
    case .parameter(let key): return attributes(.parameter, key.rawValue, holds)
    case .userProperty(let key): return attributes(.userProperty, key, holds)
    // Only items have fields of items.
    case .itemField: return rows(.constant(false))
    }
  }

  private func texts(_ column: Column<UInt32>, _ holds: @escaping (FieldValue) -> Bool) -> RowSet {
    if column.isEmpty { return RowSet(count: storage.rowCount) }
    var memo = TextMemo(storage.strings, holds)
    return column.withValues { codes in
      rows { codes[$0] != 0 && memo.holds(codes[$0]) }
    }
  }

  /// Rows whose first value of the key meets `holds`.
  private func attributes(
    _ scope: SlotScope, _ key: String, _ holds: @escaping (FieldValue) -> Bool
  ) -> RowSet {
    var memo = TextMemo(storage.strings, holds)
    let values = AttributeColumn(storage, scope, key)
    return rows { row in
      guard let place = values.place(row) else { return false }
      let slot = storage.attributeSlots[place]
      let word = storage.attributeValues[place]
      if storage.slots[Int(slot)].kind == .string { return memo.holds(UInt32(word)) }
      return holds(storage.value(slot, word))
    }
  }
}

/// Decides a condition once for each distinct text.
private struct TextMemo {
  private let strings: StringPool
  private let decide: (FieldValue) -> Bool
  /// 0 unknown, 1 false, 2 true.
  private var known: [UInt8]

  init(_ strings: StringPool, _ decide: @escaping (FieldValue) -> Bool) {
    self.strings = strings
    self.decide = decide
    known = Array(repeating: 0, count: strings.count)
  }

  mutating func holds(_ code: UInt32) -> Bool {
    if known[Int(code)] == 0 { known[Int(code)] = decide(.string(strings[code])) ? 2 : 1 }
    return known[Int(code)] == 2
  }
}

/// Finds the first value of one key in the rows of a log.
package struct AttributeColumn {
  private let storage: EventLogStorage
  private let isWanted: [Bool]
  /// Whether any row could have the key.
  package let isKnown: Bool

  package init(_ storage: EventLogStorage, _ scope: SlotScope, _ key: String) {
    self.storage = storage
    isWanted = storage.slots.map { $0.scope == scope && storage.strings[$0.key] == key }
    isKnown = isWanted.contains(true)
  }

  /// The place of the first value in the attributes of `row`, `nil` when it has none.
  @inline(__always)
  package func place(_ row: Int) -> Int? {
    guard isKnown else { return nil }
    let end = Int(storage.attributeOffsets[row + 1])
    var place = Int(storage.attributeOffsets[row])
    while place < end {
      if isWanted[Int(storage.attributeSlots[place])] { return place }
      place += 1
    }
    return nil
  }

  /// The first value of `row`, `nil` when it has none.
  package func value(_ row: Int) -> FieldValue? {
    place(row).map { storage.value(storage.attributeSlots[$0], storage.attributeValues[$0]) }
  }
}

/// Finds one field of a shared record in the rows of a log; for fields of which few rows are asked,
/// where looking at every record once would cost more.
package struct RecordField {
  private let storage: EventLogStorage
  private let codes: Column<UInt32>
  private let table: RecordTable
  private let isWanted: [Bool]

  package init(_ storage: EventLogStorage, _ group: RecordGroup, _ path: FieldPath) {
    self.storage = storage
    codes = storage.recordCodes[group.rawValue]
    table = storage.records[group.rawValue]
    isWanted = storage.slots.map {
      $0.scope == .field && storage.strings[$0.key] == path.rawValue
    }
  }

  /// The value of `row`, `nil` when it has none.
  package func value(_ row: Int) -> FieldValue? {
    place(row).map { storage.value(table.slots[$0], table.values[$0]) }
  }

  /// The number at `row`, `nil` when it has none.
  @inline(__always)
  package func number(_ row: Int) -> Double? {
    guard let place = place(row) else { return nil }
    let (slot, word) = (table.slots[place], table.values[place])
    // Nearly always a double, and then no value need be made of it.
    return storage.slots[Int(slot)].kind == .double
      ? Double(bitPattern: UInt64(bitPattern: word)) : storage.value(slot, word).number
  }

  /// The slot and the word of the field at `row`, `nil` when it has none.
  func stored(_ row: Int) -> (slot: UInt16, word: Int64)? {
    place(row).map { (table.slots[$0], table.values[$0]) }
  }

  /// Where the field of `row` stands in ``table``.
  @inline(__always)
  private func place(_ row: Int) -> Int? {
    if codes.isEmpty { return nil }
    for place in table.fields(of: codes[row]) where isWanted[Int(table.slots[place])] {
      return place
    }
    return nil
  }
}

extension EventLogStorage {
  /// The value at `path` of every record of `group`, by code.
  package func recordValues(_ group: RecordGroup, _ path: FieldPath) -> [FieldValue?] {
    let table = records[group.rawValue]
    let wanted = slots.map { $0.scope != .itemParameter && strings[$0.key] == path.rawValue }
    return (0..<table.count).map { code in
      for place in table.fields(of: UInt32(code)) where wanted[Int(table.slots[place])] {
        return value(table.slots[place], table.values[place])
      }
      return nil
    }
  }
}
