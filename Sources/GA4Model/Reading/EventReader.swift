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
    var parsed: [ParsedPart] = []
    // A window of blocks in flight, gathered in order.
    try await withThrowingTaskGroup(of: (Int, ParsedPart).self) { group in
      var next = 0
      var running = 0
      var done: [Int: ParsedPart] = [:]
      var skipped = 0
      func gather(_ result: (Int, ParsedPart)) -> Bool {
        running -= 1
        done[result.0] = result.1
        while let part = done.removeValue(forKey: parsed.count) {
          skipped += part.report.skipped
          parsed.append(part)
        }
        return skipped <= malformed.limit
      }
      func start(_ job: ParseJob) {
        let index = next
        next += 1
        running += 1
        group.addTask { (index, try self.parse(job)) }
      }
      input: for try await chunk in chunks {
        for job in try blocks.append(chunk) {
          if running >= max(1, workers), let result = try await group.next(), !gather(result) {
            break input
          }
          start(job)
        }
      }
      for job in try blocks.finish() { start(job) }
      while let result = try await group.next() { _ = gather(result) }
    }
    return try await result(of: parsed, workers: workers)
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
  /// For each problem the source and the line inside the job's share of it.
  var places: [(sourceIndex: Int, line: Int)] = []
}

extension EventReader {
  private func jobs(for bytes: [UInt8], workers: Int) throws(ReadError) -> [ParseJob] {
    try jobs(for: [(source: MemorySource(bytes: bytes), path: nil, size: bytes.count)], workers)
  }

  private func jobs(for paths: [String], workers: Int) throws(ReadError) -> [ParseJob] {
    var inputs: [(source: any ByteSource & Sendable, path: String?, size: Int?)] = []
    for path in paths {
      let file = try InputFile(path: path)
      inputs.append((file, path, file.size))
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
    let share = max(1 << 20, (total + workers - 1) / workers)
    var jobs: [ParseJob] = []
    var current = ParseJob(segments: [])
    var taken = 0
    for (index, input) in inputs.enumerated() {
      let resolved = try resolve(input.source, path: input.path)
      guard let size = input.size else {
        // A pipe cannot be read from the middle, nor twice: its first bytes are kept.
        current.segments.append(
          ParseJob.Segment(
            source: resolved.pipe ?? input.source, path: input.path, sourceIndex: index,
            range: resolved.start..<Int.max, isAligned: true, format: resolved.format))
        continue
      }
      var start = resolved.start
      var isQuoted = false
      while start < size {
        var end = size
        if case .array = resolved.format {} else { end = min(size, start + share - taken) }
        current.segments.append(
          ParseJob.Segment(
            source: input.source, path: input.path, sourceIndex: index, range: start..<end,
            isAligned: start == resolved.start, isQuoted: isQuoted, format: resolved.format))
        if case .csv = resolved.format, end < size {
          // A cell may hold line ends: whether `end - 1` stands in quotes depends on all before it.
          let from = start == resolved.start ? start : start - 1
          if try quotes(in: from..<(end - 1), of: input.source) & 1 == 1 { isQuoted.toggle() }
        }
        taken += end - start
        start = end
        if taken >= share {
          jobs.append(current)
          current = ParseJob(segments: [])
          taken = 0
        }
      }
    }
    if !current.segments.isEmpty { jobs.append(current) }
    return jobs
  }

  private func quotes(in range: Range<Int>, of source: any ByteSource) throws(ReadError) -> Int {
    let buffer = MutableColumn<UInt8>(uninitialized: 1 << 20)
    var total = 0
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = try unsafe source.read(
        into: buffer.base, count: min(1 << 20, range.upperBound - offset), at: offset)
      if count == 0 { break }
      if unsafe ByteScan.first(0x22, buffer.base, count) != nil {
        total += unsafe ByteScan.occurrences(of: 0x22, buffer.base, count)
      }
      offset += count
    }
    return total
  }

