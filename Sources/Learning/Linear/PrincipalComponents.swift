import StatisticsCore

/// Finds the directions in which rows vary most, to tell much in few columns.
///
/// ```swift
/// let model = try PrincipalComponents(.varianceShare(0.9), scaling: .standardDeviation).fit(table)
/// model.explainedVarianceRatios       // 0.73, 0.23
/// try model.transform(table)          // a table with the columns component1 and component2
/// ```
///
/// Columns are moved by their mean, and divided by their standard deviation if ``scaling`` says so,
/// as they should be unless all have the same unit. The sign of a component is such that its
/// entry furthest from 0 is positive (the first of equally far ones), as in scikit-learn.
///
/// - Columns must be numeric or Boolean, and finite.
/// - Constant columns take no part. Where none varies, and with one row, all variances are 0 and the
///   components are the columns themselves.
/// - With more columns than rows there are as many components as rows, of which the last explains
///   nothing.
///
/// The same bits come out on every machine and with any number of workers.
///
/// Source: I. Jolliffe, *Principal Component Analysis*, 2nd edition, 2002.
public struct PrincipalComponents: Sendable, Hashable, Codable {
  /// How many components are kept.
  public enum Kept: Sendable, Hashable, Codable {
    /// All.
    case all
    /// So many, at least 1.
    case count(Int)
    /// As few as explain this share of the variance, above 0 and at most 1.
    case varianceShare(Double)
  }

  /// What columns are divided by.
  public enum Scaling: Sendable, Hashable, Codable {
    /// Nothing.
    case none
    /// Their standard deviation (with rows − 1), so that all vary alike; constant ones by nothing.
    case standardDeviation
  }

  /// How many components are kept.
  public var kept: Kept
  /// What columns are divided by.
  public var scaling: Scaling

  /// Makes a learner.
  public init(_ kept: Kept = .all, scaling: Scaling = .none) {
    self.kept = kept
    self.scaling = scaling
  }

  /// Learns in the calling thread.
  ///
  /// - Throws: ``LearningError`` when a number is missing or not finite, a column is categorical, there
  ///   is no row or column, or more components are asked for than there are rows or columns.
  /// - Complexity: O(*n* *p*² + *p*³), where *n* is the number of rows and *p* of columns.
  public func fit(_ table: FeatureTable) throws(LearningError) -> PrincipalComponentsModel {
    let matrix = try matrix(table)
    return try model(
      matrix,
      TriangularFactor(
        joining: matrix.parts.map { TriangularFactor(matrix, target: nil, blocks: $0) }), table)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, workers: Int
  ) async throws(LearningError) -> PrincipalComponentsModel {
    let matrix = try matrix(table)
    let parts = await concurrentMap(matrix.parts, workers: workers) {
      TriangularFactor(matrix, target: nil, blocks: $0)
    }
    return try model(matrix, TriangularFactor(joining: parts), table)
  }

  private func matrix(_ table: FeatureTable) throws(LearningError) -> DesignMatrix {
    let rows = try TreeTarget.rows(nil, count: table.rowCount)
    try LinearInput.check(table.columns)
    let most = min(rows.count, table.columns.count)
    switch kept {
    case .all: break
    case .count(let count):
      guard (1...most).contains(count) else {
        throw LinearInput.parameter(
          "\(count) components are asked for, and there can be from 1 to \(most), the smaller of "
            + "rows and columns. Change the count.")
      }
    case .varianceShare(let share):
      guard share > 0, share <= 1 else {
        throw LinearInput.parameter(
          "The share of the variance is \(share), and must lie above 0 and at most at 1. Change it."
        )
      }
    }
    return try DesignMatrix(table.columns, rows: rows, weights: nil, hasIntercept: true)
  }

