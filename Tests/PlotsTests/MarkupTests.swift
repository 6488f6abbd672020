import Testing

@testable import Plots

@Suite struct MarkupTests {
  static let hostile = [
    "</svg></title><script>alert(1)</script>", "\" onload=\"alert(1)", "' onload='x", "]]>", "<!--",
    "&amp; & &#60;", "\u{0}\u{1}\u{8}\u{1F}\u{7F}\u{9F}\u{FFFE}\u{FFFF}", "a\tb\nc\r\nd",
    "\u{202E}reversed\u{2066}", "", "   ", "👩‍👩‍👧‍👦 é e\u{301} 日本語 العربية",
    String(repeating: "x", count: 10_000), String(repeating: "long word ", count: 1_000),
  ]

  @Test(arguments: hostile)
  func `every figure is well formed and runs nothing, whatever its labels say`(_ text: String)
    throws
  {
    for figure in figures(saying: text) {
      for width in [240, 1_200] {
        let all = try #require(elements(of: figure.svg(width: width)))
        let names = ["svg", "title", "desc", "style", "rect", "g", "path", "text"]
        #expect(all.allSatisfy { names.contains($0.name) })
        #expect(all.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
        #expect(all.allSatisfy { $0.attributes.values.allSatisfy { !$0.contains("alert(") } })
      }
      #expect(elements(of: figure.htmlTable) != nil)
      #expect(elements(of: figure.html(widths: [360, 900])) != nil)
    }
  }

  @Test func `text is read back as it was written, but for what documents may not hold`() {
    let escaped = Markup.escaped("<a href=\"x\">&'\u{0}\n\u{202E}é")
    #expect(escaped == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\u{FFFD} é")
    let read = elements(of: "<x>\(escaped)</x>")
    #expect(read?[0].text == "<a href=\"x\">&'\u{FFFD} é")
  }

  @Test func `coordinates are tenths without an idle zero`() {
    let cases = [
      (0.0, "0"), (-0.01, "0"), (1.04, "1"), (1.05, "1.1"), (-0.5, "-0.5"), (-12.34, "-12.3"),
      (360, "360"), (99.96, "100"),
    ]
    for (value, text) in cases { #expect(Markup.coordinate(value) == text) }
  }

  @Test func `a figure names itself by its title and its description`() throws {
    for figure in figures(saying: "Name & more") {
      let all = try #require(elements(of: figure.svg))
      let root = all[0]
      let ids = try #require(root.attributes["aria-labelledby"]).split(separator: " ").map(
        String.init)
      #expect(root.attributes["role"] == "img")
      let named = ids.map { id in all.first { $0.attributes["id"] == id } }
      #expect(named.map { $0?.name } == ["title", "desc"])
      #expect(named.map { $0?.text } == [figure.title, figure.summary])
      #expect(!figure.summary.isEmpty)
    }
  }

  @Test func `ids differ between figures and widths, and are letters an id may have`() throws {
    let bars = { BarPlot("A", labels: ["x"], values: [$0]) }
    var figures: [any PlotFigure] = [bars(1), bars(2), BarPlot("B", labels: ["x"], values: [1])]
    for name in ["a", "a b", "a.b", "a_b", "a_20_b", "é"] {
      var figure = bars(1)
      figure.identifier = name
      figures.append(figure)
    }
    var ids: [String] = []
    for figure in figures {
      let page = try #require(elements(of: figure.html(widths: [640, 360, 360])))
      ids += page.compactMap { $0.attributes["id"] }
    }
    #expect(ids.count == figures.count * 4)
    #expect(Set(ids).count == ids.count)
    #expect(
      ids.allSatisfy {
        $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
      })
  }

  @Test func `the bytes are the same each time, and on every machine`() {
    for (one, other) in zip(figures(saying: "x"), figures(saying: "x")) {
      #expect(one.html == other.html)
    }
    // The fingerprint of what this library drew when it was written.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for figure in figures(saying: "Some label") {
      for width in [360, 1_200] {
        let drawing = figure.drawing(width: width)
        for byte in drawing.markup(style: "").utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
      }
    }
    #expect(String(hash, radix: 16) == "d82d77ea76d30a5e")
  }

  @Test func `a table has the figure's rows, with heads of columns and of rows`() throws {
    for figure in figures(saying: "Name & more") {
      let all = try #require(elements(of: figure.htmlTable))
      let table = figure.table
      #expect(table.allSatisfy { $0.count == table[0].count })
      let cells = all.filter { ["th", "td"].contains($0.name) }.map(\.text)
      #expect(cells == table.flatMap { $0 })
      #expect(all.count { $0.attributes["scope"] == "col" } == table[0].count)
      #expect(all.count { $0.attributes["scope"] == "row" } == table.count - 1)
      #expect(all.first { $0.name == "caption" }?.text == figure.title)
    }
  }

  @Test func `a page shows one of the drawings at every width`() throws {
    let figure = BarPlot("A", labels: ["x"], values: [1])
    let page = figure.html(widths: [900, 360, 600])
    let all = try #require(elements(of: page))
    let boxes = all.filter { $0.has(class: "pa-drawing") }
    let drawn = all.filter { $0.name == "svg" }.map {
      $0.attributes["viewBox"]!.split(separator: " ")[2]
    }
    #expect(drawn == ["360", "600", "900"])
    for place in [100, 359, 360, 599, 600, 899, 900, 5_000] {
      let shown = boxes.indices.filter { index in
        ![600, 900].contains { limit in
          boxes[index].has(class: "pa-from-\(limit)") && place < limit
            || boxes[index].has(class: "pa-below-\(limit)") && place >= limit
        }
      }
      #expect(shown == [place < 600 ? 0 : place < 900 ? 1 : 2])
    }
    for limit in [600, 900] {
      #expect(
        page.contains("@container (max-width:\(limit - 1).98px){.pa-from-\(limit){display:none}}"))
      #expect(page.contains("@container (min-width:\(limit)px){.pa-below-\(limit){display:none}}"))
    }
  }

  @Test func `a width that no figure is drawn for is refused`() async {
    await #expect(processExitsWith: .failure) {
      _ = BarPlot("A", labels: ["x"], values: [1]).svg(width: 239)
    }
    await #expect(processExitsWith: .failure) {
      _ = BarPlot("A", labels: ["x"], values: [1]).html(widths: [])
    }
  }
}
