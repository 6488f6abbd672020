import StatisticsCore

extension SavedBytes {
  /// Maps the file at `path`, which must be long enough to be a log.
  static func log(path: String) throws(EventLogError) -> SavedBytes {
    let bytes: SavedBytes
    do throws(SavedBytes.Failure) {
      bytes = try SavedBytes(path: path)
    } catch {
      throw EventLogError(.file, error.reason)
    }
    // Nothing shorter than a header is a log.
    guard bytes.count >= LogFileFormat.fixedHeader else { throw EventLogError(.notALog) }
    return bytes
  }

  /// The `count` values from `offset` on, which must be aligned and lie inside, as a column that
  /// keeps the bytes alive.
  func column<Element>(_ type: Element.Type, at offset: Int, count: Int) -> Column<Element> {
    if count == 0 { return Column([]) }
    let bytes = unsafe buffer(offset..<(offset + count * MemoryLayout<Element>.stride))
    precondition(offset.isMultiple(of: MemoryLayout<Element>.alignment), "Misaligned column")
    return unsafe Column(
      mapped: bytes.baseAddress!.assumingMemoryBound(to: Element.self), count: count, owner: self)
  }
}
