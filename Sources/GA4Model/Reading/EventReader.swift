import StatisticsCore

/// Reads exported events into a log.
///
/// ```swift
/// let result = try EventReader().read(path: "events_20201220.ndjson")
/// print(result.report)                      // 32011 records read, 0 skipped
/// let log = result.log
///
/// var reader = EventReader(format: .csv(.skinny))
/// reader.malformed = .skip(limit: 100)
/// let fast = try await reader.read(paths: files, workers: 4).log   // the same log, sooner
/// ```
///
/// A reader is a value: what to read and how strictly. The log does not depend on the number of
/// workers or on how the input was cut. What could not be read is an error with its place, or is
/// counted in the ``ReadReport``; nothing disappears silently.
public struct EventReader: Sendable {
  /// How the input is written.
  public enum Format: Sendable, Hashable {
    /// Recognised by its first character: `[` an array, `{` NDJSON, anything else
    /// ``CSVMapping/automatic``.
    case automatic
    /// One object a line, as BigQuery exports.
    case ndjson
    /// One array of objects, pretty-printed or not.
    case jsonArray
    /// A table.
    case csv(CSVMapping)
  }

  /// A log with the report of its reading.
  public struct Result: Sendable {
    /// The events.
    public var log: EventLog
    /// What became of the input.
    public var report: ReadReport
  }

  /// How the input is written.
  public var format: Format
  /// How the log groups its events.
  public var options: EventLogOptions
  /// What to do with a record that is not an event.
  public var malformed: MalformedPolicy
  /// Which parameters are kept.
  public var parameters: ParameterSelection
  /// How much is taken before reading refuses.
  public var limits: ReadLimits
  /// Called now and then, by any worker, with the number of bytes read since the last call.
  public var onProgress: (@Sendable (_ bytes: Int) -> Void)?
  /// How the input is cut; nothing that is read depends on it.
  package var tuning = Tuning()

  /// Sizes in bytes, for tests that want many cuts in little input.
  package struct Tuning: Sendable {
    /// The least that a worker of its own pays for.
    package var share = 1 << 20
    /// What a worker reads at a time.
    package var block = 1 << 20
    /// A block of a stream: large enough that dictionaries repeat little, small enough that a few
    /// wait in memory.
    package var streamBlock = 8 << 20
    /// How much is looked at to recognise the format.
    package var head = 1 << 16

    package init() {}
  }

