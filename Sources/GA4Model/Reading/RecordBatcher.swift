/// Where one record ends and the next begins.
enum RecordBoundary: Sendable {
  /// At line ends.
  case line
  /// At line ends outside double quotes, which are counted from the start of the file.
  case quotedLine
  /// At the commas between the elements of one array.
  case element
}

/// Looks for the ends of records and remembers where it stands between calls.
struct BoundaryScanner: Sendable {
  let boundary: RecordBoundary
  var isQuoted = false
  private var isEscaped = false
  private var depth: Int
  private var isClosed = false

  /// - Parameter isInsideArray: whether the bracket of the array stands before the bytes.
  init(_ boundary: RecordBoundary, isQuoted: Bool = false, isInsideArray: Bool = false) {
    self.boundary = boundary
    self.isQuoted = isQuoted
    depth = isInsideArray ? 1 : 0
  }

  /// The place behind the first record that ends in `start[from..<end]`, `nil` when none does; the
  /// next call must go on from there.
  @inline(__always)
  mutating func firstCut(_ start: UnsafePointer<UInt8>, from: Int, to end: Int) -> Int? {
    switch boundary {
    case .line:
      return unsafe ByteScan.first(0x0A, start + from, end - from).map { unsafe $0 - start + 1 }
    case .quotedLine:
      var place = from
      while place < end {
        let byte = unsafe start[place]
        place += 1
        if byte == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if byte == 0x0A && !isQuoted {
          return place
        }
      }
      return nil
    case .element: return unsafe firstElementCut(start, from, end)
    }
  }

  /// Ends an element where ``JSONEventParser/elementEnd(_:_:)`` does: a brace too many ends nothing
  /// and behind the closing bracket nothing begins.
  private mutating func firstElementCut(_ start: UnsafePointer<UInt8>, _ from: Int, _ end: Int)
    -> Int?
  {
    var place = from
    while place < end {
      let byte = unsafe start[place]
      place += 1
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
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth > 1 {
          depth -= 1
        } else if byte == UInt8(ascii: "]") {
          isClosed = true
        }
      case UInt8(ascii: ",") where depth == 1 && !isClosed: return place
      default: break
      }
    }
    return nil
  }

  /// The place behind the last record that ends in `start[from..<end]`.
  mutating func lastCut(_ start: UnsafePointer<UInt8>, from: Int, to end: Int) -> Int? {
    // Without a quote among the new bytes line ends are all there is to see.
    var endsAtLines = boundary == .line
    if boundary == .quotedLine && !isQuoted {
      endsAtLines = unsafe ByteScan.first(0x22, start + from, end - from) == nil
    }
    if endsAtLines {
      return unsafe ByteScan.last(0x0A, start + from, end - from).map { unsafe $0 - start + 1 }
    }
    var cut: Int?
    while let next = unsafe firstCut(start, from: cut ?? from, to: end) { cut = next }
    return cut
  }
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

/// What is known of bytes that were not kept.
struct PassedBytes: Sendable {
  /// How many.
  var count = 0
  /// Line ends among them.
  var lines = 0
  /// Bytes behind the last of these, or all.
  var tail = 0

  /// Adds `count` bytes that follow.
  mutating func add(_ start: UnsafePointer<UInt8>, _ count: Int) {
    self.count += count
    lines += unsafe ByteScan.occurrences(of: 0x0A, start, count)
    if let last = unsafe ByteScan.last(0x0A, start, count) {
      tail = unsafe start + count - last - 1
    } else {
      tail += count
    }
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
    /// How much of a record that was passed over.
    var passed = PassedBytes()
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
  /// Whether the range begins inside a file, so that reading begins at the byte before it.
  private var startsInside = false

  private var scanner: BoundaryScanner
  /// The offsets at which quotes are counted: they decide whether the byte before the next range
  /// stands inside quotes.
  private let quoteRange: Range<Int>
  /// Whether there are an odd number of them; for ranges that are read to their end.
  private(set) var hasOddQuotes = false

  /// - Parameters:
  ///   - range: the offsets at which records may begin.
  ///   - isQuoted: whether the byte before the range, or its first when it begins the file, stands
  ///     inside quotes.
  ///   - limit: the longest record.
  init(
    _ source: any ByteSource, range: Range<Int>, boundary: RecordBoundary,
    isQuoted: Bool = false, isInsideArray: Bool = false, limit: Int, blockSize: Int
  ) {
    self.source = source
    self.boundary = boundary
    self.range = range
    self.limit = limit
    self.blockSize = blockSize
    scanner = BoundaryScanner(boundary, isQuoted: isQuoted, isInsideArray: isInsideArray)
    capacity = blockSize * 2
    unsafe buffer = .allocate(capacity: capacity + ByteScan.padding)
    base = range.lowerBound
    // A range that does not begin the file counts the byte before it too, which the one before left.
    let from = range.lowerBound
    quoteRange =
      boundary == .quotedLine && range.upperBound < .max && from < range.upperBound
      ? from..<range.upperBound - 1 : 0..<0
  }

  deinit { unsafe buffer.deallocate() }

  /// Passes over the record that begins before the range; call it first for ranges that do not
  /// begin at a record.
  func skipToRecord() throws(ReadError) {
    startsInside = true
    // The byte before the range may itself be a line end.
    base = range.lowerBound - 1
    while true {
      try fill()
      if let cut = firstCut(from: begin) {
        begin = cut
        scanned = cut
        scanner.isQuoted = false
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
        if end - begin > limit { return try passOver() }
        defer { begin = end }
        return unsafe Batch(start: buffer + begin, count: end - begin)
      }
      if end - begin > limit { return try passOver() }
    }
  }

  /// Passes over a record that is longer than the limit without holding it.
  private func passOver() throws(ReadError) -> Batch {
    var passed = PassedBytes()
    while true {
      unsafe passed.add(buffer + begin, end - begin)
      begin = end
      scanned = end
      if !isAtEnd { try fill() }
      if let cut = firstCut(from: begin) {
        unsafe passed.add(buffer + begin, cut - begin)
        begin = cut
        scanned = cut
        return unsafe Batch(start: buffer, count: 0, isTooLong: true, passed: passed)
      }
      if isAtEnd {
        isFinished = true
        return unsafe Batch(start: buffer, count: 0, isTooLong: true, passed: passed)
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
    countQuotes(taken)
    end += taken
    unsafe (buffer + end).update(repeating: 0, count: ByteScan.padding)
  }

  /// Counts the quotes in `count` new bytes, as far as they lie in the range.
  private func countQuotes(_ count: Int) {
    let offset = base + end
    let from = max(quoteRange.lowerBound - (startsInside ? 1 : 0), offset)
    let to = min(quoteRange.upperBound, offset + count)
    guard from < to else { return }
    let start = unsafe buffer + (from - base)
    if unsafe ByteScan.first(0x22, start, to - from) != nil,
      unsafe ByteScan.occurrences(of: 0x22, start, to - from) & 1 == 1
    {
      hasOddQuotes.toggle()
    }
  }

  /// Searches what is new and gives the place behind the last record that ends in it.
  private func lastCut() -> Int? {
    defer { scanned = end }
    return unsafe scanner.lastCut(buffer, from: scanned, to: end)
  }

  /// The place behind the first record that ends at or after `index`.
  private func firstCut(from index: Int) -> Int? {
    defer { scanned = end }
    return unsafe scanner.firstCut(buffer, from: index, to: end)
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
