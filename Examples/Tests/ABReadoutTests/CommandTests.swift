import ExamplesTestSupport
import Foundation
import Testing

@Suite struct ABReadoutCommandTests {
  /// The built program as people run it.
  private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String)
  {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    var url = URL(fileURLWithPath: bundle)
    while url.pathComponents.contains(where: { $0.hasSuffix(".xctest") }) {
      url.deleteLastPathComponent()
    }
    let folder = try TemporaryFolder()
    _ = try folder.write([], "output")
    _ = try folder.write([], "errors")
    let process = Process()
    process.executableURL = url.appendingPathComponent("ab-readout")
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: "/dev/null")
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: try folder.read("output"), as: UTF8.self),
      String(decoding: try folder.read("errors"), as: UTF8.self)
    )
  }

  @Test func `without input the experiment of the sample shop is read`() throws {
    let result = try run([])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("A/B readout of the sample shop"))
    #expect(result.output.contains("sample ratio as planned"))
    #expect(result.output.contains("Buyers"))
    let json = try run(["--format", "json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((object["lines"] as? [Any])?.count == 4)
    #expect(try run(["--format", "html"]).output.hasPrefix("<!DOCTYPE html>"))
  }

  @Test func `compressed tables of units are read`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { "\($0),\($0 % 2 == 0 ? "A" : "B"),\($0 % 7 == 0)" }
    let path = try folder.write(
      gzip(Array((["user,version,bought"] + rows).joined(separator: "\n").utf8)), "units.csv.gz")
    let result = try run([path, "--unit", "user", "--variant", "version", "--metric", "bought"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("A/B readout of units.csv.gz"))
    #expect(result.output.contains("sample ratio as planned: 200"))
  }

  @Test func `faults end with a sentence`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("a,b\n1,2\n".utf8), "t.csv")
    let result = try run([path, "--metric", "b"])
    #expect(result.status == 1)
    #expect(result.errors == "ab-readout: There is no column variant; the columns are a, b.\n")
    #expect(try run([path]).errors.contains("Name the columns of the metrics with --metric."))
    #expect(
      try run(["--confidence", "2"]).errors.contains("--confidence must lie between 0 and 1"))
    #expect(
      try run([path, "--metric", "b", "--weights", "A"]).errors
        .contains("--weights must be names with numbers above 0"))
  }
}