  /// Settles format, byte order mark and header from the first bytes.
  private func resolve(_ source: any ByteSource & Sendable, path: String?) throws(ReadError) -> (
    format: ResolvedFormat, start: Int, pipe: PipeSource?
  ) {
    let isPipe = (source as? InputFile).map { $0.size == nil } ?? false
    var head: [UInt8] = []
    var headSize = 1 << 16
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
    let first = head[mark...].first { $0 > 0x20 }
    switch reader.format {
    case .ndjson: return (.lines, mark)
    case .jsonArray: return (.array, mark)
    case .csv(let mapping): return try header(head, mark, mapping, isWhole)
    case .automatic:
      guard let first else { return isWhole ? (.lines, mark) : nil }
      switch first {
      case UInt8(ascii: "["): return (.array, mark)
      case UInt8(ascii: "{"): return (.lines, mark)
      default: return try header(head, mark, .automatic, isWhole)
      }
    }
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
      if !isFinished {
        guard isWhole else {
          if head.count > reader.limits.recordBytes {
            throw ReadError(.tooLong, "the header is longer than ReadLimits.recordBytes")
          }
          return nil
        }
        if !head[start...].isEmpty {
          if cell.last == 0x0D { cell.removeLast() }
          names.append(String(decoding: cell, as: UTF8.self))
        }
      }
      next = index
    }
    if names.isEmpty { return (.lines, next) }
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
    try await concurrentMap(jobs, workers: workers) { job throws(ReadError) in try self.parse(job) }
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
        segment.source, range: segment.range, boundary: segment.format.boundary,
        isQuoted: segment.isQuoted, limit: limits.recordBytes)
      if !segment.isAligned { try batcher.skipToRecord() }
      var line = 1
      if case .csv(_, _, _, let headerLines) = segment.format, segment.isAligned {
        line += headerLines
      }
      var hasStopped = false
      do {
        while !hasStopped, let batch = try batcher.next() {
          onProgress?(batch.count)
          part.report.bytes += Int64(batch.count)
          hasStopped = parser!.parse(
            batch, segment: segment, line: &line, part: &part, limit: malformed.limit)
        }
      } catch {
        var error = error
        if error.path == nil { error.path = segment.path }
        throw error
      }
      part.lines.append((segment.sourceIndex, line - 1))
      if hasStopped { break }
    }
    if let parser { part.sources.append(parser.finish(&part.report)) }
    return part
  }

  private func result(of parts: [ParsedPart]) throws(ReadError) -> Result {
    let report = try joined(parts)
    do {
      return Result(
        log: try LogAssembly.log(parts.flatMap(\.sources), options: options), report: report)
    } catch {
      throw ReadError(.limit, error.description)
    }
  }

  private func result(of parts: [ParsedPart], workers: Int) async throws(ReadError) -> Result {
    let report = try joined(parts)
    do {
      return Result(
        log: try await LogAssembly.log(
          parts.flatMap(\.sources), options: options, workers: workers), report: report)
    } catch {
      throw ReadError(.limit, error.description)
    }
  }

  /// Adds up the reports, numbers the lines of all problems, and applies the policy.
  private func joined(_ parts: [ParsedPart]) throws(ReadError) -> ReadReport {
    var report = ReadReport()
    var linesBefore: [Int: Int] = [:]
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
        report.problems.append(problem)
      }
      report.skipped += part.report.skipped
      if report.skipped > malformed.limit { throw refusal(report) }
      for (source, lines) in part.lines { linesBefore[source, default: 0] += lines }
    }
    return report
  }

  private func refusal(_ report: ReadReport) -> ReadError {
    let first = report.problems[0]
    guard malformed.limit > 0 else {
      return ReadError(first)
    }
    var error = ReadError(first)
    error.code = .tooManyMalformed
    error.reason =
      "more than \(malformed.limit) records are malformed; the first one: \(first.reason)"
    return error
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
    if batch.isTooLong {
      part.report.lines += 1
      note(
        "the record is longer than \(limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes",
        line: line, column: 1, field: nil, segment, &part)
      line += batch.lines
      return part.report.skipped > limit
    }
    if textBytes > limits.textBytes {
      part.report.lines += 1
      note(
        "the input holds more distinct text than ReadLimits.textBytes", line: line, column: 1,
        field: nil, segment, &part)
      part.report.skipped = .max / 2
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
    _ part: inout ParsedPart
  ) {
    part.report.skipped += 1
    guard part.report.problems.count < ReadReport.listed else { return }
    part.report.problems.append(
      ReadReport.Problem(
        path: segment.path, line: line, column: column, field: field, reason: reason))
    part.places.append((segment.sourceIndex, line))
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
      unsafe parser.skipBlanks(&cursor)
      if unsafe cursor < lineEnd {
        part.report.lines += 1
        if unsafe lineEnd - start > limits.recordBytes {
          note(
            "the record is longer than \(limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes",
            line: line, column: 1, field: nil, segment, &part)
          if part.report.skipped > limit { return true }
        } else {
          do {
            try unsafe parser.parseEvent(&cursor, end: lineEnd)
          } catch {
            note(
              error.reason.description, line: line, column: unsafe error.place - start + 1,
              field: parser.failingField, segment, &part)
            if part.report.skipped > limit { return true }
          }
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
      var lines = 0
      do {
        try unsafe parser.parseRow(&cursor, end: end, lines: &lines)
        line += lines
      } catch {
        // The record ends at the first line end outside quotes, however its cells look.
        let first = line
        var isQuoted = false
        unsafe cursor = unsafe start
        var lineStart = unsafe start
        var column = 1
        while unsafe cursor < end {
          if unsafe cursor == error.place { column = unsafe cursor - lineStart + 1 }
          let byte = unsafe cursor.pointee
          unsafe cursor += 1
          if byte == 0x22 { isQuoted.toggle() }
          if byte == 0x0A {
            line += 1
            unsafe lineStart = unsafe cursor
            if !isQuoted { break }
          }
        }
        let name = names.isEmpty ? nil : names[parser.failingColumn]
        note(error.reason.description, line: first, column: column, field: name, segment, &part)
        if part.report.skipped > limit { return true }
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
      line += unsafe ByteScan.occurrences(of: 0x0A, counted, at - counted)
      unsafe counted = unsafe at
      let lineStart = unsafe ByteScan.last(0x0A, batch.start, at - batch.start)
      return unsafe (line, lineStart.map { unsafe at - $0 } ?? (at - batch.start + 1))
    }
    while true {
      unsafe parser.skipBlanks(&cursor)
      if unsafe cursor >= end { break }
      if !parser.hasOpenedArray {
        guard unsafe cursor.pointee == UInt8(ascii: "[") else {
          part.report.lines += 1
          let (at, column) = unsafe place(cursor)
          note(
            "expected an array that begins with '['", line: at, column: column, field: nil,
            segment, &part)
          // Without the bracket nothing says where elements begin.
          part.report.skipped = max(part.report.skipped, limit + 1)
          return true
        }
        parser.hasOpenedArray = true
        unsafe cursor += 1
        continue
      }
      if unsafe parser.hasClosedArray || cursor.pointee == UInt8(ascii: "]") {
        if parser.hasClosedArray {
          part.report.lines += 1
          let (at, column) = unsafe place(cursor)
          note(
            "text after the end of the array", line: at, column: column, field: nil, segment, &part)
          if part.report.skipped > limit { return true }
          unsafe cursor = unsafe end
          break
        }
        parser.hasClosedArray = true
        unsafe cursor += 1
        continue
      }
      part.report.lines += 1
      let start = unsafe cursor
      do {
        try unsafe parser.parseEvent(&cursor, end: end)
      } catch {
        let (at, column) = unsafe place(max(error.place, counted))
        let field = parser.failingField
        note(
          error.reason.description, line: at, column: column, field: field, segment, &part)
        if part.report.skipped > limit { return true }
        unsafe cursor = unsafe parser.elementEnd(start, end)
      }
      if unsafe cursor < end, unsafe cursor.pointee == UInt8(ascii: ",") { unsafe cursor += 1 }
    }
    line += unsafe ByteScan.occurrences(of: 0x0A, counted, end - counted)
    return false
  }
}
