/// Why bytes could not be decoded; the sentence names the place, never a value.
package enum BinaryDecodingError: Error, Sendable, Hashable {
  /// The bytes end at `offset`, where `needed` more were expected.
  case truncated(offset: Int, needed: Int)
  /// The bytes do not begin with the library's mark.
  case badMagic
  /// The bytes hold a state of another kind than the one asked for.
  case wrongKind(expected: String)
  /// The bytes were written by a newer version of the library.
  case newerVersion(found: Int, newestKnown: Int)
  /// The bytes were changed after they were written.
  case checksumMismatch
  /// The value that begins at `offset` cannot occur in what is being read.
  case valueOutOfRange(name: String, offset: Int)
  /// The text that begins at `offset` is not UTF-8.
  case invalidText(name: String, offset: Int)
  /// Bytes are left from `offset` on, after everything was read.
  case trailingBytes(offset: Int, count: Int)
}

extension BinaryDecodingError: CustomStringConvertible {
  /// What was wrong, where, and what to do.
  package var description: String {
    switch self {
    case .truncated(let offset, let needed):
      """
      The data end too early: \(needed) more \(needed == 1 ? "byte was" : "bytes were") expected at \
      byte \(offset). Save the state again; the file may have been cut short while it was written \
      or copied.
      """
    case .badMagic:
      """
      The data are not a saved state: they do not begin with its mark. Check that this is the \
      right file.
      """
    case .wrongKind(let expected):
      """
      The data hold another kind of state than \(expected). Open them with the type that saved \
      them.
      """
    case .newerVersion(let found, let newestKnown):
      """
      The data have format version \(found), and this version of the library reads versions up \
      to \(newestKnown). Update the library.
      """
    case .checksumMismatch:
      """
      The data were changed after they were saved: their checksum does not match. Restore them \
      from a copy, or compute the state again.
      """
    case .valueOutOfRange(let name, let offset):
      """
      The data are damaged: the \(name) at byte \(offset) is out of range. Restore them from a \
      copy, or compute the state again.
      """
    case .invalidText(let name, let offset):
      """
      The data are damaged: the \(name) at byte \(offset) is not UTF-8 text. Restore them from \
      a copy, or compute the state again.
      """
    case .trailingBytes(let offset, let count):
      """
      The data go on after their end: \(count) more \
      \(count == 1 ? "byte follows" : "bytes follow") at byte \(offset). Check that the file \
      holds one state only.
      """
    }
  }
}
