public import GA4Model

/// Reads files, compressed or not, and standard input into one log, in the order given.
///
/// ```swift
/// let inputs = EventInputs(["events_20201219.ndjson.gz", "events_20201220.ndjson"])
/// let result = try await inputs.read(with: EventReader(), workers: 4)
/// ```
///
/// The result is that of one log made of all events in the order of the inputs; neither the
/// number of workers nor compression has a part in it.
public struct EventInputs: Sendable {
  /// The inputs in the order of their events.
  public var sources: [InputSource]

  /// The events of all inputs with the report of their reading.
  public struct Result: Sendable {
    /// The events.
    public var log: EventLog
    /// What became of the inputs.
    public var report: ReadReport
  }

  /// Makes inputs of command-line arguments, of which `-` is standard input.
  public init(_ arguments: [String]) { sources = arguments.map(InputSource.init(argument:)) }

  /// The bytes of all inputs, `nil` when one of them is a pipe.
  ///
  /// - Throws: ``InputError`` for the first input that cannot be opened.
  public func size() throws(InputError) -> Int? {
    var total: Int? = 0
    for source in sources {
      if let size = try source.facts().size { total? += size } else { total = nil }
    }
    return total
  }

  /// Reads all inputs.
  ///
  /// - Parameters:
  ///   - reader: how to read; its limit of malformed records is one for all inputs together.
  ///   - onRead: called by any worker with the number of bytes taken from the inputs since the
  ///     last call.
  /// - Throws: ``InputError`` or `ReadError` of the first input in order that cannot be read.
  /// - Complexity: O(*b* + *n* + *u* log *u*), where *b* is the number of decompressed bytes, *n*
  ///   of events and *u* of users. Beside the events, each worker holds a few megabytes.
  public func read(
    with reader: EventReader, workers: Int, onRead: (@Sendable (_ bytes: Int) -> Void)? = nil
  ) async throws -> Result {
    precondition(workers >= 1, "The number of workers must be at least 1")
    // All inputs are opened before the first is read: a misspelt last name should not cost the
    // time of the others.
    var facts: [InputSource.Facts] = []
    for source in sources { facts.append(try source.facts()) }

    // Plain files need no stream: the reader cuts them at any place and shares them out.
    if facts.allSatisfy({ $0.isGzip == false }) {
      var reader = reader
      reader.onProgress = onRead
      let result = try await reader.read(paths: sources.map(\.name), workers: workers)
      return Result(log: result.log, report: result.report)
    }

    let parts = try await parts(with: reader, workers: workers, onRead: onRead)
    var report = ReadReport()
    for part in parts { report.add(part.report) }
    if let first = report.problems.first, report.skipped > reader.malformed.limit {
      let field = first.field.map { "\($0): " } ?? ""
      throw InputError(
        .malformed, "\(first.path ?? "input"):\(first.line):\(first.column)",
        field + "more than \(reader.malformed.limit) records are malformed; the first one: "
          + first.reason)
    }
    // Not all inputs were plain, so there is at least one.
    let first = parts[0].log
    let rest = parts.dropFirst().map(\.log)
    return Result(log: rest.isEmpty ? first : try first.merging(rest), report: report)
  }

  /// Reads each input on its own, several at a time.
  private func parts(
    with reader: EventReader, workers: Int, onRead: (@Sendable (Int) -> Void)?
  ) async throws -> [EventReader.Result] {
    let width = min(workers, sources.count)
    let share = max(1, workers / max(1, width))
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      var outcomes: [Outcome] = []
      for index in 0..<width {
        group.addTask { await outcome(of: index, with: reader, workers: share, onRead: onRead) }
      }
      var next = width
      while let finished = await group.next() {
        outcomes.append(finished)
        // After an error nothing new is begun, but all that was begun before it in order is
        // finished, since the error of the first input counts.
        if next < sources.count && !outcomes.contains(where: { $0.error != nil }) {
          let index = next
          next += 1
          group.addTask { await outcome(of: index, with: reader, workers: share, onRead: onRead) }
        }
      }
      return outcomes
    }
    var parts: [EventReader.Result] = []
    for outcome in outcomes.sorted(by: { $0.index < $1.index }) {
      if let error = outcome.error { throw error }
      if let result = outcome.result { parts.append(result) }
    }
    return parts
  }

  /// What came of reading one input.
  private struct Outcome: Sendable {
    var index: Int
    var result: EventReader.Result?
    var error: (any Error)?
  }

  private func outcome(
    of index: Int, with reader: EventReader, workers: Int, onRead: (@Sendable (Int) -> Void)?
  ) async -> Outcome {
    do {
      let result = try await read(
        sources[index], with: reader, workers: workers, onRead: onRead)
      return Outcome(index: index, result: result)
    } catch {
      return Outcome(index: index, error: error)
    }
  }

  /// Reads one input and puts its name into what the reader says of it.
  private func read(
    _ source: InputSource, with reader: EventReader, workers: Int,
    onRead: (@Sendable (Int) -> Void)?
  ) async throws -> EventReader.Result {
    do {
      var result = try await reader.read(
        chunks: GzipStream(source, onRead: onRead), workers: workers)
      for index in result.report.problems.indices {
        result.report.problems[index].path = source.name
      }
      return result
    } catch var error as ReadError {
      error.path = source.name
      throw error
    }
  }
}

extension MalformedPolicy {
  /// How many malformed records are passed over.
  fileprivate var limit: Int {
    switch self {
    case .fail: 0
    case .skip(let limit): limit
    }
  }
}

extension ReadReport {
  /// Adds the report of an input that follows.
  mutating func add(_ other: ReadReport) {
    lines += other.lines
    skipped += other.skipped
    bytes += other.bytes
    repeatedParameters += other.repeatedParameters
    multipleValues += other.multipleValues
    numbersAsText += other.numbersAsText
    ignoredEntries += other.ignoredEntries
    problems += other.problems.prefix(max(0, 100 - problems.count))
  }
}
