import GA4Model

/// Which steps and exclusions each event of a log fulfils: step *i* is bit *i*, exclusion *i* bit
/// 32 + *i*.
///
/// What depends on the name alone is looked up by its code; only what asks for more looks at rows,
/// and only at rows whose name lets it.
struct StepMasks {
  static let stepBits: UInt64 = 0xFFFF_FFFF
  static let firstExclusion = 32

  /// By name code, the bits that the name decides, and those of ``mixed`` that it allows.
  let byName: [UInt64]
  /// The bits that rows decide.
  let mixed: UInt64
  /// By the number of a bit, the rows that have it if their name allows it; for bits of ``byRow``.
  private let sets: [RowSet]
  /// The bits that ``sets`` decide.
  private let byRow: UInt64
  /// What the records of one group decide.
  private struct RecordBits {
    let codes: Column<UInt32>
    /// The bits that they decide.
    var decided: UInt64 = 0
    /// By record code, which of these an event has.
    var byCode: [UInt64]
  }
  private let records: [RecordBits]

  init(_ query: FunnelQuery, in slice: EventLog.UserSlice) {
    self.init(
      query.steps.map(\.predicate), exclusions: query.exclusions.map(\.predicate), query.unit,
      in: slice)
  }

  /// Makes the masks for conditions of which `steps` have the bits from 0 on, `exclusions` those from
  /// ``firstExclusion`` on, for the units of a slice.
  init(
    _ steps: [EventPredicate], exclusions: [EventPredicate] = [], _ unit: FunnelUnit,
    in slice: EventLog.UserSlice
  ) {
    let rowsOfUnits = slice.rows(of: unit)
    let log = slice.log
    let storage = log.storage
    let names = storage.names.map { Event(EventName(storage.strings[$0]), at: .unixEpoch) }
    var byName = [UInt64](repeating: 0, count: names.count)
    var mixed: UInt64 = 0
    var sets = [RowSet](repeating: RowSet(count: 0), count: 64)
    var byRow: UInt64 = 0
    var records: [RecordGroup: RecordBits] = [:]
    // Many steps may ask for events of one name.
    var candidates: [[Bool]: RowSet] = [:]

    func enter(_ predicate: EventPredicate, _ bit: UInt64) {
      let (ofName, rest) = predicate.node.dividedByName
      let gate = EventPredicate(node: ofName ?? .constant(true))
      let isOpen = names.map { gate.matches($0) }
      for code in names.indices where isOpen[code] { byName[code] |= bit }
      if let rest, let condition = RecordCondition(rest, in: storage) {
        mixed |= bit
        let codes = storage.recordCodes[condition.group.rawValue]
        var bits =
          records[condition.group]
          ?? RecordBits(codes: codes, byCode: Array(repeating: 0, count: condition.holds.count))
        bits.decided |= bit
        for code in condition.holds.indices where condition.holds[code] { bits.byCode[code] |= bit }
        records[condition.group] = bits
      } else if let rest {
        mixed |= bit
        let rows = candidates[isOpen] ?? log.rows(named: isOpen, in: rowsOfUnits)
        candidates[isOpen] = rows
        sets[bit.trailingZeroBitCount] = log.rows(where: EventPredicate(node: rest), among: rows)
        byRow |= bit
      }
    }
    for (index, step) in steps.enumerated() { enter(step, 1 << UInt64(index)) }
    for (index, exclusion) in exclusions.enumerated() {
      enter(exclusion, 1 << UInt64(Self.firstExclusion + index))
    }
    self.byName = byName
    var size = 1
    while size < byName.count { size *= 2 }
    gates = byName.map { $0 == 0 ? 0 : 1 } + Array(repeating: 0, count: size - byName.count)
    self.mixed = mixed
    self.sets = sets
    self.byRow = byRow
    // In any order: they decide disjoint bits.
    self.records = Array(records.values)
  }

  /// The events of `slice` whose name can have a bit; `nil` if it is better to look through all events.
  func index(of slice: EventLog.UserSlice) -> NameIndex? {
    slice.index(ofNames: byName.indices.filter { byName[$0] != 0 }.map { UInt16($0) })
  }

  /// By name code, 1 where an event can have a bit; their number is a power of two, so that no code
  /// leads beyond them when it is cut to as many bits.
  private let gates: [UInt8]

  /// The bits of `row`, whose name has the code `name`.
  @inline(__always)
  func mask(_ row: Int, name: UInt16) -> UInt64 {
    let bits = byName[Int(name)]
    return bits & mixed == 0 ? bits : decided(bits, row)
  }

  /// Adds the rows of `rows` whose name may have a bit to `events`, without their times and bits.
  ///
  /// Few do, so that 64 at a time are looked up without a branch.
  @inline(__always)
  func appendRows(
    _ rows: Range<Int>, of names: Span<UInt16>, to events: inout StepEvents
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= names.count, "Rows beyond the column")
    let gates = gates.span
    let bits = gates.count - 1
    var base = rows.lowerBound
    while base < rows.upperBound {
      var word: UInt64 = 0
      if base + 64 <= rows.upperBound {
        for eighth in 0..<8 {
          var byte: UInt64 = 0
          for bit in 0..<8 {
            let name = unsafe names[unchecked: base + eighth * 8 + bit]
            byte |= UInt64(unsafe gates[unchecked: Int(name) & bits]) << UInt64(bit)
          }
          word |= byte << UInt64(eighth * 8)
        }
      } else {
        for bit in 0..<rows.upperBound - base {
          word |= UInt64(gates[Int(names[base + bit])]) << UInt64(bit)
        }
      }
      while word != 0 {
        events.append(StepEvent(time: 0, mask: 0, row: base + word.trailingZeroBitCount))
        word &= word &- 1
      }
      base += 64
    }
  }

  /// Those of `bits` that `row` has indeed.
  @inline(never)
  func decided(_ bits: UInt64, _ row: Int) -> UInt64 {
    var bits = bits
    for group in records where bits & group.decided != 0 {
      let code = group.codes.isEmpty ? 0 : Int(group.codes[row])
      bits &= ~group.decided | group.byCode[code]
    }
    var rest = bits & byRow
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      if !sets[bit].contains(row) { bits &= ~(1 << UInt64(bit)) }
    }
    return bits
  }
}

extension EventLog {
  /// The rows of a range whose name code is `isOpen`.
  fileprivate func rows(named isOpen: [Bool], in range: Range<Int>) -> RowSet {
    var rows = RowSet(count: count)
    storage.name.withValues { names in
      for row in range where isOpen[Int(names[row])] { rows.insert(row) }
    }
    return rows
  }
}
