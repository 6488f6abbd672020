import StatisticsCore
import Testing

@Suite struct MomentsTests {
  @Test func `the examples of the documentation hold`() {
    let moments = Moments([1e9 + 1, 1e9 + 2, 1e9 + 3])
    #expect(moments.mean == 1_000_000_002)
    #expect(moments.variance == 1)
  }

  @Test func `the certified values of NIST hold`() {
    // https://www.itl.nist.gov/div898/strd/univ/: NumAcc1 to NumAcc4.
    func alternating(_ first: Double, _ low: Double, _ high: Double) -> Moments {
      var moments = Moments([first])
      for _ in 0..<500 { moments.add(contentsOf: [low, high]) }
      return moments
    }
    let one = Moments([10_000_001, 10_000_003, 10_000_002])
    #expect(one.mean == 10_000_002 && one.standardDeviation == 1)
    let two = alternating(1.2, 1.1, 1.3)
    let three = alternating(1_000_000.2, 1_000_000.1, 1_000_000.3)
    let four = alternating(10_000_000.2, 10_000_000.1, 10_000_000.3)
    #expect(abs(two.mean! - 1.2) <= 1.2.ulp)
    #expect(three.mean == 1_000_000.2 && four.mean == 10_000_000.2)
    // The decimal data are not doubles; their rounding bounds how well 0.1 can be met.
    #expect(abs(two.standardDeviation! - 0.1) < 1e-15)
    #expect(abs(three.standardDeviation! - 0.1) < 1_000_000.2.ulp)
    #expect(abs(four.standardDeviation! - 0.1) < 10_000_000.2.ulp)
  }

  @Test func `random whole numbers agree with whole-number arithmetic`() {
    var random = SeededGenerator(seed: 1, path: "moments")
    for trial in 0..<300 {
      let offset = trial % 3 == 0 ? 0 : 1 << 40
      let width = [1, 10, 1_000_000][trial % 3]
      let pairs = (0..<random.integer(in: 2...40)).map { _ in
        (offset + random.integer(in: 0...width), random.integer(in: -width...width) - offset)
      }
      var moments = CoMoments()
      for (x, y) in pairs { moments.add(Double(x), Double(y)) }
      let n = Int128(pairs.count)
      func centred(_ a: [Int], _ b: [Int]) -> Double {
        // n Σ ab − Σ a Σ b, exact.
        let products = zip(a, b).reduce(0 as Int128) { $0 + Int128($1.0) * Int128($1.1) }
        let sums = a.reduce(0 as Int128) { $0 + Int128($1) }
        let others = b.reduce(0 as Int128) { $0 + Int128($1) }
        return Double(n * products - sums * others) / Double(n)
      }
      let (xs, ys) = (pairs.map(\.0), pairs.map(\.1))
      let (xx, yy, xy) = (centred(xs, xs), centred(ys, ys), centred(xs, ys))
      func close(_ a: Double?, _ b: Double, _ scale: Double) -> Bool {
        abs(a! - b) <= 8 * .ulpOfOne * abs(scale)
      }
      let m = Double(pairs.count - 1)
      #expect(close(moments.x.variance, xx / m, xx / m))
      #expect(close(moments.y.variance, yy / m, yy / m))
      #expect(close(moments.x.populationVariance, xx / Double(n), xx / Double(n)))
      let scale = (xx * yy).squareRoot()
      #expect(close(moments.covariance, xy / m, scale / m))
      if xx > 0, yy > 0 {
        #expect(close(moments.correlation, xy / scale, 1))
        #expect(close(moments.slope, xy / xx, scale / xx))
      } else {
        #expect(moments.correlation == nil)
      }
    }
  }

  @Test func `equal values have no variance, and neighbours of the grid have the right one`() {
    var random = SeededGenerator(seed: 2, path: "moments")
    for _ in 0..<200 {
      let value = random.normal() * PortableMath.exp(random.normal() * 20)
      let count = random.integer(in: 2...30)
      let equal = Moments(repeatElement(value, count: count))
      #expect(equal.mean == value)
      #expect(equal.variance == 0)
      // k values one ulp higher: Σ (x − x̄)² = k (n − k) / n ulp².
      let k = random.integer(in: 1...(count - 1))
      let higher = value.nextUp
      var moments = Moments(repeatElement(value, count: count - k))
      for _ in 0..<k { moments.add(higher) }
      let step = higher - value
      let expected = Double(k * (count - k)) / Double(count) * (step * step)
      #expect(abs(moments.centredSumOfSquares - expected) <= 4 * expected.ulp)
    }
  }

