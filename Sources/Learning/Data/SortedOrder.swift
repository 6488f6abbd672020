/// Sorting numbers with their places, stably, by their bits.
///
/// The small door of this file: everything that needs an order of doubles comes here.
enum SortedOrder {
  /// Returns the places of the values in ascending order; equal values keep their order, −0 equals
  /// 0, and NaN comes last.
  ///
  /// A radix sort of the order-preserving bits, eight at a time; passes in which all values agree
  /// are left out.
  /// - Complexity: O(*n*), where *n* is the number of values.
  static func places(_ values: [Double]) -> [Int32] {
    let count = values.count
    precondition(count <= Int(Int32.max), "Too many values to sort.")
    if count < 64 {
      return (0..<Int32(count)).sorted {
        let (a, b) = (bits(values[Int($0)]), bits(values[Int($1)]))
        return a != b ? a < b : $0 < $1
      }
    }
    var keys = values.map(bits)
    var places = Array(0..<Int32(count))
    var otherKeys = [UInt64](repeating: 0, count: count)
    var otherPlaces = [Int32](repeating: 0, count: count)
    var counts = [Int](repeating: 0, count: 8 * 256)
    for key in keys {
      for digit in 0..<8 { counts[digit &* 256 &+ Int(key >> UInt64(8 &* digit) & 255)] &+= 1 }
    }
    for digit in 0..<8 {
      let shift = UInt64(8 * digit)
      if counts[digit * 256 + Int(keys[0] >> shift & 255)] == count { continue }
      var starts = [Int](repeating: 0, count: 256)
      for value in 1..<256 { starts[value] = starts[value - 1] + counts[digit * 256 + value - 1] }
      unsafe keys.withUnsafeBufferPointer { keys in
        unsafe places.withUnsafeBufferPointer { places in
          unsafe otherKeys.withUnsafeMutableBufferPointer { otherKeys in
            unsafe otherPlaces.withUnsafeMutableBufferPointer { otherPlaces in
              unsafe starts.withUnsafeMutableBufferPointer { starts in
                for index in 0..<count {
                  let key = unsafe keys[index]
                  let value = Int(key >> shift & 255)
                  let target = unsafe starts[value]
                  unsafe starts[value] = target &+ 1
                  unsafe otherKeys[target] = key
                  unsafe otherPlaces[target] = places[index]
                }
              }
            }
          }
        }
      }
      swap(&keys, &otherKeys)
      swap(&places, &otherPlaces)
    }
    return places
  }

  /// Returns whole numbers in the order of the values; NaN is beyond all, and −0 is 0.
  private static func bits(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    let pattern = (value + 0).bitPattern
    return pattern >> 63 == 0 ? pattern | 1 << 63 : ~pattern
  }
}
