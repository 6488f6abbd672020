import StatisticsCore
import Testing

/// The oracle: a two's-complement number of 5,120 bits in units of 2⁻²²⁰⁸, in schoolbook arithmetic.
private struct BigFixed: Equatable {
  var words = [UInt32](repeating: 0, count: 160)

  init() {}

  init(_ terms: [Double]) {
    for term in terms { add(term, 1) }
  }

  /// Adds the exact product of two finite doubles.
  mutating func add(_ x: Double, _ y: Double) {
    guard x != 0, y != 0 else { return }
    var product = UInt128(x.significandBits) * UInt128(y.significandBits)
    let position = x.lowestExponent + y.lowestExponent + 2208
    var index = position / 32
    var shifted: [UInt32] = []
    // The lowest word takes what the shift leaves room for.
    let bit = position % 32
    shifted.append(UInt32(truncatingIfNeeded: product << UInt128(bit)))
    product >>= UInt128(32 - bit)
    while product != 0 {
      shifted.append(UInt32(truncatingIfNeeded: product))
      product >>= 32
    }
    var value = BigFixed()
    for word in shifted {
      value.words[index] = word
      index += 1
    }
    self = (x < 0) != (y < 0) ? self + value.negated : self + value
  }

  var negated: BigFixed {
    var result = BigFixed()
    var carry: UInt64 = 1
    for index in words.indices {
      let sum = UInt64(~words[index]) + carry
      result.words[index] = UInt32(truncatingIfNeeded: sum)
      carry = sum >> 32
    }
    return result
  }

  var isNegative: Bool { words[159] >> 31 == 1 }
  var magnitude: BigFixed { isNegative ? negated : self }

  static func + (a: BigFixed, b: BigFixed) -> BigFixed {
    var result = BigFixed()
    var carry: UInt64 = 0
    for index in a.words.indices {
      let sum = UInt64(a.words[index]) + UInt64(b.words[index]) + carry
      result.words[index] = UInt32(truncatingIfNeeded: sum)
      carry = sum >> 32
    }
    return result
  }

  /// Compares two numbers that are not negative.
  static func < (a: BigFixed, b: BigFixed) -> Bool {
    for index in a.words.indices.reversed() where a.words[index] != b.words[index] {
      return a.words[index] < b.words[index]
    }
    return false
  }

  func distance(to value: Double) -> BigFixed {
    var difference = self
    if value.isInfinite {
      // The next step after the largest double, had the exponent one more value.
      difference.add(value > 0 ? -0x1p1023 : 0x1p1023, 2)
    } else {
      difference.add(-value, 1)
    }
    return difference.magnitude
  }

  /// Whether no other double is nearer, and a tie went to the even one: the definition of rounding.
  func rounds(to value: Double) -> Bool {
    if self == BigFixed() { return value == 0 && value.sign == .plus }
    guard !value.isNaN, value == 0 || (value < 0) == isNegative else { return false }
    let own = distance(to: value)
    for neighbour in [value.nextUp, value.nextDown] where neighbour != value {
      let other = distance(to: neighbour)
      if other < own { return false }
      if other == own, value.bitPattern & 1 == 1 { return false }
    }
    return true
  }
}

extension Double {
  fileprivate var significandBits: UInt64 {
    let fraction = bitPattern & 0xf_ffff_ffff_ffff
    return bitPattern >> 52 & 0x7ff == 0 ? fraction : fraction | 1 << 52
  }
  fileprivate var lowestExponent: Int { max(1, Int(bitPattern >> 52 & 0x7ff)) - 1075 }
}

@Suite struct ExactSumTests {
  /// Terms of one of several characters: money, everything, cancelling, subnormal, ties, huge.
  private func terms(_ kind: Int, _ count: Int, _ random: inout SeededGenerator) -> [Double] {
    (0..<count).map { index in
      let sign: Double = random.bernoulli(0.5) ? 1 : -1
      switch kind % 6 {
      case 0: return Double(random.integer(below: 100_000)) / 100
      case 1:
        while true {
          let any = Double(bitPattern: random.next())
          if any.isFinite { return any }
        }
      case 2:
        return sign * Double(sign: .plus, exponent: random.integer(in: -60...60), significand: 1)
          * (random.bernoulli(0.3) ? 1 : 1 + random.uniform())
      case 3: return sign * Double(bitPattern: random.next() >> UInt64(random.integer(in: 8...63)))
      case 4:
        // Few bits, far apart: exact ties and near-ties.
        let exponent = [-1_074, -1_022, -110, -108, -54, -53, 0, 53, 62, 64, 900][
          random.integer(below: 11)]
        return sign * Double(sign: .plus, exponent: exponent, significand: 1)
      default: return sign * .greatestFiniteMagnitude / Double(1 << random.integer(below: 4))
      }
    }
  }

