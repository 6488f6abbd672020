import StatisticsCore

extension SavedModel {
  /// Reads a model of bytes that may lie in a file, by copying them.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: ModelBytes) throws(LearningError) {
    try self.init(decoding: bytes.array)
  }

  /// Saves the model in the file at `path`, and its card as JSON in `path` + `.json` beside it.
  ///
  /// ```swift
  /// try model.save(to: "propensity.model")        // and propensity.model.json
  /// ```
  ///
  /// Each of the two files appears complete or not at all: the bytes go to a new file in the same
  /// folder, which takes the place of an old one by rename. The card comes first, so that there is no
  /// model without one.
  ///
  /// - Parameter path: Where to save; a symbolic link is followed.
  /// - Throws: ``LearningError`` with the code `file` when the system refuses.
  public func save(to path: String) throws(LearningError) {
    try ModelFile.write(Array("\(card)\n".utf8), to: path + ".json")
    try ModelFile.write(encoded(), to: path)
  }

  /// Reads the model saved in the file at `path`.
  ///
  /// ```swift
  /// let model = try RandomForestClassifierModel(contentsOf: "propensity.model")
  /// ```
  ///
  /// The file is mapped while it is read, so that its bytes are not in memory twice, and all of it is
  /// checked.
  ///
  /// - Throws: ``LearningError`` when the file cannot be opened, is not such a model, comes from a newer
  ///   version, or is damaged.
  /// - Complexity: O(*b*), where *b* is the size of the file.
  public init(contentsOf path: String) throws(LearningError) {
    let bytes = try ModelBytes(contentsOf: path)
    do {
      try self.init(decoding: bytes)
    } catch {
      throw error.at(path)
    }
  }
}

/// Writing of files that appear complete or not at all.
enum ModelFile {
  static func write(_ bytes: [UInt8], to path: String) throws(LearningError) {
    do throws(ReplacementFile.Failure) {
      let file = try ReplacementFile(path: path)
      try file.write(bytes)
      try file.finish()
    } catch {
      throw LearningError(.file, "\(path): The file could not be \(error.reason).")
    }
  }
}

extension LearningError {
  /// The same error of the file at `path`.
  func at(_ path: String) -> LearningError { LearningError(code, "\(path): \(description)") }
}

/// Saved models of any kind.
///
/// ```swift
/// switch try SavedModels.read(contentsOf: path) {
/// case let model as any ClassifierModel: print(model.classes)
/// case let model as any RegressorModel: print(model.schema.names)
/// case let model: print(model.card)
/// }
/// ```
public enum SavedModels {
  /// Every kind of model as it is called in the files.
  static let kinds: [String: any SavedModel.Type] = [
    "DecisionTreeModel": DecisionTreeModel.self,
    "RandomForestClassifierModel": RandomForestClassifierModel.self,
    "RandomForestRegressorModel": RandomForestRegressorModel.self,
    "GradientBoostingModel": GradientBoostingModel.self,
    "ImportedTreeModel": ImportedTreeModel.self,
    "LogisticRegressionModel": LogisticRegressionModel.self,
    "MultinomialLogisticRegressionModel": MultinomialLogisticRegressionModel.self,
    "LinearRegressionModel": LinearRegressionModel.self,
    "PenalizedRegressionModel": PenalizedRegressionModel.self,
    "PoissonRegressionModel": PoissonRegressionModel.self,
    "PrincipalComponentsModel": PrincipalComponentsModel.self,
    "KMeansModel": KMeansModel.self,
    "NaiveModel": NaiveModel.self,
    "ExponentialSmoothingModel": ExponentialSmoothingModel.self,
    "ThetaModel": ThetaModel.self,
    "IntermittentDemandModel": IntermittentDemandModel.self,
  ]

  /// Reads the model saved in the file at `path`, whatever its kind.
  ///
  /// - Throws: ``LearningError`` when the file cannot be opened, is not a model, comes from a newer
  ///   version, or is damaged.
  public static func read(contentsOf path: String) throws(LearningError) -> any SavedModel {
    let bytes = try ModelBytes(contentsOf: path)
    do {
      return try read(bytes)
    } catch {
      throw error.at(path)
    }
  }

  /// Reads a model, whatever its kind.
  ///
  /// - Throws: ``LearningError`` when the bytes are not a model, come from a newer version, or are
  ///   damaged.
  public static func read(_ bytes: ModelBytes) throws(LearningError) -> any SavedModel {
    let kind = try kind(of: bytes)
    if kind == preparedModelKind {
      let (preparation, inner) = try PreparedParts.read(bytes)
      return try prepared(try type(try self.kind(of: inner)), preparation, inner)
    }
    return try type(kind).init(decoding: bytes)
  }

  private static func prepared<Model: SavedModel>(
    _ type: Model.Type, _ preparation: FittedPreparation, _ inner: ModelBytes
  ) throws(LearningError) -> any SavedModel {
    try PreparedModel<Model>(checking: preparation, try Model(decoding: inner))
  }

  private static func kind(of bytes: ModelBytes) throws(LearningError) -> String {
    do {
      return try BinaryReader.kind(of: bytes.data)
    } catch {
      throw LearningError(error)
    }
  }

  private static func type(_ kind: String) throws(LearningError) -> any SavedModel.Type {
    guard let type = kinds[kind] else {
      throw LearningError(
        .unreadable,
        "The data hold no model of a kind that this version of the library knows. Check that this is "
          + "the right file, or update the library.")
    }
    return type
  }
}
