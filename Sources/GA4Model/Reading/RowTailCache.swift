/// What the ends of recent rows meant: places, devices and sources repeat in few combinations, so the
/// cells that hold them are read once for all rows that end alike.
@safe
final class RowTailCache {
  typealias Cursor = UnsafePointer<UInt8>
  /// The codes of the records of a row, in the order of their groups.
  typealias Codes = SIMD8<UInt32>

  private struct Entry: BitwiseCopyable {
    var low = ByteBlock()
    var high = ByteBlock()
    var codes = (UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0))
    /// 0 where the entry is free.
    var count: Int32 = 0
  }

  /// An end of a row, from its first cell up to its line end.
  @safe
  struct Tail {
    fileprivate var low: ByteBlock
    fileprivate var high: ByteBlock
    fileprivate var place: Int
    /// Its bytes without the line end.
    var count: Int
  }

  /// The longest end that is remembered, in bytes; the padding must be as long.
  private static let longest = 2 * ByteBlock.size
  private let entries = MutableColumn<Entry>(repeating: Entry(), count: 1024)
  private let masks: MutableColumn<ByteBlock>

  init() {
    masks = MutableColumn()
    for count in -ByteBlock.size...Self.longest { masks.append(ByteBlock(onesIn: count)) }
  }

  /// The end of the row at `start`, `nil` where it is long, quoted or not ended by a bare line end.
  @inline(__always)
  func tail(_ start: Cursor) -> Tail? {
    var count = 0
    while true {
      let word = unsafe ByteScan.word(start + count)
      let stop =
        ByteScan.zeros(word ^ (ByteScan.ones &* 0x0A))
        | ByteScan.zeros(word ^ (ByteScan.ones &* 0x22))
        | ByteScan.zeros(word ^ (ByteScan.ones &* 0x0D)) | ByteScan.zeros(word)
      if stop != 0 {
        count += stop.trailingZeroBitCount &>> 3
        break
      }
      count += 8
      if count > Self.longest { return nil }
    }
    guard count > 0, count <= Self.longest, unsafe start[count] == 0x0A else { return nil }
    let low = unsafe ByteBlock(start).masked(masks[count + ByteBlock.size])
    let high = unsafe ByteBlock(start + ByteBlock.size).masked(masks[count])
    let mixed = low.mixed ^ high.mixed &* 0x9FB2_1C65_1E98_DF25
    return Tail(low: low, high: high, place: Int(truncatingIfNeeded: mixed >> 54), count: count)
  }

  /// The codes that `tail` meant, `nil` when it is not known.
  @inline(__always)
  func codes(_ tail: Tail) -> Codes? {
    let entry = entries[tail.place]
    guard entry.count == Int32(tail.count), entry.low == tail.low, entry.high == tail.high else {
      return nil
    }
    let codes = entry.codes
    return Codes(codes.0, codes.1, codes.2, codes.3, codes.4, codes.5, codes.6, 0)
  }

  /// Remembers what `tail` meant.
  func note(_ tail: Tail, _ codes: Codes) {
    entries[tail.place] = Entry(
      low: tail.low, high: tail.high,
      codes: (codes[0], codes[1], codes[2], codes[3], codes[4], codes[5], codes[6]),
      count: Int32(tail.count))
  }
}
