public import Funnel
import GA4Model

extension FunnelReport {
  /// The report as a figure: a bar for each step, by group where the funnel is broken down.
  ///
  /// ```swift
  /// let svg = report.plot(title: "From view to purchase").svg
  /// ```
  ///
  /// The figure is called `title`, by default by the first and the last step. Of a breakdown the first
  /// `groups` are drawn, at most eight; with 0 the total alone.
  public func plot(title: String? = nil, groups count: Int = 8) -> FunnelPlot {
    let first = query.steps[0].label
    let last = query.steps[query.steps.count - 1].label
    let title = title ?? (query.steps.count == 1 ? first : "From \(first) to \(last)")
    let unit = query.counting == .totals ? "attempts" : query.unit.rawValue
    let shown = groups.prefix(min(max(0, count), 8))
    guard !shown.isEmpty else {
      return FunnelPlot(title, steps: Self.steps(steps), countName: unit)
    }
    return FunnelPlot(
      title,
      groups: shown.map { group in
        let label =
          switch group.label {
          case .value(let value): value ?? "(missing)"
          case .other: "(other)"
          }
        return FunnelPlot.Group(label, steps: Self.steps(group.steps))
      }, countName: unit)
  }

  /// The figure as SVG of the usual width, which any page can hold.
  public func svg() -> String { plot().svg }

  private static func steps(_ rows: [StepRow]) -> [FunnelPlot.Step] {
    rows.map { row in
      FunnelPlot.Step(
        row.label, count: row.count, shareOfFirst: row.rateFromStart,
        shareOfPrevious: row.rateFromPrevious,
        detail: row.timeFromPrevious.map { "median \(NumberFormat.duration($0.median))" })
    }
  }
}
