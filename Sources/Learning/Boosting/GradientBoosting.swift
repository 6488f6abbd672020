import StatisticsCore

/// Learns by adding small trees, each of which corrects the sum of those before it.
///
/// ```swift
/// let learner = GradientBoosting(rounds: 300, stopping: .init(after: 20, validationShare: 0.1), seed: 42)
/// let model = try await learner.fit(table, target: ClassTarget(bought), workers: 2)
/// try model.probabilities(for: test).ofClass(1)
/// ```
///
/// Classes are learnt by the logistic loss, more than two by as many trees in each round; numbers by
/// squared error. Trees grow leaf by leaf where the loss falls most, over bins of one byte. Missing
/// values go to the side where the loss falls more; categories are split into sets by the order of
/// their derivatives, smoothed by 10 against chance in rare ones; rows of weight zero are left out. What
/// ``RandomForestClassifier`` says of bins, unknown categories and infinities holds here too.
///
/// The same seed gives the same model, bit for bit, with any number of workers.
///
/// Sources: J. Friedman, *Greedy Function Approximation*, Annals of Statistics 29 (2001), 1189–1232;
/// T. Chen and C. Guestrin, *XGBoost*, KDD 2016; G. Ke and others, *LightGBM*, NIPS 2017.
public struct GradientBoosting: Sendable, Hashable, Codable {
  /// When to stop before all rounds are done.
  public struct Stopping: Sendable, Hashable, Codable {
    /// After how many rounds without a lower loss on the rows held back.
    public var after: Int
    /// The share of rows held back, above 0 and below 1.
    public var validationShare: Double

    /// Makes a rule.
    public init(after: Int, validationShare: Double = 0.1) {
      self.after = after
      self.validationShare = validationShare
    }
  }

  /// The number of rounds at most, at least 1.
  public var rounds: Int
  /// What the trees' values are multiplied by, above 0.
  public var learningRate: Double
  /// The leaves of a tree at most, at least 2.
  public var leaves: Int
  /// A leaf has at least so many rows.
  public var minimumLeaf: Int
  /// How many splits lie between the root and a leaf at most; `nil` is without a limit.
  public var maximumDepth: Int?
  /// What is added to the sums of second derivatives, which draws values to 0.
  public var l2: Double
  /// When to stop early; `nil` does all rounds.
  public var stopping: Stopping?
  /// Decides on the rows held back.
  public var seed: UInt64

  /// Makes a learner with the defaults of LightGBM.
  public init(
    rounds: Int = 100, learningRate: Double = 0.1, leaves: Int = 31, minimumLeaf: Int = 20,
    maximumDepth: Int? = nil, l2: Double = 0, stopping: Stopping? = nil, seed: UInt64 = 0
  ) {
    self.rounds = rounds
    self.learningRate = learningRate
    self.leaves = leaves
    self.minimumLeaf = minimumLeaf
    self.maximumDepth = maximumDepth
    self.l2 = l2
    self.stopping = stopping
    self.seed = seed
  }

