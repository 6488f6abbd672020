extension ExperimentReadout {
  /// Reads what an ``ExperimentQuery`` found.
  ///
  /// - Parameters:
  ///   - report: The arms with their sums.
  ///   - options: How it is read.
  public init(_ report: ExperimentReport, options: ReadoutOptions = ReadoutOptions()) {
    self.init(report.summary, options: options)
  }
}
