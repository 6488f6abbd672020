import GA4Model
import StatisticsCore

/// Forges saved logs: changes values of a section and then mends every checksum.
///
/// It knows the format from its description only, so that it also tests that description.
struct SavedLogEditor {
  var bytes: [UInt8]

  init(_ log: EventLog) { bytes = log.encoded() }

  func number<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    (0..<MemoryLayout<Value>.size).reversed().reduce(0) {
      $0 << 8 | Value(truncatingIfNeeded: bytes[offset + $1])
    }
  }

  mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    for index in 0..<MemoryLayout<Value>.size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Value(index * 8))
    }
  }

  var sectionCount: Int { Int(number(UInt32.self, at: 40)) }

  /// Where the entry of section number `index` stands in the table.
  func entry(_ index: Int) -> Int {
    64 + (Int(number(UInt32.self, at: 44)) + 7) / 8 * 8 + index * 32
  }

  func index(ofSection id: UInt32) -> Int {
    (0..<sectionCount).first { number(UInt32.self, at: entry($0)) == id }!
  }

  func width(_ index: Int) -> Int { Int(number(UInt32.self, at: entry(index) + 4)) }
  func count(_ index: Int) -> Int { Int(number(UInt64.self, at: entry(index) + 8)) }
  func offset(_ index: Int) -> Int { Int(number(UInt64.self, at: entry(index) + 16)) }

  /// Sets value number `position` (from the end if negative) of section `id`.
  mutating func set<Value: FixedWidthInteger>(
    section id: UInt32, _ position: Int, to value: Value
  ) {
    let section = index(ofSection: id)
    precondition(width(section) == MemoryLayout<Value>.size)
    let place = position < 0 ? count(section) + position : position
    precondition(place >= 0 && place < count(section))
    set(value, at: offset(section) + place * MemoryLayout<Value>.size)
  }

  /// Computes all checksums anew.
  mutating func seal() {
    for section in 0..<sectionCount {
      let length = (width(section) * count(section) + 63) / 64 * 64
      let range = offset(section)..<offset(section) + length
      set(Checksum.of(bytes[range]), at: entry(section) + 24)
    }
    sealHeader()
  }

  /// Computes the checksum of the header anew.
  mutating func sealHeader() {
    let length = Int(number(UInt64.self, at: 16))
    var checksum = Checksum()
    checksum.update(Array(bytes[..<48]))
    checksum.update(Array(bytes[56..<length]))
    set(checksum.value, at: 48)
  }

  func sealed() -> [UInt8] {
    var copy = self
    copy.seal()
    return copy.bytes
  }
}
