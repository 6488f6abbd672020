/// Foretells what stands next in an object or list: what followed the same thing last time.
///
/// Rows of an export have the same keys in the same order nearly always. To compare the bytes of the
/// expected key, with its quotes and colon, costs a fraction of scanning, hashing and finding it; and
/// where the bytes differ nothing is lost but that. Bytes must be padded as ``ByteScan`` says.
@safe
final class TokenPredictor {
  typealias Cursor = UnsafePointer<UInt8>

  /// The bytes of one token, up to ``longest``, and what they mean.
  private struct Token {
    var low = ByteBlock()
    var high = ByteBlock()
    /// Ones where the bytes count.
    var lowMask = ByteBlock()
    var highMask = ByteBlock()
    /// 0 where the token is not known or too long.
    var count = 0
  }

  /// The longest token that is foretold, in bytes; the padding must be as long.
  static let longest = 2 * ByteBlock.size
  /// How many tokens are foretold; an input may bring any number of keys.
  private static let limit = 4096

  private let tokens = MutableColumn<Token>()
  /// For every token the two that followed it last, all counting from 1; place 0 is for the first.
  private let followers = MutableColumn<SIMD2<UInt32>>(repeating: .zero, count: limit + 1)

  /// The token that is expected after `last`, -1 at the start, if it stands at `cursor`, which then
  /// moves behind it; otherwise `nil`.
  @inline(__always)
  func next(after last: Int, _ cursor: inout Cursor) -> Int? {
    guard last < Self.limit else { return nil }
    let expected = followers[last + 1]
    if unsafe stands(Int(expected.x) - 1, &cursor) { return Int(expected.x) - 1 }
    guard unsafe stands(Int(expected.y) - 1, &cursor) else { return nil }
    followers[last + 1] = SIMD2(expected.y, expected.x)
    return Int(expected.y) - 1
  }

  /// Whether `token`, -1 for none, stands at `cursor`, which then moves behind it.
  @inline(__always)
  private func stands(_ token: Int, _ cursor: inout Cursor) -> Bool {
    guard token >= 0 else { return false }
    let token = unsafe tokens.base + token
    let count = unsafe token.pointee.count
    guard unsafe token.pointee.low.stands(at: cursor, token.pointee.lowMask),
      unsafe count <= ByteBlock.size
        || token.pointee.high.stands(at: cursor + ByteBlock.size, token.pointee.highMask)
    else { return false }
    unsafe cursor += count
    return true
  }

  /// Remembers that `token` followed `last` if its bytes are known and stand at `start`.
  func note(_ token: Int, after last: Int, ifAt start: Cursor) -> Bool {
    guard token < tokens.count, last < Self.limit, tokens[token].count > 0 else { return false }
    var cursor = unsafe start
    guard unsafe stands(token, &cursor) else { return false }
    follow(token, last)
    return true
  }

  private func follow(_ token: Int, _ last: Int) {
    followers[last + 1] = SIMD2(UInt32(token + 1), followers[last + 1].x)
  }

  /// Remembers that `token`, whose `count` bytes stand at `start`, followed `last`; gives the token,
  /// or -1 where it is too long or one too many.
  @discardableResult
  func note(_ token: Int, after last: Int, _ start: Cursor, count: Int) -> Int {
    guard count <= Self.longest, token < Self.limit, last < Self.limit else { return -1 }
    tokens.pad(to: token + 1, with: Token())
    if tokens[token].count == 0 {
      var new = Token(count: count)
      new.lowMask = ByteBlock(onesIn: count)
      new.highMask = ByteBlock(onesIn: count - ByteBlock.size)
      new.low = unsafe ByteBlock(start).masked(new.lowMask)
      new.high = unsafe ByteBlock(start + ByteBlock.size).masked(new.highMask)
      tokens[token] = new
    }
    follow(token, last)
    return token
  }
}
