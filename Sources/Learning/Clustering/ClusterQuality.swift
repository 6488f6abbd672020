import StatisticsCore

/// How well clusters hold together and lie apart.
///
/// ```swift
/// let quality = try ClusterQuality(table, labels: model.trainingLabels)
/// quality.silhouette                 // 0.55, at most 1
/// quality.daviesBouldin              // 0.66, lower is better
/// quality.calinskiHarabasz           // 561.6, higher is better
/// ```
///
/// Distances are Euclidean in the columns as they are: scale them as the clusters were made.
/// A figure is `nil` with fewer than two clusters, or as many clusters as rows.
public struct ClusterQuality: Sendable, Hashable, Codable {
  /// The mean of the rows' silhouettes (Rousseeuw 1987).
  public let silhouette: Double?
  /// For each row looked at (b − a) ÷ max(a, b), where a is the mean distance to the rows of its own
  /// cluster and b to those of the nearest other; 0 for a row alone.
  public let silhouettes: [Double]
  /// The mean over clusters of how alike the most similar other is (Davies and Bouldin 1979); `nil`
  /// where two centres are the same.
  public let daviesBouldin: Double?
  /// The variance between clusters over that within, each by its degrees of freedom (Caliński and
  /// Harabasz 1974); ∞ where clusters have no extent.
  public let calinskiHarabasz: Double?

  /// Judges clusters.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - labels: For each row its cluster, in any numbers.
  ///   - sample: How many rows, drawn at random, the silhouette looks at and is computed among; `nil`
  ///     is all, which takes the square of their number.
  ///   - seed: Decides on the sample.
  /// - Throws: ``LearningError`` when lengths differ, or a value is missing or not finite.
  /// - Complexity: O(*s*² *p* + *n* *p*), where *s* is the number of rows in the sample, *n* of all rows
  ///   and *p* of columns.
  public init(
    _ table: FeatureTable, labels: [Int], sample: Int? = nil, seed: UInt64 = 1
  ) throws(LearningError) {
    guard labels.count == table.rowCount else {
      throw .lengths("The list of labels", labels.count, rows: table.rowCount)
    }
    try ClusterPoints.check(table.columns)
    self.init(
      ClusterPoints(
        table.columns, nil, scales: table.columns.map { _ in 1 }, means: [], deviations: []),
      labels: labels, sample: sample, seed: seed)
  }

  init(_ points: ClusterPoints, labels: [Int], sample: Int?, seed: UInt64) {
    let names = Set(labels).sorted()
    let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let codes = labels.map { positions[$0]! }
    guard names.count > 1, names.count < points.count else {
      silhouette = nil
      silhouettes = []
      daviesBouldin = nil
      calinskiHarabasz = nil
      return
    }
    var rows = Array(0..<points.count)
    if let sample, sample < points.count {
      var generator = SeededGenerator(seed: seed, path: "silhouette")
      rows = generator.sample(max(2, sample), below: points.count)
    }
    silhouettes = Self.silhouettes(points, codes, rows, clusters: names.count)
    silhouette = Moments(silhouettes).mean
    let (sums, sizes) = points.sums(codes.map(Int32.init), clusters: names.count)
    let width = points.width
    let centers = names.indices.map { cluster in
      (0..<width).map { sums[cluster * width + $0] / sizes[cluster] }
    }
    var (within, spreads) = (0.0, names.map { _ in 0.0 })
    for (row, code) in codes.enumerated() {
      let square = Self.square(points.row(row), centers[code])
      within += square
      spreads[code] += square.squareRoot() / sizes[code]
    }
    let overall = (0..<width).map { column in
      names.indices.reduce(0) { $0 + sums[$1 * width + column] } / Double(points.count)
    }
    let between = names.indices.reduce(0) {
      $0 + sizes[$1] * Self.square(centers[$1], overall)
    }
    calinskiHarabasz =
      within > 0
      ? between * Double(points.count - names.count) / (within * Double(names.count - 1))
      : .infinity
    var total: Double? = 0
    for a in names.indices {
      var worst = 0.0
      for b in names.indices where b != a {
        let distance = Self.square(centers[a], centers[b]).squareRoot()
        if distance == 0 {
          total = nil
          continue
        }
        worst = max(worst, (spreads[a] + spreads[b]) / distance)
      }
      total = total.map { $0 + worst }
    }
    daviesBouldin = total.map { $0 / Double(names.count) }
  }

  private static func square(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += (a[index] - b[index]) * (a[index] - b[index]) }
    return sum
  }

  private static func silhouettes(
    _ points: ClusterPoints, _ codes: [Int], _ rows: [Int], clusters: Int
  ) -> [Double] {
    var sizes = [Double](repeating: 0, count: clusters)
    for row in rows { sizes[codes[row]] += 1 }
    let width = points.width
    return rows.map { row in
      var sums = [Double](repeating: 0, count: clusters)
      unsafe points.values.withUnsafeBufferPointer { values in
        for other in rows {
          var square = 0.0
          for column in 0..<width {
            let gap = unsafe values[row &* width &+ column] - values[other &* width &+ column]
            square += gap * gap
          }
          sums[codes[other]] += square.squareRoot()
        }
      }
      let own = codes[row]
      if sizes[own] <= 1 { return 0 }
      let inside = sums[own] / (sizes[own] - 1)
      let outside =
        sums.indices.filter { $0 != own && sizes[$0] > 0 }.map { sums[$0] / sizes[$0] }.min()
        ?? inside
      let larger = max(inside, outside)
      return larger > 0 ? (outside - inside) / larger : 0
    }
  }
}
