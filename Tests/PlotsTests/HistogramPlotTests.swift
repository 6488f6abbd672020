import Testing

@testable import Plots

@Suite struct HistogramPlotTests {
  private func histogram(_ edges: [Double], _ counts: [Int]) -> HistogramPlot {
    let bins = zip(zip(edges, edges.dropFirst()), counts).map {
      HistogramPlot.Bin(from: $0.0, to: $0.1, count: $1)
    }
    return HistogramPlot("H", bins: bins, valueName: "minutes")
  }

  private func bars(_ figure: HistogramPlot, width: Int = 640) throws -> [Element] {
    let all = try #require(elements(of: figure.svg(width: width)))
    return all.filter { $0.has(class: "pa-bar") }
  }

  @Test func `the table holds bins, counts and shares`() {
    let figure = histogram([0, 10, 20], [25, 75])
    #expect(
      figure.table == [
        ["Minutes", "Users", "Share"], ["0 to 10", "25", "25.0%"], ["10 to 20", "75", "75.0%"],
      ])
    #expect(figure.summary == "100 users from 0 to 20 minutes; most, 75, in 10 to 20.")
  }

  @Test(arguments: [360, 1_200])
  func `bins of one width are as high as their counts and meet`(_ width: Int) throws {
    let bars = try bars(histogram([0, 2.5, 5, 7.5], [10, 40, 20]), width: width)
    let heights = bars.map { $0.number("height") }
    #expect(abs(heights[0] / heights[1] - 0.25) < 0.005)
    #expect(abs(heights[2] / heights[1] - 0.5) < 0.005)
    for (one, next) in zip(bars, bars.dropFirst()) {
      #expect(abs(one.number("x") + one.number("width") + 1 - next.number("x")) < 0.21)
    }
  }

  @Test func `where widths differ the area stands for the count`() throws {
    let bars = try bars(histogram([0, 10, 20, 60], [10, 40, 80]), width: 1_200)
    // The thin gaps between bars belong to their area.
    let areas = bars.map { ($0.number("width") + 1) * $0.number("height") }
    #expect(abs(areas[1] / areas[0] - 4) < 0.05)
    #expect(abs(areas[2] / areas[0] - 8) < 0.1)
    #expect(histogram([0, 10, 20, 60], [10, 40, 80]).svg.contains(">users per minutes</text>"))
  }

  @Test func `no bins, one bin, empty bins and extreme edges are drawn`() throws {
    #expect(histogram([], []).svg.contains(">No data</text>"))
    #expect(try bars(histogram([0, 1], [3])).count == 1)
    #expect(try bars(histogram([0, 1, 2], [0, 0])).map { $0.number("height") } == [0, 0])
    #expect(histogram([0, 1], [0]).table[1] == ["0 to 1", "0", "—"])
    #expect(try bars(histogram([-1e289, 0, 1e289], [1, .max])).count == 2)
    #expect(try bars(histogram([0, .leastNonzeroMagnitude, 1], [1, 1])).count == 2)
    #expect(try bars(histogram([1e15, 1e15 + 0.125, 1e15 + 0.25], [1, 1])).count == 2)
  }

  @Test func `bins that are no ranges in order are refused`() async {
    await #expect(processExitsWith: .failure) { _ = HistogramPlot.Bin(from: 1, to: 1, count: 1) }
    await #expect(processExitsWith: .failure) {
      _ = HistogramPlot.Bin(from: 0, to: .infinity, count: 1)
    }
    await #expect(processExitsWith: .failure) { _ = HistogramPlot.Bin(from: 0, to: 1, count: -1) }
    await #expect(processExitsWith: .failure) {
      _ = HistogramPlot(
        "H",
        bins: [
          HistogramPlot.Bin(from: 0, to: 2, count: 1), HistogramPlot.Bin(from: 1, to: 3, count: 1),
        ])
    }
  }
}
