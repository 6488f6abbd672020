import Testing

@testable import Plots

@Suite struct BarPlotTests {
  private func bars(_ figure: BarPlot, width: Int = 640) throws -> [Element] {
    let all = try #require(elements(of: figure.svg(width: width)))
    return all.filter { $0.has(class: "pa-bar") }
  }

  @Test func `the table and the summary hold the values`() {
    let figure = BarPlot(
      "Sessions", labels: ["Mon", "Tue", "Wed"], values: [1_200, 950, nil], labelName: "weekday",
      valueName: "sessions")
    #expect(
      figure.table == [
        ["Weekday", "Sessions"], ["Mon", "1,200"], ["Tue", "950"], ["Wed", "—"],
      ])
    #expect(
      figure.summary
        == "Sessions by weekday from Mon to Wed: at most 1,200 (Mon), at least 950 (Tue).")
    let two = BarPlot(
      "S", labels: ["Mon"],
      series: [BarPlot.Series("this", values: [1]), BarPlot.Series("last", values: [.infinity])])
    #expect(two.table == [["Label", "this", "last"], ["Mon", "1", "—"]])
    #expect(two.summary == "Values of Mon. this: always 1. last: no values.")
  }

  @Test(arguments: [360, 640, 1_200], [BarPlot.Direction.vertical, .horizontal])
  func `lengths are proportional to values, and negative bars lie on the other side`(
    _ width: Int, _ direction: BarPlot.Direction
  ) throws {
    let values = [8.0, -4, 1, 0, 2.5, -0.5]
    let figure = BarPlot(
      "B", labels: values.map { "\($0)" }, values: values, direction: direction)
    let bars = try bars(figure, width: width)
    let isVertical = direction == .vertical
    let length = isVertical ? "height" : "width"
    let unit = bars[0].number(length) / 8
    for (bar, value) in zip(bars, values) {
      #expect(abs(bar.number(length) - unit * value.magnitude) < 0.2)
    }
    // The zero line is the foot of the first bar.
    let zero = isVertical ? bars[0].number("y") + bars[0].number("height") : bars[0].number("x")
    for (bar, value) in zip(bars, values) {
      let near = isVertical ? bar.number("y") : bar.number("x")
      let far = near + bar.number(length)
      #expect(
        abs((value < 0) == isVertical ? near - zero : (isVertical ? far : near) - zero) < 0.2
          || (value < 0 && !isVertical && abs(far - zero) < 0.2))
    }
  }

  @Test func `all marks and words lie within the drawing`() throws {
    let long = "A label that somebody wrote without an end in mind, and so it goes on"
    for direction in [BarPlot.Direction.automatic, .vertical, .horizontal] {
      for width in [240, 360, 1_200] {
        let figure = BarPlot(
          "B", labels: [long, "b", "c"], values: [-123_456_789.25, 1e9, 5],
          format: .decimal(2, unit: "USD"), direction: direction)
        let drawing = figure.drawing(width: width)
        let all = try #require(elements(of: drawing.svg))
        #expect(all[0].attributes["viewBox"] == "0 0 \(width) \(drawing.height)")
        for rect in all where rect.name == "rect" && rect.has(class: "pa-bar") {
          #expect(rect.number("x") >= 0)
          #expect(rect.number("x") + rect.number("width") <= Double(width))
          #expect(rect.number("y") + rect.number("height") <= Double(drawing.height))
        }
        for text in all where text.name == "text" {
          let size = LabelText.width(text.text)
          let share: Double =
            text.attributes["text-anchor"] == "end"
            ? 1 : text.attributes["text-anchor"] == "middle" ? 0.5 : 0
          #expect(text.number("x") - size * share >= -0.1)
          #expect(text.number("x") + size * (1 - share) <= Double(width) + 0.1)
          #expect((0...Double(drawing.height)).contains(text.number("y")))
        }
      }
    }
  }

  @Test func `long labels turn the bars where they lack room`() throws {
    let figure = BarPlot(
      "B", labels: ["Organic Search", "Paid Search", "Direct"], values: [3, 2, 1])
    let narrow = try bars(figure, width: 360)
    #expect(Set(narrow.map { $0.number("x") }).count == 1)
    let wide = try bars(figure, width: 1_200)
    #expect(Set(wide.map { $0.number("y") + $0.number("height") }).count == 1)
  }

  @Test func `of many short labels some are shown, none over another`() throws {
    let figure = BarPlot(
      "B", labels: (0..<24).map { "\($0)" }, values: (0..<24).map { Double($0) },
      direction: .vertical)
    for width in [240, 360, 1_200] {
      let all = try #require(elements(of: figure.svg(width: width)))
      let bottom = try #require(all.last { $0.name == "text" }).number("y")
      let labels = all.filter { $0.name == "text" && $0.number("y") == bottom }
      #expect(labels.count >= 6 && labels[0].text == "0")
      for (one, next) in zip(labels, labels.dropFirst()) {
        let sizes = LabelText.width(one.text) + LabelText.width(next.text)
        #expect(next.number("x") - one.number("x") >= sizes / 2)
      }
    }
  }

  @Test func `labels are wrapped between words, and dates are left out rather than broken`() throws
  {
    func texts(_ labels: [String]) throws -> [String] {
      let figure = BarPlot(
        "B", labels: labels, values: labels.map { _ in 1 }, direction: .vertical)
      return try #require(elements(of: figure.svg(width: 480))).filter { $0.name == "text" }
        .map(\.text)
    }
    let days = (19...24).map { "2020-12-\($0)" }
    let shown = try texts(days).filter { $0.hasPrefix("20") }
    #expect(shown.count >= 3 && shown.allSatisfy(days.contains))
    let words = (1...6).map { "the event \($0)" }
    #expect(try texts(words).filter { $0 == "the event" }.count == 6)
  }

  @Test func `nothing, one value, zeros, a huge value and values that are none are drawn`() throws {
    #expect(BarPlot("B", labels: [], values: []).svg.contains(">No data</text>"))
    #expect(BarPlot("B", labels: [], values: []).summary == "No data.")
    #expect(BarPlot("B", labels: ["a"], values: [.nan]).svg.contains(">No data</text>"))
    for direction in [BarPlot.Direction.vertical, .horizontal] {
      func heights(_ values: [Double?]) throws -> [Double] {
        let labels = values.indices.map { "\($0)" }
        let figure = BarPlot("B", labels: labels, values: values, direction: direction)
        return try bars(figure).map { $0.number(direction == .vertical ? "height" : "width") }
      }
      #expect(try heights([0, 0]) == [0, 0])
      #expect(try heights([5]).allSatisfy { $0 > 100 })
      #expect(try heights([1e289, 1, 0]).dropFirst() == [1, 0])
      #expect(try heights([.infinity, 3, nil, -.infinity, 1e300]).count == 1)
      #expect(try heights([.leastNonzeroMagnitude]).count == 1)
    }
  }

  @Test func `values without labels are refused`() async {
    await #expect(processExitsWith: .failure) { _ = BarPlot("B", labels: ["a"], values: []) }
    await #expect(processExitsWith: .failure) { _ = BarPlot("B", labels: [], series: []) }
  }
}