  @Test func `random sums of every character are rounded correctly`() {
    var random = SeededGenerator(seed: 1, path: "exact sum")
    for trial in 0..<600 {
      let terms = terms(trial, random.integer(in: 0...30), &random)
      let sum = ExactSum(terms)
      #expect(BigFixed(terms).rounds(to: sum.rounded), "\(terms)")
    }
  }

  @Test func `random sums of products are rounded correctly`() {
    var random = SeededGenerator(seed: 2, path: "exact sum")
    for trial in 0..<600 {
      let count = random.integer(in: 0...20)
      let x = terms(trial % 5, count, &random)
      let y = terms(trial / 5, count, &random)
      var sum = ExactSum()
      var oracle = BigFixed()
      for (x, y) in zip(x, y) {
        sum.addProduct(x, y)
        oracle.add(x, y)
      }
      #expect(oracle.rounds(to: sum.rounded), "\(x) \(y)")
    }
  }

  @Test(
    arguments: [
      ([1e308, -1e308], 0), ([1e308, 1, -1e308], 1), ([1e308, 0.1, -1e308], 0.1),
      ([1e308, 1e308, -1e308], 1e308), ([1e308, 1e308], .infinity), ([-1e308, -1e308], -.infinity),
      ([0x1p-1063, 1, -1], 0x1p-1063), ([1, 0x1p-53], 1), ([1, 0x1p-53, 0x1p-1074], 1 + 0x1p-52),
      ([1 + 0x1p-52, 0x1p-53], 1 + 0x1p-51), ([1 + 0x1p-52, 0x1p-53, -0x1p-1074], 1 + 0x1p-52),
      ([.greatestFiniteMagnitude, 0x1p969], .greatestFiniteMagnitude),
      ([.greatestFiniteMagnitude, 0x1p970], .infinity),
      ([.greatestFiniteMagnitude, 0x1p970, -0x1p-1074], .greatestFiniteMagnitude),
      ([.leastNonzeroMagnitude, .leastNonzeroMagnitude], 0x1p-1073),
      ([0.1, 0.2, -0.3], 0x1p-55), ([-0.0, -0.0], 0), ([], 0), ([0x1p63, -0x1p-108], 0x1p63),
    ] as [([Double], Double)])
  func `hard sums worked out by hand`(terms: [Double], expected: Double) {
    #expect(ExactSum(terms).rounded.bitPattern == expected.bitPattern)
    #expect(ExactSum(terms.reversed()).rounded.bitPattern == expected.bitPattern)
  }

  @Test func `half of the least product rounds to zero and a little more does not`() {
    var sum = ExactSum()
    sum.addProduct(.leastNonzeroMagnitude, 0.5)
    #expect(sum.rounded == 0)
    #expect(!sum.isZero)
    sum.addProduct(.leastNonzeroMagnitude, .leastNonzeroMagnitude)
    #expect(sum.rounded == .leastNonzeroMagnitude)
    sum.addProduct(-.leastNonzeroMagnitude, 0.5)
    sum.addProduct(-.leastNonzeroMagnitude, .leastNonzeroMagnitude)
    #expect(sum.isZero)
    #expect(sum == ExactSum())
  }

  @Test func `infinities and NaN are remembered whatever the order`() {
    let cases: [([Double], Double)] = [
      ([1, .infinity], .infinity), ([.infinity, .infinity, -1e308], .infinity),
      ([1, -.infinity], -.infinity), ([.infinity, -.infinity], .nan), ([.nan, 1], .nan),
      ([.nan, .infinity, 1], .nan),
    ]
    for (terms, expected) in cases {
      for order in [terms, terms.reversed()] {
        let found = ExactSum(order).rounded
        #expect(found == expected || (found.isNaN && expected.isNaN))
        #expect(ExactSum(order) == ExactSum(terms))
        #expect(!ExactSum(order).isZero)
      }
    }
    #expect(ExactSum([.infinity, 5]) == ExactSum([.infinity]))
    #expect(ExactSum([.nan]) == ExactSum([.infinity, -.infinity]))
    var product = ExactSum()
    product.addProduct(.infinity, 0)
    #expect(product.rounded.isNaN)
    product = ExactSum()
    product.addProduct(-.infinity, 0x1p-1063)
    #expect(product.rounded == -.infinity)
  }

