/// Cuts a stream of chunks into blocks of whole records, each a job of its own.
struct BlockSplitter {
  private let reader: EventReader
  private var pending: [UInt8] = []
  private var format: ResolvedFormat?
  private var start = 0
  private var isFirst = true

  /// Large enough that dictionaries repeat little, small enough that a few wait in memory.
  private static let blockSize = 8 << 20

  init(reader: EventReader) { self.reader = reader }

  /// Takes `chunk` and gives the blocks that are complete.
  mutating func append(_ chunk: [UInt8]) throws(ReadError) -> [ParseJob] {
    pending.append(contentsOf: chunk)
    return pending.count < Self.blockSize ? [] : try split(isWhole: false)
  }

  /// Gives the blocks that are left.
  mutating func finish() throws(ReadError) -> [ParseJob] { try split(isWhole: true) }

  private mutating func split(isWhole: Bool) throws(ReadError) -> [ParseJob] {
    if format == nil {
      guard let settled = try HeadResolver(reader: reader).resolve(pending, isWhole: isWhole) else {
        return []
      }
      format = settled.format
      start = settled.start
    }
    guard let format else { return [] }
    var cut = pending.count
    if !isWhole {
      guard let found = lastCut(of: format.boundary) else {
        guard pending.count <= reader.limits.recordBytes + Self.blockSize else {
          throw ReadError(
            .tooLong,
            "a record is longer than \(reader.limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes"
          )
        }
        return []
      }
      cut = found
    }
    guard start < cut || isFirst else { return [] }
    // Elements of an array lose their brackets here, so each block is made an array again.
    var bytes = Array(pending[start..<cut])
    if case .array = format {
      if !isFirst { bytes.insert(UInt8(ascii: "["), at: 0) }
    }
    var blockFormat = format
    if case .csv(let columns, let names, let mapping, _) = format, !isFirst {
      blockFormat = .csv(columns: columns, names: names, mapping: mapping, headerLines: 0)
    }
    pending.removeFirst(cut)
    start = 0
    isFirst = false
    return [
      ParseJob(segments: [
        ParseJob.Segment(
          source: MemorySource(bytes: bytes), path: nil, sourceIndex: 0,
          range: 0..<bytes.count, isAligned: true, format: blockFormat)
      ])
    ]
  }

  /// The place behind the last whole record.
  private func lastCut(of boundary: RecordBoundary) -> Int? {
    var isQuoted = false
    var isEscaped = false
    // A block that is not the first begins inside the array.
    var depth = isFirst ? 0 : 1
    var cut: Int?
    switch boundary {
    case .line: return pending.lastIndex(of: 0x0A).map { $0 + 1 }
    case .quotedLine:
      for index in start..<pending.count {
        if pending[index] == 0x22 { isQuoted.toggle() }
        if pending[index] == 0x0A && !isQuoted { cut = index + 1 }
      }
    case .element:
      for index in start..<pending.count {
        let byte = pending[index]
        if isQuoted {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == 0x22 {
            isQuoted = false
          }
          continue
        }
        switch byte {
        case 0x22: isQuoted = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: ",") where depth == 1: cut = index + 1
        default: break
        }
      }
    }
    return cut
  }
}
