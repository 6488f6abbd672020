import Testing

@testable import Plots

@Suite struct FunnelPlotTests {
  private let funnel = FunnelPlot(
    "Checkout",
    steps: [
      FunnelPlot.Step("View", count: 1_000), FunnelPlot.Step("Cart", count: 250, detail: "3 min"),
      FunnelPlot.Step("Buy", count: 40),
    ])

  /// The bars of a class, with their lengths.
  private func lengths(
    _ figure: FunnelPlot, _ kind: String, width: Int
  ) throws -> [Double] {
    let all = try #require(elements(of: figure.svg(width: width)))
    return all.filter { $0.name == "rect" && $0.has(class: kind) }.map { $0.number("width") }
  }

  @Test func `the table has counts and shares`() {
    #expect(
      funnel.table == [
        ["Step", "Users", "Of first step", "Of step before", "Detail"],
        ["View", "1,000", "100.0%", "—", ""], ["Cart", "250", "25.0%", "25.0%", "3 min"],
        ["Buy", "40", "4.0%", "16.0%", ""],
      ])
    #expect(
      funnel.summary
        == "1,000 users at View, 40 at Buy (4.0%); most are lost after View: 750.")
  }

  @Test func `given shares go before computed ones, and a share of nothing is none`() {
    let figure = FunnelPlot(
      "F",
      steps: [
        FunnelPlot.Step("a", count: 0),
        FunnelPlot.Step("b", count: 5, shareOfFirst: 0.5, shareOfPrevious: .nan),
      ])
    #expect(figure.table[1] == ["a", "0", "—", "—"])
    #expect(figure.table[2] == ["b", "5", "50.0%", "—"])
  }

  @Test(arguments: [360, 1_200])
  func `bars are as long as their counts, and dashed ends reach to the step before`(_ width: Int)
    throws
  {
    let bars = try lengths(funnel, "pa-bar", width: width)
    let lost = try lengths(funnel, "pa-lost", width: width)
    #expect(bars.count == 3 && lost.count == 2)
    #expect(abs(bars[1] / bars[0] - 0.25) < 0.001)
    #expect(abs(bars[2] / bars[0] - 0.04) < 0.001)
    #expect(abs(lost[0] - (bars[0] - bars[1])) < 0.2)
    #expect(abs(lost[1] - (bars[1] - bars[2])) < 0.2)
  }

  @Test func `groups are scaled by their own first step or by one count`() throws {
    func group(_ name: String, _ counts: [Int]) -> FunnelPlot.Group {
      FunnelPlot.Group(
        name, steps: counts.enumerated().map { FunnelPlot.Step("step \($0)", count: $1) })
    }
    var figure = FunnelPlot("F", groups: [group("a", [100, 50]), group("b", [10, 5])])
    // The signs of the legend are bars too.
    var bars = try lengths(figure, "pa-bar", width: 640).dropFirst(2)
    #expect(Set(bars.prefix(2)).count == 1 && Set(bars.suffix(2)).count == 1)
    figure.scale = .counts
    bars = try lengths(figure, "pa-bar", width: 640).dropFirst(2)
    let shares = bars.map { $0 / bars[bars.startIndex] }
    #expect(zip(shares, [1, 0.1, 0.5, 0.05]).allSatisfy { abs($0 - $1) < 0.001 })
    #expect(figure.table[0] == ["Step", "Group", "Users", "Of first step", "Of step before"])
    #expect(figure.table[4] == ["step 1", "b", "5", "50.0%", "50.0%"])
  }

  @Test func `a step that more reach than the one before has no loss`() throws {
    let figure = FunnelPlot(
      "F", steps: [FunnelPlot.Step("a", count: 10), FunnelPlot.Step("b", count: 30)])
    #expect(try lengths(figure, "pa-lost", width: 360).isEmpty)
    let bars = try lengths(figure, "pa-bar", width: 360)
    #expect(abs(bars[1] / bars[0] - 3) < 0.01)
    #expect(figure.table[2] == ["b", "30", "300.0%", "300.0%"])
  }

  @Test func `no steps, zeros and the largest counts are drawn`() throws {
    #expect(FunnelPlot("F", steps: []).svg.contains(">No data</text>"))
    #expect(FunnelPlot("F", steps: []).summary == "no steps.")
    let zeros = FunnelPlot(
      "F", steps: [FunnelPlot.Step("a", count: 0), FunnelPlot.Step("b", count: 0)])
    #expect(try lengths(zeros, "pa-bar", width: 360).isEmpty)
    let largest = FunnelPlot(
      "F", steps: [FunnelPlot.Step("a", count: .max), FunnelPlot.Step("b", count: 1)])
    // What is not nothing is seen.
    #expect(try lengths(largest, "pa-bar", width: 360)[1] == 1)
  }

  @Test func `steps that make no funnel are refused`() async {
    await #expect(processExitsWith: .failure) { _ = FunnelPlot.Step("a", count: -1) }
    await #expect(processExitsWith: .failure) { _ = FunnelPlot("F", groups: []) }
    await #expect(processExitsWith: .failure) {
      _ = FunnelPlot(
        "F",
        groups: [
          FunnelPlot.Group("a", steps: [FunnelPlot.Step("x", count: 1)]),
          FunnelPlot.Group("b", steps: []),
        ])
    }
  }
}
