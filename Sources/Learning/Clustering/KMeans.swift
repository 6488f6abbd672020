import StatisticsCore

/// Learns to put rows into groups around centres, so that the squared distances are small.
///
/// ```swift
/// let learner = KMeans(clusters: 4, seed: 42)
/// let model = try await learner.fit(customers, workers: 2)
/// model.centers[0]                   // the mean of the first group, in the units of the table
/// try model.labels(for: newCustomers)
/// ```
///
/// Distances are Euclidean, so that a column in large units outweighs the others; columns are
/// therefore divided by their standard deviation unless ``scaling`` says otherwise.
///
/// - Columns must be numeric or Boolean, and finite: there is no distance to a missing value.
/// - Rows of weight zero move no centre, and get a label.
/// - There must be as many rows as clusters. A cluster that loses its last row takes the row that is
///   furthest from its centre; where fewer different rows than clusters exist, the rest stays empty.
/// - A row that is equally near to several centres belongs to the first.
///
/// The same seed gives the same model, bit for bit, with any number of workers.
///
/// Sources: S. Lloyd, IEEE Transactions on Information Theory 28 (1982), 129–137; D. Arthur and
/// S. Vassilvitskii, *k-means++: The Advantages of Careful Seeding*, SODA 2007, with the best of
/// several candidates in each step; bounds as G. Hamerly, *Making k-means Even Faster*, SDM 2010;
/// D. Sculley, *Web-Scale K-Means Clustering*, WWW 2010.
public struct KMeans: Sendable, Hashable, Codable {
  /// Where the search begins.
  public enum Start: Sendable, Hashable, Codable {
    /// Rows far from each other, drawn by k-means++.
    case plusPlus
    /// Rows at these positions.
    case rows([Int])
    /// Centres in the units of the table.
    case centers([[Double]])
  }

  /// How centres move.
  public enum Algorithm: Sendable, Hashable, Codable {
    /// All rows in every step, until no row changes its cluster.
    case lloyd
    /// A few rows drawn at random in every step: nearly as good, for very large tables.
    case miniBatch(rows: Int)
  }

  /// What columns are divided by.
  public enum Scaling: Sendable, Hashable, Codable {
    /// Nothing.
    case none
    /// Their standard deviation; a constant column by nothing.
    case standardDeviation
  }

  /// The number of clusters, at least 1.
  public var clusters: Int
  /// Decides on where the search begins.
  public var seed: UInt64
  /// Where the search begins.
  public var start: Start
  /// How many searches are made, of which the best counts; given starts are searched from once.
  public var restarts: Int
  /// How centres move.
  public var algorithm: Algorithm
  /// How many steps a search takes at most.
  public var maximumIterations: Int
  /// A search ends when the centres move less than this share of the mean variance, squared and in
  /// sum; 0 goes on until no row changes its cluster.
  public var tolerance: Double
  /// What columns are divided by.
  public var scaling: Scaling

