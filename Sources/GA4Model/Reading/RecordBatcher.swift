/// Where one record ends and the next begins.
enum RecordBoundary: Sendable {
  /// At line ends.
  case line
  /// At line ends outside double quotes, which are counted from the start of the file.
  case quotedLine
  /// At the commas between the elements of one array.
  case element
}

/// Bytes to be read, by offset.
protocol ByteSource {
  /// Reads up to `count` bytes at `offset` to `start`; 0 at the end.
  func read(into start: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int)
    throws(ReadError) -> Int
}

extension InputFile: ByteSource {}

/// Bytes in memory.
struct MemorySource: ByteSource, Sendable {
  let bytes: [UInt8]

  func read(into start: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int)
    throws(ReadError) -> Int
  {
    let taken = max(0, min(count, bytes.count - offset))
    unsafe bytes.withUnsafeBufferPointer { buffer in
      if taken > 0 { unsafe start.update(from: buffer.baseAddress! + offset, count: taken) }
    }
    return taken
  }
}

/// Cuts the records that begin in a range of a source into batches of whole records.
///
/// A record belongs to the range in which it begins, so ranges side by side share a source without
/// gap or overlap. The buffer is a block longer than the longest record and is followed by zeros,
/// as ``ByteScan`` requires.
@safe
final class RecordBatcher {
  /// Whole records, or a record that is too long and was passed over.
  @safe
  struct Batch {
    var start: UnsafePointer<UInt8>
    var count: Int
    var isTooLong = false
    /// Line ends inside a record that was passed over.
    var lines = 0
  }

  private let source: any ByteSource
  private let boundary: RecordBoundary
  private let range: Range<Int>
  private let limit: Int
  private let blockSize: Int
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The bytes held: `buffer[begin ..< end]`, of which those before `scanned` were searched.
  private var begin = 0
  private var end = 0
  private var scanned = 0
  /// The offset in the source of `buffer[0]`.
  private var base: Int
  private var isAtEnd = false
  private var isFinished = false

  // Where a search of the boundary stands.
  private var isQuoted: Bool
  private var depth = 0
  private var isEscaped = false

  /// - Parameters:
  ///   - range: the offsets at which records may begin.
  ///   - isQuoted: whether the byte before the range, or its first when it begins the file, stands
  ///     inside quotes.
  ///   - limit: the longest record.
  init(
    _ source: any ByteSource, range: Range<Int>, boundary: RecordBoundary,
    isQuoted: Bool = false, limit: Int, blockSize: Int = 1 << 20
  ) {
    self.source = source
    self.boundary = boundary
    self.range = range
    self.limit = limit
    self.blockSize = blockSize
    self.isQuoted = isQuoted
    capacity = blockSize * 2
    unsafe buffer = .allocate(capacity: capacity + ByteScan.padding)
    base = range.lowerBound
  }

  deinit { unsafe buffer.deallocate() }

  /// Passes over the record that begins before the range; call it first for ranges that do not
  /// begin at a record.
  func skipToRecord() throws(ReadError) {
    // The byte before the range may itself be a line end.
    base = range.lowerBound - 1
    while true {
      try fill()
      if let cut = firstCut(from: begin) {
        begin = cut
        scanned = cut
        isQuoted = false
        return
      }
      if isAtEnd {
        isFinished = true
        return
      }
      begin = end
      scanned = end
    }
  }

  /// The next whole records, `nil` when the range has no more.
  func next() throws(ReadError) -> Batch? {
    if isFinished || base + begin >= range.upperBound { return nil }
    while true {
      try fill()
      if let cut = lastCut() {
        let stop = clipped(cut)
        defer { begin = stop }
        return unsafe Batch(start: buffer + begin, count: stop - begin)
      }
      if isAtEnd {
        isFinished = true
        if begin == end { return nil }
        if end - begin > limit { return unsafe Batch(start: buffer, count: 0, isTooLong: true) }
        defer { begin = end }
        return unsafe Batch(start: buffer + begin, count: end - begin)
      }
      if end - begin > limit { return try passOver() }
    }
  }

  /// Passes over a record that is longer than the limit without holding it.
  private func passOver() throws(ReadError) -> Batch {
    var lines = 0
    while true {
      lines += unsafe ByteScan.occurrences(of: 0x0A, buffer + begin, end - begin)
      begin = end
      scanned = end
      try fill()
      if let cut = firstCut(from: begin) {
        lines += unsafe ByteScan.occurrences(of: 0x0A, buffer + begin, cut - begin)
        begin = cut
        scanned = cut
        return unsafe Batch(start: buffer, count: 0, isTooLong: true, lines: lines)
      }
      if isAtEnd {
        isFinished = true
        return unsafe Batch(start: buffer, count: 0, isTooLong: true, lines: lines)
      }
    }
  }

  /// Moves what is left to the front and reads another block behind it.
  private func fill() throws(ReadError) {
    if scanned < end { return }
    if begin > 0 {
      unsafe buffer.update(from: buffer + begin, count: end - begin)
      base += begin
      end -= begin
      scanned -= begin
      begin = 0
    }
    if end + blockSize > capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + ByteScan.padding)
      unsafe larger.update(from: buffer, count: end)
      unsafe buffer.deallocate()
      unsafe buffer = larger
      capacity *= 2
    }
    let taken = try unsafe source.read(into: buffer + end, count: blockSize, at: base + end)
    if taken == 0 { isAtEnd = true }
    end += taken
    unsafe (buffer + end).update(repeating: 0, count: ByteScan.padding)
  }

  /// Searches what is new and gives the place behind the last record that ends in it.
  private func lastCut() -> Int? {
    defer { scanned = end }
    switch boundary {
    case .line:
      return unsafe ByteScan.last(0x0A, buffer + scanned, end - scanned).map {
        unsafe $0 - UnsafePointer(buffer) + 1
      }
    case .quotedLine, .element:
      var cut: Int?
      while let next = firstCut(from: scanned) {
        cut = next
        scanned = next
      }
      return cut
    }
  }

  /// The place behind the first record that ends at or after `index`.
  private func firstCut(from index: Int) -> Int? {
    defer { scanned = end }
    switch boundary {
    case .line:
      return unsafe ByteScan.first(0x0A, buffer + index, end - index).map {
        unsafe $0 - UnsafePointer(buffer) + 1
      }
    case .quotedLine:
      for place in index..<end {
        let byte = unsafe buffer[place]
        if byte == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if byte == 0x0A && !isQuoted {
          return place + 1
        }
      }
      return nil
    case .element:
      for place in index..<end {
        let byte = unsafe buffer[place]
        if isQuoted {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isQuoted = false
          }
          continue
        }
        switch byte {
        case UInt8(ascii: "\""): isQuoted = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: ",") where depth == 1: return place + 1
        default: break
        }
      }
      return nil
    }
  }

  /// `cut`, or the end of the last record that begins inside the range.
  private func clipped(_ cut: Int) -> Int {
    let last = range.upperBound - base
    if cut <= last { return cut }
    // The record that spans the end of the range is the last one.
    switch boundary {
    case .line:
      let from = max(begin, last - 1)
      return unsafe ByteScan.first(0x0A, buffer + from, end - from).map {
        unsafe $0 - UnsafePointer(buffer) + 1
      } ?? cut
    case .quotedLine:
      var inQuotes = false
      for place in begin..<cut {
        let byte = unsafe buffer[place]
        if byte == UInt8(ascii: "\"") {
          inQuotes.toggle()
        } else if byte == 0x0A && !inQuotes && place + 1 >= last {
          return place + 1
        }
      }
      return cut
    case .element: return cut
    }
  }
}
