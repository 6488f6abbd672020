import ExampleSupport
import ExamplesTestSupport
import GA4Model
import Testing

struct EventInputsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Lines of `count` events of a few users, all at the same times in every file, so that only the
  /// order of the files decides on theirs.
  private func lines(_ file: Int, _ count: Int = 40) -> String {
    (0..<count).map { index in
      #"{"event_name":"event_\#(file)_\#(index)","event_timestamp":"\#(1_000_000 * (index / 8))","#
        + #""user_pseudo_id":"\#(index % 5).1"}"#
    }.joined(separator: "\n") + "\n"
  }

  private func names(_ log: EventLog) -> [String] { log.map(\.name.rawValue) }

  @Test(arguments: [1, 2, 7])
  func `compressed and plain files make the log of their events in order`(workers: Int)
    async throws
  {
    let texts = (0..<6).map { lines($0) }
    let plain = try texts.enumerated().map { try folder.write($1, "plain\($0)") }
    let mixed = try texts.enumerated().map { index, text in
      index % 3 == 1 ? plain[index] : try folder.write(gzip(Array(text.utf8)), "gz\(index)")
    }
    let expected = try EventReader().read(bytes: Array(texts.joined().utf8))
    for paths in [plain, mixed] {
      let result = try await EventInputs(paths).read(with: EventReader(), workers: workers)
      #expect(names(result.log) == names(expected.log))
      #expect(Array(result.log) == Array(expected.log))
      #expect(result.report.lines == expected.report.lines)
    }
  }

  @Test func `CSV files each have their own header`() async throws {
    let first = "event_name,event_timestamp,user_id\na,1,u\n"
    let second = "user_id,event_timestamp,event_name\nu,2,b\n"
    let inputs = EventInputs([
      try folder.write(gzip(Array(first.utf8)), "1"), try folder.write(second, "2"),
    ])
    let result = try await inputs.read(with: EventReader(), workers: 2)
    #expect(names(result.log) == ["a", "b"])
  }

  @Test func `the limit of malformed records is one for all inputs`() async throws {
    let broken = "x\n" + lines(0, 3) + "y\n"
    let paths = try (0..<3).map { try folder.write(gzip(Array(broken.utf8)), "broken\($0)") }
    var reader = EventReader(format: .ndjson)
    reader.malformed = .skip(limit: 6)
    let result = try await EventInputs(paths).read(with: reader, workers: 2)
    #expect(result.report.skipped == 6)
    #expect(result.report.lines == 15)
    #expect(result.report.problems.map(\.line) == [1, 5, 1, 5, 1, 5])
    #expect(result.report.problems.map(\.path) == [0, 0, 1, 1, 2, 2].map { paths[$0] })

    reader.malformed = .skip(limit: 4)
    for workers in [1, 2, 7] {
      let error = await #expect(throws: InputError.self) {
        try await EventInputs(paths).read(with: reader, workers: workers)
      }
      #expect(error?.code == .malformed)
      #expect(
        error?.description.hasPrefix(
          paths[0] + ":1:1: more than 4 records are malformed; the first one: ") == true)
    }
  }

  @Test func `of several errors the first in order is told`() async throws {
    let paths = try [
      folder.write(gzip(Array(lines(0).utf8)), "good"),
      folder.write(gzip(Array("broken\n".utf8)), "malformed"),
      folder.write(Array(gzip(Array(lines(1).utf8)).dropLast(9)), "short"),
    ]
    let reader = EventReader(format: .ndjson)
    for workers in [1, 2, 7] {
      let error = await #expect(throws: ReadError.self) {
        try await EventInputs(paths).read(with: reader, workers: workers)
      }
      #expect(error?.path == paths[1])
      let short = await #expect(throws: InputError.self) {
        try await EventInputs([paths[0], paths[2]]).read(with: reader, workers: workers)
      }
      #expect(short?.name == paths[2])
    }
  }

  @Test func `a missing file is noticed before anything is read`() async throws {
    let counter = Counter()
    let good = try folder.write(gzip(Array(lines(0).utf8)), "good")
    await #expect(throws: InputError.self) {
      try await EventInputs([good, "/no/such/file"]).read(with: EventReader(), workers: 1) {
        counter.add($0)
      }
    }
    #expect(counter.value == 0)
  }

  @Test func `the size of files is known, that of pipes is not`() throws {
    let good = try folder.write("12345", "good")
    #expect(try EventInputs([good, good]).size() == 10)
    #expect(try EventInputs([good, "-"]).size() == nil)
    #expect(try EventInputs(["/dev/null"]).size() == nil)
  }
}
