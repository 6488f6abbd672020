/// The exact sum of doubles, whole numbers and products of doubles, rounded once when it is read.
///
///     var sum = ExactSum()
///     sum.add(1e308)
///     sum.add(0.1)
///     sum.add(-1e308)
///     sum.rounded                             // 0.1
///
/// Since nothing is rounded on the way, the order of the terms and the way they are split over
/// workers cannot change a bit: adding and merging are associative and commutative. Equal sums are
/// `==`, hash alike and encode alike, however they came about.
///
/// Infinities and NaN are remembered apart: a sum that met NaN, or both infinities, is NaN; one
/// infinity gives that infinity. A finite sum beyond the largest double rounds to an infinity, as
/// IEEE 754 has it, but later terms may bring it back. An exact zero is +0, whatever the terms.
/// Up to 2⁶³ terms are exact.
///
/// After Neal, *Fast Exact Summation Using Small and Large Superaccumulators*, arXiv:1505.05571
/// (2015). Terms between about 1e-17 and 1e19 go into a 256-bit whole number held in place; the
/// rare others go into his "small superaccumulator" of overlapping chunks, allocated when needed.
package struct ExactSum: Sendable {
  // The window: a two's-complement number of 256 bits, lowest word first, in units of 2⁻¹⁶⁰.
  // Its top two bits are equal between calls, so that one addition cannot overflow.
  @usableFromInline var w0: UInt64 = 0
  @usableFromInline var w1: UInt64 = 0
  @usableFromInline var w2: UInt64 = 0
  @usableFromInline var w3: UInt64 = 0
  // Everything else: chunk i counts units of 2^(32 i − 2176). Empty until needed.
  private var chunks: [Int64] = []
  // How many terms the chunks took since their carries were settled.
  private var unsettled = 0
  private var specials: Specials = []

  private struct Specials: OptionSet, Hashable {
    let rawValue: UInt8
    static let positiveInfinity = Specials(rawValue: 1)
    static let negativeInfinity = Specials(rawValue: 2)
    static let notANumber = Specials(rawValue: 4)
  }

  // The lowest bit of a product of two subnormal numbers is 2⁻²¹⁴⁸; the highest of 2⁶³ products of
  // the largest doubles is below 2²¹¹¹, and the top chunk carries the sign only.
  private static let chunkCount = 136
  private static let lowestExponent = -2176
  private static let windowExponent = -160
  private static let windowChunk = (windowExponent - lowestExponent) / 32
  // A chunk takes 2²⁹ terms below 2³² without overflow, twice over in a merge.
  private static let settlingInterval = 1 << 29

  /// Creates the sum of no terms, zero.
  package init() {}

  /// Creates the sum of the terms.
  package init(_ terms: some Sequence<Double>) {
    add(contentsOf: terms)
  }
}

// MARK: - Adding

extension ExactSum {
  /// Adds a term.
  @inlinable
  package mutating func add(_ term: Double) {
    let bits = term.bitPattern
    let shift = Int(truncatingIfNeeded: bits &>> 52 & 0x7ff) &- 915
    // From 2⁻¹⁰⁸ to 2⁶³: the whole mantissa lies in the window, well below its sign.
    guard UInt(bitPattern: shift) <= 171 else {
      addUnusual(term)
      return
    }
    let mantissa = Int64(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x0010_0000_0000_0000)
    let sign = Int64(bitPattern: bits) &>> 63
    let signed = (mantissa ^ sign) &- sign
    addToWindow(UInt64(bitPattern: signed), UInt64(bitPattern: sign), shift)
  }

  /// Adds a whole number.
  @inlinable
  package mutating func add(_ term: Int) {
    let wide = Int64(term)
    addToWindow(UInt64(bitPattern: wide), UInt64(bitPattern: wide &>> 63), 160)
  }