  /// Makes a reader that keeps everything and stops at the first malformed record.
  public init(
    format: Format = .automatic, options: EventLogOptions = EventLogOptions(),
    malformed: MalformedPolicy = .fail, parameters: ParameterSelection = .all,
    limits: ReadLimits = ReadLimits()
  ) {
    self.format = format
    self.options = options
    self.malformed = malformed
    self.parameters = parameters
    self.limits = limits
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field.
  public func read(path: String) throws(ReadError) -> Result { try read(paths: [path]) }

  /// Reads the files at `paths`, one after the other, into one log.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field.
  public func read(paths: [String]) throws(ReadError) -> Result {
    let jobs = try jobs(for: paths, workers: 1)
    return try result(of: jobs.map { job throws(ReadError) in try parse(job) })
  }

  /// Reads `bytes`.
  ///
  /// - Throws: ``ReadError`` with line, column and field.
  public func read(bytes: [UInt8]) throws(ReadError) -> Result {
    let jobs = try jobs(for: bytes, workers: 1)
    return try result(of: jobs.map { job throws(ReadError) in try parse(job) })
  }

  /// Reads the file at `path` with `workers` tasks.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field: the same as with one worker.
  public func read(path: String, workers: Int) async throws(ReadError) -> Result {
    try await read(paths: [path], workers: workers)
  }

  /// Reads the files at `paths` with `workers` tasks, into the log that one would give.
  ///
  /// - Throws: ``ReadError`` with file, line, column and field: the same as with one worker.
  /// - Complexity: O(*b* + *u* log *u*), where *b* is the number of bytes and *u* of users. Memory
  ///   is bounded by what is kept and a few megabytes for each worker.
  public func read(paths: [String], workers: Int) async throws(ReadError) -> Result {
    let jobs = try jobs(for: paths, workers: workers)
    return try await result(of: try await parse(jobs, workers: workers), workers: workers)
  }

  /// Reads `bytes` with `workers` tasks.
  ///
  /// - Throws: ``ReadError`` with line, column and field: the same as with one worker.
  public func read(bytes: [UInt8], workers: Int) async throws(ReadError) -> Result {
    let jobs = try jobs(for: bytes, workers: workers)
    return try await result(of: try await parse(jobs, workers: workers), workers: workers)
  }

  /// Reads one input that arrives in `chunks`, cut anywhere.
  ///
  /// Chunks are taken no faster than they are read: at most `workers` blocks of a few megabytes
  /// wait at a time.
  ///
  /// - Throws: ``ReadError`` with line, column and field, or the error of `chunks`.
  public func read<Chunks: AsyncSequence & Sendable>(chunks: Chunks, workers: Int = 1)
    async throws -> Result where Chunks.Element == [UInt8]
  {
    var blocks = BlockSplitter(reader: self)
    var window = BlockWindow()
    try await withThrowingTaskGroup(of: (Int, ParsedPart).self) { group in
      input: for try await chunk in chunks {
        for job in try blocks.append(chunk) {
          if window.isFull(workers), let result = try await group.next() {
            window.take(result)
            if window.mustStop(malformed) { break input }
          }
          let index = window.begin()
          group.addTask { (index, try self.parse(job)) }
        }
      }
      if !window.mustStop(malformed) {
        for job in try blocks.finish() {
          if window.isFull(workers), let result = try await group.next() { window.take(result) }
          let index = window.begin()
          group.addTask { (index, try self.parse(job)) }
        }
      }
      while let result = try await group.next() { window.take(result) }
    }
    return try await result(of: window.parsed, workers: workers)
  }
}

/// The blocks of a stream that are being read, gathered in their order.
private struct BlockWindow {
  /// What is read so far without a gap.
  private(set) var parsed: [ParsedPart] = []
  private var waiting: [Int: ParsedPart] = [:]
  private var begun = 0
  private var running = 0
  private var skipped = 0

  func isFull(_ workers: Int) -> Bool { running >= max(1, workers) }

  /// The number of the block whose reading begins.
  mutating func begin() -> Int {
    running += 1
    begun += 1
    return begun - 1
  }

  mutating func take(_ result: (index: Int, part: ParsedPart)) {
    running -= 1
    waiting[result.index] = result.part
    while let part = waiting.removeValue(forKey: parsed.count) {
      skipped += part.report.skipped
      parsed.append(part)
    }
  }

  /// Whether what is read must be refused, so that the rest need not be read.
  func mustStop(_ policy: MalformedPolicy) -> Bool {
    skipped > policy.limit || parsed.last?.failure != nil
  }
}

// MARK: Jobs

/// Segments of input that one worker reads into one part.
struct ParseJob: Sendable {
  var segments: [Segment]

  /// A range of records in one source.
  struct Segment: Sendable {
    var source: any ByteSource & Sendable
    var path: String?
    /// Counts sources: lines are numbered from 1 in each.
    var sourceIndex: Int
    var range: Range<Int>
    /// Whether records begin exactly at the range.
    var isAligned: Bool
    var isQuoted = false
    var format: ResolvedFormat
    /// Bytes before the range that hold no records: a mark and a header.
    var headBytes = 0
    /// Whether the opening bracket of the array and a comma stand before the range.
    var isInsideArray = false
    /// Whether nothing follows the range, so that an array must have been closed.
    var endsInput = true
    /// Bytes before the range on the line on which it begins.
    var lineTail = 0
    /// A record that was passed over, in place of a range.
    var passed: PassedBytes?
  }
}

/// A format as the first bytes and the header of an input have settled it.
enum ResolvedFormat: Sendable {
  case lines
  case array
  case csv(columns: [CSVMapping.Column], names: [String], mapping: CSVMapping, headerLines: Int)

