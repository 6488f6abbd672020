import StatisticsCore
import Testing

@Suite struct SeededGeneratorTests {
  @Test func `the published outputs of SplitMix64 hold`() {
    // Vigna's splitmix64.c with seed 1234567, as on https://rosettacode.org/wiki/
    // Pseudo-random_numbers/Splitmix64, and with seed 0.
    var generator = SeededGenerator(key: 1_234_567, increment: 0x9e37_79b9_7f4a_7c15)
    let first = (0..<5).map { _ in generator.next() }
    #expect(
      first == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
    var zero = SeededGenerator(key: 0, increment: 0x9e37_79b9_7f4a_7c15)
    #expect(zero.next() == 0xe220_a839_7b1d_cdaf)
    #expect(zero.next() == 0x6e78_9e6a_a1b9_65f4)
    #expect(zero.next() == 0x06c4_5d18_8009_454f)
  }

  @Test func `a path is the same as its steps, and its order matters`() {
    let steps = SeededGenerator(seed: 42).stream("user").stream(17).stream(3)
    #expect(SeededGenerator(seed: 42, path: "user", 17, 3) == steps)
    #expect(SeededGenerator(seed: 42, stream: 1, 2) == SeededGenerator(seed: 42, stream: [1, 2]))
    #expect(SeededGenerator(seed: 42, stream: 1, 2) != SeededGenerator(seed: 42, stream: 2, 1))
    #expect(SeededGenerator(seed: 42, stream: 1) != SeededGenerator(seed: 42, stream: 1, 0))
    #expect(SeededGenerator(seed: 42, stream: 0) != SeededGenerator(seed: 42))
    #expect(SeededGenerator(seed: 42, path: "user") != SeededGenerator(seed: 42, path: "order"))
  }

  @Test func `a stream under another does not depend on what has been drawn`() {
    let fresh = SeededGenerator(seed: 7, path: "user", 1)
    var used = fresh
    for _ in 0..<100 { _ = used.next() }
    #expect(used != fresh)
    #expect(used.stream(5) == fresh.stream(5))
  }

  @Test func `first draws of neighbouring seeds, entities and fields look independent`() {
    // Pearson's chi-square over 256 cells; 340 has a p-value of about 0.0003.
    func chiSquare(_ draws: [UInt64], _ shift: UInt64) -> Double {
      var cells = [Int](repeating: 0, count: 256)
      for draw in draws { cells[Int(draw >> shift & 0xff)] += 1 }
      let expected = Double(draws.count) / 256
      return cells.reduce(0.0) { sum, cell in
        sum + (Double(cell) - expected) * (Double(cell) - expected) / expected
      }
    }
    func first(_ generator: SeededGenerator) -> UInt64 {
      var generator = generator
      return generator.next()
    }
    let count: UInt64 = 20_000
    let families: [[UInt64]] = [
      (0..<count).map { first(SeededGenerator(seed: $0)) },
      (0..<count).map { first(SeededGenerator(seed: 1, stream: $0)) },
      (0..<count).map { first(SeededGenerator(seed: 1, stream: $0 / 10, $0 % 10)) },
      (0..<count).map { first(SeededGenerator(seed: 1, path: "user", $0)) },
      (0..<count).map { first(SeededGenerator(seed: 1, stream: $0 << 32)) },
    ]
    for draws in families {
      #expect(Set(draws).count == draws.count)
      #expect(chiSquare(draws, 0) < 340)
      #expect(chiSquare(draws, 28) < 340)
      #expect(chiSquare(draws, 56) < 340)
      // Neighbours, too: their difference spreads like a single draw.
      let differences = zip(draws, draws.dropFirst()).map { $0 ^ $1 }
      #expect(chiSquare(differences, 0) < 340)
      #expect(chiSquare(differences, 56) < 340)
    }
  }