  /// Makes a learner.
  public init(
    clusters: Int, seed: UInt64, start: Start = .plusPlus, restarts: Int = 10,
    algorithm: Algorithm = .lloyd, maximumIterations: Int = 300, tolerance: Double = 0,
    scaling: Scaling = .standardDeviation
  ) {
    self.clusters = clusters
    self.seed = seed
    self.start = start
    self.restarts = restarts
    self.algorithm = algorithm
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.scaling = scaling
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when a value is missing or not finite, there are fewer rows than
  ///   clusters, or a weight or parameter is out of its range.
  /// - Complexity: O(*n* *k* *p*) for each step at most, where *n* is the number of rows, *k* of
  ///   clusters and *p* of columns.
  public func fit(
    _ table: FeatureTable, weights: [Double]? = nil
  ) throws(LearningError) -> KMeansModel {
    let points = try points(table, weights)
    var best: ClusterSearch?
    for restart in 0..<searches {
      var search = try begin(points, restart)
      while let step = search.nextStep() {
        search.finish(step, [points.run(step, 0..<points.chunkCount)])
      }
      if search.inertia < best?.inertia ?? .infinity { best = search }
    }
    return model(best!, points, table, weights)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> KMeansModel {
    let points = try points(table, weights)
    let parts = splitRanges(count: points.chunkCount, into: workers)
    var best: ClusterSearch?
    for restart in 0..<searches {
      var search = try begin(points, restart)
      while let step = search.nextStep() {
        search.finish(
          step, await concurrentMap(parts, workers: workers) { points.run(step, $0) })
      }
      if search.inertia < best?.inertia ?? .infinity { best = search }
    }
    return model(best!, points, table, weights)
  }

  private var searches: Int { if case .plusPlus = start { restarts } else { 1 } }

  private func points(
    _ table: FeatureTable, _ weights: [Double]?
  ) throws(LearningError) -> ClusterPoints {
    guard clusters >= 1, restarts >= 1, maximumIterations >= 1, tolerance >= 0 else {
      throw LearningError(
        .parameterOutOfRange,
        "k-means needs at least one cluster, one search and one step, and a tolerance from 0. Change "
          + "what is below.")
    }
    if table.columns.isEmpty { throw .noColumns }
    try ClusterPoints.check(table.columns)
    let rows = try TreeTarget.rows(weights, count: table.rowCount)
    guard rows.count >= clusters else {
      throw LearningError(
        .parameterOutOfRange,
        "There are \(rows.count) rows that count for \(clusters) clusters. Ask for at most as many "
          + "clusters as rows.")
    }
    var means: [Double] = []
    var deviations: [Double] = []
    for column in table.columns {
      var (sum, all, squares) = (0.0, 0.0, 0.0)
      for row in rows {
        let weight = weights?[Int(row)] ?? 1
        sum += weight * column.codes[Int(row)]
        all += weight
      }
      let mean = sum / all
      for row in rows {
        let gap = column.codes[Int(row)] - mean
        squares += (weights?[Int(row)] ?? 1) * gap * gap
      }
      means.append(mean)
      deviations.append((squares / all).squareRoot())
    }
    // A deviation that is infinite comes of numbers near the largest; they are left as they are.
    let scales = deviations.map {
      scaling == .none || $0 == 0 || !$0.isFinite ? 1.0 : $0
    }
    return ClusterPoints(
      table.columns, weights, scales: scales, means: means, deviations: deviations)
  }

  private func begin(
    _ points: ClusterPoints, _ restart: Int
  ) throws(LearningError) -> ClusterSearch {
    let centers: [Double]
    switch start {
    case .plusPlus:
      centers = points.plusPlus(
        clusters, SeededGenerator(seed: seed, path: "k-means++", UInt64(restart)))
    case .rows(let rows):
      guard rows.count == clusters, rows.allSatisfy({ (0..<points.count).contains($0) }) else {
        throw LearningError(
          .parameterOutOfRange,
          "The search is to begin at \(rows.count) rows for \(clusters) clusters. Name as many "
            + "rows of the table.")
      }
      centers = rows.flatMap { points.row($0) }
    case .centers(let given):
      guard given.count == clusters,
        given.allSatisfy({ $0.count == points.width && $0.allSatisfy(\.isFinite) })
      else {
        throw LearningError(
          .parameterOutOfRange,
          "The search is to begin at \(given.count) centres for \(clusters) clusters. Give as many, "
            + "each with a finite number for every column.")
      }
      centers = given.flatMap { zip($0, points.scales).map { $0 / $1 } }
    }
    // The tolerance is relative to the mean variance of the columns that are searched.
    let variances = zip(points.deviations, points.scales).map { ($0 / $1) * ($0 / $1) }
    let mean = variances.reduce(0, +) / Double(variances.count)
    return ClusterSearch(
      points, centers: centers, clusters: clusters, algorithm: algorithm,
      maximumIterations: maximumIterations, tolerance: tolerance * mean,
      stream: SeededGenerator(seed: seed, path: "mini-batches", UInt64(restart)))
  }

  private func model(
    _ search: ClusterSearch, _ points: ClusterPoints, _ table: FeatureTable, _ weights: [Double]?
  ) -> KMeansModel {
    var sizes = [Double](repeating: 0, count: clusters)
    for (row, label) in search.labels.enumerated() { sizes[Int(label)] += weights?[row] ?? 1 }
    return KMeansModel(
      learner: self, schema: table.schema, scales: points.scales, means: points.means,
      deviations: points.deviations,
      centers: (0..<clusters).map { cluster in
        (0..<points.width).map {
          search.centers[cluster * points.width + $0] * points.scales[$0]
        }
      }, sizes: sizes, inertia: search.inertia, iterations: search.iterations,
      trainingLabels: search.labels.map { Int($0) },
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint([])))
  }
}
