import StatisticsCore

extension RandomForestClassifierModel: SavedModel {
  private static let kind = "RandomForestClassifierModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      forest.encode(into: &writer)
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
      let learner: RandomForestClassifier = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let classes = try ModelDocument.classes(&reader)
      let offset = reader.offset
      let forest = try Forest(from: &reader)
      guard forest.outputs == (classes.count == 2 ? 1 : classes.count) else {
        throw .valueOutOfRange(name: "list of trees", offset: offset)
      }
      var model = RandomForestClassifierModel(
        learner: learner, forest: forest, classes: classes, training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: classes,
      learner: learner.description, training: training, importances: impurityImportances)
  }
}

extension RandomForestRegressorModel: SavedModel {
  private static let kind = "RandomForestRegressorModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      forest.encode(into: &writer)
      writer.optional(leafTargets) { $1.encode(into: &$0) }
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
      let learner: RandomForestRegressor = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let offset = reader.offset
      let forest = try Forest(from: &reader)
      guard forest.outputs == 1 else {
        throw .valueOutOfRange(name: "list of trees", offset: offset)
      }
      let targets = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try LeafTargets(from: &reader, leaves: forest.leafValues.count)
      }
      var model = RandomForestRegressorModel(
        learner: learner, forest: forest, leafTargets: targets, training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: [], learner: learner.description,
      training: training, importances: impurityImportances)
  }
}