  @Test func `uniform numbers come from zero up to one`() {
    var random = SeededGenerator(seed: 1)
    var sum = 0.0
    for _ in 0..<20_000 {
      let draw = random.uniform()
      #expect(draw >= 0 && draw < 1)
      #expect((draw * 0x1p53).rounded() == draw * 0x1p53)
      sum += draw
    }
    #expect(abs(sum / 20_000 - 0.5) < 0.01)
    let upper = Double(1).nextUp
    for _ in 0..<100 { #expect(random.uniform(in: 1..<upper) == 1) }
  }

  @Test func `whole numbers are unbiased and reach both ends`() {
    var random = SeededGenerator(seed: 2)
    for bound in [1, 2, 3, 6, 7, 10] {
      var counts = [Int](repeating: 0, count: bound)
      for _ in 0..<6_000 { counts[random.integer(below: bound)] += 1 }
      let expected = 6_000 / Double(bound)
      for count in counts { #expect(abs(Double(count) - expected) < 5 * expected.squareRoot()) }
    }
    // With 3 × 2⁶² a biased draw would give the lowest third half of the time.
    let bound: UInt64 = 3 << 62
    var lowest = 0
    for _ in 0..<6_000 where random.integer(below: bound) < 1 << 62 { lowest += 1 }
    #expect(abs(lowest - 2_000) < 200)
    var seen: Set<Int> = []
    for _ in 0..<200 { seen.insert(random.integer(in: -2...2)) }
    #expect(seen == [-2, -1, 0, 1, 2])
    #expect(random.integer(in: 5...5) == 5)
    let wide = (0..<50).map { _ in random.integer(in: Int.min...Int.max) }
    #expect(wide.contains { $0 < 0 } && wide.contains { $0 > 0 })
  }

  @Test func `a probability of zero never happens and one always does`() {
    var random = SeededGenerator(seed: 3)
    var happened = 0
    for _ in 0..<10_000 {
      let (never, always) = (random.bernoulli(0), random.bernoulli(1))
      #expect(!never)
      #expect(always)
      if random.bernoulli(0.3) { happened += 1 }
    }
    #expect(abs(happened - 3_000) < 200)
  }

  @Test func `weighted choices follow the weights and never choose a weight of zero`() {
    var random = SeededGenerator(seed: 4)
    let weights = [0.0, 1, 0, 2, 5, 0]
    var counts = [Int](repeating: 0, count: weights.count)
    for _ in 0..<8_000 { counts[random.choose(weights: weights)] += 1 }
    #expect(counts[0] == 0 && counts[2] == 0 && counts[5] == 0)
    for (count, weight) in zip(counts, weights) {
      #expect(abs(Double(count) - weight * 1_000) <= 5 * (weight * 1_000).squareRoot())
    }
    let cumulative = CumulativeWeights(weights)
    #expect(cumulative.index(at: 0) == 1)
    #expect(cumulative.index(at: 0.125) == 3)
    #expect(cumulative.index(at: Double(1).nextDown) == 4)
    #expect(CumulativeWeights([.leastNonzeroMagnitude, 0]).index(at: Double(1).nextDown) == 0)
  }

  @Test func `every order of a shuffle is about equally likely`() {
    var random = SeededGenerator(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<12_000 { counts[random.shuffled([1, 2, 3, 4]), default: 0] += 1 }
    #expect(counts.count == 24)
    for count in counts.values { #expect(abs(count - 500) < 115) }
    let nothing = random.shuffled([Int]())
    #expect(nothing.isEmpty)
  }

  @Test func `samples have no repeats and every set is about equally likely`() {
    var random = SeededGenerator(seed: 6)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<10_000 { counts[random.sample(2, below: 5), default: 0] += 1 }
    #expect(counts.count == 10)
    for (sample, count) in counts {
      #expect(sample[0] < sample[1])
      #expect(abs(count - 1_000) < 160)
    }
    #expect(random.sample(7, below: 7) == Array(0..<7))
    for population in [0, 7] {
      let none = random.sample(0, below: population)
      #expect(none.isEmpty)
    }
  }
}