  /// Adds the exact product of two factors, which no rounding touches.
  @inlinable
  package mutating func addProduct(_ x: Double, _ y: Double) {
    let (xBits, yBits) = (x.bitPattern, y.bitPattern)
    let xExponent = Int(truncatingIfNeeded: xBits &>> 52 & 0x7ff)
    let yExponent = Int(truncatingIfNeeded: yBits &>> 52 & 0x7ff)
    let shift = xExponent &+ yExponent &- (2150 - 160)
    // Both normal and finite, and all 106 bits of the product in the window.
    guard
      UInt(bitPattern: shift) <= 118, UInt(bitPattern: xExponent &- 1) < 2046,
      UInt(bitPattern: yExponent &- 1) < 2046
    else {
      addUnusualProduct(x, y)
      return
    }
    let product = (xBits & 0x000f_ffff_ffff_ffff | 0x0010_0000_0000_0000)
      .multipliedFullWidth(by: yBits & 0x000f_ffff_ffff_ffff | 0x0010_0000_0000_0000)
    let sign = UInt64(bitPattern: Int64(bitPattern: xBits ^ yBits) &>> 63)
    // Negating a two's-complement pair: flip, then add one with carry.
    let low = (product.low ^ sign) &- sign
    let high = (product.high ^ sign) &+ (sign & (low == 0 ? 1 : 0))
    addToWindow(low, high, shift)
  }

  /// Adds the terms.
  @inlinable
  package mutating func add(contentsOf terms: some Sequence<Double>) {
    for term in terms { add(term) }
  }

  /// Adds the terms.
  @inlinable
  package mutating func add(contentsOf terms: UnsafeBufferPointer<Double>) {
    for index in 0..<terms.count { add(unsafe terms[index]) }
  }

  /// Adds the terms.
  @inlinable
  package mutating func add(contentsOf terms: Span<Double>) {
    for index in terms.indices { add(terms[index]) }
  }

  /// Adds the terms of another sum.
  package mutating func merge(_ other: ExactSum) {
    specials.formUnion(other.specials)
    var carry: UInt64 = 0
    w0 = Self.sum(w0, other.w0, &carry)
    w1 = Self.sum(w1, other.w1, &carry)
    w2 = Self.sum(w2, other.w2, &carry)
    w3 = Self.sum(w3, other.w3, &carry)
    if Self.isNearOverflow(w3) { emptyWindow() }

    if other.chunks.isEmpty { return }
    if chunks.isEmpty {
      chunks = other.chunks
      unsettled = other.unsettled
    } else {
      for index in chunks.indices { chunks[index] += other.chunks[index] }
      unsettled += other.unsettled + 1
      settleIfNeeded()
    }
  }

  /// Returns the sum of the terms of both.
  package func merged(with other: ExactSum) -> ExactSum {
    var result = self
    result.merge(other)
    return result
  }

  /// Adds the two's-complement number of `low` and `high`, times 2^(shift − 160), where the shift
  /// leaves it below 2²²⁴ in the window.
  @inlinable
  mutating func addToWindow(_ low: UInt64, _ high: UInt64, _ shift: Int) {
    let bit = UInt64(truncatingIfNeeded: shift & 63)
    // Two shifts each, since shifting by 64 would be none.
    let first = low &<< bit
    let second = high &<< bit | (low &>> 1) &>> (63 &- bit)
    let third = UInt64(
      bitPattern: (Int64(bitPattern: high) &>> 1) &>> Int64(bitPattern: 63 &- bit))
    let extent = UInt64(bitPattern: Int64(bitPattern: high) &>> 63)
    var carry: UInt64 = 0
    switch shift &>> 6 {
    case 0:
      w0 = Self.sum(w0, first, &carry)
      w1 = Self.sum(w1, second, &carry)
      w2 = Self.sum(w2, third, &carry)
      w3 = w3 &+ extent &+ carry
    case 1:
      w1 = Self.sum(w1, first, &carry)
      w2 = Self.sum(w2, second, &carry)
      w3 = w3 &+ third &+ carry
    default:
      w2 = Self.sum(w2, first, &carry)
      w3 = w3 &+ second &+ carry
    }
    if Self.isNearOverflow(w3) { emptyWindow() }
  }

  /// Adds the two's-complement number of `low` and `high`, below 2¹¹⁸ in size, times 2^exponent.
  mutating func addScaled(_ low: UInt64, _ high: UInt64, exponent: Int) {
    let shift = exponent - Self.windowExponent
    // The number ends below 2²²⁴ of the window.
    if UInt(bitPattern: shift) <= 106 {
      addToWindow(low, high, shift)
      return
    }
    let isNegative = Int64(bitPattern: high) < 0
    let magnitude = isNegative ? (~low &+ 1, ~high &+ (low == 0 ? 1 : 0)) : (low, high)
    addToChunks(
      low: magnitude.0, high: magnitude.1, exponent: exponent, negative: isNegative)
  }

