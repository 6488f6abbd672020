import ExampleSupport
import ExamplesTestSupport
import Foundation
import Testing

struct GzipStreamTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Text that compresses, and some that does not.
  private func content(_ count: Int) -> [UInt8] {
    var state: UInt32 = 7
    return (0..<count).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      return index % 3 == 0 ? UInt8(state >> 24) : UInt8(index % 7)
    }
  }

  private func read(_ bytes: [UInt8], chunkSize: Int = 1 << 18) async throws -> [UInt8] {
    let path = try folder.write(bytes, "input")
    var result: [UInt8] = []
    for try await chunk in GzipStream(.path(path), chunkSize: chunkSize) {
      #expect(!chunk.isEmpty && chunk.count <= chunkSize)
      result += chunk
    }
    return result
  }

  private func error(_ bytes: [UInt8]) async throws -> InputError? {
    await #expect(throws: InputError.self) { try await read(bytes) }
  }

  @Test(arguments: [0, 1, 2, 100, 70_000, 300_000], [2, 3, 1000, 1 << 18])
  func `what was compressed comes back, whatever the size of chunks`(count: Int, chunkSize: Int)
    async throws
  {
    let bytes = content(chunkSize < 100 ? min(count, 100) : count)
    #expect(try await read(gzip(bytes), chunkSize: chunkSize) == bytes)
  }

  @Test(arguments: [[], [0x1F], [0x8B, 0x1F], Array("{\"a\":1}\n".utf8), [0, 0, 0]] as [[UInt8]])
  func `bytes that are not gzip pass unchanged`(bytes: [UInt8]) async throws {
    #expect(try await read(bytes) == bytes)
    #expect(try await read(bytes, chunkSize: 2) == bytes)
  }

  @Test func `members that follow each other are one stream`() async throws {
    let parts = [content(5_000), [], content(3), content(100_000)]
    let file = parts.map(gzip).reduce([], +)
    #expect(try await read(file) == parts.reduce([], +))
    #expect(try await read(file, chunkSize: 5) == parts.reduce([], +))
  }

  @Test func `zeros behind the last member are padding`() async throws {
    #expect(
      try await read(gzip(content(50)) + [UInt8](repeating: 0, count: 700)) == content(50))
  }

  @Test func `a file cut short anywhere is an error that names it`() async throws {
    let whole = gzip(content(400)) + gzip(content(20))
    let firstMember = gzip(content(400)).count
    for count in 2..<whole.count where count != firstMember {
      let error = try #require(try await error(Array(whole[..<count])))
      // A second member of one byte is no gzip member yet, but the same message fits.
      #expect(error.code == .cutShort, "cut to \(count) bytes")
      #expect(
        error.description == folder.path("input")
          + ": the gzip data end too early; the file was cut short, so fetch it again")
    }
  }

  @Test func `changed bytes are an error`() async throws {
    let whole = gzip(content(400))
    // The last eight bytes are checksum and length.
    for index in [whole.count - 1, whole.count - 8, whole.count / 2] {
      var bytes = whole
      bytes[index] ^= 0x10
      let error = try #require(try await error(bytes))
      #expect(error.code == .damaged || error.code == .cutShort)
    }
  }

  @Test func `other bytes behind the data are an error`() async throws {
    for tail in [Array("tail".utf8), [0, 0, 1], [0x1F, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]] {
      let error = try #require(try await error(gzip(content(9)) + tail))
      #expect(error.code == .damaged)
    }
  }

  @Test func `what cannot be opened is an error with a reason`() async throws {
    let missing = await #expect(throws: InputError.self) {
      for try await _ in GzipStream(.path("/no/such/file")) {}
    }
    #expect(
      missing?.description
        == "/no/such/file: the file could not be opened (No such file or directory)")
    let folder = await #expect(throws: InputError.self) {
      for try await _ in GzipStream(.path(self.folder.path)) {}
    }
    #expect(folder?.code == .directory)
  }

  @Test func `progress counts the bytes of the file`() async throws {
    let path = try folder.write(gzip(content(100_000)), "input")
    let counter = Counter()
    for try await _ in GzipStream(.path(path), chunkSize: 512, onRead: { counter.add($0) }) {}
    #expect(counter.value == gzip(content(100_000)).count)
    #expect(try InputSource.path(path).facts().isGzip == true)
    #expect(try InputSource.path(path).facts().size == counter.value)
  }
}
