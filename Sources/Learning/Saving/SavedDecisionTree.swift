import StatisticsCore

extension DecisionTreeModel: SavedModel {
  private static let kind = "DecisionTreeModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      schema.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      writer.array(nodes) { $1.encode(into: &$0) }
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: DecisionTree = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let schema = try FeatureSchema(from: &reader)
      let offset = reader.offset
      let classes = try reader.array("number of classes") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try reader.string("name of a class")
      }
      let nodes = try reader.array("number of nodes") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try DecisionTreeNode(from: &reader)
      }
      var model = DecisionTreeModel(
        learner: learner, schema: schema, classes: classes, nodes: nodes, training: training)
      guard model.isSound else { throw .valueOutOfRange(name: "list of nodes", offset: offset) }
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

  /// Whether every row comes to a leaf that says something.
  var isSound: Bool {
    !nodes.isEmpty && Set(classes).count == classes.count
      && nodes.indices.allSatisfy { position in
        let node = nodes[position]
        guard node.value.count == max(1, classes.count), node.value.allSatisfy(\.isFinite),
          node.rows >= 0, node.weight.isFinite, node.impurity.isFinite
        else { return false }
        guard let column = node.column else {
          return node.question == nil && node.left == nil && node.right == nil
        }
        // Children come after their parent, so that each step comes nearer to the end.
        guard schema.columns.indices.contains(column), let left = node.left,
          let right = node.right, position < left, left < right, right < nodes.count
        else { return false }
        switch (node.question, schema.columns[column].kind) {
        case (.atMost(let border), .numeric), (.atMost(let border), .boolean):
          return !border.isNaN
        case (.oneOf(let positions), .categorical(let categories)):
          return positions.allSatisfy { categories.indices.contains($0) }
        default: return false
        }
      }
  }
}

extension DecisionTreeNode {
  fileprivate func encode(into writer: inout BinaryWriter) {
    writer.optional(column) { $0.count($1) }
    writer.optional(question) { writer, question in
      switch question {
      case .atMost(let border):
        writer.bool(false)
        writer.double(border)
      case .oneOf(let positions):
        writer.bool(true)
        writer.array(positions) { $0.count($1) }
      }
    }
    writer.bool(missingGoesLeft)
    writer.optional(left) { $0.count($1) }
    writer.optional(right) { $0.count($1) }
    writer.count(rows)
    writer.double(weight)
    writer.double(impurity)
    writer.doubles(value)
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    func position(_ reader: inout BinaryReader) throws(BinaryDecodingError) -> Int {
      try reader.integer("position", in: 0...Int(Int32.max))
    }
    column = try reader.optional(position)
    question = try reader.optional {
      (reader: inout BinaryReader) throws(BinaryDecodingError) -> Question in
      try reader.bool()
        ? .oneOf(try reader.array("number of categories", position))
        : .atMost(try reader.double())
    }
    missingGoesLeft = try reader.bool()
    left = try reader.optional(position)
    right = try reader.optional(position)
    rows = try reader.integer("rows", in: 0...Int.max)
    weight = try reader.double()
    impurity = try reader.double()
    value = try reader.doubles()
  }
}
