public import Experiments

/// Which columns of a table are metrics, and what they decide.
public struct TableMetrics: Sendable, Hashable {
  /// The columns; `a/b` is the ratio of two.
  public var metrics: [String]
  /// The metrics that decide; the first one where empty.
  public var primary: [String]
  /// The guardrails with their margins.
  public var guardrails: [String: Double?]
  /// The metrics that should fall.
  public var decreasing: [String]
  /// The columns to adjust for.
  public var covariates: [String]
  /// The share of units whose values are not lowered.
  public var winsorizing: Double?

  /// Makes a choice of columns.
  public init(
    metrics: [String], primary: [String] = [], guardrails: [String: Double?] = [:],
    decreasing: [String] = [], covariates: [String] = [], winsorizing: Double? = nil
  ) {
    self.metrics = metrics
    self.primary = primary
    self.guardrails = guardrails
    self.decreasing = decreasing
    self.covariates = covariates
    self.winsorizing = winsorizing
  }

  /// All metrics, the guardrails last.
  var names: [String] {
    metrics + guardrails.keys.sorted().filter { !metrics.contains($0) }
  }

  func role(_ name: String) -> MetricRole {
    if let margin = guardrails[name] { return .guardrail(margin: margin) }
    if primary.isEmpty {
      return name == metrics.first { guardrails[$0] == nil } ? .primary : .secondary
    }
    return primary.contains(name) ? .primary : .secondary
  }

  func goal(_ name: String) -> MetricGoal { decreasing.contains(name) ? .decrease : .increase }
}

/// An experiment with what a reader of its table should know.
public struct LoadedExperiment: Sendable, Hashable {
  /// The arms with their sums.
  public var summary: ExperimentSummary
  /// What was left out, in sentences.
  public var notes: [String]

  /// Makes a value.
  public init(summary: ExperimentSummary, notes: [String] = []) {
    self.summary = summary
    self.notes = notes
  }
}

extension CSVTable {
  /// The experiment in a table with a row for each unit, or several that are added up.
  ///
  /// Units with rows of several variants are left out and counted.
  ///
  /// - Throws: ``TableError`` for columns and cells that are not there or no numbers.
  public func units(
    unit: String?, variant: String, control: String?, weights: [String: Double],
    metrics choice: TableMetrics
  ) throws(TableError) -> LoadedExperiment {
    let variantColumn = try column(variant)
    let unitColumn: Int? = if let unit { try column(unit) } else { nil }
    // By row the place of its unit, −1 for one of several variants.
    var places: [Int] = []
    var variants: [String] = []
    var known: [String: Int] = [:]
    var mixed: Set<Int> = []
    for row in rows {
      let name = row.cells[variantColumn]
      guard !name.isEmpty else {
        throw TableError("Line \(row.line), column \(variant): the variant is missing; fill it.")
      }
      if let unitColumn, let place = known[row.cells[unitColumn]] {
        if variants[place] != name { mixed.insert(place) }
        places.append(place)
        continue
      }
      if let unitColumn { known[row.cells[unitColumn]] = variants.count }
      places.append(variants.count)
      variants.append(name)
    }
    let kept = variants.indices.filter { !mixed.contains($0) }
    func sums(_ name: String) throws(TableError) -> [Double] {
      var sums = [Double](repeating: 0, count: variants.count)
      for (row, number) in try numbers(name).enumerated() { sums[places[row]] += number }
      return kept.map { sums[$0] }
    }
    var covariates: [[Double]] = []
    for name in choice.covariates { covariates.append(try sums(name)) }
    var columns: [ExperimentUnits.Column] = []
    for name in choice.names {
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      let isRatio = parts.count == 2 && !header.contains(name)
      columns.append(
        ExperimentUnits.Column(
          name, values: try sums(isRatio ? parts[0] : name),
          over: isRatio ? try sums(parts[1]) : nil,
          covariates: covariates, role: choice.role(name), goal: choice.goal(name),
          winsorizing: choice.winsorizing))
    }
    try check(Set(variants), control, weights)
    var notes: [String] = []
    if !mixed.isEmpty { notes.append("\(mixed.count) units in several variants are left out.") }
    if rows.count > variants.count {
      notes.append("\(rows.count) rows of \(variants.count) units are added up by unit.")
    }
    return LoadedExperiment(
      summary: ExperimentUnits(variants: kept.map { variants[$0] }, columns: columns)
        .summary(control: control, weights: weights), notes: notes)
  }

  /// The experiment in a table with a row for each variant: its units and the successes of each metric.
  ///
  /// - Throws: ``TableError`` for columns and cells that are not there or no counts.
  public func counts(
    trials: String, variant: String, control: String?, weights: [String: Double],
    metrics choice: TableMetrics
  ) throws(TableError) -> LoadedExperiment {
    let names = try column(variant)
    let units = try whole(trials)
    var arms: [ExperimentSummary.Arm] = rows.indices.map { row in
      let name = rows[row].cells[names]
      return ExperimentSummary.Arm(
        name, weight: weights[name] ?? 1, units: units[row], metrics: [])
    }
    guard Set(arms.map(\.name)).count == arms.count else {
      throw TableError("A table of counts has one row for each variant; add up the others first.")
    }
    for metric in choice.names {
      for (row, successes) in try whole(metric).enumerated() {
        guard successes <= units[row] else {
          throw TableError(
            "Line \(rows[row].line), column \(metric): there are more successes than units; give the"
              + " units that succeeded, not their events.")
        }
        arms[row].metrics.append(MetricMoments(successes: successes, of: units[row]))
      }
    }
    try check(Set(arms.map(\.name)), control, weights)
    if let control, let place = arms.firstIndex(where: { $0.name == control }) {
      arms.insert(arms.remove(at: place), at: 0)
    }
    return LoadedExperiment(
      summary: ExperimentSummary(
        metrics: choice.names.map {
          MetricDefinition($0, role: choice.role($0), goal: choice.goal($0))
        }, arms: arms))
  }

  private func whole(_ name: String) throws(TableError) -> [Int] {
    let index = try column(name)
    var counts: [Int] = []
    for row in rows {
      guard let count = Int(row.cells[index]), count >= 0 else {
        throw TableError(
          "Line \(row.line), column \(name): this is no count; give a whole number of at least 0.")
      }
      counts.append(count)
    }
    return counts
  }

  private func check(
    _ variants: Set<String>, _ control: String?, _ weights: [String: Double]
  ) throws(TableError) {
    let list = variants.sorted().prefix(12).joined(separator: ", ")
    if variants.count < 2 {
      throw TableError("There is only one variant; an experiment needs two or more.")
    }
    if variants.count > 20 {
      throw TableError(
        "There are \(variants.count) variants, so this is hardly the column of the variant; name it"
          + " with --variant.")
    }
    for name in weights.keys.sorted() + (control.map { [$0] } ?? [])
    where !variants.contains(name) {
      throw TableError("There is no variant \(name); the variants are \(list).")
    }
  }
}
