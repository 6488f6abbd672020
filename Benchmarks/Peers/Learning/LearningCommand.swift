import Foundation
import Learning

/// Fits and predicts on the tables that `compare_learning.py` wrote, and prints answers and times as
/// JSON.
///
///     learning-swift <folder> <workers> <runs>
@main
struct LearningCommand {
  struct Answer: Encodable {
    var seconds: [Double] = []
    var processorSeconds: [Double] = []
    var figures: [String: Double] = [:]
  }

  let folder: URL
  let workers: Int
  let runs: Int
  var answers: [String: Answer] = [:]

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let workers = Int(arguments[2]), let runs = Int(arguments[3]),
      workers > 0, runs > 0
    else {
      FileHandle.standardError.write(
        Data("usage: learning-swift <folder> <workers> <runs>\n".utf8))
      exit(64)
    }
    var command = LearningCommand(
      folder: URL(fileURLWithPath: arguments[1]), workers: workers, runs: runs)
    try await command.forests()
    try await command.clusters()
    print(String(decoding: try JSONEncoder().encode(command.answers), as: UTF8.self))
  }

  func numbers(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name + ".bin"))
    return unsafe data.withUnsafeBytes { unsafe Array($0.bindMemory(to: Double.self)) }
  }

  /// A table stored column after column.
  func table(_ name: String, columns: Int) throws -> FeatureTable {
    let values = try numbers(name)
    let rows = values.count / columns
    return try FeatureTable(
      (0..<columns).map {
        FeatureColumn("x\($0)", Array(values[($0 * rows)..<(($0 + 1) * rows)]))
      })
  }

  mutating func measure<Value>(
    _ name: String, _ body: () async throws -> Value
  ) async throws -> Value {
    var answer = Answer()
    var value: Value?
    for _ in 0..<runs {
      let processor = Self.processorSeconds
      let start = ContinuousClock.now
      value = try await body()
      answer.seconds.append((ContinuousClock.now - start) / .seconds(1))
      answer.processorSeconds.append(Self.processorSeconds - processor)
    }
    answers[name] = answer
    return value!
  }

  static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  mutating func forests() async throws {
    let workers = workers
    let train = try table("train", columns: 20)
    let target = ClassTarget(try numbers("train_target").map { $0 == 1 })
    let test = try table("test", columns: 20)
    let truth = try numbers("test_target").map { $0 == 1 }
    let learner = RandomForestClassifier(trees: 100, seed: 1)
    let model = try await measure("forest_fit") {
      try await learner.fit(train, target: target, workers: workers)
    }
    let found = try await measure("forest_predict") {
      try await model.probabilities(for: test, workers: workers)
    }
    answers["forest_fit"]!.figures["area"] = try ROCCurve(truth, scores: found.ofClass(1)).area!
    let rows = (0..<1_000).map { row in test.columns.map { $0.number(at: row)! } }
    var sum = 0.0
    _ = try await measure("forest_row") {
      for row in rows { sum += model.probabilities(codes: row)[1] }
    }
    // For one row of the thousand.
    answers["forest_row"]!.seconds = answers["forest_row"]!.seconds.map { $0 / 1_000 }
    answers["forest_row"]!.processorSeconds = answers["forest_row"]!.processorSeconds
      .map { $0 / 1_000 }
    answers["forest_row"]!.figures["sum"] = sum
  }

  mutating func clusters() async throws {
    let workers = workers
    let points = try table("points", columns: 8)
    let start = try numbers("start")
    let learner = KMeans(
      clusters: 8, seed: 1,
      start: .centers((0..<8).map { Array(start[($0 * 8)..<($0 * 8 + 8)]) }), scaling: .none)
    let model = try await measure("kmeans") { try await learner.fit(points, workers: workers) }
    let labels = try numbers("labels").map { Int($0) }
    answers["kmeans"]!.figures = [
      "different_labels": Double(zip(labels, model.trainingLabels).count { $0 != $1 }),
      "iterations": Double(model.iterations), "inertia": model.inertia,
    ]
  }
}
