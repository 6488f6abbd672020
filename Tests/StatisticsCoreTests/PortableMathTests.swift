import StatisticsCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct PortableMathTests {
  /// How many doubles lie between the two, counting through zero; infinities count as neighbours.
  private func distance(_ a: Double, _ b: Double) -> UInt64 {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
    func order(_ x: Double) -> Int64 {
      let bits = Int64(bitPattern: x.bitPattern)
      return bits < 0 ? Int64.min &- bits : bits
    }
    let (high, low) = (max(order(a), order(b)), min(order(a), order(b)))
    return UInt64(bitPattern: high &- low)
  }

  private static let special: [Double] = [
    0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1.5, -1.5, .infinity, -.infinity, .nan,
    .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-1030, -0x1p-1030,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, Double(1).nextUp, Double(1).nextDown,
    Double(-1).nextUp, 0x1p52, 0x1p52 + 1, 0x1p53, 0x1p53 + 2, -0x1p53 + 1, 0x1p64, -0x1p64,
    1e-20, -1e-20, 709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412,
    710, -746, 1e300, -1e300, 0x1p-54, 0.41, -0.29, 37.1, -38, -40.1,
  ]

  @Test func `special arguments give what the system's functions give, signs of zero too`() {
    func agree(_ ours: Double, _ theirs: Double) -> Bool {
      distance(ours, theirs) <= 2 && (ours.isNaN || ours.sign == theirs.sign)
    }
    for x in Self.special {
      #expect(agree(PortableMath.log(x), log(x)), "log \(x)")
      #expect(agree(PortableMath.exp(x), exp(x)), "exp \(x)")
      #expect(agree(PortableMath.log1p(x), log1p(x)), "log1p \(x)")
      #expect(agree(PortableMath.expm1(x), expm1(x)), "expm1 \(x)")
      for y in Self.special {
        #expect(agree(PortableMath.pow(x, y), pow(x, y)), "pow \(x) \(y)")
      }
    }
  }

  @Test func `all functions stay within two units of the system's over a wide sample`() {
    var random = SeededGenerator(seed: 1, path: "portable math")
    var worst: UInt64 = 0
    func compare(_ ours: Double, _ theirs: Double) { worst = max(worst, distance(ours, theirs)) }
    for _ in 0..<40_000 {
      let any = Double(bitPattern: random.next())
      let unit = random.uniform()
      compare(PortableMath.log(abs(any)), log(abs(any)))
      compare(PortableMath.log(0.5 + 1.5 * unit), log(0.5 + 1.5 * unit))
      compare(PortableMath.log1p(any), log1p(any))
      compare(PortableMath.log1p(3 * unit - 1), log1p(3 * unit - 1))
      compare(PortableMath.exp(1_500 * unit - 750), exp(1_500 * unit - 750))
      compare(PortableMath.exp(2 * unit - 1), exp(2 * unit - 1))
      compare(PortableMath.expm1(100 * unit - 50), expm1(100 * unit - 50))
      compare(PortableMath.expm1(2 * unit - 1), expm1(2 * unit - 1))
      let y = random.uniform(in: -30..<30)
      compare(PortableMath.pow(10 * unit, y), pow(10 * unit, y))
      compare(PortableMath.pow(abs(any), y / 15), pow(abs(any), y / 15))
      let near = 1 + (unit - 0.5) * 0.01
      compare(PortableMath.pow(near, y * 4_000), pow(near, y * 4_000))
    }
    #expect(worst <= 2)
    #expect(worst > 0)
  }

  @Test func `exact powers are exact`() {
    for exponent in 0...33 {
      var product = 1.0
      for _ in 0..<exponent { product *= 3 }
      #expect(PortableMath.pow(3, Double(exponent)) == product)
    }
    for exponent in -1_074...1_023 {
      let power = PortableMath.pow(2, Double(exponent))
      #expect(power == Double(sign: .plus, exponent: exponent, significand: 1))
    }
    #expect(PortableMath.pow(10, 22) == 1e22)
    #expect(PortableMath.pow(6.25, 0.5) == 2.5)
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.log(1) == 0)
  }

  @Test func `the bits are those of the reference table`() {
    // Written by this implementation, after comparing it with mpmath 1.3.0 at 200 bits, so that
    // another machine, compiler or a fused multiply-add is found out.
    var random = SeededGenerator(seed: 2, path: "reference table")
    var log = 0 as UInt64
    var exp = 0 as UInt64
    var log1p = 0 as UInt64
    var expm1 = 0 as UInt64
    var pow = 0 as UInt64
    func absorb(_ value: Double, into hash: inout UInt64) {
      hash = SeededGenerator.mix13(hash &+ value.bitPattern)
    }
    for _ in 0..<5_000 {
      let x = random.uniform()
      let y = random.uniform(in: -20..<20)
      absorb(PortableMath.log(x * 4), into: &log)
      absorb(PortableMath.exp(y * 30), into: &exp)
      absorb(PortableMath.log1p(y / 21), into: &log1p)
      absorb(PortableMath.expm1(y / 10), into: &expm1)
      absorb(PortableMath.pow(x * 9, y), into: &pow)
    }
    #expect(log == 0x66bd_2890_54db_c10d)
    #expect(exp == 0x3257_7115_2c26_6f70)
    #expect(log1p == 0xf421_dea2_b641_6bd5)
    #expect(expm1 == 0x07da_6e67_a940_d5f5)
    #expect(pow == 0xa21c_4441_05c9_98d3)
  }

  // mpmath 1.3.0 at 200 bits, rounded once to the nearest double.
  @Test(
    arguments: [
      (0.001, -6.907755278982137, 1.0010005001667084, 0.0009995003330835331, 0.0010005001667083417),
      (0.1, -2.3025850929940455, 1.1051709180756477, 0.09531017980432487, 0.10517091807564763),
      (0.25, -1.3862943611198906, 1.2840254166877414, 0.22314355131420976, 0.2840254166877415),
      (0.4, -0.916290731874155, 1.4918246976412703, 0.33647223662121295, 0.49182469764127035),
      (0.7, -0.35667494393873245, 2.0137527074704766, 0.5306282510621704, 1.0137527074704764),
      (1.0, 0.0, 2.718281828459045, 0.6931471805599453, 1.7182818284590453),
      (1.5, 0.4054651081081644, 4.4816890703380645, 0.9162907318741551, 3.481689070338065),
      (2.0, 0.6931471805599453, 7.38905609893065, 1.0986122886681098, 6.38905609893065),
      (3.0, 1.0986122886681098, 20.085536923187668, 1.3862943611198906, 19.085536923187668),
      (10.0, 2.302585092994046, 22026.465794806718, 2.3978952727983707, 22025.465794806718),
      (100.0, 4.605170185988092, 2.6881171418161356e+43, 4.61512051684126, 2.6881171418161356e+43),
      (
        700.0, 6.551080335043404, 1.0142320547350045e+304, 6.55250788703459, 1.0142320547350045e+304
      ),
      (1e-10, -23.025850929940457, 1.0000000001, 9.999999999500001e-11, 1.00000000005e-10),
      (1e-300, -690.7755278982137, 1.0, 1e-300, 1e-300),
    ] as [(Double, Double, Double, Double, Double)])
  func `known values agree to the last place or the one beside it`(
    x: Double, log: Double, exp: Double, log1p: Double, expm1: Double
  ) {
    #expect(distance(PortableMath.log(x), log) <= 1)
    #expect(distance(PortableMath.exp(x), exp) <= 1)
    #expect(distance(PortableMath.log1p(x), log1p) <= 1)
    #expect(distance(PortableMath.expm1(x), expm1) <= 1)
  }

  // mpmath 1.3.0, loggamma(n + 1) at 200 bits.
  @Test(
    arguments: [
      (0, 0), (1, 0), (2, 0.6931471805599453), (5, 4.787491742782046), (19, 39.339884187199495),
      (20, 42.335616460753485), (21, 45.38013889847691), (22, 48.47118135183523),
      (100, 363.73937555556347), (5_000, 37591.14350887677), (1_000_000, 12815518.384658169),
      (1_099_511_627_776, 29385423763671.2),
    ] as [(Int, Double)])
  func `log factorials agree to three places`(n: Int, expected: Double) {
    #expect(distance(PortableMath.logFactorial(n), expected) <= 3)
  }

  @Test func `two-sum and two-product lose nothing`() {
    // Small whole mantissas, so that Int arithmetic is the oracle.
    var random = SeededGenerator(seed: 3)
    for _ in 0..<10_000 {
      let a = random.integer(in: -(1 << 53)...(1 << 53))
      let b = random.integer(in: -(1 << 53)...(1 << 53)) >> random.integer(below: 53)
      let (sum, error) = PortableMath.twoSum(Double(a), Double(b))
      #expect(Int(sum) + Int(error) == a + b)
      let (product, rest) = PortableMath.twoProduct(Double(a), Double(b))
      #expect(Int128(product) + Int128(rest) == Int128(a) * Int128(b))
      #expect(product == Double(a) * Double(b))
    }
  }
}
