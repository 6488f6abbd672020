import ExamplesTestSupport
import Foundation
import Testing

/// The built programs as people run it.
struct Program {
  /// What a run has left.
  struct Run {
    var status: Int32
    var output: [UInt8]
    var errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// The output as JSON.
    func json() throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any],
        "no JSON: \(errors)")
    }
  }

  /// The folder of the test binary is that of the program.
  private static var folder: URL {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    var url = URL(fileURLWithPath: bundle)
    while url.pathComponents.contains(where: { $0.hasSuffix(".xctest") }) {
      url.deleteLastPathComponent()
    }
    return url
  }

  /// Runs the program and waits for its end.
  static func run(
    _ arguments: [String], input: String = "/dev/null", program: String = "ga4-report"
  ) throws -> Run {
    let folder = try TemporaryFolder()
    _ = try folder.write([], "output")
    _ = try folder.write([], "errors")
    let process = Process()
    process.executableURL = Self.folder.appendingPathComponent(program)
    process.arguments = arguments
    // Files instead of pipes, so that nobody waits for the other side.
    process.standardInput = FileHandle(forReadingAtPath: input)
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    try process.run()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: try folder.read("output"),
      errors: String(decoding: try folder.read("errors"), as: UTF8.self))
  }
}

extension [String: Any] {
  func object(_ key: String) throws -> [String: Any] {
    try #require(self[key] as? [String: Any], "no object \(key)")
  }

  func rows(_ key: String) throws -> [[String: Any]] {
    try #require(self[key] as? [[String: Any]], "no rows \(key)")
  }

  func int(_ key: String) throws -> Int { try #require(self[key] as? Int, "no number \(key)") }

  func double(_ key: String) throws -> Double {
    try #require((self[key] as? NSNumber)?.doubleValue, "no number \(key)")
  }

  func string(_ key: String) throws -> String {
    try #require(self[key] as? String, "no text \(key)")
  }
}
