/// A reproducible stream of random numbers, with an independent stream for every entity and field.
///
///     var user = SeededGenerator(seed: 42, path: "user", 17)
///     user.integer(below: 6)                  // the same on every machine, in every run
///     var field = user.stream(3)              // does not depend on what `user` has drawn
///
/// Draw number *i* is a fixed function of the seed, the path and *i*, so that results do not depend
/// on the order of the work or on the number of workers. It is the splittable generator SplitMix64
/// of Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014
/// (doi:10.1145/2660193.2660195), with Stafford's mix 13: a stream is a key and an odd increment,
/// 127 bits in all, and a seed's first stream is that of Java's `new SplittableRandom(seed).split()`.
/// Not for cryptography.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
  @usableFromInline var key: UInt64
  @usableFromInline var increment: UInt64
  @usableFromInline var position: UInt64 = 0

  /// Creates the root stream of a seed.
  @inlinable
  package init(seed: UInt64) {
    self.init(
      key: Self.mix13(seed &+ Self.golden), increment: Self.mixIncrement(seed &+ 2 &* Self.golden))
  }

  /// Creates the stream that the parts name, in order: the entity, then the field, for example.
  @inlinable
  package init(seed: UInt64, stream parts: [UInt64]) {
    self.init(seed: seed)
    for part in parts { self = stream(part) }
  }

  /// Creates the stream that the parts name, in order: the entity, then the field, for example.
  @inlinable
  package init(seed: UInt64, stream parts: UInt64...) {
    self.init(seed: seed, stream: parts)
  }

  /// Creates the stream that a label and then the parts name.
  @inlinable
  package init(seed: UInt64, path label: String, _ parts: UInt64...) {
    self = SeededGenerator(seed: seed).stream(label)
    for part in parts { self = stream(part) }
  }

  /// Creates SplitMix64 with the given key and odd increment, as published.
  @inlinable
  package init(key: UInt64, increment: UInt64) {
    precondition(increment & 1 == 1, "The increment of a stream must be odd.")
    self.key = key
    self.increment = increment
  }

  /// Returns the stream under this one that `part` names, whatever has been drawn here.
  @inlinable
  package func stream(_ part: UInt64) -> SeededGenerator {
    // Distinct parts give distinct keys, since each step is a bijection; the increment takes the
    // new key and the part, so that two streams agree only if 127 bits do.
    let childKey = Self.mix13((key ^ part) &+ Self.golden)
    let childIncrement = (increment &+ part &* 0xd134_2543_de82_ef95) ^ childKey
    return SeededGenerator(key: childKey, increment: Self.mixIncrement(childIncrement))
  }

  /// Returns the stream under this one that a label names, whatever has been drawn here.
  @inlinable
  package func stream(_ label: String) -> SeededGenerator {
    stream(StableHash.hash(label))
  }

  /// Returns the next 64 random bits.
  @inlinable
  package mutating func next() -> UInt64 {
    position &+= 1
    return Self.mix13(key &+ position &* increment)
  }

  @inlinable static var golden: UInt64 { 0x9e37_79b9_7f4a_7c15 }

  /// Stafford's variant 13 of the finaliser of MurmurHash3.
  @inlinable
  package static func mix13(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z &>> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z &>> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z &>> 31
  }

  /// Returns an odd increment with enough changes between neighbouring bits (`mixGamma` in the
  /// paper).
  @inlinable
  static func mixIncrement(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z &>> 33) &* 0xff51_afd7_ed55_8ccd
    z = (z ^ z &>> 33) &* 0xc4ce_b9fe_1a85_ec53
    z = (z ^ z &>> 33) | 1
    return (z ^ z &>> 1).nonzeroBitCount < 24 ? z ^ 0xaaaa_aaaa_aaaa_aaaa : z
  }
}

// MARK: - Uniform draws

extension SeededGenerator {
  /// Returns a multiple of 2⁻⁵³ from 0 up to, but not including, 1.
  @inlinable
  package mutating func uniform() -> Double {
    Double(next() &>> 11) * 0x1p-53
  }

  /// Returns a number from the lower bound up to, but not including, the upper one.
  @inlinable
  package mutating func uniform(in range: Range<Double>) -> Double {
    precondition(
      !range.isEmpty && (range.upperBound - range.lowerBound).isFinite,
      "A uniform draw needs a finite range that is not empty.")
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    // Rounding may reach the upper bound.
    return value < range.upperBound ? value : range.upperBound.nextDown
  }