  /// Learns to tell classes apart.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its class.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  ///   - workers: How many columns are looked at at the same time.
  /// - Throws: ``LearningError`` when lengths differ, the table is empty, or a parameter or weight is
  ///   out of its range.
  /// - Complexity: O(*t* *p* *n* log *l*) on average, where *t* is the number of trees, *p* of columns,
  ///   *n* of rows and *l* of leaves.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, workers: Int = 1
  ) async throws(LearningError) -> GradientBoostingModel {
    try TreeTarget.check(table)
    try TreeTarget.check(target, rows: table.rowCount)
    let loss = BoostingLoss(
      classes: target.classes.count, codes: target.codes, values: [], weights: weights)
    let split =
      stopping.map { RowSplit.stratified(target, testShare: $0.validationShare, seed: seed) }
    return try await fit(
      table, loss, target.classes, weights, split, workers,
      fingerprint: table.fingerprint(target.codes.map(Double.init)))
  }

  /// Learns a number.
  ///
  /// - Throws: ``LearningError`` as the other `fit`, and when a target is not finite.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int = 1
  ) async throws(LearningError) -> GradientBoostingModel {
    try TreeTarget.check(table)
    try TreeTarget.check(target, rows: table.rowCount)
    let loss = BoostingLoss(classes: 0, codes: [], values: target, weights: weights)
    let split = stopping.map {
      RowSplit.random(count: table.rowCount, testShare: $0.validationShare, seed: seed)
    }
    return try await fit(
      table, loss, [], weights, split, workers, fingerprint: table.fingerprint(target))
  }

  private func fit(
    _ table: FeatureTable, _ loss: BoostingLoss, _ classes: [String], _ weights: [Double]?,
    _ split: RowSplit?, _ workers: Int, fingerprint: UInt64
  ) async throws(LearningError) -> GradientBoostingModel {
    guard rounds >= 1, learningRate > 0, leaves >= 2, minimumLeaf >= 1, maximumDepth ?? 1 >= 1,
      l2 >= 0,
      stopping.map({ $0.after >= 1 && $0.validationShare > 0 && $0.validationShare < 1 })
        ?? true
    else {
      throw LearningError(
        .parameterOutOfRange,
        "Boosting needs at least one round, a learning rate above 0, at least two leaves, one row in "
          + "a leaf and a depth of one, an L2 from 0, and, to stop early, at least one round and a "
          + "share between 0 and 1. Change what is out of its range.")
    }
    let counted = try TreeTarget.rows(weights, count: table.rowCount)
    let isHeld = split.map { split in
      var isHeld = [Bool](repeating: false, count: table.rowCount)
      for row in split.test { isHeld[row] = true }
      return isHeld
    }
    let train = counted.filter { !(isHeld?[Int($0)] ?? false) }
    let held = counted.filter { isHeld?[Int($0)] ?? false }
    guard !train.isEmpty else {
      throw LearningError(
        .noRows, "All rows that count are held back. Hold back fewer, or give more rows.")
    }
    let bins = await BinnedTable(table.columns, workers: workers)
    let (trees, losses) = await withWorkCrew(workers: workers) { crew in
      grow(bins, loss, train: train, held: held, crew)
    }
    let forest = try Forest.assemble(
      trees, schema: table.schema, binning: bins.binning, outputs: 1)
    return GradientBoostingModel(
      learner: self, forest: forest, base: loss.base(train), classes: classes,
      validationLosses: losses,
      training: TrainingData(rows: table.rowCount, fingerprint: fingerprint))
  }

  /// The trees of all rounds that count, and the losses of the rows held back.
  private func grow(
    _ bins: BinnedTable, _ loss: BoostingLoss, train: [UInt32], held: [UInt32], _ crew: WorkCrew
  ) -> (trees: [GrownTree], losses: [Double]) {
    let grower = BoostedTreeGrower(
      table: bins,
      limits: BoostingLimits(
        leaves: leaves, minimumLeaf: Double(minimumLeaf), maximumDepth: maximumDepth ?? .max,
        l2: l2, learningRate: learningRate), crew: crew)
    let groups = loss.groups
    let base = loss.base(train)
    var scores = [Double](repeating: 0, count: bins.rowCount * groups)
    for row in 0..<bins.rowCount {
      for group in 0..<groups { scores[row * groups + group] = base[group] }
    }
    var trees: [GrownTree] = []
    var losses: [Double] = []
    var best = (rounds: 0, loss: loss.mean(scores, held) ?? .infinity)
    for round in 1...rounds {
      // All classes of a round start from the same scores.
      let before = scores
      for group in 0..<groups {
        let derivatives = loss.derivatives(before, train, group: group, crew)
        let tree = grower.grow(train, derivatives, &scores, group: group, groups: groups)
        addToHeld(tree, held, bins, &scores, group, groups)
        trees.append(tree)
      }
      guard let stopping, let now = loss.mean(scores, held) else { continue }
      losses.append(now)
      if now < best.loss { best = (round, now) }
      if round - best.rounds >= stopping.after { break }
    }
    // With rows held back the rounds after the best are dropped; one stays, as a model has a tree.
    if !losses.isEmpty { trees.removeLast(trees.count - max(1, best.rounds) * groups) }
    return (trees, losses)
  }

  /// Adds a tree to the scores of rows that it was not grown of.
  private func addToHeld(
    _ tree: GrownTree, _ held: [UInt32], _ bins: BinnedTable, _ scores: inout [Double],
    _ group: Int, _ groups: Int
  ) {
    for row in held {
      var position = 0
      while !tree.nodes[position].isLeaf {
        let node = tree.nodes[position]
        let bin = bins.bins[node.column * bins.rowCount + Int(row)]
        let goesLeft =
          node.isCategorical
          ? tree.nodes[position + 1 + Int(bin >> 6)].bits >> UInt64(bin & 63) & 1 == 1
          : bin &- node.low <= node.width
        position += goesLeft ? node.leftOffset : Int(node.link)
      }
      scores[Int(row) * groups + group] += tree.leafValues[tree.nodes[position].leafNumber]
    }
  }
}

