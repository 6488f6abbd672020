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
  private let sets: [(bit: UInt64, rows: RowSet)]
  /// Steps of which only the first event of a unit counts.
  let firstEver: UInt64

  init(_ query: FunnelQuery, in log: EventLog) {
    let storage = log.storage
    let names = storage.names.map { Event(EventName(storage.strings[$0]), at: .unixEpoch) }
    var byName = [UInt64](repeating: 0, count: names.count)
    var mixed: UInt64 = 0
    var sets: [(bit: UInt64, rows: RowSet)] = []

    func enter(_ predicate: EventPredicate, _ bit: UInt64) {
      let (ofName, rest) = predicate.node.dividedByName
      let gate = EventPredicate(node: ofName ?? .constant(true))
      for code in names.indices where gate.matches(names[code]) { byName[code] |= bit }
      if let rest {
        mixed |= bit
        sets.append((bit, log.rows(where: EventPredicate(node: rest))))
      }
    }
    for (index, step) in query.steps.enumerated() { enter(step.predicate, 1 << UInt64(index)) }
    for (index, exclusion) in query.exclusions.enumerated() {
      enter(exclusion.predicate, 1 << UInt64(Self.firstExclusion + index))
    }
    self.byName = byName
    self.mixed = mixed
    self.sets = sets
    firstEver = query.steps.enumerated().reduce(0) { mask, step in
      step.element.occurrence == .firstEver ? mask | 1 << UInt64(step.offset) : mask
    }
  }

  /// The bits of `row`, whose name has the code `name`.
  @inline(__always)
  func mask(_ row: Int, name: UInt16) -> UInt64 {
    let bits = byName[Int(name)]
    return bits & mixed == 0 ? bits : decided(bits, row)
  }

  @inline(never)
  private func decided(_ bits: UInt64, _ row: Int) -> UInt64 {
    var bits = bits
    for set in sets where bits & set.bit != 0 && !set.rows.contains(row) { bits &= ~set.bit }
    return bits
  }
}

extension EventPredicate.Node {
  /// Whether the condition asks for the name and nothing else.
  private var isOfName: Bool {
    switch self {
    case .constant: true
    case .compare(let operand, _, _), .oneOf(let operand, _), .isPresent(let operand):
      operand == .name
    case .anyItem: false
    case .and(let left, let right), .or(let left, let right): left.isOfName && right.isOfName
    case .not(let node): node.isOfName
    }
  }

  /// The condition as one on the name and another one, both of which must hold; `nil` for none.
  fileprivate var dividedByName: (ofName: Self?, rest: Self?) {
    if isOfName { return (self, nil) }
    guard case .and(let left, let right) = self else { return (nil, self) }
    let (leftName, leftRest) = left.dividedByName
    let (rightName, rightRest) = right.dividedByName
    func joined(_ a: Self?, _ b: Self?) -> Self? {
      guard let a, let b else { return a ?? b }
      return .and(a, b)
    }
    return (joined(leftName, rightName), joined(leftRest, rightRest))
  }
}
