import CZlib

/// The bytes of a file or of standard input in chunks, decompressed when they are gzip.
///
/// ```swift
/// let stream = GzipStream(.path("events_20201220.ndjson.gz"))
/// let log = try await EventReader().read(chunks: stream, workers: 2).log
/// ```
///
/// gzip is recognised by its first two bytes, not by the name; other bytes pass unchanged. Members
/// that follow each other in one file, as `cat a.gz b.gz` makes them, are one stream. Memory does
/// not grow with the file, and bytes are read only as they are asked for.
///
/// Source: RFC 1952.
public struct GzipStream: AsyncSequence, Sendable {
  public typealias Element = [UInt8]
  public typealias Failure = InputError

  /// The first two bytes of a gzip member.
  static let magic: [UInt8] = [0x1F, 0x8B]

  private let source: InputSource
  private let chunkSize: Int
  private let onRead: (@Sendable (_ bytes: Int) -> Void)?

  /// Makes the stream of `source`; nothing is opened yet.
  ///
  /// - Parameters:
  ///   - chunkSize: the most bytes of a chunk; at least 2.
  ///   - onRead: called with the number of bytes taken from the source, before decompression.
  public init(
    _ source: InputSource, chunkSize: Int = 1 << 18,
    onRead: (@Sendable (_ bytes: Int) -> Void)? = nil
  ) {
    precondition(chunkSize >= 2, "A chunk must have room for 2 bytes")
    self.source = source
    self.chunkSize = chunkSize
    self.onRead = onRead
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(source: source, chunkSize: chunkSize, onRead: onRead)
  }

  /// Reads a ``GzipStream``.
  public struct Iterator: AsyncIteratorProtocol {
    private enum State {
      case unopened
      case plain(OpenFile, next: [UInt8])
      case gzip(Inflater)
      case finished
    }

    private let source: InputSource
    private let chunkSize: Int
    private let onRead: (@Sendable (Int) -> Void)?
    private var state = State.unopened

    init(source: InputSource, chunkSize: Int, onRead: (@Sendable (Int) -> Void)?) {
      self.source = source
      self.chunkSize = chunkSize
      self.onRead = onRead
    }

    /// The next chunk, never empty; `nil` at the end.
    ///
    /// - Throws: ``InputError`` when the source cannot be read or its gzip data are not whole.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation)
      async throws(InputError) -> [UInt8]?
    {
      if case .unopened = state { state = try open() }
      switch state {
      case .unopened, .finished: return nil
      case .plain(let file, let chunk):
        if let following = try read(file) {
          state = .plain(file, next: following)
        } else {
          state = .finished
        }
        return chunk
      case .gzip(let inflater):
        let chunk = try inflater.next()
        if chunk == nil { state = .finished }
        return chunk
      }
    }

    private func read(_ file: OpenFile) throws(InputError) -> [UInt8]? {
      let bytes = try file.read(chunkSize)
      if let bytes { onRead?(bytes.count) }
      return bytes
    }

    private func open() throws(InputError) -> State {
      let file = try OpenFile(source)
      var head: [UInt8] = []
      // A pipe may hand out a single byte.
      while head.count < 2, let more = try read(file) { head += more }
      if head.isEmpty { return .finished }
      guard head.starts(with: magic) else { return .plain(file, next: head) }
      return .gzip(
        Inflater(
          file: file, name: source.name, head: head, chunkSize: chunkSize, onRead: onRead))
    }
  }
}

/// Decompresses the gzip members of a file, one after the other.
@safe private final class Inflater {
  private let file: OpenFile
  private let name: String
  private let chunkSize: Int
  private let onRead: (@Sendable (Int) -> Void)?
  // zlib keeps a pointer to its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let output: UnsafeMutableBufferPointer<UInt8>
  private var place = Place.inMember

  private enum Place {
    case inMember
    case afterMember
    /// Tapes and block devices fill up with zeros.
    case inPadding
  }

  init(
    file: OpenFile, name: String, head: [UInt8], chunkSize: Int,
    onRead: (@Sendable (Int) -> Void)?
  ) {
    self.file = file
    self.name = name
    self.chunkSize = chunkSize
    self.onRead = onRead
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe input = .allocate(capacity: max(chunkSize, head.count))
    unsafe output = .allocate(capacity: chunkSize)
    let status = unsafe czlib_inflate_init_gzip(stream)
    precondition(status == Z_OK, "zlib could not be started; is there memory left?")
    take(head)
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe input.deallocate()
    unsafe output.deallocate()
  }

  /// The next decompressed bytes; `nil` at the end.
  func next() throws(InputError) -> [UInt8]? {
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = UInt32(chunkSize)
    while unsafe stream.pointee.avail_out > 0 {
      if unsafe stream.pointee.avail_in == 0 {
        guard let bytes = try file.read(chunkSize) else {
          if place == .inMember {
            throw InputError(
              .cutShort, name,
              "the gzip data end too early; the file was cut short, so fetch it again")
          }
          break
        }
        onRead?(bytes.count)
        take(bytes)
      }
      guard try startMember() else { continue }
      switch unsafe inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: place = .afterMember
      default:
        throw InputError(
          .damaged, name,
          "the gzip data are damaged (\(zlibText)); fetch the file again")
      }
    }
    let count = unsafe chunkSize - Int(stream.pointee.avail_out)
    return count == 0 ? nil : unsafe Array(output[..<count])
  }

  /// Makes sure that a member is being read; `false` when more input is needed for that.
  private func startMember() throws(InputError) -> Bool {
    while place != .inMember {
      guard unsafe stream.pointee.avail_in > 0 else { return false }
      switch (unsafe stream.pointee.next_in.pointee, place) {
      case (0, _):
        place = .inPadding
        unsafe stream.pointee.next_in += 1
        unsafe stream.pointee.avail_in -= 1
      case (GzipStream.magic[0], .afterMember):
        unsafe inflateReset(stream)
        place = .inMember
      default:
        throw InputError(
          .damaged, name,
          "bytes that are not gzip follow the gzip data; cut them off or fetch the file again")
      }
    }
    return true
  }

  private func take(_ bytes: [UInt8]) {
    _ = unsafe input.update(fromContentsOf: bytes)
    unsafe stream.pointee.next_in = input.baseAddress
    unsafe stream.pointee.avail_in = UInt32(bytes.count)
  }

  private var zlibText: String {
    unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "unknown reason"
  }
}