extension GradientBoosting: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "gradient boosting: \(rounds) rounds at most, learning rate \(learningRate), \(leaves) leaves, "
      + "at least \(minimumLeaf) rows in each"
      + (maximumDepth.map { ", depth at most \($0)" } ?? "") + ", L2 \(l2)"
      + (stopping.map {
        ", stopped after \($0.after) rounds without gain on \($0.validationShare) of the rows"
      } ?? "") + ", seed \(seed)"
  }
}

/// What boosting makes smaller.
struct BoostingLoss: Sendable {
  /// The number of classes, 0 where the target is a number.
  let classes: Int
  let codes: [Int]
  let values: [Double]
  let weights: [Double]?

  /// How many scores a row has.
  var groups: Int { classes > 2 ? classes : 1 }

  private func weight(_ row: Int) -> Double { weights?[row] ?? 1 }

  /// The best constant scores.
  func base(_ rows: [UInt32]) -> [Double] {
    var sums = [Double](repeating: 0, count: max(1, classes))
    var all = 0.0
    for row in rows {
      let row = Int(row)
      all += weight(row)
      if classes > 0 {
        sums[codes[row]] += weight(row)
      } else {
        sums[0] += weight(row) * values[row]
      }
    }
    // A class that does not occur has a small probability and not none.
    let shares = sums.map { min(max($0 / all, 1e-9), 1 - 1e-9) }
    switch classes {
    case 0: return [sums[0] / all]
    case 1: return [0]
    case 2: return [PortableMath.log(shares[1] / (1 - shares[1]))]
    default: return shares.map { PortableMath.log($0) }
    }
  }

  /// First and second derivatives of the loss by the score of a group, for the rows.
  func derivatives(
    _ scores: [Double], _ rows: [UInt32], group: Int, _ crew: WorkCrew
  ) -> [SIMD2<Double>] {
    var result = [SIMD2<Double>](repeating: SIMD2(), count: scores.count / groups)
    let chunk = 8_192
    unsafe crew.change(&result, pieces: (rows.count + chunk - 1) / chunk) { piece, result in
      for index in piece * chunk..<min(rows.count, (piece + 1) * chunk) {
        let row = Int(rows[index])
        unsafe result[row] = derivatives(scores, row, group)
      }
    }
    return result
  }

  @inline(__always)
  private func derivatives(_ scores: [Double], _ row: Int, _ group: Int) -> SIMD2<Double> {
    let weight = weight(row)
    switch classes {
    case 0: return SIMD2(weight * (scores[row] - values[row]), weight)
    case 1: return SIMD2(0, weight)
    default:
      // The curvature of softmax on the diagonal, as LightGBM takes it.
      let factor = classes > 2 ? Double(classes) / Double(classes - 1) : 1
      let p = probability(scores, row, group)
      let isIt = classes == 2 ? codes[row] == 1 : codes[row] == group
      return SIMD2(weight * (p - (isIt ? 1 : 0)), max(weight * factor * p * (1 - p), 1e-16))
    }
  }

  /// The probability of a class, or of the second of two.
  private func probability(_ scores: [Double], _ row: Int, _ group: Int) -> Double {
    if groups == 1 { return Self.sigmoid(scores[row]) }
    return Self.softmax(scores[(row * groups)..<((row + 1) * groups)])[group]
  }

  static func sigmoid(_ score: Double) -> Double {
    let small = PortableMath.exp(-abs(score))
    return score >= 0 ? 1 / (1 + small) : small / (1 + small)
  }

  static func softmax(_ scores: ArraySlice<Double>) -> [Double] {
    let largest = scores.max()!
    let terms = scores.map { PortableMath.exp($0 - largest) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  /// The mean loss of rows, `nil` without any.
  func mean(_ scores: [Double], _ rows: [UInt32]) -> Double? {
    if rows.isEmpty { return nil }
    var (sum, all) = (0.0, 0.0)
    for row in rows {
      let row = Int(row)
      all += weight(row)
      switch classes {
      case 0: sum += weight(row) * (scores[row] - values[row]) * (scores[row] - values[row])
      case 1: break
      default:
        let p = probability(scores, row, classes == 2 ? 0 : codes[row])
        let own = classes == 2 && codes[row] == 0 ? 1 - p : p
        sum -= weight(row) * PortableMath.log(max(own, 1e-300))
      }
    }
    return sum / all
  }
}