  @Test func `the mean is the correctly rounded quotient`() {
    // Whole sums below 2⁵³ over whole counts: one division rounds once.
    var random = SeededGenerator(seed: 3, path: "moments")
    for _ in 0..<500 {
      let count = random.integer(in: 1...1_000)
      let total = random.integer(in: -(1 << 53)...(1 << 53))
      #expect(ExactSum([Double(total)]).rounded(dividedBy: count) == Double(total) / Double(count))
    }
    // Beyond doubles on the way, within them at the end; and a tie decided by the far remainder.
    #expect(Moments([1e308, 1e308, 1e308]).mean == 1e308)
    #expect(ExactSum([0x1p-1074]).rounded(dividedBy: 2) == 0)
    #expect(ExactSum([0x1p-1074, 0x1p-1074, 0x1p-1074]).rounded(dividedBy: 2) == 0x1p-1073)
    #expect(ExactSum([1, 0x1p-1074]).rounded(dividedBy: 1) == 1)
    #expect(ExactSum([2, 0x1p-52, 0x1p-1074]).rounded(dividedBy: 2) == 1 + 0x1p-52)
    #expect(ExactSum([2, 0x1p-52]).rounded(dividedBy: 2) == 1)
    #expect(ExactSum([-1e300, -1e-300]).rounded(dividedBy: 3) == -1e300 / 3)
    #expect(ExactSum([1]).rounded(dividedBy: .max) == 0x1p-63)
    #expect(ExactSum().rounded(dividedBy: 7) == 0)
    #expect(ExactSum([.infinity]).rounded(dividedBy: 7) == .infinity)
  }

  @Test func `splitting and order change no bit`() throws {
    var random = SeededGenerator(seed: 4, path: "moments")
    for _ in 0..<50 {
      let pairs = (0..<60).map { _ in (random.normal() * 1e5 + 1e8, random.exponential()) }
      var whole = CoMoments()
      for (x, y) in pairs { whole.add(x, y) }
      var parts = [CoMoments](repeating: CoMoments(), count: 3)
      for (x, y) in random.shuffled(pairs) { parts[random.integer(below: 3)].add(x, y) }
      var merged = parts[2]
      merged.merge(parts[0])
      merged.merge(parts[1])
      #expect(merged == whole)
      #expect(merged.covariance == whole.covariance && merged.x.variance == whole.x.variance)
      var writer = BinaryWriter()
      merged.encode(into: &writer)
      var reader = BinaryReader(writer.bytes)
      #expect(try CoMoments(from: &reader) == whole)
    }
  }

  @Test func `too few values and no variance give no number`() {
    #expect(Moments().mean == nil && Moments().variance == nil)
    #expect(Moments().populationVariance == nil && Moments().centredSumOfSquares == 0)
    #expect(Moments([3]).mean == 3 && Moments([3]).variance == nil)
    #expect(Moments([3]).standardDeviation == nil && Moments([3]).populationVariance == 0)
    var pairs = CoMoments()
    #expect(pairs.covariance == nil && pairs.correlation == nil && pairs.slope == nil)
    pairs.add(1, 2)
    #expect(pairs.covariance == nil && pairs.correlation == nil && pairs.slope == nil)
    pairs.add(1, 3)
    #expect(pairs.covariance == 0 && pairs.correlation == nil && pairs.slope == nil)
    pairs.add(2, 4)
    #expect(pairs.slope == 1.5)
  }

  @Test func `a perfect line has a correlation of one and its slope`() {
    var up = CoMoments()
    var down = CoMoments()
    for x in 0..<10 {
      up.add(Double(x), 3 * Double(x) + 1e10)
      down.add(Double(x), -Double(x))
    }
    #expect(up.correlation == 1 && up.slope == 3)
    #expect(down.correlation == -1 && down.slope == -1)
  }

  @Test func `values that are not finite and sums beyond the doubles are told apart`() {
    #expect(Moments([1, .infinity]).mean == .infinity)
    #expect(Moments([1, .infinity]).variance!.isNaN)
    #expect(Moments([1, .nan]).mean!.isNaN)
    #expect(Moments([1e308, 1.5e308]).variance == .infinity)
  }

  @Test func `a code with counts that do not fit is refused`() {
    var writer = BinaryWriter()
    writer.count(0)
    ExactSum([1]).encode(into: &writer)
    ExactSum([1]).encode(into: &writer)
    let bytes = writer.bytes
    #expect(throws: BinaryDecodingError.valueOutOfRange(name: "number of values", offset: 0)) {
      var reader = BinaryReader(bytes)
      return try Moments(from: &reader)
    }
    writer = BinaryWriter()
    Moments([1]).encode(into: &writer)
    Moments([1, 2]).encode(into: &writer)
    ExactSum([1]).encode(into: &writer)
    let pair = writer.bytes
    #expect(throws: BinaryDecodingError.valueOutOfRange(name: "number of pairs", offset: 0)) {
      var reader = BinaryReader(pair)
      return try CoMoments(from: &reader)
    }
  }
}
