import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

struct EventReaderTests {
  private static func row(_ time: Int, _ more: String = "") -> String {
    #"{"event_name":"a","event_timestamp":\#(time)\#(more)}"#
  }

  private func refusal(
    _ text: String, _ reader: EventReader = EventReader(),
    _ location: SourceLocation = #_sourceLocation
  ) async -> ReadError? {
    await refusal(Array(text.utf8), reader, location)
  }

  private func refusal(
    _ bytes: [UInt8], _ reader: EventReader = EventReader(),
    _ location: SourceLocation = #_sourceLocation
  ) async -> ReadError? {
    var generator = SeededGenerator(seed: 1)
    switch await readInEveryWay(bytes, reader, &generator, location) {
    case .refused(let error): return error
    case .read:
      Issue.record("it was read", sourceLocation: location)
      return nil
    }
  }

  private func result(
    _ text: String, _ reader: EventReader = EventReader(),
    _ location: SourceLocation = #_sourceLocation
  ) async -> EventReader.Result? {
    var generator = SeededGenerator(seed: 2)
    switch await readInEveryWay(Array(text.utf8), reader, &generator, location) {
    case .read(let result): return result
    case .refused(let error):
      Issue.record("\(error)", sourceLocation: location)
      return nil
    }
  }

  // MARK: Inputs

  @Test(arguments: ["", "\n", "\r\n\n  \n\t", "[]", "[ ]\n", " [\n\n]", "\u{FEFF}", "\u{FEFF}[]"])
  func `nothing is read as no events`(text: String) async {
    #expect(await result(text)?.log.isEmpty == true)
    if !text.contains("[") {
      #expect(await result(text, EventReader(format: .ndjson))?.log.isEmpty == true)
      #expect(await result(text, EventReader(format: .jsonArray))?.log.isEmpty == true)
    }
  }

  @Test func `line ends of both kinds, blank lines and a byte order mark are no matter`() async {
    let rows = (0..<5).map { Self.row($0) }
    for text in [
      rows.joined(separator: "\n"), rows.joined(separator: "\r\n") + "\r\n",
      "\u{FEFF}" + rows.joined(separator: "\n\n \n"), "\n\n" + rows.joined(separator: " \r\n\t"),
    ] {
      let found = await result(text)
      #expect(found?.log.map(\.time.microseconds) == [0, 1, 2, 3, 4])
      #expect(found?.report.description == "5 records read, 0 skipped")
    }
  }

