import Foundation
import Learning

/// Fits and predicts on the tables that `compare_learning.py` wrote, and prints answers and times as
/// JSON.
///
///     learning-swift <folder> <workers> <runs> [forests|boosting|linear|clusters|growth|nothing …]
@main
struct LearningCommand {
  enum Job: String, CaseIterable {
    case forests, boosting, linear, clusters, growth
    /// Reads the tables and does nothing: what memory that takes.
    case nothing
    /// The peak resident size of the process so far, where the system tells.
    case memory

    init?(_ name: String) { self.init(rawValue: name) }
  }

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
    var jobs: [Job?] = arguments.dropFirst(4).map { Job($0) }
    if jobs.isEmpty { jobs = [.forests, .boosting, .linear, .clusters] }
    guard arguments.count >= 4, let workers = Int(arguments[2]), let runs = Int(arguments[3]),
      workers > 0, runs > 0, !jobs.contains(nil)
    else {
      let names = Job.allCases.map(\.rawValue).joined(separator: "|")
      FileHandle.standardError.write(
        Data("usage: learning-swift <folder> <workers> <runs> [\(names) …]\n".utf8))
      exit(64)
    }
    var command = LearningCommand(
      folder: URL(fileURLWithPath: arguments[1]), workers: workers, runs: runs)
    for case let job? in jobs {
      switch job {
      case .forests: try await command.forests()
      case .boosting: try await command.boosting()
      case .linear: try await command.linear()
      case .clusters: try await command.clusters()
      case .growth: try await command.growth()
      case .nothing: _ = (try command.train, try command.test)
      case .memory: command.answers["memory"] = Answer(figures: ["peak": Self.peakMemory])
      }
    }
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

  var train: (table: FeatureTable, target: ClassTarget) {
    get throws {
      (try table("train", columns: 20), ClassTarget(try numbers("train_target").map { $0 == 1 }))
    }
  }

  var test: (table: FeatureTable, truth: [Bool]) {
    get throws {
      (try table("test", columns: 20), try numbers("test_target").map { $0 == 1 })
    }
  }

  static var peakMemory: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) }
    return (kilobytes ?? .nan) * 1_024
  }

  static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  mutating func forests() async throws {
    let workers = workers
    let (train, target) = try self.train
    let (test, truth) = try self.test
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

  mutating func boosting() async throws {
    let workers = workers
    let (train, target) = try self.train
    let (test, truth) = try self.test
    let learner = GradientBoosting(rounds: 100, learningRate: 0.1, leaves: 31)
    let model = try await measure("boosting_fit") {
      try await learner.fit(train, target: target, workers: workers)
    }
    let found = try await measure("boosting_predict") {
      try await model.probabilities(for: test, workers: workers)
    }
    answers["boosting_fit"]!.figures["area"] = try ROCCurve(truth, scores: found.ofClass(1)).area!
  }

  mutating func linear() async throws {
    let workers = workers
    let (train, target) = try self.train
    let (test, truth) = try self.test
    let model = try await measure("logistic_fit") {
      try await LogisticRegression().fit(train, target: target, workers: workers)
    }
    let found = try model.probabilities(for: test)
    answers["logistic_fit"]!.figures["area"] = try ROCCurve(truth, scores: found.ofClass(1)).area!
  }

  /// How the time of a fit grows with rows, columns and trees.
  mutating func growth() async throws {
    let workers = workers
    let (train, target) = try self.train
    let rows = train.rowCount
    for (rows, columns, trees) in [
      (rows / 4, 20, 100), (rows / 2, 20, 100), (rows, 20, 100), (rows, 5, 100), (rows, 10, 100),
      (rows, 20, 25), (rows, 20, 50),
    ] {
      let chosen = Array(0..<rows)
      let known = target.selecting(rows: chosen)
      let part = try FeatureTable(
        Array(train.selecting(rows: chosen).columns.prefix(columns)))
      let size = "\(rows) × \(columns), \(trees) trees"
      _ = try await measure("forest, \(size)") {
        try await RandomForestClassifier(trees: trees, seed: 1)
          .fit(part, target: known, workers: workers)
      }
      _ = try await measure("boosting, \(size)") {
        try await GradientBoosting(rounds: trees).fit(part, target: known, workers: workers)
      }
    }
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
