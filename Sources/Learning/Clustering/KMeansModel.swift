import StatisticsCore

/// Groups of rows around centres.
public struct KMeansModel: Sendable {
  /// The learner that it comes from.
  public let learner: KMeans
  /// The columns that the model expects.
  public let schema: FeatureSchema
  let scales: [Double]
  /// For each column the mean of the rows it was fitted to.
  public let means: [Double]
  /// For each column their standard deviation.
  public let deviations: [Double]
  /// For each cluster its centre, in the units of the table.
  public let centers: [[Double]]
  /// For each cluster the sum of the weights of its rows; 0 where there were fewer different rows than
  /// clusters.
  public let sizes: [Double]
  /// The sum of the squared distances to the centres, in the scaled units.
  public let inertia: Double
  /// The steps of the best search.
  public let iterations: Int
  /// For each row it was fitted to its cluster; empty in a model that was read.
  public let trainingLabels: [Int]
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()

  init(
    learner: KMeans, schema: FeatureSchema, scales: [Double], means: [Double],
    deviations: [Double], centers: [[Double]], sizes: [Double], inertia: Double, iterations: Int,
    trainingLabels: [Int], training: TrainingData
  ) {
    self.learner = learner
    self.schema = schema
    self.scales = scales
    self.means = means
    self.deviations = deviations
    self.centers = centers
    self.sizes = sizes
    self.inertia = inertia
    self.iterations = iterations
    self.trainingLabels = trainingLabels
    self.training = training
  }

  /// Returns for each row the cluster of the nearest centre, the first of equally near ones.
  ///
  /// - Throws: ``LearningError`` when a column is missing, or a value missing or not finite.
  public func labels(for table: FeatureTable) throws(LearningError) -> [Int] {
    let columns = try schema.columns(of: table)
    try ClusterPoints.check(columns)
    return (0..<table.rowCount).map { row in nearest(columns.map { $0.codes[row] }).label }
  }

  /// Returns for each row the distance to the nearest centre, in the scaled units.
  ///
  /// - Throws: ``LearningError`` when a column is missing, or a value missing or not finite.
  public func distances(for table: FeatureTable) throws(LearningError) -> [Double] {
    let columns = try schema.columns(of: table)
    try ClusterPoints.check(columns)
    return (0..<table.rowCount).map { row in
      nearest(columns.map { $0.codes[row] }).square.squareRoot()
    }
  }

  /// Returns the cluster for one row.
  ///
  /// - Throws: ``LearningError`` when a value is not there, missing or not finite.
  public func label(for row: FeatureRow) throws(LearningError) -> Int {
    let codes = try schema.codes(of: row)
    if let column = codes.firstIndex(where: { !$0.isFinite }) {
      throw LearningError(
        .notFinite,
        "The value of \(schema.names[column]) is missing or infinite, and has no distance to others. "
          + "Put a number there.")
    }
    return nearest(codes).label
  }

  private func nearest(_ codes: [Double]) -> (label: Int, square: Double) {
    var best = (label: 0, square: Double.infinity)
    for (label, center) in centers.enumerated() {
      var square = 0.0
      for column in codes.indices {
        let gap = codes[column] / scales[column] - center[column] / scales[column]
        square += gap * gap
      }
      if square < best.square { best = (label, square) }
    }
    return best
  }
}

extension KMeansModel: SavedModel {
  private static let kind = "KMeansModel"

  /// The model as bytes, the same for the same model, without the labels of the training rows.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      schema.encode(into: &writer)
      for values in [scales, means, deviations, sizes] + centers { writer.doubles(values) }
      writer.double(inertia)
      writer.count(iterations)
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    try self.init(decoding: ModelBytes(bytes))
  }

  /// Reads a model of bytes that may lie in a file.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: ModelBytes) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: KMeans = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let schema = try FeatureSchema(from: &reader)
      let offset = reader.offset
      let damaged = BinaryDecodingError.valueOutOfRange(name: "list of centres", offset: offset)
      let width = schema.columns.count
      let scales = try reader.doubles()
      let means = try reader.doubles()
      let deviations = try reader.doubles()
      let sizes = try reader.doubles()
      guard scales.count == width, means.count == width, deviations.count == width,
        sizes.count == learner.clusters, !sizes.isEmpty,
        scales.allSatisfy({ $0 > 0 && $0.isFinite })
      else { throw damaged }
      var centers: [[Double]] = []
      for _ in sizes {
        let center = try reader.doubles()
        guard center.count == width, center.allSatisfy(\.isFinite) else { throw damaged }
        centers.append(center)
      }
      var model = KMeansModel(
        learner: learner, schema: schema, scales: scales, means: means, deviations: deviations,
        centers: centers, sizes: sizes, inertia: try reader.double(),
        iterations: Int(truncatingIfNeeded: try reader.varint("number of steps")),
        trainingLabels: [], training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: [], learner: "\(learner)",
      training: training, importances: [])
  }
}

extension KMeans: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    var parts = ["k-means with \(clusters) clusters"]
    if case .miniBatch(let rows) = algorithm { parts.append("samples of \(rows) rows") }
    parts.append(
      scaling == .none ? "columns as they are" : "columns divided by their standard deviation")
    switch start {
    case .plusPlus: parts.append("best of \(restarts) searches, seed \(seed)")
    case .rows: parts.append("from given rows")
    case .centers: parts.append("from given centres")
    }
    return parts.joined(separator: ", ")
  }
}
