import StatisticsCore

/// Tries several numbers of clusters and says what each criterion would choose.
///
/// ```swift
/// let search = ClusterCountSearch(2...8, learner: KMeans(clusters: 2, seed: 42))
/// let report = try search.evaluate(customers)
/// report.best(by: .silhouette)       // 4
/// print(report)
/// ```
///
/// Criteria often disagree: the one to trust is whether you can name and treat the groups.
public struct ClusterCountSearch: Sendable, Hashable, Codable {
  /// The numbers of clusters that are tried.
  public var counts: ClosedRange<Int>
  /// The learner, whatever its number of clusters.
  public var learner: KMeans
  /// How many rows the silhouettes look at.
  public var silhouetteSample: Int
  /// How many tables without clusters the gap is compared with; 0 leaves the gap out.
  public var gapReferences: Int

  /// Makes a search.
  public init(
    _ counts: ClosedRange<Int>, learner: KMeans, silhouetteSample: Int = 2_000,
    gapReferences: Int = 0
  ) {
    precondition(counts.lowerBound >= 1, "There must be at least one cluster.")
    self.counts = counts
    self.learner = learner
    self.silhouetteSample = silhouetteSample
    self.gapReferences = gapReferences
  }

  /// Fits a model for each number of clusters and judges it.
  ///
  /// The gap compares the logarithm of the inertia with that of tables of the same size whose columns
  /// are uniform between the least and the greatest value.
  ///
  /// - Throws: ``LearningError`` as ``KMeans/fit(_:weights:)``.
  /// - Complexity: *c* (1 + *r*) fits, where *c* is the number of counts and *r* of references.
  public func evaluate(_ table: FeatureTable) throws(LearningError) -> ClusterCountReport {
    var entries: [ClusterCountReport.Entry] = []
    var references: [FeatureTable] = []
    for number in 0..<gapReferences {
      var columns: [FeatureColumn] = []
      for (position, column) in table.columns.enumerated() {
        var generator = SeededGenerator(
          seed: learner.seed, path: "gap", UInt64(number), UInt64(position))
        let (low, high) = (column.codes.min() ?? 0, column.codes.max() ?? 0)
        columns.append(
          FeatureColumn(
            column.name,
            column.codes.map { _ in low < high ? generator.uniform(in: low..<high) : low }))
      }
      references.append(try FeatureTable(columns))
    }
    for count in counts {
      var own = learner
      own.clusters = count
      let model = try own.fit(table)
      let points = ClusterPoints(
        table.columns, nil, scales: model.scales, means: [], deviations: [])
      let quality = ClusterQuality(
        points, labels: model.trainingLabels, sample: silhouetteSample, seed: learner.seed)
      var gap: (Double, Double)?
      if gapReferences > 0, model.inertia > 0 {
        // References are divided by the deviations of the table, as its own rows are.
        var logs = Moments()
        for reference in references {
          var plain = own
          plain.scaling = .none
          let scaled = try FeatureTable(
            zip(reference.columns, model.scales).map { column, scale in
              FeatureColumn(column.name, column.codes.map { $0 / scale })
            })
          let inertia = try plain.fit(scaled).inertia
          logs.add(PortableMath.log(max(inertia, .leastNormalMagnitude)))
        }
        let spread = (logs.populationVariance ?? 0).squareRoot()
        gap = (
          logs.mean! - PortableMath.log(model.inertia),
          spread * (1 + 1 / Double(gapReferences)).squareRoot()
        )
      }
      entries.append(
        ClusterCountReport.Entry(
          clusters: count, inertia: model.inertia, silhouette: quality.silhouette,
          daviesBouldin: quality.daviesBouldin, calinskiHarabasz: quality.calinskiHarabasz,
          gap: gap?.0, gapError: gap?.1))
    }
    return ClusterCountReport(entries: entries)
  }
}

/// What each criterion says of each number of clusters.
public struct ClusterCountReport: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The figures of a number of clusters.
  public struct Entry: Sendable, Hashable, Codable {
    /// The number of clusters.
    public let clusters: Int
    /// The sum of squared distances to the centres.
    public let inertia: Double
    /// The mean silhouette; higher is better.
    public let silhouette: Double?
    /// Davies' and Bouldin's index; lower is better.
    public let daviesBouldin: Double?
    /// Caliński's and Harabasz' index; higher is better.
    public let calinskiHarabasz: Double?
    /// By how much the logarithm of the inertia is below that of tables without clusters.
    public let gap: Double?
    /// The standard error of the gap.
    public let gapError: Double?
  }

  /// By what a number is chosen.
  public enum Criterion: Sendable, Hashable, Codable, CaseIterable {
    /// The highest silhouette.
    case silhouette
    /// The lowest index of Davies and Bouldin.
    case daviesBouldin
    /// The highest index of Caliński and Harabasz.
    case calinskiHarabasz
    /// The smallest number whose gap is at least the next one's less its standard error (Tibshirani,
    /// Walther and Hastie 2001).
    case gap
    /// The number whose inertia lies furthest below the line from the first to the last.
    case elbow
  }

  /// The figures by number of clusters, ascending.
  public let entries: [Entry]

  /// The number that a criterion chooses, the smallest of equally good ones; `nil` where it has no
  /// figures.
  public func best(by criterion: Criterion) -> Int? {
    func highest(_ figure: (Entry) -> Double?) -> Int? {
      var best: (clusters: Int, value: Double)?
      for entry in entries {
        if let value = figure(entry), value > best?.value ?? -.infinity {
          best = (entry.clusters, value)
        }
      }
      return best?.clusters
    }
    switch criterion {
    case .silhouette: return highest(\.silhouette)
    case .daviesBouldin: return highest { $0.daviesBouldin.map { -$0 } }
    case .calinskiHarabasz: return highest(\.calinskiHarabasz)
    case .gap:
      for (entry, next) in zip(entries, entries.dropFirst()) {
        if let gap = entry.gap, let after = next.gap, let error = next.gapError,
          gap >= after - error
        {
          return entry.clusters
        }
      }
      return highest(\.gap)
    case .elbow:
      guard let first = entries.first, let last = entries.last, entries.count > 2 else {
        return nil
      }
      let width = Double(last.clusters - first.clusters)
      return highest {
        let share = Double($0.clusters - first.clusters) / width
        return first.inertia + share * (last.inertia - first.inertia) - $0.inertia
      }
    }
  }

  /// The figures as a text table.
  public var description: String {
    func short(_ value: Double?) -> String {
      value.map { "\(($0 * 1_000).rounded() / 1_000)" } ?? ""
    }
    let lines =
      [["clusters", "inertia", "silhouette", "Davies–Bouldin", "Caliński–Harabasz", "gap"]]
      + entries.map {
        [
          "\($0.clusters)", short($0.inertia), short($0.silhouette), short($0.daviesBouldin),
          short($0.calinskiHarabasz), short($0.gap),
        ]
      }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max()! }
    return lines.map { line in
      line.enumerated().map {
        String(repeating: " ", count: widths[$0.offset] - $0.element.count) + $0.element
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