  /// Returns a whole number from 0 to `bound` − 1, each equally likely.
  ///
  /// Lemire, *Fast Random Integer Generation in an Interval*, ACM Transactions on Modeling and
  /// Computer Simulation 29 (2019), doi:10.1145/3230636.
  @inlinable
  package mutating func integer(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "A whole number below zero cannot be drawn.")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// Returns a whole number from 0 to `bound` − 1, each equally likely.
  @inlinable
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "A whole number below zero cannot be drawn.")
    return Int(truncatingIfNeeded: integer(below: UInt64(truncatingIfNeeded: bound)))
  }

  /// Returns a whole number of the range, each equally likely.
  @inlinable
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    let width =
      UInt64(truncatingIfNeeded: range.upperBound) &- UInt64(truncatingIfNeeded: range.lowerBound)
    let offset = width == .max ? next() : integer(below: width + 1)
    return range.lowerBound &+ Int(truncatingIfNeeded: offset)
  }

  /// Returns `true` with the given probability; 0 never and 1 always.
  @inlinable
  package mutating func bernoulli(_ probability: Double) -> Bool {
    precondition(
      probability >= 0 && probability <= 1, "A probability must lie between 0 and 1.")
    return uniform() < probability
  }
}

// MARK: - Choosing and ordering

/// Weights made ready for many weighted choices.
package struct CumulativeWeights: Sendable, Hashable {
  /// The sums of the first 1, 2, … weights.
  package let sums: [Double]

  /// Adds up the weights, which must be finite, not negative and not all zero.
  package init(_ weights: [Double]) {
    var sum = 0.0
    sums = weights.map { weight in
      precondition(weight >= 0, "A weight must not be negative.")
      sum += weight
      return sum
    }
    precondition(sum > 0 && sum < .infinity, "The weights must have a finite sum above zero.")
  }

  /// Returns the index whose share of the total holds the point `share` of [0, 1).
  package func index(at share: Double) -> Int {
    let target = share * sums[sums.count - 1]
    // The first sum beyond the target, so that an index of weight zero is never chosen.
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > target { high = middle } else { low = middle + 1 }
    }
    // Rounding may carry the target to the total: step back over trailing weights of zero.
    while low > 0, sums[low] == sums[low - 1] { low -= 1 }
    return low
  }
}

extension SeededGenerator {
  /// Returns an index, each with a probability in proportion to its weight.
  package mutating func choose(weights: [Double]) -> Int {
    choose(CumulativeWeights(weights))
  }

  /// Returns an index, each with a probability in proportion to its weight.
  ///
  /// - Complexity: O(log *n*), where *n* is the number of weights.
  package mutating func choose(_ weights: CumulativeWeights) -> Int {
    weights.index(at: uniform())
  }

  /// Returns one of the elements, each equally likely.
  @inlinable
  package mutating func choose<Element>(from elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "An element cannot be chosen from an empty array.")
    return elements[integer(below: elements.count)]
  }

  /// Puts the elements into a random order, each order equally likely (Fisher and Yates).
  @inlinable
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    var remaining = elements.count
    while remaining > 1 {
      let chosen = integer(below: remaining)
      remaining -= 1
      elements.swapAt(chosen, remaining)
    }
  }

  /// Returns the elements in a random order, each order equally likely.
  @inlinable
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var elements = elements
    shuffle(&elements)
    return elements
  }

  /// Returns `count` different whole numbers below `population` in ascending order, each set
  /// equally likely.
  ///
  /// Floyd's method (Bentley and Floyd, Communications of the ACM 30 (1987), 754–757).
  /// - Complexity: O(*k* log *k*), where *k* is `count`.
  package mutating func sample(_ count: Int, below population: Int) -> [Int] {
    precondition(
      count >= 0 && count <= population, "A sample cannot be larger than its population.")
    var chosen: Set<Int> = []
    chosen.reserveCapacity(count)
    for last in (population - count)..<population {
      let candidate = integer(below: last + 1)
      if !chosen.insert(candidate).inserted { chosen.insert(last) }
    }
    return chosen.sorted()
  }
}