  var boundary: RecordBoundary {
    switch self {
    case .lines: .line
    case .array: .element
    case .csv: .quotedLine
    }
  }
}

/// What one job has read.
struct ParsedPart: Sendable {
  /// One for each change of format; nearly always one.
  var sources: [LogSource] = []
  var report = ReadReport()
  /// Line ends of each source in the order read: problems are numbered from the job's start.
  var lines: [(sourceIndex: Int, lines: Int)] = []
  /// For each problem the source, the line inside the job's share of it, and its kind.
  var places: [(sourceIndex: Int, line: Int, code: ReadError.Code)] = []
  /// What ended the reading whatever the policy, behind all problems.
  var failure: ReadError?
  /// Whether the bytes of the last segment, from the one before its range to the last but one of it,
  /// hold an odd number of quotes.
  var endsQuoted = false
}

extension EventReader {
  private func jobs(for bytes: [UInt8], workers: Int) throws(ReadError) -> [ParseJob] {
    try jobs(for: [(source: MemorySource(bytes: bytes), path: nil, size: bytes.count)], workers)
  }

  private func jobs(for paths: [String], workers: Int) throws(ReadError) -> [ParseJob] {
    var inputs: [(source: any ByteSource & Sendable, path: String?, size: Int?)] = []
    for path in paths {
      let file = try InputFile(path: path)
      // Only pipes stay open: there may be more files than a process can open.
      inputs.append((file.size == nil ? file : ClosedFile(path: path), path, file.size))
    }
    return try jobs(for: inputs, workers)
  }

  /// Shares out the bytes of `inputs` evenly, in order, so that parts follow each other as the
  /// records do.
  private func jobs(
    for inputs: [(source: any ByteSource & Sendable, path: String?, size: Int?)], _ workers: Int
  ) throws(ReadError) -> [ParseJob] {
    precondition(workers >= 1, "The number of workers must be at least 1")
    let total = inputs.reduce(0) { $0 + ($1.size ?? 0) }
    let share = max(tuning.share, (total + workers - 1) / workers)
    var jobs: [ParseJob] = []
    var current = ParseJob(segments: [])
    var taken = 0
    for (index, input) in inputs.enumerated() {
      let resolved = try resolve(try Self.opened(input.source), path: input.path)
      guard let size = input.size else {
        // A pipe cannot be read from the middle, nor twice: its first bytes are kept.
        current.segments.append(
          ParseJob.Segment(
            source: resolved.pipe ?? input.source, path: input.path, sourceIndex: index,
            range: resolved.start..<Int.max, isAligned: true, format: resolved.format,
            headBytes: resolved.start))
        continue
      }
      var start = resolved.start
      if size == 0 { continue }
      // A header alone is read too.
      repeat {
        var end = size
        if case .array = resolved.format {} else { end = min(size, start + share - taken) }
        current.segments.append(
          ParseJob.Segment(
            source: input.source, path: input.path, sourceIndex: index, range: start..<end,
            isAligned: start == resolved.start, format: resolved.format,
            headBytes: start == resolved.start ? start : 0))
        taken += end - start
        start = end
        if taken >= share {
          jobs.append(current)
          current = ParseJob(segments: [])
          taken = 0
        }
      } while start < size
    }
    if !current.segments.isEmpty { jobs.append(current) }
    return jobs
  }

  private static func opened(_ source: any ByteSource & Sendable) throws(ReadError)
    -> any ByteSource & Sendable
  {
    if let closed = source as? ClosedFile { return try InputFile(path: closed.path) }
    return source
  }

  /// Settles format, byte order mark and header from the first bytes.
  private func resolve(_ source: any ByteSource & Sendable, path: String?) throws(ReadError) -> (
    format: ResolvedFormat, start: Int, pipe: PipeSource?
  ) {
    let isPipe = (source as? InputFile).map { $0.size == nil } ?? false
    var head: [UInt8] = []
    var headSize = tuning.head
    while true {
      let before = head.count
      let wanted = headSize - before
      let buffer = MutableColumn<UInt8>(uninitialized: wanted)
      var filled = 0
      while filled < wanted {
        let count = try unsafe source.read(
          into: buffer.base + filled, count: wanted - filled, at: before + filled)
        if count == 0 { break }
        filled += count
      }
      for index in 0..<filled { head.append(buffer[index]) }
      do {
        let settled = try HeadResolver(reader: self).resolve(head, isWhole: filled < wanted)
        if let settled {
          return (
            settled.format, settled.start,
            isPipe ? PipeSource(head: head, rest: source) : nil
          )
        }
      } catch {
        var error = error
        error.path = path
        throw error
      }
      headSize *= 4
    }
  }
}

/// A pipe whose first bytes have already been taken.
private struct PipeSource: ByteSource, Sendable {
  let head: [UInt8]
  let rest: any ByteSource & Sendable

