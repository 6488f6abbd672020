import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct ClusteringTests {
  /// Labels in the order in which they first occur.
  private func canonical(_ labels: [Int]) -> [Int] {
    var names: [Int: Int] = [:]
    return labels.map { label in
      if names[label] == nil { names[label] = names.count }
      return names[label]!
    }
  }

  @Test(arguments: Reference.cases("kmeans"))
  func `labels, centres and steps are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let rows = reference.inputs["init_rows"]!.numbers.map { Int($0) }
    let learner = KMeans(clusters: 3, seed: 1, start: .rows(rows), scaling: .none)
    let model = try learner.fit(Reference.iris.table)
    #expect(model.trainingLabels.map(Double.init) == reference.expected["labels"]!.numbers)
    reference.expect(model.inertia, "inertia")
    let centers = reference.expected["centers"]!.matrix
    for (center, wanted) in zip(model.centers, centers) {
      #expect(zip(center, wanted).allSatisfy { abs($0 - $1) <= 1e-9 })
    }
    reference.expect(Double(model.iterations), "n_iter")
    #expect(try model.labels(for: Reference.iris.table) == model.trainingLabels)
    #expect(model.sizes.reduce(0, +) == 150)
  }

  @Test(arguments: Reference.cases("kmeans_best"))
  func `fifty searches find the best clusters known`(_ reference: ReferenceCase) throws {
    let learner = KMeans(
      clusters: Int(reference.inputs["k"]!.number!), seed: 3, restarts: 50, scaling: .none)
    let model = try learner.fit(Reference.iris.table)
    reference.expect(model.inertia, "best_inertia")
    #expect(model.sizes.sorted() == reference.expected["sizes"]!.numbers)
  }

  @Test(arguments: Reference.cases("cluster_metrics"))
  func `the quality of clusters is that of scikit-learn`(_ reference: ReferenceCase) throws {
    let key = reference.inputs["labels"] == nil ? "labels_pred" : "labels"
    let labels = reference.inputs[key]!.numbers.map { Int($0) }
    let quality = try ClusterQuality(Reference.iris.table, labels: labels)
    reference.expect(quality.silhouette, "silhouette")
    reference.expect(quality.daviesBouldin, "davies_bouldin")
    reference.expect(quality.calinskiHarabasz, "calinski_harabasz")
  }

  @Test func `silhouettes are those of scikit-learn`() throws {
    let reference = Reference.cases(id: "sil.samples")
    let table = try FeatureTable(
      names: ["a", "b", "c", "d"], rows: reference.inputs["x"]!.matrix)
    let quality = try ClusterQuality(
      table, labels: reference.inputs["labels"]!.numbers.map { Int($0) })
    reference.expect(quality.silhouettes, "values")
  }

  /// Lloyd's steps as they are told: no bounds, no chunks.
  private func plain(
    _ rows: [[Double]], _ weights: [Double], _ start: [Int]
  ) -> (labels: [Int], centers: [[Double]]) {
    var centers = start.map { rows[$0] }
    var labels: [Int] = []
    func square(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    for _ in 0..<100 {
      let found = rows.map { row in
        centers.indices.min { square(row, centers[$0]) < square(row, centers[$1]) }!
      }
      if found == labels { break }
      labels = found
      for cluster in centers.indices {
        let own = rows.indices.filter { labels[$0] == cluster && weights[$0] > 0 }
        if own.isEmpty { return ([], []) }
        let all = own.reduce(0) { $0 + weights[$1] }
        centers[cluster] = rows[0].indices.map { column in
          own.reduce(0) { $0 + weights[$1] * rows[$1][column] } / all
        }
      }
    }
    return (labels, centers)
  }

  @Test(arguments: Rounds.parts)
  func `bounds change nothing`(_ part: Int) throws {
    for var generator in Rounds.generators("bounds", part: part) {
      let count = generator.integer(in: 3...120)
      let width = generator.integer(in: 1...4)
      let clusters = generator.integer(in: 1...min(count, 11))
      let rows = (0..<count).map { _ in
        let shift = Double(generator.integer(below: 3)) * 3
        return (0..<width).map { _ in generator.normal() + shift }
      }
      let weights = (0..<count).map { _ in Double(generator.integer(in: 1...3)) }
      let start = generator.sample(clusters, below: count)
      let (labels, centers) = plain(rows, weights, start)
      // Where a cluster runs empty the search goes its own way.
      if labels.isEmpty { continue }
      let table = try FeatureTable(names: (0..<width).map { "x\($0)" }, rows: rows)
      let model = try KMeans(
        clusters: clusters, seed: 1, start: .rows(start), scaling: .none
      ).fit(table, weights: weights)
      #expect(model.trainingLabels == labels)
      #expect(
        zip(model.centers.joined(), centers.joined()).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  private func blobs(_ count: Int, seed: UInt64 = 1) throws -> (FeatureTable, [Int]) {
    var generator = SeededGenerator(seed: seed)
    let centers = [[0.0, 0], [8, 0], [0, 800], [8, 800]]
    let truth = (0..<count).map { _ in generator.integer(below: 4) }
    let rows = truth.map { label in
      [centers[label][0] + generator.normal(), centers[label][1] + 100 * generator.normal()]
    }
    return (try FeatureTable(names: ["orders", "revenue"], rows: rows), truth)
  }

  @Test(arguments: [KMeans.Algorithm.lloyd, .miniBatch(rows: 200)], [1, 2, 7])
  func `the bytes do not depend on workers`(
    _ algorithm: KMeans.Algorithm, _ workers: Int
  ) async throws {
    let (table, truth) = try blobs(20_000)
    let learner = KMeans(clusters: 4, seed: 5, restarts: 3, algorithm: algorithm)
    let other = try await learner.fit(table, workers: workers)
    try expect(other, isThatOf: learner, table, truth)
  }

  private func expect(
    _ other: KMeansModel, isThatOf learner: KMeans, _ table: FeatureTable, _ truth: [Int]
  ) throws {
    let model = try learner.fit(table)
    #expect(other.encoded() == model.encoded())
    #expect(other.trainingLabels == model.trainingLabels)
    var counts = [Int](repeating: 0, count: 16)
    for (label, wanted) in zip(model.trainingLabels, truth) { counts[wanted * 4 + label] += 1 }
    #expect(counts.sorted().suffix(4).reduce(0, +) > 19_900)
  }

  @Test func `SameBytes: clusters have the same bytes on every machine`() throws {
    let model = try KMeans(clusters: 5, seed: 9).fit(Reference.iris.table)
    #expect(Checksum.of(model.encoded()) == 7_621_821_241_119_871_556)
  }

  @Test func `empty clusters take the furthest rows`() throws {
    let table = try FeatureTable([FeatureColumn("x", [0, 1, 2, 10, 11, 50])])
    let model = try KMeans(
      clusters: 3, seed: 1, start: .centers([[1], [1_000], [2_000]]), scaling: .none
    ).fit(table)
    #expect(model.sizes.allSatisfy { $0 > 0 })
    #expect(canonical(model.trainingLabels) == [0, 0, 0, 1, 1, 2])
  }

  @Test func `equal rows, one cluster and weights of zero are fine`() throws {
    let same = try FeatureTable([FeatureColumn("x", [3.0, 3, 3])])
    let model = try KMeans(clusters: 2, seed: 1).fit(same)
    #expect(model.trainingLabels == [0, 0, 0] && model.sizes == [3, 0] && model.inertia == 0)
    let one = try KMeans(clusters: 1, seed: 1, scaling: .none)
      .fit(FeatureTable([FeatureColumn("x", [1, 3, 80])]), weights: [1, 3, 0])
    #expect(one.centers == [[2.5]] && one.trainingLabels == [0, 0, 0])
    #expect(one.inertia == 1 * 2.25 + 3 * 0.25)
  }

  @Test func `what has no distance is refused in a sentence`() throws {
    let learner = KMeans(clusters: 2, seed: 1)
    let missing = #expect(throws: LearningError.self) {
      try learner.fit(FeatureTable([FeatureColumn("x", [1, nil, 3])]))
    }
    #expect(
      missing?.description
        == "The value of x at row 1 is missing or infinite, and has no distance to others. Leave the "
        + "row out, or put a number there.")
    let few = #expect(throws: LearningError.self) {
      try learner.fit(FeatureTable([FeatureColumn("x", [1])]))
    }
    #expect(
      few?.description
        == "There are 1 rows that count for 2 clusters. Ask for at most as many clusters as rows.")
    let names = #expect(throws: LearningError.self) {
      try learner.fit(FeatureTable([FeatureColumn("c", ["a", "b"])]))
    }
    #expect(names?.code == .wrongKind)
  }

  @Test func `a model that was saved is the same`() throws {
    let (table, _) = try blobs(200)
    let model = try KMeans(clusters: 4, seed: 1).fit(table)
    let bytes = model.encoded()
    let same = try KMeansModel(decoding: bytes)
    #expect(same.encoded() == bytes)
    #expect(try same.labels(for: table) == model.trainingLabels)
    #expect(
      try same.label(for: ["orders": 8, "revenue": 800])
        == model.labels(
          for: FeatureTable([FeatureColumn("orders", [8]), FeatureColumn("revenue", [800])]))[0])
    for length in [0, 20, bytes.count - 1] {
      #expect(throws: LearningError.self) { try KMeansModel(decoding: Array(bytes[..<length])) }
    }
  }

  @Test func `criteria find four blobs`() throws {
    let (table, _) = try blobs(600)
    let report = try ClusterCountSearch(
      2...7, learner: KMeans(clusters: 2, seed: 1, restarts: 3), gapReferences: 5
    ).evaluate(table)
    for criterion in ClusterCountReport.Criterion.allCases {
      #expect(report.best(by: criterion) == 4, "\(criterion)\n\(report)")
    }
  }

  @Test func `segments are named by rules`() throws {
    let rows: [[Double]] = [
      [5, 20, 900], [6, 22, 950], [90, 2, 40], [95, 1, 35], [3, 1, 30], [2, 2, 45],
    ]
    let table = try FeatureTable(names: ["recency", "orders", "revenue"], rows: rows)
    let model = try KMeans(clusters: 3, seed: 1, start: .rows([0, 2, 4])).fit(table)
    let names = SegmentNames.recencyFrequencyMonetary(
      recency: "recency", frequency: "orders", monetary: "revenue")
    #expect(names.names(of: model) == ["High-Value Loyal", "Lapsed", "New"])
    #expect(
      SegmentNames().names(of: model) == [
        "high revenue, high orders", "high recency, low revenue", "low recency, low revenue",
      ])
    #expect(
      SegmentNames([SegmentNames.Rule("Anyone", [:])]).names(of: model)
        == ["Anyone", "Anyone 2", "Anyone 3"])
  }
}
