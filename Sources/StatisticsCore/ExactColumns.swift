/// A workspace that adds columns of values to exact sums: the bits of adding them one by one, several
/// times as fast.
///
///     let columns = ExactColumns()
///     var (sum, squares) = (ExactSum(), ExactSum())
///     [0.1, 0.2].withUnsafeBufferPointer { columns.add($0, to: &sum, squares: &squares) }
///     sum.rounded                             // 0.30000000000000004
///
/// A thousand values at a time, the mantissas of values with the same exponent are added up as whole
/// numbers, and so are those of their products; only these few totals go into the sums. Blocks of
/// small whole numbers (counts, zeros and ones) are added up as doubles, where nothing is rounded.
/// Everything is exact, so which way a block takes cannot be seen in the result.
///
/// After the "large superaccumulator" of Neal, arXiv:1505.05571 (2015).
@safe
package final class ExactColumns {
  /// What is known of the values with one exponent.
  struct Bucket {
    /// The sum of the mantissas with their signs: 2¹⁰ of them stay below 2⁶³.
    var sum: Int64 = 0
    /// The sum of their squares, 128 bits in two halves.
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// Rounds the size up to a power of two.
    var unused: UInt64 = 0
  }

  /// How many values are added between two visits to the sums.
  static let blockSize = 1024

  /// By exponent.
  private let buckets: UnsafeMutableBufferPointer<Bucket>
  /// By the sum of two exponents.
  private let products: UnsafeMutableBufferPointer<Bucket>

  /// Creates a workspace of some 200 KB, for one thread at a time.
  package init() {
    unsafe buckets = .allocate(capacity: 2048)
    unsafe buckets.initialize(repeating: Bucket())
    unsafe products = .allocate(capacity: 4096)
    unsafe products.initialize(repeating: Bucket())
  }

  deinit {
    unsafe buckets.deallocate()
    unsafe products.deallocate()
  }

  /// Adds the values to one sum and their squares to another.
  package func add(
    _ values: UnsafeBufferPointer<Double>, to sum: inout ExactSum, squares: inout ExactSum
  ) {
    var start = 0
    while start < values.count {
      let end = min(start + Self.blockSize, values.count)
      let block = unsafe UnsafeBufferPointer(rebasing: values[start..<end])
      if let whole = unsafe Self.wholeSums(block, block) {
        sum.add(whole.sum)
        squares.add(whole.products)
      } else {
        unsafe addBlock(block, to: &sum, squares: &squares)
      }
      start = end
    }
  }

  /// Adds the products of values of two columns of the same length.
  package func addProducts(
    _ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>, to sum: inout ExactSum
  ) {
    precondition(x.count == y.count, "The columns of the products must have the same length.")
    var start = 0
    while start < x.count {
      let end = min(start + Self.blockSize, x.count)
      let first = unsafe UnsafeBufferPointer(rebasing: x[start..<end])
      let second = unsafe UnsafeBufferPointer(rebasing: y[start..<end])
      if let whole = unsafe Self.wholeSums(first, second) {
        sum.add(whole.products)
      } else {
        unsafe addBlock(first, second, to: &sum)
      }
      start = end
    }
  }
}

// MARK: - Whole numbers

extension ExactColumns {
  /// Returns the sum of the first values and of the products if all are whole numbers up to 2²¹.
  ///
  /// Then 2¹⁰ of their products stay below 2⁵³, so that doubles hold every partial sum.
  private static func wholeSums(
    _ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>
  ) -> (sum: Int, products: Int)? {
    let limit = 0x1p21
    /// Adding it rounds to a whole number.
    let rounder = 0x1.8p52
    // Most columns of other numbers show it at once.
    for index in 0..<min(16, x.count) {
      let (a, b) = unsafe (x[index], y[index])
      guard a == (a + rounder) - rounder, b == (b + rounder) - rounder else { return nil }
    }
    var (sum, products) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var isWhole = SIMDMask<SIMD4<Int64>>(repeating: true)
    let vectors = x.count / 4
    for vector in 0..<vectors {
      let place = vector * 4
      let a = unsafe SIMD4(x[place], x[place + 1], x[place + 2], x[place + 3])
      let b = unsafe SIMD4(y[place], y[place + 1], y[place + 2], y[place + 3])
      let (roundedA, roundedB) = ((a + rounder) - rounder, (b + rounder) - rounder)
      // Both squares bound both factors; not a number is not equal to itself.
      isWhole =
        isWhole .& (a .== roundedA) .& (b .== roundedB) .& (a * a + b * b .<= limit * limit)
      sum += a
      products += a * b
    }
    guard all(isWhole) else { return nil }
    var (total, totalOfProducts) = (sum.sum(), products.sum())
    for index in (vectors * 4)..<x.count {
      let (a, b) = unsafe (x[index], y[index])
      guard a == (a + rounder) - rounder, b == (b + rounder) - rounder,
        a * a + b * b <= limit * limit
      else { return nil }
      total += a
      totalOfProducts += a * b
    }
    return (Int(total), Int(totalOfProducts))
  }
}

// MARK: - Other numbers

