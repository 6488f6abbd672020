import StatisticsCore

/// How many columns a node of a tree looks at.
public enum FeatureSampling: Sendable, Hashable, Codable {
  /// All columns.
  case all
  /// As many as the square root of their number, rounded down.
  case squareRoot
  /// A share from 0 to 1 of the columns, rounded down.
  case share(Double)
  /// A number of columns.
  case count(Int)

  /// How many of `columns` columns are drawn: at least one.
  public func count(of columns: Int) -> Int {
    let wanted =
      switch self {
      case .all: columns
      case .squareRoot: Int(Double(columns).squareRoot())
      case .share(let share): Int(Double(columns) * min(max(share, 0), 1))
      case .count(let count): count
      }
    return max(1, min(wanted, columns))
  }
}

/// How the border of a split is found.
public enum SplitRule: Sendable, Hashable, Codable {
  /// The best of all borders.
  case best
  /// A border drawn at random for each column, as extremely randomised trees do.
  case random
}

/// The direction in which a prediction may move when a column grows.
public enum MonotoneDirection: Int, Sendable, Hashable, Codable {
  /// The prediction never falls.
  case increasing = 1
  /// The prediction never rises.
  case decreasing = -1
}

/// How a tree grows, and when it stops.
public struct TreeGrowth: Sendable, Hashable, Codable {
  /// How many splits lie between the root and a leaf at most; `nil` is without a limit.
  public var maximumDepth: Int?
  /// A node with fewer rows is not split; at least 2.
  public var minimumSplit: Int
  /// A split leaves at least so many rows on both sides; at least 1.
  public var minimumLeaf: Int
  /// A split must lower the impurity by at least this, weighted by the node's share of all rows.
  public var minimumGain: Double
  /// How many columns a node looks at.
  public var features: FeatureSampling
  /// How the border of a split is found.
  public var rule: SplitRule
  /// By name the columns in which the prediction is monotone.
  public var monotone: [String: MonotoneDirection]

  /// Makes the rules of growth, which are without limits unless given.
  ///
  /// Rows count as often as they were drawn, whatever their weight.
  public init(
    maximumDepth: Int? = nil, minimumSplit: Int = 2, minimumLeaf: Int = 1, minimumGain: Double = 0,
    features: FeatureSampling = .all, rule: SplitRule = .best,
    monotone: [String: MonotoneDirection] = [:]
  ) {
    self.maximumDepth = maximumDepth
    self.minimumSplit = minimumSplit
    self.minimumLeaf = minimumLeaf
    self.minimumGain = minimumGain
    self.features = features
    self.rule = rule
    self.monotone = monotone
  }

  func check(_ schema: FeatureSchema, outputs: Int) throws(LearningError) -> [Int] {
    guard maximumDepth ?? 0 >= 0, minimumSplit >= 2, minimumLeaf >= 1, minimumGain >= 0 else {
      throw LearningError(
        .parameterOutOfRange,
        "A tree needs a maximum depth of at least 0, a minimum split of at least 2, a minimum leaf "
          + "of at least 1 and a minimum gain of at least 0. Change what is below.")
    }
    if !monotone.isEmpty, outputs > 1 {
      throw LearningError(
        .parameterOutOfRange,
        "A monotone column needs a target of two classes or a number. Take it away, or join classes."
      )
    }
    for name in monotone.keys.sorted() {
      guard let column = schema.columns.first(where: { $0.name == name }) else {
        throw LearningError(
          .missingColumn,
          "The table has no column \(name), which is to be monotone. Add it, or do not name it.")
      }
      if case .categorical = column.kind {
        throw LearningError(
          .wrongKind,
          "The column \(name) is to be monotone, but it is categorical and has no order. Give it "
            + "as numbers, or do not name it.")
      }
    }
    return schema.columns.map { monotone[$0.name]?.rawValue ?? 0 }
  }
}

extension TreeGrowth: CustomStringConvertible {
  /// The rules in words.
  public var description: String {
    var parts: [String] = []
    if let maximumDepth { parts.append("depth at most \(maximumDepth)") }
    if minimumSplit > 2 { parts.append("split from \(minimumSplit) rows") }
    if minimumLeaf > 1 { parts.append("at least \(minimumLeaf) rows in a leaf") }
    if minimumGain > 0 { parts.append("gain of at least \(minimumGain)") }
    switch features {
    case .all: parts.append("all columns at each node")
    case .squareRoot: parts.append("√p columns at each node")
    case .share(let share): parts.append("\(share) of the columns at each node")
    case .count(let count): parts.append("\(count) columns at each node")
    }
    if rule == .random { parts.append("random borders") }
    for name in monotone.keys.sorted() {
      parts.append("\(monotone[name] == .increasing ? "rising" : "falling") with \(name)")
    }
    return parts.joined(separator: ", ")
  }
}

/// How much the rows of each class count.
public enum ClassWeights: Sendable, Hashable, Codable {
  /// Every row counts as it is.
  case uniform
  /// Each class counts the same in sum: rows ÷ (classes × rows of the class).
  case balanced
  /// By name of the class; a class without a name here counts 1.
  case given([String: Double])

  /// For each class its weight.
  func values(_ target: ClassTarget, weights: [Double]?) throws(LearningError) -> [Double] {
    switch self {
    case .uniform: return target.classes.map { _ in 1 }
    case .balanced:
      var sums = target.classes.map { _ in ExactSum() }
      for (row, code) in target.codes.enumerated() { sums[code].add(weights?[row] ?? 1) }
      let totals = sums.map(\.rounded)
      let occurring = totals.count { $0 > 0 }
      let total = totals.reduce(0, +)
      return totals.map { $0 > 0 ? total / (Double(occurring) * $0) : 1 }
    case .given(let byName):
      for name in byName.keys.sorted() {
        guard target.classes.contains(name) else {
          throw LearningError(
            .unknownClass,
            "A weight is given for the class \(name), which the target does not have. Its classes "
              + "are \(target.classes.joined(separator: ", ")).")
        }
        guard byName[name]! >= 0, byName[name]!.isFinite else {
          throw LearningError(
            .invalidWeight,
            "The weight of the class \(name) is negative or not finite. Give one from 0.")
        }
      }
      return target.classes.map { byName[$0] ?? 1 }
    }
  }
}
