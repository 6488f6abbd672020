/// Bytes in memory or in a mapped file, or a part of them, which nobody copies.
package struct BinaryData: Sendable {
  private let array: [UInt8]
  private let saved: SavedBytes?
  private let start: Int
  /// The number of bytes.
  package let count: Int

  /// Takes bytes in memory.
  package init(_ array: [UInt8]) {
    self.init(array: array, saved: nil, start: 0, count: array.count)
  }

  /// Takes the bytes of a file.
  package init(_ saved: SavedBytes) {
    self.init(array: [], saved: saved, start: 0, count: saved.count)
  }

  private init(array: [UInt8], saved: SavedBytes?, start: Int, count: Int) {
    self.array = array
    self.saved = saved
    self.start = start
    self.count = count
  }

  /// The byte at a place, which must lie inside.
  package subscript(place: Int) -> UInt8 {
    precondition(place >= 0 && place < count, "A place lies outside of the bytes.")
    if let saved { return unsafe saved.buffer(start + place..<start + place + 1)[0] }
    return array[start + place]
  }

  /// A part, which must lie inside.
  package subscript(range: Range<Int>) -> BinaryData {
    check(range)
    return BinaryData(
      array: array, saved: saved, start: start + range.lowerBound, count: range.count)
  }

  /// A copy of a part, which must lie inside.
  package func array(_ range: Range<Int>) -> [UInt8] {
    unsafe withUnsafeBytes(range) { unsafe Array($0) }
  }

  /// Gives the bytes of a part, which must lie inside, to `body`.
  package func withUnsafeBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    check(range)
    let own = start + range.lowerBound..<start + range.upperBound
    if let saved { return withExtendedLifetime(saved) { unsafe body(saved.buffer(own)) } }
    return unsafe array.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[own])) }
  }

  private func check(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "A part lies outside of the bytes.")
  }
}