extension ExactColumns {
  /// Returns exponent, mantissa and the sign as 0 or −1; the mantissa of a zero is 0.
  @inline(__always)
  private static func parts(_ value: Double) -> (exponent: Int, mantissa: UInt64, sign: Int64) {
    let bits = value.bitPattern
    let exponent = bits &>> 52 & 0x7ff
    // The leading bit that normal numbers do not store.
    let leading = ((exponent &+ 0x7ff) &>> 11) &<< 52
    return (
      Int(truncatingIfNeeded: exponent), bits & 0x000f_ffff_ffff_ffff | leading,
      Int64(bitPattern: bits) &>> 63
    )
  }

  /// Adds a block to the sums by way of the buckets.
  private func addBlock(
    _ values: UnsafeBufferPointer<Double>, to sum: inout ExactSum, squares: inout ExactSum
  ) {
    /// Which groups of 32 buckets have contents.
    var groups: UInt64 = 0
    let buckets = unsafe self.buckets.baseAddress!
    for index in 0..<values.count {
      let (exponent, mantissa, sign) = unsafe Self.parts(values[index])
      let square = mantissa.multipliedFullWidth(by: mantissa)
      groups |= 1 &<< UInt64(truncatingIfNeeded: exponent &>> 5)
      let bucket = unsafe buckets + exponent
      unsafe bucket.pointee.sum &+= (Int64(bitPattern: mantissa) ^ sign) &- sign
      unsafe Self.add(square.low, square.high, to: bucket)
    }
    let isFinite = unsafe buckets[2047].high == 0
    while groups != 0 {
      let group = groups.trailingZeroBitCount
      groups &= groups &- 1
      for exponent in (group * 32)..<(group * 32 + 32) {
        let bucket = unsafe buckets[exponent]
        guard bucket.low | bucket.high != 0 else { continue }
        unsafe buckets[exponent] = Bucket()
        if exponent == 2047 { continue }
        // Subnormal numbers have the unit of the smallest normal ones.
        let place = max(exponent, 1)
        let sign: Int64 = bucket.sum &>> 63
        sum.addScaled(
          UInt64(bitPattern: bucket.sum), UInt64(bitPattern: sign), exponent: place - 1075)
        squares.addScaled(bucket.low, bucket.high, exponent: 2 * (place - 1075))
      }
    }
    guard !isFinite else { return }
    for index in 0..<values.count {
      let value = unsafe values[index]
      if !value.isFinite {
        sum.add(value)
        squares.addProduct(value, value)
      }
    }
  }

  /// Adds the products of a block to the sum by way of the buckets.
  private func addBlock(
    _ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>, to sum: inout ExactSum
  ) {
    var groups: UInt64 = 0
    var unusual: UInt64 = 0
    let products = unsafe self.products.baseAddress!
    for index in 0..<x.count {
      let (first, second) = unsafe (Self.parts(x[index]), Self.parts(y[index]))
      // A zero is nothing; other factors must be normal and finite.
      unusual |= Self.unusual(first.exponent, first.mantissa)
      unusual |= Self.unusual(second.exponent, second.mantissa)
      let product = first.mantissa.multipliedFullWidth(by: second.mantissa)
      let sign = UInt64(bitPattern: first.sign ^ second.sign)
      // Flipping all bits and adding one negates both halves, if the sign asks for it.
      let (low, borrow) = (product.low ^ sign).subtractingReportingOverflow(sign)
      let high = (product.high ^ sign) &- sign &- (borrow ? 1 : 0)
      let exponent = first.exponent &+ second.exponent
      groups |= 1 &<< UInt64(truncatingIfNeeded: exponent &>> 6)
      unsafe Self.add(low, high, to: products + exponent)
    }
    while groups != 0 {
      let group = groups.trailingZeroBitCount
      groups &= groups &- 1
      for exponent in (group * 64)..<(group * 64 + 64) {
        let bucket = unsafe products[exponent]
        guard bucket.low | bucket.high != 0 else { continue }
        unsafe products[exponent] = Bucket()
        if unusual == 0 { sum.addScaled(bucket.low, bucket.high, exponent: exponent - 2150) }
      }
    }
    guard unusual != 0 else { return }
    for index in 0..<x.count { unsafe sum.addProduct(x[index], y[index]) }
  }

  /// Returns something other than 0 for a subnormal number, an infinity or NaN; without branches.
  @inline(__always)
  private static func unusual(_ exponent: Int, _ mantissa: UInt64) -> UInt64 {
    let withoutLeading = mantissa & ((mantissa &>> 52) &- 1)
    return withoutLeading | UInt64(truncatingIfNeeded: (exponent &+ 1) & 0x800)
  }

  /// Adds a number of 128 bits to that of a bucket.
  @inline(__always)
  private static func add(
    _ low: UInt64, _ high: UInt64, to bucket: UnsafeMutablePointer<Bucket>
  ) {
    let (sum, overflow) = unsafe bucket.pointee.low.addingReportingOverflow(low)
    unsafe bucket.pointee.low = sum
    unsafe bucket.pointee.high = bucket.pointee.high &+ high &+ (overflow ? 1 : 0)
  }
}
