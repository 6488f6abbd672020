/// Bytes that grow and are used again from row to row.
@safe
final class ByteBuffer {
  @exclusivity(unchecked) private(set) var start: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var capacity = 256

  init() { unsafe start = .allocate(capacity: 256 + ByteScan.padding) }
  deinit { unsafe start.deallocate() }

  func removeAll() { unsafe count = 0 }
  func truncate(to count: Int) { unsafe self.count = unsafe min(self.count, count) }

  func append(_ bytes: UnsafePointer<UInt8>, count: Int) {
    unsafe reserve(self.count + count)
    unsafe (start + self.count).update(from: bytes, count: count)
    unsafe self.count += count
  }

  func append(_ byte: UInt8) {
    unsafe reserve(count + 1)
    unsafe start[count] = byte
    unsafe count += 1
  }

  func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      if let start = bytes.baseAddress { unsafe append(start, count: bytes.count) }
    }
  }

  func append(_ character: Character) { for byte in character.utf8 { append(byte) } }

  private func reserve(_ minimum: Int) {
    guard unsafe minimum > capacity else { return }
    let newCapacity = unsafe max(minimum, capacity * 2)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity + ByteScan.padding)
    unsafe new.update(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = new
    unsafe capacity = newCapacity
  }
}