  func read(into start: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int)
    throws(ReadError) -> Int
  {
    if offset < head.count {
      return try unsafe MemorySource(bytes: head).read(into: start, count: count, at: offset)
    }
    return try unsafe rest.read(into: start, count: count, at: offset)
  }
}

/// Settles the format of an input from its first bytes.
struct HeadResolver {
  var reader: EventReader

  /// - Returns: `nil` when more bytes are needed.
  func resolve(_ head: [UInt8], isWhole: Bool) throws(ReadError) -> (
    format: ResolvedFormat, start: Int
  )? {
    if head.count < 3 && !isWhole { return nil }
    let mark = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if mark == 0, head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw ReadError(.format, "the input is UTF-16; convert it to UTF-8")
    }
    if head.starts(with: [0x1F, 0x8B]) {
      throw ReadError(.format, "the input is gzip-compressed; decompress it first")
    }
    switch reader.format {
    case .ndjson: return (.lines, mark)
    case .csv(let mapping): return try header(head, mark, mapping, isWhole)
    case .jsonArray, .automatic: break
    }
    // The blanks of JSON.
    let first = head[mark...].firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard (first ?? head.count) - mark <= reader.limits.recordBytes else {
      throw ReadError(.tooLong, "the input begins with more blanks than ReadLimits.recordBytes")
    }
    guard let first else { return isWhole ? (.lines, mark) : nil }
    if head[first] == UInt8(ascii: "[") { return (.array, mark) }
    guard case .automatic = reader.format else {
      let lines = head[mark..<first].split(separator: 0x0A, omittingEmptySubsequences: false)
      throw ReadError(
        .format, "expected an array that begins with '['", line: lines.count,
        column: lines[lines.count - 1].count + 1)
    }
    if head[first] == UInt8(ascii: "{") { return (.lines, mark) }
    return try header(head, mark, .automatic, isWhole)
  }

  private func header(
    _ head: [UInt8], _ start: Int, _ mapping: CSVMapping, _ isWhole: Bool
  ) throws(ReadError) -> (format: ResolvedFormat, start: Int)? {
    var names: [String]
    var next = start
    var headerLines = 0
    if let header = mapping.header {
      names = header
    } else {
      names = []
      var cell: [UInt8] = []
      var isQuoted = false
      var isFinished = false
      var index = start
      let delimiter = mapping.delimiter.asciiValue!
      while index < head.count && !isFinished {
        let byte = head[index]
        if byte == 0x0A { headerLines += 1 }
        if isQuoted {
          if byte == 0x22 {
            if index + 1 < head.count, head[index + 1] == 0x22 {
              cell.append(byte)
              index += 1
            } else {
              isQuoted = false
            }
          } else {
            cell.append(byte)
          }
        } else if byte == 0x22 && cell.isEmpty {
          isQuoted = true
        } else if byte == delimiter || byte == 0x0A {
          if byte == 0x0A, cell.last == 0x0D { cell.removeLast() }
          names.append(String(decoding: cell, as: UTF8.self))
          cell = []
          isFinished = byte == 0x0A
        } else {
          cell.append(byte)
        }
        index += 1
      }
      if index - start - (isFinished ? 1 : 0) > reader.limits.recordBytes {
        throw ReadError(.tooLong, "the header is longer than ReadLimits.recordBytes", line: 1)
      }
      if !isFinished {
        guard isWhole else { return nil }
        if !head[start...].isEmpty {
          if cell.last == 0x0D { cell.removeLast() }
          names.append(String(decoding: cell, as: UTF8.self))
        }
      }
      next = index
    }
    if names.isEmpty { return (.lines, next) }
    guard String(validating: head[start..<next], as: UTF8.self) != nil else {
      throw ReadError(.header, "the header is not valid UTF-8; convert the file", line: 1)
    }
    var columns: [CSVMapping.Column] = []
    for name in names { columns.append(try mapping.column(named: name)) }
    guard columns.contains(.name) else {
      throw ReadError(
        .header,
        "no column of the header holds the event name; name it event_name or map it with CSVMapping.columns",
        line: 1)
    }
    guard columns.contains(where: { if case .time = $0 { true } else { false } }) else {
      throw ReadError(
        .header,
        "no column of the header holds the time; name it event_timestamp or map it with CSVMapping.columns",
        line: 1)
    }
    return (
      .csv(columns: columns, names: names, mapping: mapping, headerLines: headerLines), next
    )
  }
}

