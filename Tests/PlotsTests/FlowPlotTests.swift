import Funnel
import GA4Model
import GA4Samples
import Testing

@testable import Plots

@Suite struct FlowPlotTests {
  private static let root = FlowPlot.Node(
    "add_to_cart", count: 200,
    children: [
      FlowPlot.Node(
        "begin_checkout", count: 120, detail: "90 users",
        children: [
          FlowPlot.Node("purchase", count: 80), FlowPlot.Node("(end)", count: 40, kind: .end),
        ]),
      FlowPlot.Node("(other)", count: 30, kind: .other),
      FlowPlot.Node("(end)", count: 50, kind: .end),
    ])
  private let flow = FlowPlot("After adding to the cart", root: root)

  /// A tree in which every node goes on to one with `text` and to an end.
  private func chain(_ depth: Int, _ count: Int, saying text: String = "step") -> FlowPlot.Node {
    FlowPlot.Node(
      text, count: count,
      children: depth == 0
        ? []
        : [
          chain(depth - 1, count - count / 3, saying: text),
          FlowPlot.Node(text, count: count / 3, kind: .end),
        ])
  }

  private func bars(_ figure: FlowPlot, width: Int) throws -> [Element] {
    let all = try #require(elements(of: figure.svg(width: width)))
    return all.filter { $0.name == "rect" && ($0.has(class: "pa-bar") || $0.has(class: "pa-lost")) }
  }