  /// Returns a + b + carry and sets the carry to the new one, 0 or 1.
  @inlinable
  static func sum(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let (first, firstOverflow) = a.addingReportingOverflow(b)
    let (second, secondOverflow) = first.addingReportingOverflow(carry)
    carry = firstOverflow || secondOverflow ? 1 : 0
    return second
  }

  @inlinable
  static func isNearOverflow(_ top: UInt64) -> Bool {
    Int64(bitPattern: top ^ (top &<< 1)) < 0
  }

  /// Adds a term outside the window's range: zero, tiny, huge or not finite.
  @usableFromInline @inline(never)
  mutating func addUnusual(_ term: Double) {
    if term == 0 { return }
    guard term.isFinite else {
      addSpecial(term)
      return
    }
    let (mantissa, exponent) = Self.parts(term)
    addToChunks(low: mantissa, high: 0, exponent: exponent, negative: term < 0)
  }

  /// Adds a product outside the window's range.
  @usableFromInline @inline(never)
  mutating func addUnusualProduct(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite else {
      addSpecial(x * y)
      return
    }
    if x == 0 || y == 0 { return }
    let (xMantissa, xExponent) = Self.parts(x)
    let (yMantissa, yExponent) = Self.parts(y)
    let product = xMantissa.multipliedFullWidth(by: yMantissa)
    addToChunks(
      low: product.low, high: product.high, exponent: xExponent + yExponent,
      negative: (x < 0) != (y < 0))
  }

  private mutating func addSpecial(_ term: Double) {
    if term.isNaN {
      specials.insert(.notANumber)
    } else {
      specials.insert(term > 0 ? .positiveInfinity : .negativeInfinity)
    }
  }

  /// Returns the whole mantissa and the exponent of its lowest bit.
  private static func parts(_ value: Double) -> (mantissa: UInt64, exponent: Int) {
    let fraction = value.bitPattern & 0x000f_ffff_ffff_ffff
    let biased = Int(value.bitPattern &>> 52 & 0x7ff)
    return biased == 0 ? (fraction, -1074) : (fraction | 0x0010_0000_0000_0000, biased - 1075)
  }
}

// MARK: - Chunks

extension ExactSum {
  /// Adds ±(low + 2⁶⁴ high) × 2^exponent to the chunks.
  private mutating func addToChunks(low: UInt64, high: UInt64, exponent: Int, negative: Bool) {
    if chunks.isEmpty { chunks = [Int64](repeating: 0, count: Self.chunkCount) }
    let position = exponent - Self.lowestExponent
    let bit = UInt64(position & 31)
    var index = position >> 5
    // 128 bits shifted by up to 31 touch five chunks.
    let words = (
      low << bit, high << bit | (low >> 1) >> (63 - bit), (high >> 1) >> (63 - bit)
    )
    for word in [words.0, words.1, words.2] {
      if word != 0 {
        let lower = Int64(word & 0xffff_ffff)
        let upper = Int64(word >> 32)
        chunks[index] += negative ? -lower : lower
        chunks[index + 1] += negative ? -upper : upper
      }
      index += 2
    }
    unsettled += 1
    settleIfNeeded()
  }

  /// Moves the window's contents into the chunks.
  @usableFromInline @inline(never)
  mutating func emptyWindow() {
    if chunks.isEmpty { chunks = [Int64](repeating: 0, count: Self.chunkCount) }
    for (index, word) in [w0, w1, w2].enumerated() {
      chunks[Self.windowChunk + 2 * index] += Int64(word & 0xffff_ffff)
      chunks[Self.windowChunk + 2 * index + 1] += Int64(word >> 32)
    }
    // The top half carries the sign.
    chunks[Self.windowChunk + 6] += Int64(w3 & 0xffff_ffff)
    chunks[Self.windowChunk + 7] += Int64(bitPattern: w3) >> 32
    (w0, w1, w2, w3) = (0, 0, 0, 0)
    unsettled += 1
    settleIfNeeded()
  }

