import Algorithms
import Synchronization

/// The purchases of a log row by row, with what they say.
///
/// They are a small part of most logs, and many queries look at them, so a log keeps them once they
/// were asked for.
package struct PurchaseTable: Sendable {
  /// The rows of purchases, rising.
  package fileprivate(set) var rows: [UInt32] = []
  /// The day of each.
  package fileprivate(set) var days: [Int32] = []
  /// The time of each in microseconds.
  package fileprivate(set) var times: [Int64] = []
  /// Revenue, NaN where a purchase names none or one that is not finite.
  package fileprivate(set) var revenue: [Double] = []
  /// The codes of real transaction ids in the pool, 0 for none.
  package fileprivate(set) var ids: [UInt32] = []
  /// Ids that are no text of the pool, since the log has them as numbers, by place.
  package fileprivate(set) var numericIDs: [Int: String] = [:]
  /// Which of ``ids`` more than one purchase bears.
  package fileprivate(set) var repeatedIDs = RepeatedIDs([])
  /// The places of the purchases that bear these, rising.
  package fileprivate(set) var repeatedPlaces: [Int] = []

  /// The places of the purchases at `rows`.
  ///
  /// - Complexity: O(log *p*), where *p* is the number of purchases.
  package func places(in rows: Range<Int>) -> Range<Int> {
    place(of: rows.lowerBound)..<place(of: rows.upperBound)
  }

  /// The bytes of the columns.
  fileprivate var byteCount: Int { (3 * 4 + 2 * 8) * rows.count }

  /// The place of the first purchase at or after `row`.
  private func place(of row: Int) -> Int {
    rows.partitioningIndex { Int($0) >= row }
  }
}

/// The ids that more than one purchase of a table bears; an object, so that the table shows by it.
package final class RepeatedIDs: Sendable {
  /// Codes in the pool, rising.
  package let codes: [UInt32]

  init(_ codes: [UInt32]) { self.codes = codes }

  /// Those of `ids`, codes below `count`, that occur more than once; 0 is none.
  package convenience init(in ids: some Sequence<UInt32>, count: Int) {
    var seen = [UInt64](repeating: 0, count: count / 64 + 1)
    var repeated: Set<UInt32> = []
    for id in ids where id != 0 {
      let bit: UInt64 = 1 << UInt64(id % 64)
      if seen[Int(id / 64)] & bit != 0 { repeated.insert(id) }
      seen[Int(id / 64)] |= bit
    }
    self.init(repeated.sorted())
  }
}

/// The tables of purchases that a log was asked for.
final class PurchaseTables: Sendable {
  private struct Key: Hashable {
    var events: [Bytewise]
    var revenue: RevenueField
  }

  /// More kinds of purchases than anyone asks for at a time.
  private static let mostTables = 4

  private let known = Mutex<[(key: Key, table: PurchaseTable)]>([])

  /// The bytes of all tables.
  var byteCount: Int { known.withLock { $0.reduce(0) { $0 + $1.table.byteCount } } }

  /// The purchases of `storage`, gathered when they are asked for first.
  func table(
    _ storage: EventLogStorage, events: [EventName], revenue: RevenueField
  ) -> PurchaseTable {
    let key = Key(events: events.map { Bytewise($0.rawValue) }, revenue: revenue)
    // Who asks meanwhile waits: it needs the same.
    return known.withLock { known in
      if let entry = known.first(where: { $0.key == key }) { return entry.table }
      let table = PurchaseTableBuilder(storage, events: events, field: revenue).table()
      if known.count == Self.mostTables { known.removeFirst() }
      known.append((key, table))
      return table
    }
  }
}

extension EventLogStorage {
  /// The purchases of the log with what they say.
  ///
  /// - Complexity: O(*n*) for the first time, where *n* is the number of events.
  package func purchaseTable(
    events: [EventName] = [.purchase], revenue: RevenueField = .purchaseRevenue
  ) -> PurchaseTable {
    purchases.table(self, events: events, revenue: revenue)
  }
}

/// Reads the purchases of a log.
private struct PurchaseTableBuilder {
  private let storage: EventLogStorage
  private let field: RevenueField
  private let columns: PurchaseColumns
  private let transactionOfRecord: RecordField
  private let transaction: AttributeColumn

  init(_ storage: EventLogStorage, events: [EventName], field: RevenueField) {
    self.storage = storage
    self.field = field
    columns = PurchaseColumns(storage, events: events, field: field)
    transactionOfRecord = RecordField(storage, .ecommerce, .transactionID)
    transaction = AttributeColumn(storage, .parameter, "transaction_id")
  }

