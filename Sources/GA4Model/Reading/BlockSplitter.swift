/// Cuts a stream of chunks into blocks of whole records, each a job of its own.
///
/// It passes over records that are too long by the same rule as ``RecordBatcher``, so a stream and
/// a file of the same bytes give the same events and problems.
struct BlockSplitter {
  private let reader: EventReader
  private var pending: [UInt8] = []
  private var format: ResolvedFormat?
  private var scanner: BoundaryScanner?
  /// How many bytes must wait before it pays to look for the format again.
  private var wanted = 1
  /// `pending[begin...]` is not yet given out, `pending[scanned...]` not yet searched.
  private var begin = 0
  private var scanned = 0
  /// The place behind the last whole record among what was searched.
  private var cut: Int?
  private var isFirst = true
  /// Bytes before the first record.
  private var headBytes = 0
  /// What was passed over of a record that is too long.
  private var passed: PassedBytes?
  /// Bytes of the line on which the next block begins, before it.
  private var lineTail = 0

  init(reader: EventReader) { self.reader = reader }

  /// Takes `chunk` and gives the blocks that are complete.
  mutating func append(_ chunk: [UInt8]) throws(ReadError) -> [ParseJob] {
    pending.append(contentsOf: chunk)
    guard try settleFormat(isWhole: false) else { return [] }
    let jobs = search()
    pending.removeFirst(begin)
    scanned -= begin
    cut = cut.map { $0 - begin }
    begin = 0
    return jobs
  }

  /// Gives the blocks that are left.
  mutating func finish() throws(ReadError) -> [ParseJob] {
    guard try settleFormat(isWhole: true) else { return [] }
    var jobs = search()
    if var passed {
      unsafe pending.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe passed.add(start + begin, bytes.count - begin)
      }
      jobs.append(job(passing: passed, endsInput: true))
    } else if begin < pending.count || isFirst || scanner?.boundary == .element {
      jobs.append(job(to: pending.count, endsInput: true))
    }
    return jobs
  }

  private mutating func settleFormat(isWhole: Bool) throws(ReadError) -> Bool {
    if format != nil { return true }
    guard isWhole || pending.count >= wanted else { return false }
    guard let settled = try HeadResolver(reader: reader).resolve(pending, isWhole: isWhole) else {
      wanted = pending.count * 2
      return false
    }
    format = settled.format
    scanner = BoundaryScanner(settled.format.boundary)
    headBytes = settled.start
    begin = settled.start
    scanned = begin
    return true
  }

  /// Searches what is new for record ends.
  private mutating func search() -> [ParseJob] {
    var jobs: [ParseJob] = []
    let limit = reader.limits.recordBytes
    let blockSize = reader.tuning.streamBlock
    while scanned < pending.count {
      let from = scanned
      let to = min(pending.count, scanned + blockSize)
      scanned = to
      if var passed {
        let end = unsafe pending.withUnsafeBufferPointer { bytes in
          let start = bytes.baseAddress!
          let end = unsafe scanner!.firstCut(start, from: from, to: to)
          unsafe passed.add(start + begin, (end ?? to) - begin)
          return end
        }
        begin = end ?? to
        self.passed = passed
        if let end {
          scanned = end
          jobs.append(job(passing: passed, endsInput: false))
        }
        continue
      }
      let found = unsafe pending.withUnsafeBufferPointer { bytes in
        unsafe scanner!.lastCut(bytes.baseAddress!, from: from, to: to)
      }
      cut = found ?? cut
      if let cut, scanned - begin >= blockSize || scanned - cut > limit {
        jobs.append(job(to: cut, endsInput: false))
      }
      if cut == nil, scanned - begin > limit {
        var passed = PassedBytes()
        unsafe pending.withUnsafeBufferPointer { bytes in
          unsafe passed.add(bytes.baseAddress! + begin, scanned - begin)
        }
        self.passed = passed
        begin = scanned
      }
    }
    return jobs
  }

  /// The job of the records up to `end`.
  private mutating func job(to end: Int, endsInput: Bool) -> ParseJob {
    let bytes = Array(pending[begin..<end])
    var segment = segment(MemorySource(bytes: bytes), 0..<bytes.count)
    segment.endsInput = endsInput
    var line = PassedBytes()
    line.tail = lineTail
    unsafe bytes.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { unsafe line.add(start, bytes.count) }
    }
    lineTail = line.tail
    begin = end
    cut = nil
    isFirst = false
    return ParseJob(segments: [segment])
  }

  /// The job that says that a record was passed over.
  private mutating func job(passing record: PassedBytes, endsInput: Bool) -> ParseJob {
    var segment = segment(MemorySource(bytes: []), 0..<0)
    segment.endsInput = endsInput
    segment.passed = record
    lineTail = record.lines == 0 ? lineTail + record.tail : record.tail
    passed = nil
    isFirst = false
    return ParseJob(segments: [segment])
  }

  private func segment(_ source: MemorySource, _ range: Range<Int>) -> ParseJob.Segment {
    var format = self.format!
    if case .csv(let columns, let names, let mapping, _) = format, !isFirst {
      format = .csv(columns: columns, names: names, mapping: mapping, headerLines: 0)
    }
    var segment = ParseJob.Segment(
      source: source, path: nil, sourceIndex: 0, range: range, isAligned: true, format: format)
    segment.headBytes = isFirst ? headBytes : 0
    segment.isInsideArray = !isFirst
    segment.lineTail = lineTail
    return segment
  }
}
