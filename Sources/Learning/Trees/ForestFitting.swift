import StatisticsCore

/// Which rows a tree of a forest is grown of.
public enum RowSampling: Sendable, Hashable, Codable {
  /// Draws with replacement, as many as the share of the rows; 1 is Breiman's bootstrap.
  case bootstrap(share: Double)
  /// A share of the rows, none of them twice.
  case withoutReplacement(share: Double)
  /// All rows, each once.
  case all

  /// Draws with replacement, as many as there are rows.
  public static let bootstrap = RowSampling.bootstrap(share: 1)

  func check() throws(LearningError) {
    switch self {
    case .bootstrap(let share), .withoutReplacement(let share):
      guard share > 0, share <= 1 else {
        throw LearningError(
          .parameterOutOfRange,
          "The share of rows for a tree must lie above 0 and be at most 1. Change it.")
      }
    case .all: break
    }
  }

  /// How often each of `count` rows is drawn.
  func draws(_ count: Int, _ stream: SeededGenerator) -> [UInt32] {
    var draws = [UInt32](repeating: 0, count: count)
    var generator = stream
    switch self {
    case .bootstrap(let share):
      let wanted = max(1, Int(Double(count) * share))
      unsafe draws.withUnsafeMutableBufferPointer { draws in
        for _ in 0..<wanted { unsafe draws[generator.integer(below: count)] &+= 1 }
      }
    case .withoutReplacement(let share):
      for row in generator.sample(max(1, Int(Double(count) * share)), below: count) {
        draws[row] = 1
      }
    case .all:
      for row in draws.indices { draws[row] = 1 }
    }
    return draws
  }
}

/// What a forest is grown from, whatever its target.
struct ForestPlan: Sendable {
  var trees: Int
  var sampling: RowSampling
  var seed: UInt64
  var limits: GrowthLimits
  var table: BinnedTable
  /// The rows with a weight above zero, ascending.
  var rows: [UInt32]
  var target: TreeTarget

  /// The stream that draws the rows of a tree.
  static func rowStream(seed: UInt64, tree: Int) -> SeededGenerator {
    SeededGenerator(seed: seed, path: "rows of a tree", UInt64(tree))
  }

  func grow(_ tree: Int) -> GrownTree {
    let draws = sampling.draws(rows.count, Self.rowStream(seed: seed, tree: tree))
    let stream = SeededGenerator(seed: seed, path: "splits of a tree", UInt64(tree))
    switch target {
    case .binary(let codes, let weights):
      return TreeGrower.grow(
        entries(draws) { row, draws in
          BinaryCounts.Entry(row: row, tag: draws << 1 | UInt32(codes[Int(row)]))
        }, table, BinaryCounts(negativeWeight: weights[0], positiveWeight: weights[1]), limits,
        stream: stream)
    case .moments(let values, let weights, let isClassification):
      return TreeGrower.grow(
        entries(draws) { row, draws in
          TargetMoments.Entry(
            row: row, draws: draws, weight: Double(draws) * (weights?[Int(row)] ?? 1),
            target: values[Int(row)])
        }, table, TargetMoments(isClassification: isClassification), limits, stream: stream)
    case .classes(let codes, let weights, let classes):
      return TreeGrower.grow(
        entries(draws) { row, draws in
          ClassSums.Entry(
            row: row, code: codes[Int(row)], draws: UInt16(clamping: draws),
            weight: Double(draws) * weights[Int(row)])
        }, table, ClassSums(classes: classes), limits, stream: stream)
    }
  }

  private func entries<Entry>(
    _ draws: [UInt32], _ make: (_ row: UInt32, _ draws: UInt32) -> Entry
  ) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(rows.count)
    for (position, count) in draws.enumerated() where count > 0 {
      entries.append(make(rows[position], count))
    }
    return entries
  }
}

/// What trees learn, with the weights of classes and rows multiplied into one.
enum TreeTarget: Sendable {
  case binary(codes: [UInt8], classWeights: [Double])
  case moments(values: [Double], weights: [Double]?, isClassification: Bool)
  case classes(codes: [UInt16], weights: [Double], classes: Int)

  /// For each row its weight, `nil` where all are 1, with the rows that count.
  static func rows(
    _ weights: [Double]?, count: Int, classWeights: [Double] = [], codes: [Int] = []
  ) throws(LearningError) -> [UInt32] {
    if let weights, weights.count != count {
      throw .lengths("The list of weights", weights.count, rows: count)
    }
    if count == 0 { throw .empty }
    guard count < Int(Int32.max) else {
      throw LearningError(
        .tooMany, "The table has more than 2,147,483,646 rows. Learn from a sample of them.")
    }
    var rows: [UInt32] = []
    rows.reserveCapacity(count)
    for row in 0..<count {
      if let weight = weights?[row] {
        guard weight >= 0, weight.isFinite else {
          throw LearningError(
            .invalidWeight,
            "The weight at position \(row) is negative or not finite. Give a weight from 0.")
        }
        if weight == 0 { continue }
      }
      if !classWeights.isEmpty, classWeights[codes[row]] == 0 { continue }
      rows.append(UInt32(row))
    }
    guard !rows.isEmpty else {
      throw LearningError(
        .noRows,
        "All rows have a weight of zero, so there is nothing to learn from. Give one a weight above "
          + "zero.")
    }
    return rows
  }

  static func make(
    _ target: ClassTarget, weights: [Double]?, classWeights: [Double]
  ) -> TreeTarget {
    if target.classes.count == 2 {
      guard let weights else {
        return .binary(codes: target.codes.map(UInt8.init), classWeights: classWeights)
      }
      return .moments(
        values: target.codes.map(Double.init),
        weights: target.codes.indices.map { weights[$0] * classWeights[target.codes[$0]] },
        isClassification: true)
    }
    return .classes(
      codes: target.codes.map(UInt16.init),
      weights: target.codes.indices.map { (weights?[$0] ?? 1) * classWeights[target.codes[$0]] },
      classes: target.classes.count)
  }

  /// How many numbers a leaf holds.
  var outputs: Int {
    switch self {
    case .binary, .moments: 1
    case .classes(_, _, let classes): classes
    }
  }

  static func check(_ target: ClassTarget, rows: Int) throws(LearningError) {
    guard target.count == rows else { throw .lengths("The target", target.count, rows: rows) }
    guard !target.classes.isEmpty, target.classes.count <= 1_000 else {
      throw LearningError(
        target.classes.isEmpty ? .noRows : .tooMany,
        "The target has \(target.classes.count) classes, and a classifier takes from 1 to 1,000. "
          + "Join rare classes, or learn a number instead.")
    }
  }

  static func check(_ values: [Double], rows: Int) throws(LearningError) {
    guard values.count == rows else { throw .lengths("The target", values.count, rows: rows) }
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw LearningError(
        .notFinite,
        "The target at position \(row) is not a finite number. Leave the row out, or give its value."
      )
    }
  }

  static func check(_ table: FeatureTable) throws(LearningError) {
    if table.columns.isEmpty { throw .noColumns }
    guard table.columns.count < ForestNode.mostFeatures else {
      throw LearningError(
        .tooMany,
        "The table has \(table.columns.count) columns, and trees take up to 32,766. Leave some out."
      )
    }
  }
}