  private func model(
    _ matrix: DesignMatrix, _ factor: TriangularFactor, _ table: FeatureTable
  ) throws(LearningError) -> PrincipalComponentsModel {
    let width = matrix.width
    let degrees = Double(max(1, matrix.rows.count - 1))
    var columns: [[Double]] = []
    var scales: [Double] = []
    for column in 0..<width {
      let numbers = (0..<width).map { factor[$0, column] }
      let size = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() / degrees.squareRoot()
      // In the units of the table, or of the standard deviation.
      let isScaled = scaling == .standardDeviation && size > 0
      columns.append(numbers.map { isScaled ? $0 / size : $0 * matrix.scales[column] })
      scales.append(isScaled ? size * matrix.scales[column] : 1)
    }
    // A power of two for all of them keeps squares finite.
    let largest = columns.joined().reduce(0) { max($0, abs($1)) }
    let unit = largest > 0 ? largest.binade : 1
    let parts = SingularValues(columns: columns.map { $0.map { $0 / unit } })
    let most = min(matrix.rows.count, width)
    let variances = parts.values.map { ($0 * unit) * ($0 * unit) / degrees }
    guard variances.allSatisfy(\.isFinite) else {
      throw LearningError(
        .notFinite,
        "The numbers are too large for their variance. Give them in larger units, or divide columns by "
          + "their standard deviation.")
    }
    let total = variances.reduce(0, +)
    var count = most
    switch kept {
    case .all: break
    case .count(let wanted): count = wanted
    case .varianceShare(let share):
      var sum = 0.0
      for place in 0..<most {
        sum += variances[place]
        if sum >= share * total * (1 - 1e-12) {
          count = place + 1
          break
        }
      }
    }
    return PrincipalComponentsModel(
      learner: self, schema: table.schema, means: matrix.shifts, scales: scales,
      components: parts.vectors.prefix(count).map(Self.signed),
      explainedVariances: Array(variances.prefix(count)), totalVariance: total,
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint([])))
  }

  /// The vector with the sign that makes its entry furthest from 0 positive.
  private static func signed(_ vector: [Double]) -> [Double] {
    var furthest = 0
    // Entries that differ by rounding alone are equally far.
    for index in vector.indices
    where abs(vector[index]) > abs(vector[furthest]) * (1 + 1e-12) { furthest = index }
    return vector[furthest] < 0 ? vector.map { -$0 } : vector
  }
}

extension PrincipalComponents: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    let count =
      switch kept {
      case .all: "all"
      case .count(let count): "\(count)"
      case .varianceShare(let share): "as many as explain \(share) of the variance"
      }
    return "principal components: \(count), "
      + (scaling == .none ? "columns as they are" : "columns divided by their standard deviation")
  }
}

/// The directions in which rows vary most.
public struct PrincipalComponentsModel: Sendable {
  /// The learner that it comes from.
  public let learner: PrincipalComponents
  /// The columns that the model expects.
  public let schema: FeatureSchema
  /// For each column its mean.
  public let means: [Double]
  /// For each column what it is divided by.
  public let scales: [Double]
  /// For each component its direction: a number for each column, of length 1.
  public let components: [[Double]]
  /// For each component the variance of the rows in its direction, with rows − 1.
  public let explainedVariances: [Double]
  /// The sum of the variances in all directions, of those not kept too.
  public let totalVariance: Double
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()

  init(
    learner: PrincipalComponents, schema: FeatureSchema, means: [Double], scales: [Double],
    components: [[Double]], explainedVariances: [Double], totalVariance: Double,
    training: TrainingData
  ) {
    self.learner = learner
    self.schema = schema
    self.means = means
    self.scales = scales
    self.components = components
    self.explainedVariances = explainedVariances
    self.totalVariance = totalVariance
    self.training = training
  }