// MARK: Parsing

extension EventReader {
  private func parse(_ jobs: [ParseJob], workers: Int) async throws(ReadError) -> [ParsedPart] {
    var parts = try await concurrentMap(jobs, workers: workers) { job throws(ReadError) in
      try self.parse(job)
    }
    // A cell may hold line ends: whether a share begins inside quotes depends on all before it. Each
    // was read as if it did not, which is nearly always so; only now the quotes are counted.
    var again = self
    again.onProgress = nil
    var isQuoted = false
    for (index, job) in jobs.enumerated() {
      guard let first = job.segments.first, !first.isAligned else {
        isQuoted = parts[index].endsQuoted
        continue
      }
      if isQuoted {
        var job = job
        job.segments[0].isQuoted = true
        parts[index] = try again.parse(job)
      }
      // A share of several files ends in another one than it begins in.
      let continues = job.segments.count == 1
      isQuoted = parts[index].endsQuoted != (continues && isQuoted)
    }
    return parts
  }

  /// Reads the segments of `job`, stopping when the policy's limit is passed.
  func parse(_ job: ParseJob) throws(ReadError) -> ParsedPart {
    var part = ParsedPart()
    var parser: SegmentParser?
    for segment in job.segments {
      // Segments of one kind share a parser, so that dictionaries are shared too.
      if parser?.takes(segment.format) != true {
        if let parser { part.sources.append(parser.finish(&part.report)) }
        parser = SegmentParser(segment.format, reader: self)
      }
      let batcher = RecordBatcher(
        try Self.opened(segment.source), range: segment.range, boundary: segment.format.boundary,
        isQuoted: segment.isQuoted, isInsideArray: segment.isInsideArray,
        limit: limits.recordBytes, blockSize: tuning.block)
      if !segment.isAligned { try batcher.skipToRecord() }
      var line = 1
      if case .csv(_, _, _, let headerLines) = segment.format, segment.isAligned {
        line += headerLines
      }
      part.report.bytes += Int64(segment.headBytes)
      parser!.begin(segment)
      var hasStopped = false
      do {
        if let passed = segment.passed {
          onProgress?(passed.count)
          part.report.bytes += Int64(passed.count)
          hasStopped = parser!.pass(over: passed, segment, &line, &part, malformed.limit)
        }
        while !hasStopped, let batch = try batcher.next() {
          let count = batch.count + batch.passed.count
          onProgress?(count)
          part.report.bytes += Int64(count)
          hasStopped = parser!.parse(
            batch, segment: segment, line: &line, part: &part, limit: malformed.limit)
        }
        if !hasStopped { hasStopped = parser!.end(segment, line, &part, malformed.limit) }
      } catch {
        var error = error
        if error.path == nil { error.path = segment.path }
        throw error
      }
      part.lines.append((segment.sourceIndex, line - 1))
      part.endsQuoted = batcher.hasOddQuotes
      if hasStopped { break }
    }
    if let parser { part.sources.append(parser.finish(&part.report)) }
    return part
  }

  static let tooMuchText = ReadError(
    .limit,
    "the input holds more distinct text than ReadLimits.textBytes; keep less of it or raise it")

  private func result(of parts: [ParsedPart]) throws(ReadError) -> Result {
    let report = try joined(parts)
    let log: EventLog
    do {
      log = try LogAssembly.log(parts.flatMap(\.sources), options: options)
    } catch {
      throw ReadError(.limit, error.description)
    }
    return try checked(Result(log: log, report: report))
  }

  private func result(of parts: [ParsedPart], workers: Int) async throws(ReadError) -> Result {
    let report = try joined(parts)
    let log: EventLog
    do {
      log = try await LogAssembly.log(
        parts.flatMap(\.sources), options: options, workers: workers)
    } catch {
      throw ReadError(.limit, error.description)
    }
    return try checked(Result(log: log, report: report))
  }