  @Test func `what is in no known format is refused by name`() async {
    let cases: [(bytes: [UInt8], sentence: String)] = [
      ([0xFF, 0xFE, 0x7B, 0x00], "the input is UTF-16; convert it to UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x7B], "the input is UTF-16; convert it to UTF-8"),
      ([0x1F, 0x8B, 0x08, 0x00, 0x00], "the input is gzip-compressed; decompress it first"),
    ]
    for (bytes, sentence) in cases {
      for format: EventReader.Format in [.automatic, .ndjson, .jsonArray, .csv(.automatic)] {
        let error = await refusal(bytes, EventReader(format: format))
        #expect(error?.description == sentence)
        #expect(error?.code == .format)
      }
    }
    let error = await refusal(Self.row(1), EventReader(format: .jsonArray))
    #expect(error?.description == "line 1, column 1: expected an array that begins with '['")
    var reader = EventReader(format: .jsonArray)
    reader.malformed = .skip(limit: .max)
    #expect(await refusal("\n " + Self.row(1), reader)?.line == 2)
  }

  // MARK: Arrays

  @Test func `an array that is not closed is refused`() async {
    let cases: [(text: String, sentence: String)] = [
      ("[", "line 1, column 2: the array is never closed with ']'; the input may be cut short"),
      (
        "[\n" + Self.row(1) + "\n",
        "line 3, column 1: the array is never closed with ']'; the input may be cut short"
      ),
      (
        "[" + Self.row(1),
        "line 1, column 40: the array is never closed with ']'; the input may be cut short"
      ),
      (
        "[" + Self.row(1) + ",",
        "line 1, column 41: the array is never closed with ']'; the input may be cut short"
      ),
      ("[" + Self.row(1) + ",{", "line 1, column 42: expected a key in double quotes"),
      (
        "[" + Self.row(1) + #",{"event_name":"secret"#,
        "line 1, column 62: event_name: the record is cut short inside a string"
      ),
    ]
    for (text, sentence) in cases {
      #expect(await refusal(text)?.description == sentence)
      var reader = EventReader()
      reader.malformed = .skip(limit: 5)
      let found = await result(text, reader)
      #expect(found?.report.skipped == 1)
      #expect(found?.log.count == (text.contains(":1}") ? 1 : 0))
    }
  }

  @Test func `what stands after an array or between its elements is refused`() async {
    let (a, b) = (Self.row(1), Self.row(2))
    let cases: [(text: String, sentence: String, skipped: Int, events: Int)] = [
      ("[\(a)] x", "line 1, column 42: text after the end of the array", 1, 1),
      ("[\(a)]\n[\(b),\(b),\(b)]", "line 2, column 1: text after the end of the array", 1, 1),
      ("[\(a)]]", "line 1, column 41: text after the end of the array", 1, 1),
      ("[\(a),]", "line 1, column 41: expected an object that begins with '{'", 1, 1),
      ("[\(a),,\(b)]", "line 1, column 41: expected an object that begins with '{'", 1, 2),
      ("[,\(a)]", "line 1, column 2: expected an object that begins with '{'", 1, 1),
      ("[\(a)\n\(b),\(a)]", "line 2, column 1: unexpected text after the object", 1, 1),
      ("[\(a)},\(b),\(b)]", "line 1, column 40: unexpected text after the object", 1, 2),
      (
        "[\(a),[],5,null,\"x\",\(b)]", "line 1, column 41: expected an object that begins with '{'",
        4, 2
      ),
      ("[\(a),{\"x\":[1}],\"y\":\"],{\"},\(b)]", "line 1, column 48: expected ',' or ']'", 2, 2),
    ]
    for (text, sentence, skipped, events) in cases {
      #expect(await refusal(text)?.description == sentence)
      var reader = EventReader()
      reader.malformed = .skip(limit: .max)
      let found = await result(text, reader)
      #expect(found?.report.skipped == skipped, "\(text)")
      #expect(found?.log.count == events, "\(text)")
    }
  }

  @Test func `places in arrays count lines and columns of the file`() async {
    let rows = (0..<20).map { Self.row($0) }
    let oneLine = "[" + rows.joined(separator: ",") + ",{\"event_name\":[]}]"
    #expect(
      await refusal(oneLine)?.description
        == "line 1, column \(oneLine.utf8.count - 3): event_name: expected text in double quotes")
    let pretty = "\n\n[" + rows.joined(separator: ",\n ") + ",\n\n  {\"event_name\":\n\n   []}]"
    #expect(
      await refusal(pretty)?.description
        == "line 26, column 4: event_name: expected text in double quotes")
  }

  // MARK: Limits and policies

  @Test(arguments: Rounds.parts)
  func `records over the limit are skipped wherever the input is cut`(part: Int) async {
    for var generator in Rounds.generators("long", part: part, perPart: 10) {
      var random = RandomExport(generator)
      let formats: [(EventReader.Format, [UInt8])] = [
        (.ndjson, random.lines()), (.jsonArray, random.array()),
        (
          .csv(.automatic),
          Array(
            ("event_name,event_timestamp,x\n"
              + (0..<10).map { _ in
                "a,1,\"" + String(repeating: "\n", count: generator.integer(below: 90)) + "\"\n"
              }.joined()).utf8)
        ),
      ]
      for (format, bytes) in formats {
        var reader = EventReader(format: format)
        reader.malformed = .skip(limit: .max)
        reader.limits.recordBytes = generator.integer(in: 40...400)
        let reading = await readInEveryWay(bytes, reader, &generator)
        guard case .read(let result) = reading else {
          Issue.record("\(reading)")
          continue
        }
        let sentence =
          "the record is longer than \(reader.limits.recordBytes) bytes; check its quotes and line ends, or raise ReadLimits.recordBytes"
        #expect(result.report.problems.allSatisfy { $0.reason == sentence })
        if case .ndjson = format {
          let long = bytes.split(separator: 0x0A).count { $0.count > reader.limits.recordBytes }
          #expect(result.report.skipped == long)
        }
      }
    }
  }

  @Test func `a record that is too long is refused with its line`() async {
    var reader = EventReader()
    reader.limits.recordBytes = 100
    let long = Self.row(3, ",\"x\":\"" + String(repeating: "y", count: 500) + "\"")
    let error = await refusal(Self.row(1) + "\n\n" + long + "\n" + Self.row(2), reader)
    #expect(
      error?.description
        == "line 3, column 1: the record is longer than 100 bytes; check its quotes and line ends, or raise ReadLimits.recordBytes"
    )
    #expect(error?.code == .tooLong)
    let array = "[" + Self.row(1) + ",\n" + Self.row(1) + "," + long + "]"
    #expect(await refusal(array, reader)?.column == 40)
    let header = await refusal(String(repeating: "x,", count: 200), reader)
    #expect(header?.description == "line 1: the header is longer than ReadLimits.recordBytes")
    #expect(header?.code == .tooLong)
    let blanks = await refusal(String(repeating: " ", count: 200) + Self.row(1), reader)
    #expect(
      blanks?.description == "the input begins with more blanks than ReadLimits.recordBytes")
  }

  @Test func `the policy lets its number of records pass and no more`() async {
    let text = [Self.row(1), "x", Self.row(2), "y", "z"].joined(separator: "\n")
    for limit in [3, 4, 1000, Int.max] {
      var reader = EventReader(format: .ndjson)
      reader.malformed = .skip(limit: limit)
      let found = await result(text, reader)
      #expect(found?.report.problems.map(\.line) == [2, 4, 5])
    }
    var reader = EventReader(format: .ndjson)
    reader.malformed = .skip(limit: 2)
    let error = await refusal(text, reader)
    #expect(
      error?.description
        == "line 2, column 1: more than 2 records are malformed; the first one: expected an object that begins with '{'"
    )
    #expect(error?.code == .tooManyMalformed)
    for policy: MalformedPolicy in [.fail, .skip(limit: 0), .skip(limit: -1)] {
      reader.malformed = policy
      #expect(
        await refusal(text, reader)?.description
          == "line 2, column 1: expected an object that begins with '{'")
      #expect(await result(Self.row(1), reader)?.log.count == 1)
    }
  }

  @Test func `a hundred problems are listed and all are counted`() async {
    let text = (0..<250).map { $0 % 2 == 0 ? "bad" : Self.row($0) }.joined(separator: "\n")
    var reader = EventReader(format: .ndjson)
    reader.malformed = .skip(limit: 125)
    let found = await result(text, reader)
    #expect(found?.report.skipped == 125)
    #expect(found?.report.problems.map(\.line) == (0..<100).map { $0 * 2 + 1 })
    #expect(found?.report.description.hasSuffix("\n  … and 25 more") == true)
  }

  @Test func `more distinct text than allowed is refused whatever the policy`() async throws {
    let text = (0..<100).map { Self.row($0, #","user_id":"user \#($0)""#) }.joined(separator: "\n")
    var reader = EventReader(malformed: .skip(limit: .max))
    reader.limits.textBytes = 500
    let error = await refusal(text, reader)
    #expect(
      error?.description
        == "the input holds more distinct text than ReadLimits.textBytes; keep less of it or raise it"
    )
    #expect(error?.code == .limit)
    reader.limits.textBytes = 2_000
    #expect(await result(text, reader)?.log.count == 100)
  }

  @Test func `nesting is limited as asked`() async {
    var reader = EventReader()
    reader.limits.nesting = 3
    #expect(await result(Self.row(1, #","x":[[[1]]]"#), reader)?.log.count == 1)
    #expect(
      await refusal(Self.row(1, #","x":[[[[1]]]]"#), reader)?.description
        == "line 1, column 46: objects are nested too deeply; raise ReadLimits.nesting")
  }

  @Test func `the deepest nesting that can be asked for fits into the stack`() async {
    var reader = EventReader()
    reader.limits.nesting = ReadLimits.deepestNesting
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      for member in [#""x":"#, #""event_params":[{"x":"#] {
        let depth = ReadLimits.deepestNesting - (member.contains("{") ? 1 : 0)
        func text(_ depth: Int) -> String {
          let value =
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
          return Self.row(1, "," + member + value + (member.contains("{") ? "}]" : ""))
        }
        #expect(await result(text(depth - 1), reader)?.log.count == 1)
        #expect(await refusal(text(100_000), reader)?.reason.contains("nested too deeply") == true)
      }
    }
  }

  // MARK: Files

  /// Calls `body` with the path of a folder that is removed afterwards.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "reader-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path())
  }

  @Test func `many files of several formats are read as one log`() async throws {
    try await withFolder { folder in
      let texts = [
        Self.row(1) + "\n" + Self.row(2), "[" + Self.row(3) + "]", "", "[\n" + Self.row(4) + "\n]",
        "event_name,event_timestamp\na,5\n", "event_name,event_timestamp\r\na,6",
        "event_timestamp,event_name\n7,a", "[]", Self.row(8), "event_name,event_timestamp\n",
      ]
      var paths: [String] = []
      for (index, text) in texts.enumerated() {
        paths.append(folder + "/\(index)")
        try Data(text.utf8).write(to: URL(filePath: paths[index]))
      }
      let whole = try EventReader().read(paths: paths)
      #expect(whole.log.map(\.time.microseconds) == [1, 2, 3, 4, 5, 6, 7, 8])
      #expect(whole.report.bytes == Int64(texts.joined().utf8.count))
      var generator = SeededGenerator(seed: 5)
      for workers in [1, 2, 7] {
        let reader = EventReader().cut(&generator)
        let other = try await reader.read(paths: paths, workers: workers)
        expect(other.log, isTheSameAs: whole.log)
        #expect(other.report == whole.report)
      }
      #expect(try EventReader().read(paths: []).log.isEmpty)
    }
  }

  @Test func `a fault in one of many files is named with the file and its line`() async throws {
    try await withFolder { folder in
      let texts = [
        Self.row(1) + "\n" + Self.row(2), Self.row(1) + "\n" + Self.row(2) + "\nbad\n",
        "event_name,event_timestamp\na,\"5\"\n\na,x",
        "[" + Self.row(1) + "\n,5]", "[" + Self.row(1),
      ]
      var paths: [String] = []
      for (index, text) in texts.enumerated() {
        paths.append(folder + "/\(index)")
        try Data(text.utf8).write(to: URL(filePath: paths[index]))
      }
      let sentences = [
        "\(paths[1]):3:1: expected an object that begins with '{'",
        "\(paths[2]):4:3: event_timestamp: expected a whole number; if times are written as dates, map the column as .iso8601",
        "\(paths[3]):2:2: expected an object that begins with '{'",
        "\(paths[4]):1:40: the array is never closed with ']'; the input may be cut short",
      ]
      var generator = SeededGenerator(seed: 6)
      for workers in [1, 2, 7] {
        var reader = EventReader().cut(&generator)
        for (index, sentence) in sentences.enumerated() {
          let error = await #expect(throws: ReadError.self) {
            try await reader.read(paths: [paths[0], paths[index + 1], paths[0]], workers: workers)
          }
          #expect(error?.description == sentence)
        }
        reader.malformed = .skip(limit: 4)
        let report = try await reader.read(paths: paths, workers: workers).report
        #expect(
          report.problems.map { problem in
            "\(problem.path!):\(problem.line):\(problem.column): "
              + (problem.field.map { "\($0): " } ?? "") + problem.reason
          } == sentences)
      }
    }
  }

  @Test func `what is no readable file is refused with the system's words`() async throws {
    try await withFolder { folder in
      func sentence(_ path: String) -> String? {
        #expect(throws: ReadError.self) { try EventReader().read(path: path) }?.description
      }
      #expect(
        sentence(folder + "/none")
          == "\(folder)/none: the file could not be opened (No such file or directory)")
      #expect(sentence(folder) == "\(folder): this is a directory; name the files inside it")
      let locked = folder + "/locked"
      try Data(Self.row(1).utf8).write(to: URL(filePath: locked))
      unsafe #expect(chmod(locked, 0) == 0)
      // The superuser may read everything.
      if getuid() != 0 {
        #expect(sentence(locked) == "\(locked): the file could not be opened (Permission denied)")
      }
      let wide = folder + "/wide"
      try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: wide))
      #expect(sentence(wide) == "\(wide): the input is UTF-16; convert it to UTF-8")
    }
  }

  @Test func `a pipe is read once and in order`() async throws {
    try await withFolder { folder in
      let path = folder + "/pipe"
      unsafe #expect(mkfifo(path, 0o600) == 0)
      let text = (0..<3_000).map { Self.row($0) }.joined(separator: "\n")
      for bytes in [Array(text.utf8), Array("[\(text.replacing("\n", with: ",\n"))]".utf8)] {
        let writer = Thread {
          guard let file = FileHandle(forWritingAtPath: path) else { return }
          try? file.write(contentsOf: Data(bytes))
          try? file.close()
        }
        writer.start()
        let result = try EventReader().read(path: path)
        #expect(result.log.map(\.time.microseconds) == Array(0..<3_000))
        #expect(result.report.bytes == Int64(bytes.count))
      }
    }
  }

  @Test func `progress adds up to the bytes`() async throws {
    let counter = Counter()
    var reader = EventReader()
    reader.tuning.share = 100
    reader.onProgress = { counter.add($0) }
    let bytes = Array((0..<50).map { Self.row($0) }.joined(separator: "\n").utf8)
    let result = try await reader.read(bytes: bytes, workers: 3)
    #expect(counter.total == bytes.count)
    #expect(result.report.bytes == Int64(bytes.count))
  }

  private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var sum = 0
    var total: Int { lock.withLock { sum } }
    func add(_ count: Int) { lock.withLock { sum += count } }
  }

  @Test func `an error of the stream is passed on`() async {
    struct Broken: Error {}
    let chunks = AsyncThrowingStream<[UInt8], any Error> { stream in
      stream.yield(Array(Self.row(1).utf8))
      stream.finish(throwing: Broken())
    }
    await #expect(throws: Broken.self) { try await EventReader().read(chunks: chunks) }
  }
}
