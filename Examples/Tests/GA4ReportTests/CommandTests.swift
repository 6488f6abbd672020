import ExamplesTestSupport
import Foundation
import GA4Model
import GA4Samples
import Testing

/// How the program takes arguments and input, and what it says when they are wrong.
struct CommandTests {
  private let folder: TemporaryFolder
  private let good: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    good = NDJSONWriter().bytes(
      of: SampleShop(
        seed: 1, users: 5, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-03")!
      ).events)
  }

  private func failure(_ arguments: String..., input: String = "/dev/null") throws -> String {
    let run = try Program.run(arguments, input: input)
    #expect(run.status == 1, "\(arguments)")
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("ga4-report: ") && run.errors.hasSuffix("\n"))
    #expect(run.errors.count(where: { $0 == "\n" }) == 1)
    return String(run.errors.dropFirst("ga4-report: ".count).dropLast())
  }

  @Test func `without a file the report is about the sample shop and says so`() throws {
    let run = try Program.run(["--format", "json"])
    let json = try run.json()
    #expect(run.status == 0)
    #expect(try json.string("source").hasPrefix("the sample shop"))
    for key in [
      "events", "users", "sessions", "event_counts", "daily_active_users", "purchases", "channels",
      "devices", "countries", "top_items", "read", "funnel", "retention",
      "lifecycle", "rfm",
    ] {
      #expect(json[key] != nil, "\(key)")
    }
    for key in ["channels", "devices", "countries", "top_items", "retention", "lifecycle"] {
      #expect(try json.rows(key).count > 1, "\(key)")
    }
    #expect(try json.int("events") > 10_000)
  }

  @Test func `standard input is read, compressed or not`() throws {
    let direct = try Program.run(["--format", "json", try folder.write(good, "good")])
    for (name, bytes) in [("plain", good), ("gzip", gzip(good))] {
      let run = try Program.run(["--format", "json", "-"], input: try folder.write(bytes, name))
      #expect(run.status == 0, "\(run.errors)")
      #expect(try run.json().string("source") == "standard input")
      #expect(
        try run.json().int("events") == direct.json().int("events"))
    }
    let error = try failure("-", input: folder.write(Array(gzip(good).dropLast(20)), "short"))
    #expect(error.hasPrefix("standard input: the gzip data end too early"))
  }

  @Test func `gzip is known by its content and not by its name`() throws {
    for (name, bytes) in [("plain.gz", good), ("compressed.ndjson", gzip(good))] {
      let run = try Program.run(["--format", "json", try folder.write(bytes, name)])
      #expect(try run.json().int("events") > 0, "\(name)")
    }
  }

  @Test func `a JSON array and CSV are recognised, or named`() throws {
    let lines = good.split(separator: 0x0A)
    let array = Array("[".utf8) + lines.joined(separator: Array(",\n".utf8)) + Array("]".utf8)
    let log = try EventReader().read(bytes: good).log
    let csv = CSVWriter(.skinny).bytes(of: log)
    for (format, bytes) in [("json", array), ("csv", csv), ("ndjson", good)] {
      for named in ["auto", format] {
        for compressed in [false, true] {
          let path = try folder.write(compressed ? gzip(bytes) : bytes, "input")
          let run = try Program.run(["--format", "json", "--input-format", named, path])
          #expect(run.status == 0, "\(format) as \(named): \(run.errors)")
          #expect(try run.json().int("events") == log.count)
        }
      }
    }
    #expect(try failure("--input-format", "json", folder.write(good, "input")).contains("input"))
  }

  @Test func `a gzip file that was cut short is named`() throws {
    let path = try folder.write(Array(gzip(good).prefix(2_000)), "short.gz")
    #expect(
      try failure(path)
        == path + ": the gzip data end too early; the file was cut short, so fetch it again")
  }

  @Test func `folders, missing files and files without permission are named`() throws {
    #expect(
      try failure(folder.path)
        == folder.path + ": this is a directory; name the files inside it")
    #expect(
      try failure(folder.path("none"))
        == folder.path("none") + ": the file could not be opened (No such file or directory)")
    let locked = try folder.write(good, "locked")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: locked)
    // The superuser may read everything.
    if FileManager.default.isReadableFile(atPath: locked) { return }
    #expect(try failure(locked) == locked + ": the file could not be opened (Permission denied)")
  }

  @Test func `malformed records stop the reading, or are skipped and reported`() throws {
    var lines = good.split(separator: 0x0A).map { Array($0) }
    lines.insert(Array(#"{"event_name":"secret value"}"#.utf8), at: 3)
    lines.insert(Array("{broken".utf8), at: 6)
    let bytes = Array(lines.joined(separator: [0x0A])) + [0x0A]
    for (name, bytes) in [("plain", bytes), ("compressed", gzip(bytes))] {
      let path = try folder.write(bytes, name)
      let error = try failure(path)
      #expect(error.hasPrefix(path + ":4:") && !error.contains("secret"))
      #expect(
        try failure("--skip-malformed", "1", path).contains("more than 1 records are malformed"))
      let run = try Program.run(["--format", "json", "--skip-malformed", "2", path])
      #expect(run.status == 0)
      let read = try run.json().object("read")
      #expect(try read.int("skipped") == 2)
      #expect(try read.int("lines") == lines.count)
      #expect(try run.json().int("events") == lines.count - 2)
      let problems = try read.rows("problems")
      #expect(try problems.map { try $0.int("line") } == [4, 7])
      #expect(try problems.map { try $0.string("file") } == [path, path])
      let text = try Program.run(["--skip-malformed", "2", path]).text
      #expect(text.contains("skipped as malformed: 2") && text.contains(path + ":4:"))
    }
  }

  @Test func `the smallest program prints the channels of a sample`() throws {
    let run = try Program.run([], program: "minimal-report")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text.contains("Organic Search") && run.text.contains("total"))
  }

  @Test func `wrong arguments are usage errors`() throws {
    for arguments in [
      ["--format", "pdf"], ["--time-zone", "Atlantis/Capital"], ["--as-of", "yesterday"],
      ["--workers", "0"], ["--skip-malformed", "-1"], ["--purchases", "all"], ["--nonsense"],
      ["-", "-"],
    ] {
      let run = try Program.run(arguments)
      #expect(run.status == 64, "\(arguments)")
      #expect(run.output.isEmpty && run.errors.hasPrefix("Error: "), "\(arguments)")
    }
  }

  @Test(arguments: [
    (["--funnel", ""], "--funnel has an empty name; join the names of events by single commas"),
    (["--funnel", "a,,b"], "--funnel has an empty name;"),
    (["--funnel", "a, ,b"], "--funnel has an empty name;"),
    (["--funnel", "a,b,"], "--funnel has an empty name;"),
    (
      ["--funnel", Array(repeating: "a", count: 33).joined(separator: ",")],
      "--funnel can have at most 32 steps, and names 33."
    ),
    (["--unit", "visits"], "The value 'visits' is invalid for '--unit <unit>'"),
    (
      ["--breakdown", "colour"],
      "--breakdown must be one of: channel, device.category, device.operating_system,"
    ),
    (["--breakdown", ""], "--breakdown must be one of: channel,"),
  ])
  func `a funnel that cannot be is refused with a sentence`(
    arguments: [String], sentence: String
  ) throws {
    let run = try Program.run(arguments)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("Error: " + sentence), "\(run.errors)")
  }

  @Test(arguments: [
    ("0s", "must be longer than no time"), ("0d", "must be longer than no time"),
    ("-1d", "must be a whole number with s, m, h or d"), ("1.5h", "must be a whole number"),
    ("1w", "must be a whole number"), ("1H", "must be a whole number"),
    ("7", "must be a whole number"), ("d", "must be a whole number"),
    ("", "must be a whole number"),
    ("7 d", "must be a whole number"), ("٣d", "must be a whole number"),
    ("None", "must be a whole number"), ("106751992d", "is longer than any data"),
    ("9223372036855s", "is longer than any data"),
    ("99999999999999999999h", "is longer than any data"),
  ])
  func `a window that is no time is refused with the forms`(window: String, reason: String) throws {
    let run = try Program.run(["--window", window])
    #expect(run.status == 64 && run.output.isEmpty)
    let sentence = try #require(run.errors.split(separator: "\n").first)
    #expect(sentence.hasPrefix("Error: --window \(reason)"), "\(run.errors)")
    #expect(sentence.hasSuffix(", such as 30s, 15m, 1h or 7d, or none."))
  }

  @Test func `a window with the letter of help is refused too`() throws {
    let run = try Program.run(["--window=-1h"])
    #expect(run.status == 64 && run.errors.hasPrefix("Error: --window must be a whole number"))
  }

  @Test func `the help names every option`() throws {
    let run = try Program.run(["--help"])
    #expect(run.status == 0)
    for option in [
      "--format", "--output", "--export", "--time-zone", "--as-of", "--channels", "--purchases",
      "--funnel", "--window", "--unit", "--breakdown", "--input-format", "--skip-malformed",
      "--workers", "--quiet",
    ] {
      #expect(run.text.contains(option), "\(option)")
    }
  }

  @Test func `the report goes to the file that --output names`() throws {
    let path = try folder.write(good, "good")
    let run = try Program.run(["--format", "html", "--output", folder.path("report.html"), path])
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.errors == "Report written to \(folder.path("report.html"))\n")
    #expect(try folder.read("report.html") == Program.run(["--format", "html", path]).output)
    let quiet = try Program.run(["--quiet", "--output", folder.path("report.txt"), path])
    #expect(quiet.errors.isEmpty)
    #expect(
      try failure("--output", folder.path("no/report"), path).hasPrefix(folder.path("no/report")))
  }
}