  /// Parts may each stay below the limit that they pass together.
  private func checked(_ result: Result) throws(ReadError) -> Result {
    guard result.log.storage.strings.bytes.count <= limits.textBytes else { throw Self.tooMuchText }
    return result
  }

  /// Adds up the reports, numbers the lines of all problems, and applies the policy.
  private func joined(_ parts: [ParsedPart]) throws(ReadError) -> ReadReport {
    var report = ReadReport()
    var linesBefore: [Int: Int] = [:]
    var firstCode = ReadError.Code.malformed
    for part in parts {
      report.lines += part.report.lines
      report.bytes += part.report.bytes
      report.repeatedParameters += part.report.repeatedParameters
      report.multipleValues += part.report.multipleValues
      report.numbersAsText += part.report.numbersAsText
      report.ignoredEntries += part.report.ignoredEntries
      for (place, var problem) in zip(part.places, part.report.problems)
      where report.problems.count < ReadReport.listed {
        problem.line = place.line + linesBefore[place.sourceIndex, default: 0]
        if report.problems.isEmpty { firstCode = place.code }
        report.problems.append(problem)
      }
      report.skipped += part.report.skipped
      if report.skipped > malformed.limit { throw malformed.refusal(report, firstCode) }
      if let failure = part.failure { throw failure }
      for (source, lines) in part.lines { linesBefore[source, default: 0] += lines }
    }
    return report
  }
}

/// Reads the batches of segments of one format into one part.
@safe
final class SegmentParser {
  private enum Kind {
    case json(JSONEventParser, isArray: Bool)
    case csv(CSVEventParser, names: [String])
  }
  private let kind: Kind
  private let limits: ReadLimits

  init(_ format: ResolvedFormat, reader: EventReader) {
    limits = reader.limits
    switch format {
    case .lines, .array:
      let isArray = if case .array = format { true } else { false }
      kind = .json(
        JSONEventParser(
          selection: reader.parameters, nesting: reader.limits.nesting, isArray: isArray),
        isArray: isArray)
    case .csv(let columns, let names, let mapping, _):
      kind = .csv(
        CSVEventParser(columns: columns, mapping: mapping, selection: reader.parameters),
        names: names)
    }
  }

  func takes(_ format: ResolvedFormat) -> Bool {
    switch (kind, format) {
    case (.json(_, let isArray), .lines): !isArray
    case (.json(_, let isArray), .array): isArray
    case (.csv(_, let names), .csv(_, let others, _, _)): names == others
    default: false
    }
  }

  // Where the reading of an array stands.
  private var hasOpenedArray = false
  private var hasClosedArray = false
  /// Whether a comma promises another element.
  private var isAfterComma = false
  /// Whether the end of the input was already found wanting.
  private var hasBadEnd = false
  /// Bytes of the current line before the batch.
  private var lineTail = 0

  /// Prepares for the records of `segment`.
  func begin(_ segment: ParseJob.Segment) {
    hasOpenedArray = segment.isInsideArray
    hasClosedArray = false
    isAfterComma = segment.isInsideArray
    hasBadEnd = false
    lineTail = segment.lineTail
  }

  /// Makes sure that the records of `segment` have not been cut short.
  func end(
    _ segment: ParseJob.Segment, _ line: Int, _ part: inout ParsedPart, _ limit: Int
  ) -> Bool {
    guard case .array = segment.format, segment.endsInput, hasOpenedArray, !hasClosedArray,
      !hasBadEnd
    else { return false }
    part.report.lines += 1
    note(
      "the array is never closed with ']'; the input may be cut short", line: line,
      column: lineTail + 1, field: nil, segment, &part)
    return part.report.skipped > limit
  }

  /// Notes a record that is too long.
  func pass(
    over passed: PassedBytes, _ segment: ParseJob.Segment, _ line: inout Int,
    _ part: inout ParsedPart, _ limit: Int
  ) -> Bool {
    part.report.lines += 1
    noteTooLong(line: line, column: lineTail + 1, segment, &part)
    line += passed.lines
    lineTail = passed.lines == 0 ? lineTail + passed.tail : passed.tail
    hasOpenedArray = true
    isAfterComma = true
    hasBadEnd = true
    return part.report.skipped > limit
  }

