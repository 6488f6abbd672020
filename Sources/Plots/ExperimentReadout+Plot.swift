public import Experiments

extension ExperimentReadout {
  /// The lifts with their intervals as a figure, a row for each metric of each treatment.
  ///
  /// ```swift
  /// let svg = readout.plot().svg
  /// ```
  ///
  /// Where there are several treatments their names stand under those of the metrics.
  public func plot(title: String = "Lift over the control") -> IntervalPlot {
    let hasSeveralArms = Set(lines.map(\.arm)).count > 1
    return IntervalPlot(
      title,
      rows: lines.map { line in
        IntervalPlot.Row(
          line.metric, detail: hasSeveralArms ? line.arm : "", estimate: line.lift,
          interval: line.liftInterval)
      }, labelName: "metric", valueName: "lift over \(control)")
  }

  /// The figure as SVG of the usual width, which any page can hold.
  public func svg() -> String { plot().svg }
}
