import StatisticsCore

extension [UInt8] {
  /// Makes the last eight bytes the checksum of those before them, as a document has it.
  package mutating func renewChecksum() {
    let checksum = Checksum.of(Array(dropLast(8)))
    for byte in 0..<8 { self[count - 8 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
  }
}
