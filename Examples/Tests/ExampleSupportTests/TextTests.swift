import ExampleSupport
import ExamplesTestSupport
import Foundation
import Testing

struct JSONValueTests {
  @Test func `what is written is JSON, in the order given`() throws {
    let value: JSONValue = [
      "zebra": 1, "apple": [1, 2.5, "x", true, nil], "empty": [:], "none": [],
      "rows": [["a": 1, "b": "two"], ["a": 2, "b": "three"]],
    ]
    #expect(
      value.description
        == #"{"zebra": 1, "apple": [1, 2.5, "x", true, null], "empty": {}, "none": [], "#
        + #""rows": [{"a": 1, "b": "two"}, {"a": 2, "b": "three"}]}"#)
    #expect(
      value.prettyText == """
        {
          "zebra": 1,
          "apple": [
            1,
            2.5,
            "x",
            true,
            null
          ],
          "empty": {},
          "none": [],
          "rows": [
            {"a": 1, "b": "two"},
            {"a": 2, "b": "three"}
          ]
        }

        """)
  }

  @Test func `an object takes up members at its end`() {
    var value: JSONValue = ["zebra": 1]
    value.append("apple", 2)
    #expect(value == ["zebra": 1, "apple": 2])
  }

  @Test func `any text comes back`() throws {
    let text = String(
      String.UnicodeScalarView(
        (0..<0x3000).compactMap { Unicode.Scalar($0) } + ["🛒", "\u{2028}"]))
    for written in [JSONValue.array([.string(text)]).prettyText, "\([.string(text)] as JSONValue)"]
    {
      let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String]
      #expect(read == [text])
    }
  }

  @Test func `what JSON lacks is null`() {
    #expect(
      "\([.double(.nan), .double(.infinity), .number(nil)] as JSONValue)" == "[null, null, null]")
    #expect("\([.double(16_450), .double(1e300)] as JSONValue)" == "[16450.0, 1e+300]")
  }
}

struct TextColumnsTests {
  @Test func `text stands left and numbers right`() {
    var table = TextColumns(["name", "count"], widest: 8)
    table.append(["a", "1,234"])
    table.append(["a long name", "7"])
    #expect(
      table.description == """
          name       count
          a          1,234
          a long …       7
        """)
  }

  @Test func `control characters do not reach a terminal`() {
    #expect(TextColumns.printable("a\u{1B}[31mb\nc\u{202E}d") == "a�[31mb�c�d")
    #expect(TextColumns.printable("Größe 🛒 日本") == "Größe 🛒 日本")
  }
}

struct NumberTextTests {
  @Test func `digits are grouped`() {
    #expect(
      [0, 999, 1000, -1_234_567].map(NumberText.grouped) == ["0", "999", "1,000", "-1,234,567"])
  }

  @Test func `decimals are rounded`() {
    #expect(NumberText.fixed(1234.5, 2) == "1,234.50")
    #expect(NumberText.fixed(0.999, 2) == "1.00")
    #expect(NumberText.fixed(-0.001, 2) == "0.00")
    #expect(NumberText.fixed(-0.5, 0) == "-1")
    #expect(NumberText.fixed(123_456_789_012.25, 2) == "123,456,789,012.25")
    #expect(NumberText.percent(0.3125) == "31.3%")
    #expect(NumberText.percent(nil) == "—")
  }
}

struct HTMLTextTests {
  @Test func `values are escaped and markup is not`() {
    let name = "<b onclick='x'>&\"\u{0}\n"
    let part: HTMLText = "<i>\(name)</i>"
    #expect(part.markup == "<i>&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;\u{FFFD} </i>")
    let whole: HTMLText = "<p>\(part)\([part, part])\(3)\(HTMLText(markup: "<hr/>"))</p>"
    #expect(whole.markup.hasSuffix("3<hr/></p>"))
    #expect(xmlProblem(whole.markup) == nil)
  }
}

struct FileOutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a file is replaced and leaves nothing behind`() throws {
    try FileOutput.write([1, 2, 3], toPath: folder.path("a"))
    try FileOutput.write([4], toPath: folder.path("a"))
    #expect(try folder.read("a") == [4])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test func `devices and links are written through`() throws {
    try FileOutput.write([1, 2, 3], toPath: "/dev/null")
    #expect(!FileManager.default.isDeletableFile(atPath: "/dev/null") || isDevice("/dev/null"))
    _ = try folder.write("old", "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("target"))
    try FileOutput.write([9], toPath: folder.path("link"))
    #expect(try folder.read("target") == [9])
  }

  private func isDevice(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type == .typeCharacterSpecial
  }

  @Test func `folders are made, and errors name the place`() throws {
    try FileOutput.makeDirectory(folder.path("a/b/c"))
    try FileOutput.makeDirectory(folder.path("a/b"))
    try FileOutput.write([1], toPath: folder.path("a/b/c/file"))
    let file = #expect(throws: InputError.self) {
      try FileOutput.makeDirectory(folder.path("a/b/c/file"))
    }
    #expect(file?.code == .directory)
    let missing = #expect(throws: InputError.self) {
      try FileOutput.write([1], toPath: folder.path("no/file"))
    }
    #expect(
      missing?.description == folder.path("no/file")
        + ": the file could not be written (No such file or directory)")
    #expect(throws: InputError.self) { try FileOutput.write([1], toPath: folder.path("a")) }
  }
}
