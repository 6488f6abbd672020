import Cohorts
import Foundation
import GA4Model
import Testing

@testable import Plots

@Suite struct HeatMapPlotTests {
  private let map = HeatMapPlot(
    "Retention", columns: ["1", "2"],
    rows: [
      HeatMapPlot.Row("2020-12-19", detail: "3,236", values: [0.043, 0.02], provisional: [1]),
      HeatMapPlot.Row("2020-12-20", detail: "2,827", values: [0.042, nil]),
    ], rowName: "cohort", detailName: "users", columnName: "day", valueName: "returned",
    format: .percent())

  private func fields(_ figure: HeatMapPlot, width: Int = 640) throws -> [Element] {
    try #require(elements(of: figure.svg(width: width))).filter { $0.has(class: "pa-bar") }
  }

  @Test func `the table and the summary hold the values`() {
    #expect(
      map.table == [
        ["Cohort", "Users", "Day 1", "Day 2"], ["2020-12-19", "3,236", "4.3%", "2.0%*"],
        ["2020-12-20", "2,827", "4.2%", "—"],
      ])
    #expect(
      map.summary
        == "Returned: at most 4.3% (2020-12-19, day 1), at least 2.0% (2020-12-19, day 2).")
    let plain = HeatMapPlot(
      "M", columns: ["a"], rows: [HeatMapPlot.Row("r", values: [.infinity])])
    #expect(plain.table == [["Row", "a"], ["r", "—"]])
    #expect(plain.summary == "No data.")
  }

  @Test func `the higher the value, the more of the color`() throws {
    let values = [0, 1, 2.5, 5, 10.0]
    let figure = HeatMapPlot(
      "M", columns: values.map { "\($0)" }, rows: [HeatMapPlot.Row("r", values: values)])
    let opacities = try fields(figure).map { $0.number("fill-opacity") }
    #expect(opacities == [0.04, 0.08, 0.14, 0.25, 0.45])
  }

  @Test func `a missing value has no field, and one that may change is dashed`() throws {
    let fields = try fields(map)
    #expect(fields.count == 3)
    #expect(fields.map { $0.has(class: "pa-part") } == [false, true, false])
    #expect(fields[1].title == "2020-12-19, day 2: 2.0%*")
  }

  @Test(arguments: [240, 360, 640, 1_200])
  func `all marks and words lie within the drawing`(width: Int) throws {
    for count in [1, 7, 31, 60] {
      let figure = HeatMapPlot(
        "Retention of a shop with a long name by day of the first visit",
        columns: (1...count).map(String.init),
        rows: (0..<count).map { row in
          HeatMapPlot.Row(
            "2020-12-\(10 + row)", detail: "1,234,567",
            values: (0..<count).map { $0 + row < count ? 1 / Double($0 + 1) : nil },
            provisional: [count - row - 1])
        }, rowName: "cohort", detailName: "users", columnName: "day", format: .percent())
      let drawing = figure.drawing(width: width)
      let all = try #require(elements(of: drawing.svg))
      for rect in all where rect.has(class: "pa-bar") {
        #expect(rect.number("x") >= 0 && rect.number("width") > 0)
        #expect(rect.number("x") + rect.number("width") <= Double(width))
        #expect(rect.number("y") + rect.number("height") <= Double(drawing.height))
      }
      for text in all where text.name == "text" {
        let size = LabelText.width(text.text, size: text.attributes["font-size"] == nil ? 12 : 14)
        let share: Double =
          text.attributes["text-anchor"] == "end"
          ? 1 : text.attributes["text-anchor"] == "middle" ? 0.5 : 0
        #expect(text.number("x") - size * share >= -0.1)
        #expect((0...Double(drawing.height)).contains(text.number("y")))
      }
    }
  }

  @Test func `text on the strongest color keeps its contrast`() {
    // The ink on as much of the color over the ground as a field has, by WCAG 2.2.
    for palette in [PlotPalette.light, .dark] {
      func channels(_ color: String) -> [Double] {
        let digits = Array(color.dropFirst())
        return stride(from: 0, to: 6, by: 2).map {
          Double(Int(String(digits[$0...$0 + 1]), radix: 16)!) / 255
        }
      }
      func luminance(_ rgb: [Double]) -> Double {
        zip([0.2126, 0.7152, 0.0722], rgb).reduce(0) { sum, pair in
          sum + pair.0 * (pair.1 <= 0.04045 ? pair.1 / 12.92 : pow((pair.1 + 0.055) / 1.055, 2.4))
        }
      }
      let mixed = zip(channels(palette.series[0]), channels(palette.surface)).map {
        0.45 * $0 + 0.55 * $1
      }
      let pair = [luminance(channels(palette.ink)), luminance(mixed)].sorted()
      #expect((pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5)
    }
  }

  @Test func `a matrix of retention draws its shares`() throws {
    let log = try EventLog(
      [("1", 19), ("1", 20), ("2", 19), ("2", 21), ("3", 20)].map { user, day in
        Event("a", at: EventTime("2020-12-\(day)T10:00:00Z")!, by: user)
      })
    let matrix = RetentionQuery().evaluate(log)
    #expect(
      matrix.plot().table == [
        ["Cohort", "Users", "Day 1", "Day 2"], ["2020-12-19", "2", "50.0%", "50.0%"],
        ["2020-12-20", "1", "0.0%", "—"],
      ])
    #expect(matrix.svg() == matrix.plot().svg)
    let sums = RetentionQuery(period: .month, measure: .sum(.parameter("value"))).evaluate(log)
    #expect(sums.plot().table == [["Cohort", "Users", "Month 0"], ["2020-12", "3", "0.00*"]])
  }

  @Test func `active users of cohorts draw a ratio`() throws {
    let log = try EventLog(
      [("1", 19), ("1", 20), ("2", 19), ("2", 22), ("3", 20)].map { user, day in
        Event("a", at: EventTime("2020-12-\(day)T10:00:00Z")!, by: user)
      })
    let report = CohortActiveUsersQuery(by: .week()).evaluate(log)
    #expect(
      report.plot().table == [
        ["Cohort", "Users", "Week 0", "Week 1"], ["2020-W51", "3", "80.0%", "16.7%*"],
      ])
    #expect(report.plot().title == "DAU/MAU by cohort" && report.svg() == report.plot().svg)
    let weekly = report.plot(.weeklyOverMonthly, title: "W", columns: 1)
    #expect(weekly.table == [["Cohort", "Users", "Week 0"], ["2020-W51", "3", "100.0%"]])
    #expect(weekly.title == "W")
  }
}