  @Test func `order and splitting change neither the sum nor its hash nor its code`() throws {
    var random = SeededGenerator(seed: 3, path: "exact sum")
    for trial in 0..<200 {
      let terms = terms(trial, random.integer(in: 0...40), &random)
      let whole = ExactSum(terms)
      var parts = [ExactSum](repeating: ExactSum(), count: 4)
      for term in random.shuffled(terms) { parts[random.integer(below: 4)].add(term) }
      let left = parts[0].merged(with: parts[1]).merged(with: parts[2].merged(with: parts[3]))
      let right = parts[3].merged(with: parts[2].merged(with: parts[1].merged(with: parts[0])))
      #expect(left == whole && right == whole)
      #expect(left.hashValue == whole.hashValue)
      #expect(left.rounded.bitPattern == whole.rounded.bitPattern)
      var writer = BinaryWriter()
      whole.encode(into: &writer)
      var other = BinaryWriter()
      right.encode(into: &other)
      #expect(writer.bytes == other.bytes)
      var reader = BinaryReader(writer.bytes)
      let decoded = try ExactSum(from: &reader)
      #expect(decoded == whole)
      #expect(reader.isAtEnd)
      // Different sums differ.
      var more = whole
      more.add(0x1p-1074)
      #expect(more != whole)
      // And it goes on exactly after decoding.
      var resumed = decoded
      for term in terms { resumed.add(-term) }
      #expect(resumed.isZero)
      #expect(resumed == ExactSum())
    }
  }

  @Test func `a sum keeps its value while the window overflows many times`() {
    // Each term fills the window's highest bits; 2³¹ of them would be needed one by one, so double.
    var sum = ExactSum([0x1.fffffffffffffp63, 0x1p-108])
    var oracle = BigFixed([0x1.fffffffffffffp63, 0x1p-108])
    for _ in 0..<62 {
      sum.merge(sum)
      oracle = oracle + oracle
      #expect(oracle.rounds(to: sum.rounded))
    }
    var negative = ExactSum([-0x1.fffffffffffffp63, -0x1p-108])
    for _ in 0..<62 { negative.merge(negative) }
    #expect(negative.rounded == -sum.rounded)
    sum.merge(negative)
    #expect(sum.isZero)
    #expect(sum == ExactSum())
  }

  @Test func `chunks keep their value while merges double them past settling`() {
    var sum = ExactSum([1e300, -0x1p-1030, 7e200])
    var oracle = BigFixed([1e300, -0x1p-1030, 7e200])
    for _ in 0..<62 {
      sum.merge(sum)
      oracle = oracle + oracle
      let isRounded = oracle.rounds(to: sum.rounded)
      #expect(isRounded)
    }
  }

  @Test func `whole numbers are added exactly`() {
    var sum = ExactSum()
    for term in [Int.max, Int.max, 1, Int.min, Int.min, 1] { sum.add(term) }
    #expect(sum.isZero)
    sum.add(Int.max)
    sum.add(-0x1p63)
    #expect(sum.rounded == -1)
  }

  @Test func `adding arrays, spans and buffers is adding their elements`() {
    var random = SeededGenerator(seed: 4, path: "exact sum")
    let terms = terms(2, 500, &random)
    var span = ExactSum()
    span.add(contentsOf: terms.span)
    var buffer = ExactSum()
    unsafe terms.withUnsafeBufferPointer { unsafe buffer.add(contentsOf: $0) }
    #expect(span == ExactSum(terms) && buffer == ExactSum(terms))
  }

  @Test func `the expansion adds up to the sum`() {
    var random = SeededGenerator(seed: 5, path: "exact sum")
    for trial in 0..<100 where trial % 6 != 5 && trial % 6 != 1 {
      let terms = terms(trial, 20, &random)
      let expansion = ExactSum(terms).expansion
      #expect(BigFixed(expansion) == BigFixed(terms))
      for (a, b) in zip(expansion, expansion.dropFirst()) { #expect(abs(b) <= a.ulp / 2) }
    }
    #expect(ExactSum().expansion.isEmpty)
  }
}
