import Foundation
import Learning
import StatisticsCore
import TestSupport
import Testing

/// A folder of its own for each test, removed with the value.
private final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/model-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String = "iris.model") -> String { path + "/" + name }
  func write(_ bytes: some Sequence<UInt8>, _ name: String = "iris.model") throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
  }
  func bytes(_ name: String = "iris.model") throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

@Suite struct ModelFileTests {
  private let table = Reference.iris.table
  private let target = Reference.iris.target
  private func forest() throws -> RandomForestClassifierModel {
    try RandomForestClassifier(trees: 4, seed: 1).fit(table, target: target)
  }

  @Test func `a model and its card are saved and read`() throws {
    let folder = try Folder()
    var model = try forest()
    model.notes.title = "Species"
    try model.save(to: folder.file())
    #expect(try folder.files == ["iris.model", "iris.model.json"])
    #expect(try folder.bytes() == model.encoded())
    let same = try RandomForestClassifierModel(contentsOf: folder.file())
    #expect(same.encoded() == model.encoded())
    #expect(try same.probabilities(for: table) == model.probabilities(for: table))
    let card = try JSONDecoder().decode(ModelCard.self, from: Data(folder.bytes("iris.model.json")))
    #expect(card == model.card)
    #expect(ModelBytes(model.encoded()).array == model.encoded())
    #expect(try ModelBytes(contentsOf: folder.file()).count == model.encoded().count)
  }

  @Test func `a new model takes the place of the old one`() throws {
    let folder = try Folder()
    try forest().save(to: folder.file())
    let old = try ModelBytes(contentsOf: folder.file())
    let next = try RandomForestClassifier(trees: 2, seed: 9).fit(table, target: target)
    try next.save(to: folder.file())
    #expect(try folder.files == ["iris.model", "iris.model.json"])
    #expect(try RandomForestClassifierModel(contentsOf: folder.file()).encoded() == next.encoded())
    // Who had the old file open keeps the old bytes.
    #expect(try RandomForestClassifierModel(decoding: old).encoded() == forest().encoded())
    #expect(throws: LearningError.self) { try next.save(to: folder.path + "/none/iris.model") }
    let error = #expect(throws: LearningError.self) { try next.save(to: folder.path) }
    #expect(error?.code == .file)
  }

  @Test func `models of any kind are read`() async throws {
    let folder = try Folder()
    let numbers = target.codes.map(Double.init)
    let boosting = GradientBoosting(rounds: 2)
    let models: [any SavedModel] = [
      try forest(),
      try RandomForestRegressor(trees: 2, seed: 1).fit(table, target: numbers),
      try await boosting.fit(table, target: numbers),
      try KMeans(clusters: 3, seed: 1).fit(table),
      try LogisticRegression().fit(table, target: ClassTarget(target.isClass(0))),
      try MultinomialLogisticRegression().fit(table, target: target),
      try LinearRegression().fit(table, target: numbers),
      try RidgeRegression().fit(table, target: numbers),
      try PoissonRegression().fit(table, counts: numbers),
      try PrincipalComponents(.count(2)).fit(table),
      try NaiveForecaster(.lastValue).fit(TimeSeries(numbers)),
      try ExponentialSmoothing().fit(TimeSeries(numbers)),
      try ThetaForecaster().fit(TimeSeries(numbers)),
      try IntermittentDemand().fit(TimeSeries(numbers)),
      try Preparation([.standardizing()]).fit(table) { try KMeans(clusters: 3, seed: 1).fit($0) },
      try await Preparation([.rescaling()]).fit(table) {
        try await boosting.fit($0, target: target)
      },
    ]
    for model in models {
      try model.save(to: folder.file())
      let read = try SavedModels.read(contentsOf: folder.file())
      #expect(type(of: read) == type(of: model))
      #expect(read.encoded() == model.encoded())
    }
    let read = try SavedModels.read(contentsOf: folder.file())
    #expect((read as? any ClassifierModel)?.classes == ["0", "1", "2"])
  }