  private func noteTooLong(
    line: Int, column: Int, _ segment: ParseJob.Segment, _ part: inout ParsedPart
  ) {
    note(
      "the record is longer than \(limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes",
      line: line, column: column, field: nil, segment, &part, code: .tooLong)
  }

  /// Hands over the rows and adds the counts to `report`.
  func finish(_ report: inout ReadReport) -> LogSource {
    let tally: ReadReport
    let part: LogPart
    switch kind {
    case .json(let parser, _): (tally, part) = (parser.tally, parser.part)
    case .csv(let parser, _): (tally, part) = (parser.tally, parser.part)
    }
    report.repeatedParameters += tally.repeatedParameters
    report.multipleValues += tally.multipleValues
    report.numbersAsText += tally.numbersAsText
    report.ignoredEntries += tally.ignoredEntries
    return part.sealed()
  }

  private var textBytes: Int {
    switch kind {
    case .json(let parser, _): parser.part.strings.byteCount
    case .csv(let parser, _): parser.part.strings.byteCount
    }
  }

  /// Reads `batch`; `true` when more records were malformed than `limit`.
  func parse(
    _ batch: RecordBatcher.Batch, segment: ParseJob.Segment, line: inout Int,
    part: inout ParsedPart, limit: Int
  ) -> Bool {
    if batch.isTooLong { return pass(over: batch.passed, segment, &line, &part, limit) }
    if textBytes > limits.textBytes {
      part.failure = EventReader.tooMuchText
      return true
    }
    switch kind {
    case .json(let parser, let isArray):
      return isArray
        ? parseArray(parser, batch, segment, &line, &part, limit)
        : parseLines(parser, batch, segment, &line, &part, limit)
    case .csv(let parser, let names):
      return parseRows(parser, names, batch, segment, &line, &part, limit)
    }
  }

  private func note(
    _ reason: String, line: Int, column: Int, field: String?, _ segment: ParseJob.Segment,
    _ part: inout ParsedPart, code: ReadError.Code = .malformed
  ) {
    part.report.skipped += 1
    guard part.report.problems.count < ReadReport.listed else { return }
    part.report.problems.append(
      ReadReport.Problem(
        path: segment.path, line: line, column: column, field: field, reason: reason))
    part.places.append((segment.sourceIndex, line, code))
  }

  private func parseLines(
    _ parser: JSONEventParser, _ batch: RecordBatcher.Batch, _ segment: ParseJob.Segment,
    _ line: inout Int, _ part: inout ParsedPart, _ limit: Int
  ) -> Bool {
    var cursor = unsafe batch.start
    let end = unsafe batch.start + batch.count
    while unsafe cursor < end {
      let start = unsafe cursor
      let lineEnd = unsafe ByteScan.first(0x0A, cursor, end - cursor) ?? end
      if unsafe lineEnd - start > limits.recordBytes {
        part.report.lines += 1
        noteTooLong(line: line, column: 1, segment, &part)
        if part.report.skipped > limit { return true }
        unsafe cursor = unsafe lineEnd
      }
      unsafe parser.skipBlanks(&cursor)
      if unsafe cursor < lineEnd {
        part.report.lines += 1
        do {
          try unsafe parser.parseEvent(&cursor, end: lineEnd)
        } catch {
          note(
            error.reason.description, line: line, column: unsafe error.place - start + 1,
            field: parser.failingField, segment, &part)
          if part.report.skipped > limit { return true }
        }
      }
      unsafe cursor = unsafe lineEnd + 1
      if unsafe lineEnd < end { line += 1 }
    }
    return false
  }

