import GA4Model

/// What the codes of transaction ids stand for; code 0 is an order without one.
enum OrderIDs: Sendable {
  case none
  /// The texts of one log, whose codes tell ids apart without looking at them, and those of its
  /// codes that may occur more than once, where they are known.
  case pool(StringPool, RepeatedIDs?)
  case own(Texts)

  /// Texts of several logs.
  struct Texts: Sendable {
    var texts: [String] = [""]
    var codes: [Bytewise: UInt32] = [:]

    mutating func code(_ text: String) -> UInt32 {
      if let code = codes[Bytewise(text)] { return code }
      let code = UInt32(texts.count)
      texts.append(text)
      codes[Bytewise(text)] = code
      return code
    }
  }

  var isOfPool: Bool { if case .pool = self { true } else { false } }

  /// The pool of both, if they share one.
  func joined(with other: OrderIDs) -> OrderIDs? {
    guard case .pool(let a, let repeated) = self, case .pool(let b, let others) = other,
      a.bytes === b.bytes
    else { return nil }
    // An id may occur once in each of two tables.
    return .pool(a, repeated === others ? repeated : nil)
  }

  /// The ids that may occur more than once, where they are known.
  var repeated: RepeatedIDs? {
    if case .pool(_, let repeated) = self { repeated } else { nil }
  }

  /// How many codes there may be, including 0.
  var count: Int {
    switch self {
    case .none: 1
    case .pool(let pool, _): pool.count
    case .own(let texts): texts.texts.count
    }
  }

  subscript(code: UInt32) -> String {
    switch self {
    case .none: ""
    case .pool(let pool, _): pool[code]
    case .own(let texts): texts.texts[Int(code)]
    }
  }

  /// The code of `text`, which must not be asked of a pool.
  mutating func code(_ text: String) -> UInt32 {
    guard case .own(var texts) = self else { preconditionFailure("A pool takes up no texts") }
    self = .none
    let code = texts.code(text)
    self = .own(texts)
    return code
  }

  /// Turns codes of a pool into codes of own texts.
  mutating func leavePool(_ ids: inout OrderColumn<UInt32>) {
    if case .own = self { return }
    let pool = self
    self = .own(Texts())
    take(pool, &ids)
  }

  /// Takes up the texts of the codes in `ids`, which are codes of `other`.
  mutating func take(_ other: OrderIDs, _ ids: inout OrderColumn<UInt32>) {
    guard case .own(var texts) = self else { preconditionFailure("A pool takes up no texts") }
    self = .none
    var known: [UInt32: UInt32] = [0: 0]
    ids.change { ids in
      for place in ids.indices {
        let id = ids[place]
        let code = known[id] ?? texts.code(other[id])
        known[id] = code
        ids[place] = code
      }
    }
    self = .own(texts)
  }
}
