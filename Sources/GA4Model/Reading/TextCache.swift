/// The codes of recent short texts, found without hashing and without leaving the nearest caches: the
/// people who are active at one time are few.
@safe
final class TextCache {
  private struct Entry: BitwiseCopyable {
    var bytes = ByteBlock()
    /// -1 where the entry is free.
    var count: Int32 = -1
    var code: UInt32 = 0
  }
  private let entries = MutableColumn<Entry>(repeating: Entry(), count: 1024)
  private let masks: MutableColumn<ByteBlock>

  init() {
    masks = MutableColumn()
    for count in 0...ByteBlock.size { masks.append(ByteBlock(onesIn: count)) }
  }

  /// The code of the `count` bytes at `start`, `nil` when it is not known.
  @inline(__always)
  func code(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
    guard count <= ByteBlock.size else { return nil }
    let bytes = unsafe ByteBlock(start).masked(masks[count])
    let entry = entries[place(bytes)]
    return entry.count == Int32(count) && entry.bytes == bytes ? entry.code : nil
  }

  /// Remembers the code of a text.
  func note(_ start: UnsafePointer<UInt8>, _ count: Int, _ code: UInt32) {
    guard count <= ByteBlock.size else { return }
    let bytes = unsafe ByteBlock(start).masked(masks[count])
    entries[place(bytes)] = Entry(bytes: bytes, count: Int32(count), code: code)
  }

  @inline(__always)
  private func place(_ bytes: ByteBlock) -> Int { Int(truncatingIfNeeded: bytes.mixed >> 54) }
}