  private mutating func settleIfNeeded() {
    if unsettled >= Self.settlingInterval { settle() }
  }

  /// Leaves every chunk but the top one between 0 and 2³² − 1, and the top one −1 or 0.
  private mutating func settle() {
    var carry: Int64 = 0
    for index in 0..<(Self.chunkCount - 1) {
      let chunk = chunks[index] + carry
      chunks[index] = chunk & 0xffff_ffff
      carry = chunk >> 32
    }
    chunks[Self.chunkCount - 1] += carry
    unsettled = 0
  }
}

// MARK: - The one form of each sum

extension ExactSum {
  /// The sum as sign and magnitude: ± Σ digits[i] × 2^(32 (first + i) − 2176), where the first and
  /// the last digit are not zero; zero and special sums have no digits.
  private struct Canonical: Hashable {
    var specials: Specials = []
    var isNegative = false
    var first = 0
    var digits: [UInt32] = []
  }

  private var canonicalSpecials: Specials {
    if specials.contains(.notANumber)
      || specials.isSuperset(of: [.positiveInfinity, .negativeInfinity])
    {
      return .notANumber
    }
    return specials
  }

  private var canonical: Canonical {
    var result = Canonical(specials: canonicalSpecials)
    if !result.specials.isEmpty { return result }
    var digits: [UInt32] = []
    if chunks.isEmpty {
      let (isNegative, words) = windowMagnitude
      result.isNegative = isNegative
      result.first = Self.windowChunk
      digits.reserveCapacity(8)
      for word in [words.0, words.1, words.2, words.3] {
        digits.append(UInt32(truncatingIfNeeded: word))
        digits.append(UInt32(truncatingIfNeeded: word >> 32))
      }
    } else {
      var copy = self
      copy.emptyWindow()
      copy.settle()
      if copy.chunks[Self.chunkCount - 1] < 0 {
        result.isNegative = true
        for index in copy.chunks.indices { copy.chunks[index].negate() }
        copy.settle()
      }
      digits = copy.chunks.map { UInt32(truncatingIfNeeded: $0) }
    }
    guard let start = digits.firstIndex(where: { $0 != 0 }),
      let end = digits.lastIndex(where: { $0 != 0 })
    else { return Canonical() }
    result.first += start
    result.digits = Array(digits[start...end])
    return result
  }

  private init?(_ canonical: Canonical) {
    switch canonical.specials {
    case .positiveInfinity, .negativeInfinity, .notANumber:
      specials = canonical.specials
      guard canonical.digits.isEmpty, !canonical.isNegative else { return nil }
    case []: break
    default: return nil
    }
    let digits = canonical.digits
    guard let lowest = digits.first, let highest = digits.last else {
      guard !canonical.isNegative, canonical.first == 0 else { return nil }
      return
    }
    // The chunk below the top one stays free, as `settle` would leave it.
    guard lowest != 0, highest != 0, canonical.first >= 0,
      canonical.first <= Self.chunkCount - 1 - digits.count
    else { return nil }
    let offset = canonical.first - Self.windowChunk
    if offset >= 0, offset + digits.count <= 7 {
      var words: [UInt64] = [0, 0, 0, 0]
      for (index, digit) in digits.enumerated() {
        words[(offset + index) / 2] |= UInt64(digit) << UInt64(32 * ((offset + index) % 2))
      }
      (w0, w1, w2, w3) = (words[0], words[1], words[2], words[3])
      if canonical.isNegative { (w0, w1, w2, w3) = Self.negated((w0, w1, w2, w3)) }
    } else {
      chunks = [Int64](repeating: 0, count: Self.chunkCount)
      for (index, digit) in digits.enumerated() {
        chunks[canonical.first + index] = canonical.isNegative ? -Int64(digit) : Int64(digit)
      }
    }
  }

  private var windowMagnitude: (isNegative: Bool, words: (UInt64, UInt64, UInt64, UInt64)) {
    guard Int64(bitPattern: w3) < 0 else { return (false, (w0, w1, w2, w3)) }
    return (true, Self.negated((w0, w1, w2, w3)))
  }

