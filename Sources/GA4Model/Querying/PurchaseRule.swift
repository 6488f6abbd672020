/// Which purchase events count as an order; every revenue figure names the rule it follows.
///
/// Shops report a purchase twice when its page is loaded again, so counting events overstates both
/// orders and revenue.
public enum PurchaseRule: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every purchase event is an order.
  case none
  /// Events with a real transaction id count once for each id, the earliest one; events without
  /// one always count. An id such as "" or "(not set)" is not real.
  case byTransactionID
  /// As ``byTransactionID``, where the same id of another user is another order.
  case byTransactionIDAndUser

  /// `id`, unless it is one of the placeholders that stand for "none".
  package static func realID(_ id: String) -> String? {
    ["", "(not set)", "(data deleted)", "<Other>", "null", "undefined"].contains(id) ? nil : id
  }
}

extension PurchaseRule: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    switch self {
    case .none: "every purchase event"
    case .byTransactionID: "once per transaction id, events without id always"
    case .byTransactionIDAndUser: "once per transaction id and user, events without id always"
    }
  }
}

/// Which number of a purchase event is its revenue.
public enum RevenueField: String, Sendable, Hashable, Codable, CaseIterable {
  /// `ecommerce.purchase_revenue`; where an event has none, `ecommerce.purchase_revenue_in_usd`.
  case purchaseRevenue
  /// `ecommerce.purchase_revenue_in_usd`.
  case purchaseRevenueInUSD
  /// The parameter `value`.
  case value
}

extension RevenueField: CustomStringConvertible {
  /// The field's name.
  public var description: String {
    switch self {
    case .purchaseRevenue: "ecommerce.purchase_revenue"
    case .purchaseRevenueInUSD: "ecommerce.purchase_revenue_in_usd"
    case .value: "parameter value"
    }
  }
}

/// What the events of one log say about purchases.
package struct PurchaseColumns {
  private let storage: EventLogStorage
  private let field: RevenueField
  private let isPurchase: [Bool]
  private let revenue: RecordField
  private let revenueInUSD: RecordField
  private let transactionOfRecord: RecordField
  private let value: AttributeColumn
  private let transaction: AttributeColumn

  package init(
    _ storage: EventLogStorage, events: [EventName] = [.purchase],
    field: RevenueField = .purchaseRevenue
  ) {
    self.storage = storage
    self.field = field
    let names = Set(events.map(\.rawValue))
    isPurchase = storage.names.map { names.contains(storage.strings[$0]) }
    revenue = RecordField(storage, .ecommerce, .purchaseRevenue)
    revenueInUSD = RecordField(storage, .ecommerce, .purchaseRevenueInUSD)
    transactionOfRecord = RecordField(storage, .ecommerce, .transactionID)
    value = AttributeColumn(storage, .parameter, "value")
    transaction = AttributeColumn(storage, .parameter, "transaction_id")
  }

  /// Whether the name code is a purchase's.
  @inline(__always)
  package func isPurchase(_ name: UInt16) -> Bool { isPurchase[Int(name)] }

  /// Whether any event of the log could be a purchase.
  package var hasPurchases: Bool { isPurchase.contains(true) }

  /// The revenue of `row`, `nil` when it names none.
  package func revenue(_ row: Int) -> Double? {
    if field == .value { return value.value(row)?.number }
    if field == .purchaseRevenueInUSD { return revenueInUSD.number(row) }
    return revenue.number(row) ?? revenueInUSD.number(row)
  }

  /// The real transaction id of `row`.
  package func transactionID(_ row: Int) -> String? {
    transactionOfRecord.value(row)?.text.flatMap(PurchaseRule.realID)
      ?? transaction.value(row)?.text.flatMap(PurchaseRule.realID)
  }

  /// What the purchases at some rows say, row by row.
  package struct Values {
    /// Revenue, NaN where a row names none.
    package var revenue: [Double] = []
    /// The codes of real transaction ids in the pool, 0 for none; empty when not asked for.
    package var ids: [UInt32] = []
    /// Ids that are no text of the pool, since the log has them as numbers, by place in the rows.
    package var numericIDs: [Int: String] = [:]
  }

  /// What one record says; the numbers of ``Values``.
  private struct RecordValue: BitwiseCopyable {
    var revenue = Double.nan
    var id: UInt32 = 0
    /// Whether the value of a row must be found the long way.
    var isOdd = false
  }

  /// Reads revenue and, where they are wanted, transaction ids of the purchases at `rows`.
  ///
  /// Rows stand by user and records by their first occurrence, so following each row to its record
  /// would miss the caches several times. Where many rows are asked for, all records are read first, in
  /// their order.
  package func values(_ rows: [UInt32], ids wantsIDs: Bool) -> Values {
    var result = Values()
    result.revenue.reserveCapacity(rows.count)
    if wantsIDs { result.ids.reserveCapacity(rows.count) }
    let codes = storage.recordCodes[RecordGroup.ecommerce.rawValue]
    let table = storage.records[RecordGroup.ecommerce.rawValue]
    let roles = slotRoles
    let readsAll = rows.count >= table.count / 4
    let parameters = transaction.isKnown
    var known: [RecordValue] = []
    if readsAll {
      known.reserveCapacity(table.count)
      forEachRecord(0..<table.count, roles, wantsIDs) { known.append($0) }
    }
    codes.withValues { codes in
      for (place, row) in rows.enumerated() {
        let code = codes.isEmpty ? 0 : Int(codes[Int(row)])
        var value = RecordValue()
        if readsAll {
          value = known[code]
        } else {
          forEachRecord(code..<code + 1, roles, wantsIDs) { value = $0 }
        }
        let isOdd = value.isOdd || field == .value
        result.revenue.append(isOdd ? revenue(Int(row)) ?? .nan : value.revenue)
        if !wantsIDs { continue }
        result.ids.append(value.isOdd ? 0 : value.id)
        if value.isOdd || value.id == 0 && parameters { readID(Int(row), place, &result) }
      }
    }
    return result
  }

  /// Calls `body` with what each of `records` says.
  @inline(__always)
  private func forEachRecord(
    _ records: Range<Int>, _ roles: [Role], _ wantsIDs: Bool, _ body: (RecordValue) -> Void
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
                if wantsIDs, id != 0 {
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
  private func readID(_ row: Int, _ place: Int, _ result: inout Values) {
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