  @Test func `files that are no models are refused in a sentence`() throws {
    let folder = try Folder()
    func messages() -> [String] {
      var found: [String] = []
      do { _ = try RandomForestClassifierModel(contentsOf: folder.file()) } catch {
        found.append(error.description.replacing(folder.path, with: "…"))
      }
      do { _ = try SavedModels.read(contentsOf: folder.file()) } catch {
        found.append(error.description.replacing(folder.path, with: "…"))
      }
      return found
    }
    let none = "…/iris.model: The file could not be opened: No such file or directory."
    #expect(messages() == [none, none])
    try folder.write([])
    let empty =
      "…/iris.model: The data end too early: 1 more byte was expected at byte 0. Save the state "
      + "again; the file may have been cut short while it was written or copied."
    #expect(messages() == [empty, empty])
    try folder.write(Array("sessions,channel\n".utf8))
    let text =
      "…/iris.model: The data are not a saved state: they do not begin with its mark. Check that "
      + "this is the right file."
    #expect(messages() == [text, text])
    try folder.write(KMeans(clusters: 2, seed: 1).fit(table).encoded())
    #expect(
      messages() == [
        "…/iris.model: The data hold another kind of state than RandomForestClassifierModel. Open "
          + "them with the type that saved them."
      ])
    try folder.write(BinaryWriter.document(BinaryFormat(kind: "FunnelState", version: 1)) { _ in })
    #expect(
      messages().last
        == "…/iris.model: The data hold no model of a kind that this version of the library knows. "
        + "Check that this is the right file, or update the library.")
    var newer = try forest().encoded()
    newer[8 + 1 + "RandomForestClassifierModel".utf8.count] = 7
    try folder.write(newer)
    let sentence =
      "…/iris.model: The data have format version 7, and this version of the library reads versions "
      + "up to 1. Update the library."
    #expect(messages() == [sentence, sentence])
    try FileManager.default.removeItem(atPath: folder.file())
    try FileManager.default.createDirectory(
      atPath: folder.file(), withIntermediateDirectories: false)
    #expect(messages()[0].hasSuffix("opened: this is a directory; name a file inside it."))
  }

  @Test func `files cut short or changed are refused`() throws {
    let folder = try Folder()
    let plain = try forest()
    let prepared = try Preparation([.imputing(.mean)]).fit(table) {
      try RandomForestClassifier(trees: 2, seed: 1).fit($0, target: target)
    }
    func check<Model: SavedModel>(_ model: Model) throws {
      let bytes = model.encoded()
      for length in Array(0..<40) + [bytes.count / 3, bytes.count - 8, bytes.count - 1] {
        try folder.write(bytes.prefix(length))
        let error = #expect(throws: LearningError.self) { try Model(contentsOf: folder.file()) }
        #expect(error?.code == .unreadable)
        #expect(throws: LearningError.self) { try SavedModels.read(contentsOf: folder.file()) }
      }
      for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 61)) {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(place % 8)
        try folder.write(damaged)
        #expect(throws: LearningError.self) { try Model(contentsOf: folder.file()) }
        #expect(throws: LearningError.self) { try SavedModels.read(contentsOf: folder.file()) }
      }
      try folder.write(bytes + [0])
      #expect(throws: LearningError.self) { try Model(contentsOf: folder.file()) }
    }
    try check(plain)
    try check(prepared)
  }

  // Counts of 2⁶² where lists begin: what the header claims is compared with what is there.
  @Test func `nothing is taken on the word of a header`() throws {
    let model = try forest()
    let bytes = model.encoded()
    let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f]
    for place in stride(from: 38, to: bytes.count - 20, by: 3) {
      var forged = Array(bytes[..<place]) + huge + bytes[(place + huge.count)...]
      forged.renewChecksum()
      _ = try? RandomForestClassifierModel(decoding: forged)
    }
    // A kind's name of that length, in front of every checksum.
    let kind = Array(bytes[..<8]) + huge + bytes[17...]
    let error = #expect(throws: LearningError.self) { try SavedModels.read(ModelBytes(kind)) }
    #expect(error?.code == .unreadable)
  }
}