  private static func negated(
    _ words: (UInt64, UInt64, UInt64, UInt64)
  ) -> (UInt64, UInt64, UInt64, UInt64) {
    var carry: UInt64 = 1
    let a = sum(~words.0, 0, &carry)
    let b = sum(~words.1, 0, &carry)
    let c = sum(~words.2, 0, &carry)
    let d = sum(~words.3, 0, &carry)
    return (a, b, c, d)
  }
}

extension ExactSum: Hashable {
  package static func == (a: ExactSum, b: ExactSum) -> Bool {
    if a.chunks.isEmpty && b.chunks.isEmpty && a.specials.isEmpty && b.specials.isEmpty {
      return a.w0 == b.w0 && a.w1 == b.w1 && a.w2 == b.w2 && a.w3 == b.w3
    }
    return a.canonical == b.canonical
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(canonical)
  }
}

// MARK: - Reading

extension ExactSum {
  /// The double nearest to the exact sum, ties to even: the only rounding.
  package var rounded: Double {
    if !specials.isEmpty {
      switch canonicalSpecials {
      case .positiveInfinity: return .infinity
      case .negativeInfinity: return -.infinity
      default: return .nan
      }
    }
    if chunks.isEmpty { return roundedWindow }
    let (canonical, words, exponent) = canonicalWords(extra: 0)
    return Self.compose(
      isNegative: canonical.isNegative, words: words, lowestExponent: exponent, isInexact: false)
  }

  /// Returns the double nearest to the exact sum divided by `divisor`, ties to even: one rounding.
  package func rounded(dividedBy divisor: Int) -> Double {
    precondition(divisor > 0, "An exact sum is divided by a whole number above zero.")
    if !specials.isEmpty { return rounded }
    // Two more words below, since the quotient's first digit may come a word later than the sum's.
    var (canonical, words, exponent) = canonicalWords(extra: 2)
    var remainder: UInt64 = 0
    for index in words.indices.reversed() {
      (words[index], remainder) = UInt64(divisor).dividingFullWidth((remainder, words[index]))
    }
    return Self.compose(
      isNegative: canonical.isNegative, words: words, lowestExponent: exponent,
      isInexact: remainder != 0)
  }

  /// Returns the canonical form and its magnitude in 64-bit words, lowest first, with so many words
  /// of zero below, and the exponent of the lowest bit.
  private func canonicalWords(
    extra: Int
  ) -> (canonical: Canonical, words: [UInt64], exponent: Int) {
    let canonical = canonical
    let digits = canonical.digits
    var words = [UInt64](repeating: 0, count: extra + (digits.count + 1) / 2)
    for (index, digit) in digits.enumerated() {
      words[extra + index / 2] |= UInt64(digit) << UInt64(32 * (index % 2))
    }
    return (canonical, words, 32 * canonical.first + Self.lowestExponent - 64 * extra)
  }

  /// Whether the exact sum is zero.
  package var isZero: Bool {
    if chunks.isEmpty { return specials.isEmpty && w0 | w1 | w2 | w3 == 0 }
    return specials.isEmpty && canonical.digits.isEmpty
  }

  /// The sum as doubles that add up to it exactly, from the largest to the smallest, each the
  /// rounded rest; nothing for zero.
  ///
  /// Not defined for a sum that is not finite, or that holds products with bits below 2⁻¹⁰⁷⁴.
  package var expansion: [Double] {
    var rest = self
    var terms: [Double] = []
    while true {
      let term = rest.rounded
      guard term != 0, term.isFinite else { return terms }
      terms.append(term)
      rest.add(-term)
    }
  }

  private var roundedWindow: Double {
    let (isNegative, words) = windowMagnitude
    let upper: UInt64
    let lower: UInt64
    let rest: UInt64
    let word: Int
    if words.3 != 0 {
      (upper, lower, rest, word) = (words.3, words.2, words.1 | words.0, 3)
    } else if words.2 != 0 {
      (upper, lower, rest, word) = (words.2, words.1, words.0, 2)
    } else if words.1 != 0 {
      (upper, lower, rest, word) = (words.1, words.0, 0, 1)
    } else if words.0 != 0 {
      (upper, lower, rest, word) = (words.0, 0, 0, 0)
    } else {
      return 0
    }
    let zeros = UInt64(upper.leadingZeroBitCount)
    return Self.compose(
      isNegative: isNegative,
      top: upper << zeros | (lower >> 1) >> (63 - zeros),
      isInexact: lower << zeros | rest != 0,
      exponent: 64 * word + 63 - Int(zeros) + Self.windowExponent)
  }

