import Experiments
import Testing

@testable import Plots

@Suite struct IntervalPlotTests {
  private let figure = IntervalPlot(
    "Lifts",
    rows: [
      .init("Buyers", estimate: 0.12, interval: 0.033...0.214),
      .init("Errors", detail: "treatment", estimate: -0.01, interval: -0.08...0.07),
      .init("Unknown", estimate: nil, interval: nil),
    ], labelName: "metric", valueName: "lift")

  @Test func `the table and the summary hold estimates and intervals`() {
    #expect(
      figure.table == [
        ["Metric", "Lift", "From", "To"], ["Buyers", "12.0%", "3.3%", "21.4%"],
        ["Errors, treatment", "-1.0%", "-8.0%", "7.0%"], ["Unknown", "—", "—", "—"],
      ])
    #expect(
      figure.summary
        == "Buyers: 12.0%, from 3.3% to 21.4%; Errors, treatment: -1.0%, from -8.0% to 7.0%;"
        + " Unknown: unknown.")
  }

  @Test func `only an interval beside the reference has a filled sign`() throws {
    let signs = try #require(elements(of: figure.svg(width: 640))).filter {
      $0.has(class: "pa-sign")
    }
    #expect(signs.map { $0.has(class: "pa-ring") } == [false, true])
  }

  @Test func `all marks and words lie within the drawing`() throws {
    let long = "A metric that somebody named without an end in mind, and so it goes on and on"
    for width in [240, 360, 640, 1_200] {
      let figure = IntervalPlot(
        "I",
        rows: [
          .init(long, estimate: 1e9, interval: -2e9...3e12),
          .init("b", detail: long, estimate: -5, interval: -1e12...4),
        ], valueName: long, format: .decimal(2, unit: "USD"))
      let drawing = figure.drawing(width: width)
      for text in try #require(elements(of: drawing.svg)) where text.name == "text" {
        let size = LabelText.width(text.text)
        let share: Double =
          text.attributes["text-anchor"] == "end"
          ? 1 : text.attributes["text-anchor"] == "middle" ? 0.5 : 0
        #expect(text.number("x") - size * share >= -0.1, "\(text.text) at \(width)")
        #expect(text.number("x") + size * (1 - share) <= Double(width) + 0.1)
        #expect((0...Double(drawing.height)).contains(text.number("y")))
      }
    }
  }

  @Test func `values that cannot be drawn are missing`() {
    let figure = IntervalPlot(
      "I",
      rows: [
        .init("a", estimate: .infinity, interval: 0...1),
        .init("b", estimate: 1, interval: -Double.infinity...Double.infinity),
      ], format: .decimal())
    #expect(figure.table[1][1] == "—" && figure.table[2][2] == "—")
    #expect(IntervalPlot("I", rows: []).summary == "No data.")
    #expect(IntervalPlot("I", rows: []).svg.contains("No data"))
  }

  @Test func `a readout is drawn with its lifts`() {
    let readout = ExperimentReadout(
      ExperimentSummary(
        metrics: [MetricDefinition("Conversion", role: .primary)],
        arms: [
          .init("control", units: 1000, metrics: [MetricMoments(successes: 100, of: 1000)]),
          .init("treatment", units: 1000, metrics: [MetricMoments(successes: 120, of: 1000)]),
        ]))
    let figure = readout.plot()
    #expect(figure.table[0] == ["Metric", "Lift over control", "From", "To"])
    #expect(figure.table[1][1] == "20.0%")
    #expect(readout.svg().contains("<title"))
  }
}