  private func parseRows(
    _ parser: CSVEventParser, _ names: [String], _ batch: RecordBatcher.Batch,
    _ segment: ParseJob.Segment, _ line: inout Int, _ part: inout ParsedPart, _ limit: Int
  ) -> Bool {
    var cursor = unsafe batch.start
    let end = unsafe batch.start + batch.count
    let mayBeTooLong = batch.count > limits.recordBytes
    while unsafe cursor < end {
      let start = unsafe cursor
      if unsafe cursor.pointee == 0x0A {
        unsafe cursor += 1
        line += 1
        continue
      }
      if unsafe cursor.pointee == 0x0D && cursor[1] == 0x0A {
        unsafe cursor += 2
        line += 1
        continue
      }
      part.report.lines += 1
      if mayBeTooLong {
        var scanner = BoundaryScanner(.quotedLine)
        let cut = unsafe scanner.firstCut(start, from: 0, to: end - start)
        if unsafe (cut.map { $0 - 1 } ?? (end - start)) > limits.recordBytes {
          noteTooLong(line: line, column: 1, segment, &part)
          if part.report.skipped > limit { return true }
          let count = unsafe cut ?? (end - start)
          line += unsafe ByteScan.occurrences(of: 0x0A, start, count)
          unsafe cursor += count
          continue
        }
      }
      var lines = 0
      do {
        try unsafe parser.parseRow(&cursor, end: end, lines: &lines)
        line += lines
      } catch {
        let before = unsafe error.place - start
        var passed = PassedBytes()
        unsafe passed.add(start, before)
        note(
          error.reason.description, line: line + passed.lines, column: passed.tail + 1,
          field: parser.failingColumn.map { names[$0] }, segment, &part)
        if part.report.skipped > limit { return true }
        // The record ends at the first line end outside quotes, however its cells look.
        var scanner = BoundaryScanner(.quotedLine)
        let count = unsafe scanner.firstCut(start, from: 0, to: end - start) ?? (end - start)
        line += unsafe ByteScan.occurrences(of: 0x0A, start, count)
        unsafe cursor = unsafe start + count
      }
    }
    return false
  }

  private func parseArray(
    _ parser: JSONEventParser, _ batch: RecordBatcher.Batch, _ segment: ParseJob.Segment,
    _ line: inout Int, _ part: inout ParsedPart, _ limit: Int
  ) -> Bool {
    var cursor = unsafe batch.start
    let end = unsafe batch.start + batch.count
    // Lines are counted up to the place that a message names, and at the end.
    var counted = unsafe cursor
    func place(_ at: UnsafePointer<UInt8>) -> (line: Int, column: Int) {
      var passed = PassedBytes()
      passed.tail = lineTail
      unsafe passed.add(counted, max(0, at - counted))
      unsafe counted = unsafe max(at, counted)
      line += passed.lines
      lineTail = passed.tail
      return (line, lineTail + 1)
    }
    hasBadEnd = false
    var recordStart = unsafe cursor
    let mayBeTooLong = batch.count > limits.recordBytes
    while true {
      unsafe parser.skipBlanks(&cursor)
      if unsafe cursor >= end { break }
      if !hasOpenedArray {
        // The bracket, as `HeadResolver` has made sure.
        hasOpenedArray = true
        unsafe cursor += 1
        continue
      }
      if hasClosedArray {
        part.report.lines += 1
        let (at, column) = unsafe place(cursor)
        note(
          "text after the end of the array", line: at, column: column, field: nil, segment, &part)
        if part.report.skipped > limit { return true }
        break
      }
      if unsafe cursor.pointee == UInt8(ascii: "]"), !isAfterComma {
        hasClosedArray = true
        unsafe cursor += 1
        continue
      }
      part.report.lines += 1
      let start = unsafe cursor
      if mayBeTooLong, unsafe parser.elementEnd(start, end) - recordStart > limits.recordBytes {
        let (at, column) = unsafe place(recordStart)
        noteTooLong(line: at, column: column, segment, &part)
        if part.report.skipped > limit { return true }
        unsafe cursor = unsafe parser.elementEnd(start, end)
      } else {
        do {
          try unsafe parser.parseEvent(&cursor, end: end)
        } catch {
          let (at, column) = unsafe place(error.place)
          note(
            error.reason.description, line: at, column: column, field: parser.failingField,
            segment, &part)
          if part.report.skipped > limit { return true }
          unsafe cursor = unsafe parser.elementEnd(start, end)
          hasBadEnd = unsafe cursor == end
        }
      }
      isAfterComma = unsafe cursor < end && cursor.pointee == UInt8(ascii: ",")
      if isAfterComma {
        unsafe cursor += 1
        unsafe recordStart = unsafe cursor
      }
    }
    _ = unsafe place(end)
    return false
  }
}