  private static func compose(
    isNegative: Bool, words: [UInt64], lowestExponent: Int, isInexact: Bool
  ) -> Double {
    guard let last = words.lastIndex(where: { $0 != 0 }) else { return 0 }
    let upper = words[last]
    let lower = last > 0 ? words[last - 1] : 0
    let zeros = UInt64(upper.leadingZeroBitCount)
    return compose(
      isNegative: isNegative,
      top: upper << zeros | (lower >> 1) >> (63 - zeros),
      isInexact: isInexact || lower << zeros != 0
        || words.prefix(max(0, last - 1)).contains { $0 != 0 },
      exponent: lowestExponent + 64 * last + 63 - Int(zeros))
  }

  /// Returns the double nearest to `top` × 2^(exponent − 63) and a little more if `isInexact`,
  /// where the highest bit of `top` is set.
  private static func compose(
    isNegative: Bool, top: UInt64, isInexact: Bool, exponent: Int
  ) -> Double {
    if exponent > 1023 { return isNegative ? -.infinity : .infinity }
    // A normal double keeps 53 of the 64 bits, a subnormal one fewer.
    let dropped = 11 + max(0, -1022 - exponent)
    if dropped > 64 { return 0 }
    let kept = dropped == 64 ? 0 : top >> UInt64(dropped)
    let rest = dropped == 64 ? top : top & ((1 << UInt64(dropped)) - 1)
    let half: UInt64 = 1 << UInt64(dropped - 1)
    let roundsUp = rest > half || (rest == half && (isInexact || kept & 1 == 1))
    // A carry out of the mantissa runs into the exponent, up to infinity, as it should.
    var bits = kept + (roundsUp ? 1 : 0)
    if exponent >= -1022 { bits += UInt64(exponent + 1022) << 52 }
    return Double(bitPattern: isNegative ? bits | 1 << 63 : bits)
  }
}

// MARK: - Saving

extension ExactSum: Codable {
  /// Reads what `encode(to:)` wrote; anything else is refused as corrupted.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let words = try container.decode([UInt32].self)
    var canonical = Canonical()
    if let control = words.first, control < 16 {
      canonical.specials = Specials(rawValue: UInt8(control & 7))
      canonical.isNegative = control & 8 != 0
      if words.count > 1 { canonical.first = Int(words[1]) }
      canonical.digits = Array(words.dropFirst(2))
      if words.count != 2, let sum = ExactSum(canonical) {
        self = sum
        return
      }
    }
    throw DecodingError.dataCorruptedError(
      in: container, debugDescription: "The numbers do not make an exact sum.")
  }

  /// Writes an array: sign and kind, then the first digit's place and the digits in base 2³².
  package func encode(to encoder: any Encoder) throws {
    let canonical = canonical
    var words = [UInt32(canonical.specials.rawValue) | (canonical.isNegative ? 8 : 0)]
    if !canonical.digits.isEmpty {
      words.append(UInt32(canonical.first))
      words.append(contentsOf: canonical.digits)
    }
    var container = encoder.singleValueContainer()
    try container.encode(words)
  }
}

extension ExactSum {
  /// Writes sign and kind, then the first digit's place and the digits in base 2³²: about 20 bytes
  /// for sums of money.
  package func encode(into writer: inout BinaryWriter) {
    let canonical = canonical
    writer.uint8(canonical.specials.rawValue | (canonical.isNegative ? 8 : 0))
    if !canonical.specials.isEmpty { return }
    writer.uint8(UInt8(canonical.first))
    writer.uint32s(canonical.digits)
  }

  /// Reads what `encode(into:)` wrote.
  package init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let start = reader.offset
    let control = try reader.uint8()
    var canonical = Canonical()
    canonical.specials = Specials(rawValue: control & 7)
    canonical.isNegative = control & 8 != 0
    if canonical.specials.isEmpty {
      canonical.first = try Int(reader.uint8())
      canonical.digits = try reader.uint32s()
    }
    guard control < 16, let sum = ExactSum(canonical) else {
      throw .valueOutOfRange(name: "exact sum", offset: start)
    }
    self = sum
  }
}
