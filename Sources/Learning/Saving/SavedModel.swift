import StatisticsCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model that can be stored and read back with the same predictions, bit for bit.
///
/// ```swift
/// try model.save(to: "propensity.model")                       // and propensity.model.json beside
/// let same = try RandomForestClassifierModel(contentsOf: "propensity.model")
/// print(same.card)                                             // JSON: columns, parameters, metrics
/// ```
///
/// The bytes begin with a mark, the kind of model and the version of the format, and end with a
/// checksum. Bytes that are cut short, changed, of another kind or from a newer version are refused
/// with a sentence; no memory is taken for what they only claim to hold.
public protocol SavedModel: Sendable {
  /// The model as bytes: the same for the same model.
  func encoded() -> [UInt8]
  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  init(decoding bytes: [UInt8]) throws(LearningError)
  /// Reads a model of bytes that may lie in a file and need not be copied.
  ///
  /// A model that does not say how is read of a copy.
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  init(decoding bytes: ModelBytes) throws(LearningError)
  /// The model in words, to be kept beside its file.
  var card: ModelCard { get }
  /// What people wrote into the card.
  var notes: ModelNotes { get set }
}

/// The description of a model for people and programs: what it expects, what it is, how good it is.
public struct ModelCard: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The type of the model.
  public var kind: String
  /// What people wrote: title, target, metrics and remarks.
  public var notes: ModelNotes
  /// The columns that the model expects.
  public var columns: [FeatureSchema.Column]
  /// The names of the classes; empty where the model predicts numbers.
  public var classes: [String]
  /// The parameters of the learner in words.
  public var learner: String
  /// How many rows it was fitted to.
  public var trainingRows: Int
  /// A checksum of the data it was fitted to, as 16 hexadecimal digits.
  public var trainingFingerprint: String
  /// By column how much the model owes to it, where that is known.
  public var importances: [String: Double]
  /// What is done to the columns before the model sees them, a step each.
  public var preparation: [String] = []

  init(
    kind: String, notes: ModelNotes, schema: FeatureSchema, classes: [String], learner: String,
    training: TrainingData, importances: [FeatureImportance]
  ) {
    self.kind = kind
    self.notes = notes
    columns = schema.columns
    self.classes = classes
    self.learner = learner
    trainingRows = training.rows
    let digits = String(training.fingerprint, radix: 16)
    trainingFingerprint = String(repeating: "0", count: 16 - digits.count) + digits
    self.importances = Dictionary(uniqueKeysWithValues: importances.map { ($0.name, $0.value) })
  }

  /// The card as JSON with its keys in order.
  public var description: String { ModelText.json(self, isPretty: true) }
}

/// JSON inside of saved models.
enum ModelText {
  static func json(_ value: some Encodable, isPretty: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // Notes may hold any double; JSON has no word for these.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("The description of a model can always be written.")
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func value<Value: Decodable>(
    _ reader: inout BinaryReader, _ name: String
  ) throws(BinaryDecodingError) -> Value {
    let offset = reader.offset
    let text = try reader.string(name)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let value = try? decoder.decode(Value.self, from: Data(text.utf8)) else {
      throw .valueOutOfRange(name: name, offset: offset)
    }
    return value
  }
}

/// The frame of a saved model.
enum ModelDocument {
  static func read<Model>(
    _ bytes: [UInt8], _ kind: String, version: Int,
    _ body: (inout BinaryReader, _ version: Int) throws(BinaryDecodingError) -> Model
  ) throws(LearningError) -> Model {
    try read(ModelBytes(bytes), kind, version: version, body)
  }

  static func read<Model>(
    _ bytes: ModelBytes, _ kind: String, version: Int,
    _ body: (inout BinaryReader, _ version: Int) throws(BinaryDecodingError) -> Model
  ) throws(LearningError) -> Model {
    do {
      return try BinaryReader.document(
        bytes.data, BinaryFormat(kind: kind, version: version), body)
    } catch {
      throw LearningError(error)
    }
  }

  static func classes(
    _ reader: inout BinaryReader
  ) throws(BinaryDecodingError) -> [String] {
    let offset = reader.offset
    let classes = try reader.array("number of classes") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      try reader.string("name of a class")
    }
    guard !classes.isEmpty, Set(classes).count == classes.count else {
      throw .valueOutOfRange(name: "list of classes", offset: offset)
    }
    return classes
  }
}

extension LearningError {
  init(_ error: BinaryDecodingError) {
    if case .newerVersion = error {
      self.init(.newerVersion, error.description)
    } else {
      self.init(.unreadable, error.description)
    }
  }
}

extension TrainingData {
  func encode(into writer: inout BinaryWriter) {
    writer.int64(Int64(rows))
    writer.uint64(fingerprint)
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let offset = reader.offset
    guard let rows = Int(exactly: try reader.int64()), rows >= 0 else {
      throw .valueOutOfRange(name: "number of rows", offset: offset)
    }
    self.init(rows: rows, fingerprint: try reader.uint64())
  }
}
