/// Sums and steps over blocks of 256 numbers, in a fixed order.
///
/// Four sums run side by side, so that the processor adds several numbers at once; which number goes
/// to which sum is fixed, so that the bits are the same on every machine.
enum BlockKernels {
  /// How many rows a block has.
  static let length = 256

  @inline(__always)
  private static func load(_ numbers: UnsafePointer<Double>, _ place: Int) -> SIMD4<Double> {
    unsafe UnsafeRawPointer(numbers + place).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func store(
    _ four: SIMD4<Double>, _ numbers: UnsafeMutablePointer<Double>, _ place: Int
  ) {
    unsafe UnsafeMutableRawPointer(numbers + place).storeBytes(of: four, as: SIMD4<Double>.self)
  }

  // Not inlined: beside the loops the compiler would shuffle their sums to add them up at the end.
  @inline(never)
  private static func total(_ four: SIMD4<Double>) -> Double {
    (four[0] + four[1]) + (four[2] + four[3])
  }

  /// The sum of a block.
  static func sum(_ a: UnsafePointer<Double>) -> Double {
    var (first, second) = (SIMD4<Double>(), SIMD4<Double>())
    for place in stride(from: 0, to: length, by: 8) {
      unsafe first += load(a, place)
      unsafe second += load(a, place &+ 4)
    }
    return total(first + second)
  }

  /// The sum of the products of two blocks.
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var (first, second) = (SIMD4<Double>(), SIMD4<Double>())
    for place in stride(from: 0, to: length, by: 8) {
      unsafe first += load(a, place) * load(b, place)
      unsafe second += load(a, place &+ 4) * load(b, place &+ 4)
    }
    return total(first + second)
  }

  /// Adds to `sums` the products of a block with `count` blocks that follow each other.
  static func dots(
    _ a: UnsafePointer<Double>, _ blocks: UnsafePointer<Double>, count: Int,
    into sums: UnsafeMutablePointer<Double>
  ) {
    var column = 0
    while column &+ 4 <= count {
      let b0 = unsafe blocks + column &* length
      let b1 = unsafe b0 + length
      let b2 = unsafe b1 + length
      let b3 = unsafe b2 + length
      var (s0, s1) = (SIMD4<Double>(), SIMD4<Double>())
      var (s2, s3) = (SIMD4<Double>(), SIMD4<Double>())
      for place in stride(from: 0, to: length, by: 4) {
        let four = unsafe load(a, place)
        unsafe s0 += four * load(b0, place)
        unsafe s1 += four * load(b1, place)
        unsafe s2 += four * load(b2, place)
        unsafe s3 += four * load(b3, place)
      }
      unsafe sums[column] += total(s0)
      unsafe sums[column &+ 1] += total(s1)
      unsafe sums[column &+ 2] += total(s2)
      unsafe sums[column &+ 3] += total(s3)
      column &+= 4
    }
    while column < count {
      unsafe sums[column] += dot(a, blocks + column &* length)
      column &+= 1
    }
  }

  /// Adds `factor` times a block to another.
  static func add(
    _ factor: Double, _ a: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    for place in stride(from: 0, to: length, by: 4) {
      unsafe store(load(result, place) + factor * load(a, place), result, place)
    }
  }

  /// Writes the products of two blocks into a third.
  static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    for place in stride(from: 0, to: length, by: 4) {
      unsafe store(load(a, place) * load(b, place), result, place)
    }
  }

  /// Adds to `result` the sum of `count` blocks that follow each other, each times its factor.
  static func combine(
    _ factors: UnsafePointer<Double>, _ blocks: UnsafePointer<Double>, count: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    var column = 0
    while column &+ 4 <= count {
      let b0 = unsafe blocks + column &* length
      let b1 = unsafe b0 + length
      let b2 = unsafe b1 + length
      let b3 = unsafe b2 + length
      let f0 = unsafe SIMD4(repeating: factors[column])
      let f1 = unsafe SIMD4(repeating: factors[column &+ 1])
      let f2 = unsafe SIMD4(repeating: factors[column &+ 2])
      let f3 = unsafe SIMD4(repeating: factors[column &+ 3])
      for place in stride(from: 0, to: length, by: 4) {
        let first = unsafe f0 * load(b0, place) + f1 * load(b1, place)
        let second = unsafe f2 * load(b2, place) + f3 * load(b3, place)
        unsafe store(load(result, place) + (first + second), result, place)
      }
      column &+= 4
    }
    while column < count {
      unsafe add(factors[column], blocks + column &* length, to: result)
      column &+= 1
    }
  }

  /// The smallest and the largest number of a block.
  static func bounds(_ a: UnsafePointer<Double>) -> (least: Double, most: Double) {
    var (low, high) = unsafe (load(a, 0), load(a, 0))
    for place in stride(from: 4, to: length, by: 4) {
      let four = unsafe load(a, place)
      low = low.replacing(with: four, where: four .< low)
      high = high.replacing(with: four, where: four .> high)
    }
    return (low.min(), high.max())
  }

  /// The sum of the numbers of a block, each less `shift` and times its weight.
  static func sum(
    _ a: UnsafePointer<Double>, less shift: Double, weights: UnsafePointer<Double>
  ) -> Double {
    var (first, second) = (SIMD4<Double>(), SIMD4<Double>())
    for place in stride(from: 0, to: length, by: 8) {
      unsafe first += load(weights, place) * (load(a, place) - shift)
      unsafe second += load(weights, place &+ 4) * (load(a, place &+ 4) - shift)
    }
    return total(first + second)
  }

  /// Takes `shift` from each number of a block and divides the rest by `scale`, a power of two.
  static func move(
    _ a: UnsafeMutablePointer<Double>, by shift: Double, dividingBy scale: Double
  ) {
    let inverse = 1 / scale
    for place in stride(from: 0, to: length, by: 4) {
      unsafe store((load(a, place) - shift) * inverse, a, place)
    }
  }
}