  /// For each component its share of the variance; 0 where nothing varies.
  public var explainedVarianceRatios: [Double] {
    explainedVariances.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// Returns a table with the columns component1, component2, … in place of those of the model.
  ///
  /// - Throws: ``LearningError`` when a column is not there or of another kind, or a number is missing
  ///   or not finite.
  /// - Complexity: O(*n* *p* *k*), where *n* is the number of rows, *p* of columns and *k* of
  ///   components.
  public func transform(_ table: FeatureTable) throws(LearningError) -> FeatureTable {
    let columns = try schema.columns(of: table)
    try LinearInput.check(columns)
    return try FeatureTable(
      components.enumerated().map { place, component in
        var scores = [Double](repeating: 0, count: table.rowCount)
        for (column, weight) in component.enumerated() {
          let codes = columns[column].codes
          for row in scores.indices {
            scores[row] += weight * ((codes[row] - means[column]) / scales[column])
          }
        }
        return FeatureColumn(Self.name(place), scores)
      })
  }

  /// Returns for one row its place along each component.
  ///
  /// - Throws: ``LearningError`` when a value is not there, of another kind, missing or not finite.
  public func scores(for row: FeatureRow) throws(LearningError) -> [Double] {
    let codes = try LinearInput.codes(of: row, in: schema)
    return components.map { component in
      var score = 0.0
      for column in component.indices {
        score += component[column] * ((codes[column] - means[column]) / scales[column])
      }
      return score
    }
  }

  /// Returns the table whose transform is `table`, as far as the components that are kept tell it.
  ///
  /// Boolean columns come back as numbers.
  ///
  /// - Throws: ``LearningError`` when a component is not there, or a number is missing or not finite.
  public func inverseTransform(_ table: FeatureTable) throws(LearningError) -> FeatureTable {
    var scores: [[Double]] = []
    for place in components.indices {
      guard let column = table[Self.name(place)] else {
        throw LearningError(
          .missingColumn,
          "The table has no column \(Self.name(place)). Give a table as transform returns it.")
      }
      try LinearInput.check([column])
      scores.append(column.codes)
    }
    return try FeatureTable(
      schema.names.enumerated().map { column, name in
        var values = [Double](repeating: 0, count: table.rowCount)
        for (component, score) in zip(components, scores) {
          for row in values.indices { values[row] += component[column] * score[row] }
        }
        return FeatureColumn(name, values.map { $0 * scales[column] + means[column] })
      })
  }

  private static func name(_ place: Int) -> String { "component\(place + 1)" }
}

extension PrincipalComponentsModel: SavedModel {
  private static let kind = "PrincipalComponentsModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      schema.encode(into: &writer)
      writer.doubles(means)
      writer.doubles(scales)
      writer.array(components) { $0.doubles($1) }
      writer.doubles(explainedVariances)
      writer.double(totalVariance)
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: PrincipalComponents = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let schema = try FeatureSchema(from: &reader)
      let offset = reader.offset
      let width = schema.columns.count
      let means = try reader.doubles()
      let scales = try reader.doubles()
      let components = try reader.array("number of components") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in try reader.doubles()
      }
      let variances = try reader.doubles()
      let total = try reader.double()
      let isWhole =
        components.allSatisfy { $0.count == width && $0.allSatisfy(\.isFinite) }
        && means.allSatisfy(\.isFinite) && scales.allSatisfy { $0 > 0 && $0.isFinite }
        && variances.allSatisfy { $0 >= 0 } && total >= 0
      let isNumeric = schema.columns.allSatisfy {
        if case .categorical = $0.kind { false } else { true }
      }
      guard isWhole, isNumeric, means.count == width, scales.count == width,
        variances.count == components.count
      else { throw .valueOutOfRange(name: "list of components", offset: offset) }
      var model = PrincipalComponentsModel(
        learner: learner, schema: schema, means: means, scales: scales, components: components,
        explainedVariances: variances, totalVariance: total, training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: [], learner: learner.description,
      training: training, importances: [])
  }
}

extension PrincipalComponentsModel: CustomStringConvertible {
  /// A table with a column for each component.
  public var description: String {
    LinearText.table(
      [[""] + components.indices.map(Self.name)]
        + schema.names.indices.map { column in
          [schema.names[column]] + components.map { LinearText.short($0[column]) }
        }
        + [["share of variance"] + explainedVarianceRatios.map(LinearText.short)])
  }
}
