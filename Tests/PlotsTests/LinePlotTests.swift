import Testing

@testable import Plots

@Suite struct LinePlotTests {
  /// The points of the paths of a class, a list for each part of a path.
  private func parts(_ figure: LinePlot, _ kind: String, width: Int = 640) throws -> [[[Double]]] {
    let all = try #require(elements(of: figure.svg(width: width)))
    return all.filter { $0.has(class: kind) }.flatMap { path in
      path.attributes["d"]!.split(separator: "M").map { part in
        part.split(separator: "L").map { point in
          point.prefix { $0 != "Z" && $0 != "m" }.split(separator: " ").map { Double($0)! }
        }
      }
    }
  }

  @Test func `the table holds values and limits`() {
    let figure = LinePlot(
      "Users", labels: ["a", "b"], values: [1, nil], band: [0...2, nil], labelName: "day",
      valueName: "users")
    #expect(
      figure.table == [
        ["Day", "Users", "Low", "High"], ["a", "1", "0", "2"], ["b", "—", "—", "—"],
      ])
    let two = LinePlot(
      "U", labels: ["a"],
      series: [LinePlot.Series("x", values: [3], band: [2...4]), LinePlot.Series("y", values: [1])])
    #expect(two.table == [["Label", "x", "x, low", "x, high", "y"], ["a", "3", "2", "4", "1"]])
    let three = LinePlot(
      "U", labels: ["a", "b", "c"], values: [2, 5, 3], labelName: "day", valueName: "users")
    #expect(
      three.summary
        == "Users by day from a to c: at most 5 (b), at least 2 (a), 3 at the end (c).")
  }

  @Test(arguments: [360, 1_200])
  func `points ascend with values and go to the right`(_ width: Int) throws {
    let values = [3.0, 1, 4, 1.5, 9, 2, 6]
    let figure = LinePlot("L", labels: values.map { "\($0)" }, values: values)
    let points = try parts(figure, "pa-line", width: width).flatMap { $0 }
    #expect(points.count == values.count)
    let unit = (points[1][1] - points[4][1]) / 8
    for (point, value) in zip(points, values) {
      #expect(abs(point[1] - (points[1][1] - (value - 1) * unit)) < 0.2)
    }
    let steps = zip(points, points.dropFirst()).map { $1[0] - $0[0] }
    #expect(steps.allSatisfy { $0 > 0 && abs($0 - steps[0]) <= 0.11 })
  }

  @Test func `a missing value is a gap in the line and in the band`() throws {
    let values: [Double?] = [1, 2, nil, 3, .nan, 4, 5]
    let figure = LinePlot(
      "L", labels: values.indices.map { "\($0)" }, values: values,
      band: values.map { value in
        guard let value, value.isFinite else { return nil }
        return (value - 1)...(value + 1)
      })
    #expect(try parts(figure, "pa-line").map(\.count) == [2, 1, 2])
    #expect(try parts(figure, "pa-dot").count == 5)
    #expect(try parts(figure, "pa-band").map(\.count) == [4, 4, 4])
  }

  @Test func `the band encloses its line`() throws {
    let values = [5.0, 7, 4]
    let figure = LinePlot(
      "L", labels: ["a", "b", "c"], values: values, band: values.map { ($0 - 1)...($0 + 2) })
    let line = try parts(figure, "pa-line")[0]
    let band = try parts(figure, "pa-band")[0]
    for index in 0..<3 {
      #expect(band[index][0] == line[index][0] && band[5 - index][0] == line[index][0])
      #expect(band[index][1] < line[index][1] && band[5 - index][1] > line[index][1])
    }
  }

  @Test func `without zero the axis shows small changes`() throws {
    let values = [1_000.0, 1_003, 1_001]
    let labels = ["a", "b", "c"]
    func spread(_ includesZero: Bool) throws -> Double {
      let figure = LinePlot("L", labels: labels, values: values, includesZero: includesZero)
      let heights = try parts(figure, "pa-line")[0].map { $0[1] }
      return heights.max()! - heights.min()!
    }
    #expect(try spread(true) < 2)
    #expect(try spread(false) > 100)
    #expect(
      try !parts(LinePlot("L", labels: labels, values: [5, 5, 5], includesZero: false), "pa-line")
        .isEmpty)
  }

  @Test func `eight lines differ in dashes and signs, not in color alone`() throws {
    let figure = LinePlot(
      "L", labels: ["a", "b"],
      series: (0..<8).map { LinePlot.Series("s\($0)", values: [Double($0), 1]) })
    let all = try #require(elements(of: figure.svg))
    // The first eight are those of the legend.
    let dashes = all.filter { $0.has(class: "pa-line") }.prefix(8).map {
      $0.attributes["stroke-dasharray"]
    }
    #expect(Set(dashes).count == 8)
    let signs = all.filter { $0.has(class: "pa-dot") }.prefix(8).map { dot in
      dot.attributes["d"]!.drop { $0 != "m" }
    }
    #expect(Set(signs).count == 8)
    let legend = all.filter { $0.name == "text" && $0.text.hasPrefix("s") }.map(\.text)
    #expect(legend == (0..<8).map { "s\($0)" })
  }

  @Test func `a thousand points are a line without dots, within the drawing`() throws {
    let values = (0..<1_000).map { Double(($0 * 7_919) % 997) }
    let figure = LinePlot("L", labels: values.indices.map { "point \($0)" }, values: values)
    for width in [360, 1_200] {
      let points = try parts(figure, "pa-line", width: width).flatMap { $0 }
      #expect(points.count == 1_000)
      #expect(points.allSatisfy { (0...Double(width)).contains($0[0]) })
      #expect(try parts(figure, "pa-dot", width: width).isEmpty)
    }
    #expect(figure.svg.utf8.count < 30_000)
  }

  @Test func `nothing and one point are drawn`() throws {
    #expect(LinePlot("L", labels: [], values: []).svg.contains(">No data</text>"))
    #expect(LinePlot("L", labels: ["a"], values: [nil]).svg.contains(">No data</text>"))
    let dots = try parts(LinePlot("L", labels: ["a"], values: [5]), "pa-dot")
    #expect(dots.count == 1)
  }

  @Test func `lines without a value for each label are refused`() async {
    await #expect(processExitsWith: .failure) { _ = LinePlot("L", labels: ["a"], values: []) }
    await #expect(processExitsWith: .failure) {
      _ = LinePlot("L", labels: ["a", "b"], values: [1, 2], band: [0...1])
    }
    await #expect(processExitsWith: .failure) {
      _ = LinePlot(
        "L", labels: ["a"], series: (0..<9).map { LinePlot.Series("\($0)", values: [1]) })
    }
  }
}
