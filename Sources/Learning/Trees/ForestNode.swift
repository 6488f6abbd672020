/// A node of a tree in eight bytes.
///
/// Nodes are stored in pre-order: the left child of a split follows it, the right child is `link`
/// further on. A row goes left when its bin less `low`, as a byte, is at most `width`: so `low` is 0
/// where missing values (bin 0) go left, and 1 where they go right. A split by categories is
/// followed by 256 bits in four nodes that say which bins go left, and then by its left child. In a
/// leaf `link` is the complement of the number of the leaf.
struct ForestNode: Sendable, Hashable, BitwiseCopyable {
  var link: Int32
  var feature: UInt16
  var low: UInt8
  var width: UInt8

  static let categorical: UInt16 = 0x8000
  static let mostFeatures = 0x7fff

  static func leaf(_ number: Int) -> ForestNode {
    ForestNode(link: ~Int32(number), feature: 0, low: 0, width: 255)
  }

  var isLeaf: Bool { link < 0 }
  var leafNumber: Int { Int(~link) }
  var isCategorical: Bool { feature & Self.categorical != 0 }
  var column: Int { Int(feature & ~Self.categorical) }
  /// How far on the left child is.
  var leftOffset: Int { isCategorical ? 5 : 1 }

  var bits: UInt64 {
    UInt64(UInt32(bitPattern: link)) | UInt64(feature) << 32 | UInt64(low) << 48
      | UInt64(width) << 56
  }

  init(link: Int32, feature: UInt16, low: UInt8, width: UInt8) {
    self.link = link
    self.feature = feature
    self.low = low
    self.width = width
  }

  init(bits: UInt64) {
    link = Int32(bitPattern: UInt32(truncatingIfNeeded: bits))
    feature = UInt16(truncatingIfNeeded: bits >> 32)
    low = UInt8(truncatingIfNeeded: bits >> 48)
    width = UInt8(truncatingIfNeeded: bits >> 56)
  }
}

/// A set of bins.
///
/// Plain words: a vector of four would want frames of 32 bytes' alignment, which those of asynchronous
/// functions do not have.
struct BinSet: Sendable, Hashable {
  private var word0: UInt64 = 0
  private var word1: UInt64 = 0
  private var word2: UInt64 = 0
  private var word3: UInt64 = 0

  /// The bits of bins 64 × `index` on.
  @inline(__always)
  func word(_ index: Int) -> UInt64 {
    index < 2 ? (index == 0 ? word0 : word1) : index == 2 ? word2 : word3
  }

  @inline(__always)
  func contains(_ bin: UInt8) -> Bool {
    word(Int(bin >> 6)) >> UInt64(bin & 63) & 1 == 1
  }

  mutating func insert(_ bin: UInt8) {
    let bit = UInt64(1) << UInt64(bin & 63)
    switch bin >> 6 {
    case 0: word0 |= bit
    case 1: word1 |= bit
    case 2: word2 |= bit
    default: word3 |= bit
    }
  }

  /// Takes all bins that the other set does not have.
  mutating func insertAll(outside other: BinSet) {
    word0 |= ~other.word0
    word1 |= ~other.word1
    word2 |= ~other.word2
    word3 |= ~other.word3
  }
}