  @Test func `the table has each node by its path, with counts and shares`() {
    #expect(
      flow.table == [
        ["Path", "Paths", "Of node before", "Of all", "Detail"],
        ["add_to_cart", "200", "—", "100.0%", ""],
        ["add_to_cart → begin_checkout", "120", "60.0%", "60.0%", "90 users"],
        ["add_to_cart → begin_checkout → purchase", "80", "66.7%", "40.0%", ""],
        ["add_to_cart → begin_checkout → (end)", "40", "33.3%", "20.0%", ""],
        ["add_to_cart → (other)", "30", "15.0%", "15.0%", ""],
        ["add_to_cart → (end)", "50", "25.0%", "25.0%", ""],
      ])
    #expect(
      flow.summary
        == "200 paths from add_to_cart; next: begin_checkout (60.0%), (end) (25.0%), (other) (15.0%)."
    )
  }

  @Test func `what came before stands before`() {
    let back = FlowPlot(
      "Before", root: FlowPlot.Node("buy", count: 2, children: [FlowPlot.Node("view", count: 1)]),
      direction: .preceding, countName: "users")
    #expect(
      back.table == [
        ["Path", "Users", "Of node after", "Of all"], ["buy", "2", "—", "100.0%"],
        ["view → buy", "1", "50.0%", "50.0%"],
      ])
    #expect(back.summary == "2 users to buy; before: view (50.0%).")
  }

  @Test func `in columns, bars are as high as their counts`() throws {
    let bars = try bars(flow, width: 1_200)
    #expect(bars.count == 6)
    let unit = bars[0].number("height") / 200
    for (bar, count) in zip(bars, [200.0, 120, 80, 40, 30, 50]) {
      // Dashed bars are drawn half a pixel within.
      let inset: Double = bar.has(class: "pa-lost") ? 1 : 0
      #expect(abs(bar.number("height") + inset - unit * count) < 0.2)
    }
    #expect(bars.filter { $0.has(class: "pa-lost") }.count == 2)
    // Steps stand side by side, from the left to the right; what came before, from the right.
    let x = bars.map { $0.number("x").rounded(.down) }
    #expect(x[0] < x[1] && x[1] < x[2] && x[4] == x[1])
    let back = FlowPlot("Before", root: Self.root, direction: .preceding)
    let mirrored = try self.bars(back, width: 1_200)
    for (one, other) in zip(bars, mirrored) {
      let right = other.number("x") + other.number("width")
      #expect(abs(one.number("x") - (1_200 - right)) < 0.2)
      #expect(one.number("y") == other.number("y"))
    }
  }

  @Test func `bands leave a bar side by side and are as thick as what they lead to`() throws {
    let all = try #require(elements(of: flow.svg(width: 1_200)))
    let bands = try all.filter { $0.has(class: "pa-band") }.map { band in
      // M x y C … x y V y C … x y Z
      let numbers = try #require(band.attributes["d"])
        .split { !"-.0123456789".contains($0) }.map { Double($0)! }
      #expect(numbers.count == 15)
      return (top: numbers[1], end: numbers[7], endFoot: numbers[8], foot: numbers[14])
    }
    let bars = try bars(flow, width: 1_200)
    #expect(bands.count == 5)
    // Those of the first node: to bars 1, 4 and 5, in the order in which bands are drawn.
    var top = bars[0].number("y")
    for (band, bar) in [(0, 1), (3, 4), (4, 5)] {
      #expect(abs(bands[band].top - top) < 0.2)
      #expect(abs(bands[band].end - bars[bar].number("y")) < 0.7)
      #expect(
        abs(bands[band].endFoot - bars[bar].number("y") - bars[bar].number("height")) < 0.7)
      top = bands[band].foot
    }
    #expect(abs(top - bars[0].number("y") - bars[0].number("height")) < 0.2)
  }

  @Test func `on a phone, bars lie below each other from one line`() throws {
    let bars = try bars(flow, width: 360)
    #expect(bars.count == 6)
    #expect(Set(bars.map { $0.number("x").rounded(.down) }).count == 1)
    for (one, next) in zip(bars, bars.dropFirst()) { #expect(one.number("y") < next.number("y")) }
    let unit = bars[0].number("width") / 200
    for (bar, count) in zip(bars, [200.0, 120, 80, 40, 30, 50]) {
      let inset: Double = bar.has(class: "pa-lost") ? 1 : 0
      #expect(abs(bar.number("width") + inset - unit * count) < 0.2)
    }
  }

  @Test(arguments: [240, 360, 640, 1_200, 4_000], [0, 1, 3, 9, 32])
  func `all marks and words lie within the drawing, no word over another`(
    _ width: Int, _ depth: Int
  ) throws {
    let long = "A page that somebody named without an end in mind, and so it goes on"
    for direction in [FlowPlot.Direction.following, .preceding] {
      for text in ["step", long] {
        let figure = FlowPlot(
          text, root: chain(depth, 1_000_000, saying: text), direction: direction)
        let drawing = figure.drawing(width: width)
        let all = try #require(elements(of: drawing.svg))
        #expect(all[0].attributes["viewBox"] == "0 0 \(width) \(drawing.height)")
        for rect in try bars(figure, width: width) {
          #expect(rect.number("x") >= 0 && rect.number("y") >= 0)
          #expect(rect.number("x") + rect.number("width") <= Double(width))
          #expect(rect.number("y") + rect.number("height") <= Double(drawing.height))
        }
        var boxes: [(x: ClosedRange<Double>, y: Double)] = []
        for text in all where text.name == "text" {
          let size = LabelText.width(text.text, bold: text.attributes["font-weight"] != nil)
          let left =
            text.attributes["text-anchor"] == "end" ? text.number("x") - size : text.number("x")
          #expect(left >= -0.1 && left + size <= Double(width) + 0.1)
          #expect((0...Double(drawing.height)).contains(text.number("y")))
          for box in boxes where box.x.overlaps(left...(left + size)) {
            #expect(abs(box.y - text.number("y")) >= 14.9)
          }
          boxes.append((left...(left + size), text.number("y")))
        }
      }
    }
  }

  @Test func `columns are drawn where names have room`() throws {
    func isColumns(_ depth: Int, _ width: Int, _ text: String) throws -> Bool {
      let all = try #require(
        elements(of: FlowPlot("F", root: chain(depth, 100, saying: text)).svg(width: width)))
      return depth == 0 ? false : all.contains { $0.has(class: "pa-band") }
    }
    #expect(try isColumns(3, 640, "page_view"))
    #expect(try !isColumns(3, 360, "page_view"))
    #expect(try isColumns(4, 1_200, "user_engagement"))
    #expect(try !isColumns(4, 640, "user_engagement"))
    #expect(try !isColumns(9, 1_200, "user_engagement"))
  }

  @Test func `nothing, a single node and the largest counts are drawn`() throws {
    let nothing = FlowPlot("F", root: FlowPlot.Node("a", count: 0))
    #expect(nothing.svg.contains(">No data</text>"))
    #expect(nothing.summary == "0 paths from a.")
    #expect(nothing.table[1] == ["a", "0", "—", "—"])
    let largest = FlowPlot(
      "F",
      root: FlowPlot.Node(
        "a", count: .max,
        children: [
          FlowPlot.Node("b", count: 1), FlowPlot.Node("c", count: 0),
          FlowPlot.Node("d", count: 1, kind: .end),
        ]))
    for width in [360, 1_200] {
      #expect(try bars(FlowPlot("F", root: FlowPlot.Node("a", count: 3)), width: width).count == 1)
      // What is not nothing is seen.
      let bars = try bars(largest, width: width)
      #expect(bars.count == 3)
      #expect(bars.allSatisfy { $0.number("height") >= 0.5 && $0.number("width") >= 0.5 })
    }
  }

  @Test(arguments: MarkupTests.hostile)
  func `the figure is well formed and runs nothing, whatever its labels say`(_ text: String) throws
  {
    let figure = FlowPlot(
      text,
      root: FlowPlot.Node(
        text, count: 3, children: [FlowPlot.Node(text, count: 2, detail: text)]),
      countName: text)
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

  @Test func `the bytes are the same each time, and on every machine`() {
    // The fingerprint of what this library drew when it was written.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for direction in [FlowPlot.Direction.following, .preceding] {
      let figure = FlowPlot("Paths", root: Self.root, direction: direction)
      for width in [360, 640, 1_200] {
        for byte in figure.drawing(width: width).markup(style: "").utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
      }
    }
    #expect(String(hash, radix: 16) == "1f078b287f1bbcdb")
  }

  @Test func `nodes that make no tree are refused`() async {
    await #expect(processExitsWith: .failure) { _ = FlowPlot.Node("a", count: -1) }
    await #expect(processExitsWith: .failure) {
      _ = FlowPlot.Node("a", count: 1, children: [FlowPlot.Node("b", count: 2)])
    }
  }

  // MARK: Reports

  /// Whether what lies behind a node adds up to it, and a child of it is rare only if it is the
  /// only one.
  private func check(_ node: FlowPlot.Node, _ least: Double) {
    if node.children.isEmpty { return }
    #expect(node.children.reduce(0) { $0 + $1.count } == node.count)
    #expect(node.children.filter { Double($0.count) < least }.count <= 1)
    #expect(node.children.filter { $0.kind == .other }.count <= 1)
    let kinds = node.children.map { $0.kind == .value ? 0 : $0.kind == .other ? 1 : 2 }
    #expect(kinds == kinds.sorted())
    for child in node.children { check(child, least) }
  }

  @Test(arguments: PathDirection.allCases, [0, 0.01, 0.05, 0.3, 1.5])
  func `a report is drawn with what few paths take joined`(
    _ direction: PathDirection, _ leastShare: Double
  ) throws {
    let log = try SampleShop.small.log()
    var query = PathQuery(following: { $0.name == .addToCart }, depth: 5, limit: 3)
    query.direction = direction
    let report = query.evaluate(log)
    let figure = report.plot(leastShare: leastShare)
    check(figure.root, leastShare * Double(report.root.count))
    #expect(figure.root.count == report.root.count)
    #expect(figure.title == (direction == .following ? "After add_to_cart" : "Before add_to_cart"))
    #expect(figure.countName == "paths")
    #expect(figure.root.detail == "\(report.root.units) users")
    if leastShare == 0 {
      func count(_ node: PathReport.Node) -> Int { node.children.reduce(1) { $0 + count($1) } }
      #expect(figure.table.count == count(report.root) + 1)
    }
    if leastShare > 1 { #expect(figure.root.children.isEmpty) }
  }

  @Test func `a report of one path for each unit counts units`() throws {
    let query = PathQuery(
      preceding: { $0.name == .purchase }, depth: 2, unit: .sessions, anchors: .first)
    let report = query.evaluate(try SampleShop.small.log())
    let figure = report.plot(title: "The way to buy")
    #expect(figure.title == "The way to buy" && figure.countName == "sessions")
    #expect(figure.table[0] == ["Path", "Sessions", "Of node after", "Of all"])
    #expect(report.svg() == report.plot().svg)
  }
}