  /// Reads all purchases.
  ///
  /// Rows stand by user and records by their first occurrence, so following each row to its record
  /// would miss the caches several times. Where there are many purchases, all records are read first,
  /// in their order.
  func table() -> PurchaseTable {
    var result = PurchaseTable()
    guard columns.hasPurchases else { return result }
    storage.name.withValues { names in
      for row in names.indices where columns.isPurchase(names[row]) {
        result.rows.append(UInt32(row))
      }
    }
    let count = result.rows.count
    storage.day.withValues { days in result.days = result.rows.map { days[Int($0)] } }
    storage.time.withValues { times in result.times = result.rows.map { times[Int($0)] } }
    result.revenue.reserveCapacity(count)
    result.ids.reserveCapacity(count)
    let codes = storage.recordCodes[RecordGroup.ecommerce.rawValue]
    let records = storage.records[RecordGroup.ecommerce.rawValue].count
    let roles = slotRoles
    let readsAll = count >= records / 4
    let parameters = transaction.isKnown
    var known: [RecordValue] = []
    if readsAll {
      known.reserveCapacity(records)
      forEachRecord(0..<records, roles) { known.append($0) }
    }
    codes.withValues { codes in
      for place in 0..<count {
        let row = Int(result.rows[place])
        let code = codes.isEmpty ? 0 : Int(codes[row])
        var value = RecordValue()
        if readsAll {
          value = known[code]
        } else {
          forEachRecord(code..<code + 1, roles) { value = $0 }
        }
        let isOdd = value.isOdd || field == .value
        let revenue = isOdd ? columns.revenue(row) ?? .nan : value.revenue
        result.revenue.append(revenue.isFinite ? revenue : .nan)
        result.ids.append(value.isOdd ? 0 : value.id)
        if value.isOdd || value.id == 0 && parameters { readID(row, place, &result) }
      }
    }
    result.repeatedIDs = RepeatedIDs(in: result.ids, count: storage.strings.count)
    let repeated = Set(result.repeatedIDs.codes)
    if !repeated.isEmpty {
      result.repeatedPlaces = result.ids.indices.filter { repeated.contains(result.ids[$0]) }
    }
    return result
  }

  /// What one record says; the numbers of a purchase.
  private struct RecordValue: BitwiseCopyable {
    var revenue = Double.nan
    var id: UInt32 = 0
    /// Whether the value of a row must be found the long way.
    var isOdd = false
  }

  /// Calls `body` with what each of `records` says.
  @inline(__always)
  private func forEachRecord(
    _ records: Range<Int>, _ roles: [Role], _ body: (RecordValue) -> Void
  ) {
    let table = storage.records[RecordGroup.ecommerce.rawValue]
    let isInUSD = field == .purchaseRevenueInUSD
    let strings = storage.strings
    table.offsets.withValues { offsets in
      table.slots.withValues { slots in
        table.values.withValues { words in
          strings.offsets.withValues { textStarts in
            strings.bytes.withValues { textBytes in
              for code in records {
                var value = RecordValue()
                var inUSD = Double.nan
                var hasOwn = false
                var hasUSD = false
                var id: UInt32 = 0
                for place in Int(offsets[code])..<Int(offsets[code + 1]) {
                  switch roles[Int(slots[place])] {
                  case .none: break
                  case .revenue:
                    if hasOwn { continue }
                    hasOwn = true
                    if !isInUSD {
                      value.revenue = Double(bitPattern: UInt64(bitPattern: words[place]))
                    }
                  case .revenueInUSD:
                    if hasUSD { continue }
                    hasUSD = true
                    inUSD = Double(bitPattern: UInt64(bitPattern: words[place]))
                  case .transaction: if id == 0 { id = UInt32(words[place]) }
                  case .other: value.isOdd = true
                  }
                }
                if isInUSD || !hasOwn { value.revenue = inUSD }
                if id != 0 {
                  let start = Int(textStarts[Int(id)])
                  let length = Int(textStarts[Int(id) + 1]) - start
                  let isPlain = length > 0 && !Self.beginsPlaceholder(textBytes[start])
                  if isPlain || isReal(id) { value.id = id }
                }
                body(value)
              }
            }
          }
        }
      }
    }
  }

  /// Whether a placeholder for an id begins with this byte: "(", "<", "n" and "u" do.
  @inline(__always)
  private static func beginsPlaceholder(_ byte: UInt8) -> Bool {
    byte == 0x28 || byte == 0x3C || byte == 0x6E || byte == 0x75
  }

  /// What a slot of a record of purchases means here.
  private enum Role {
    case none, revenue, revenueInUSD, transaction
    /// One of these with a value of another kind than the export's.
    case other
  }

  private var slotRoles: [Role] {
    storage.slots.map { slot in
      guard slot.scope == .field else { return .none }
      let role: Role
      switch storage.strings[slot.key] {
      case FieldPath.purchaseRevenue.rawValue: role = .revenue
      case FieldPath.purchaseRevenueInUSD.rawValue: role = .revenueInUSD
      case FieldPath.transactionID.rawValue: role = .transaction
      default: return .none
      }
      return slot.kind == (role == .transaction ? .string : .double) ? role : .other
    }
  }

  /// Whether a text of the pool is no placeholder.
  private func isReal(_ code: UInt32) -> Bool {
    PurchaseRule.realID(storage.strings[code]) != nil
  }

  /// Reads the id of one row the long way.
  private func readID(_ row: Int, _ place: Int, _ result: inout PurchaseTable) {
    let stored = [
      transactionOfRecord.stored(row),
      transaction.place(row).map { (storage.attributeSlots[$0], storage.attributeValues[$0]) },
    ]
    for case let (slot, word)? in stored {
      if storage.slots[Int(slot)].kind == .string {
        guard isReal(UInt32(word)) else { continue }
        result.ids[place] = UInt32(word)
        return
      }
      if let text = storage.value(slot, word).text.flatMap(PurchaseRule.realID) {
        result.numericIDs[place] = text
        return
      }
    }
  }
}
