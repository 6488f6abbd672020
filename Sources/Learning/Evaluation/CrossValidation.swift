import StatisticsCore

/// A figure on each of several splits.
public struct CrossValidation: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The figure on each split, in their order.
  public let values: [Double]

  /// Learns and judges on each split, splits side by side with several workers.
  ///
  /// ```swift
  /// let splits = Folds.stratified(target, folds: 5, seed: 1)
  /// let areas = try await CrossValidation(splits, workers: 2) { split in
  ///   let model = try forest.fit(
  ///     table.selecting(rows: split.train), target: target.selecting(rows: split.train))
  ///   let test = target.selecting(rows: split.test)
  ///   let scores = try model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
  ///   return try ROCCurve(test.isClass(1), scores: scores).area ?? 0.5
  /// }
  /// areas.mean                         // 0.925
  /// ```
  ///
  /// - Parameters:
  ///   - splits: The splits, from ``Folds`` or made otherwise; at least one.
  ///   - workers: How many are judged at the same time; the values do not depend on it.
  ///   - figure: Learns from the rows to learn from, and returns the figure on those to test on.
  /// - Throws: What `figure` throws, the first in the order of the splits.
  public init<Failure: Error>(
    _ splits: [RowSplit], workers: Int = 1,
    figure: @escaping @Sendable (RowSplit) throws(Failure) -> Double
  ) async throws(Failure) {
    precondition(!splits.isEmpty, "Cross-validation needs at least one split.")
    values = try await concurrentMap(splits, workers: workers) {
      (split) throws(Failure) in try figure(split)
    }
  }

  /// Learns and judges on each split, one after the other, with learners that have workers of their
  /// own.
  ///
  /// ```swift
  /// let areas = try await CrossValidation(splits) { split in
  ///   let known = target.selecting(rows: split.train)
  ///   let model = try await preparation.fit(table.selecting(rows: split.train)) {
  ///     try await boosting.fit($0, target: known, workers: 4)
  ///   }
  ///   …
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - splits: The splits, from ``Folds`` or made otherwise; at least one.
  ///   - figure: Learns from the rows to learn from, and returns the figure on those to test on.
  /// - Throws: What `figure` throws first.
  public init<Failure: Error>(
    _ splits: [RowSplit], figure: (RowSplit) async throws(Failure) -> Double
  ) async throws(Failure) {
    precondition(!splits.isEmpty, "Cross-validation needs at least one split.")
    var values: [Double] = []
    for split in splits { values.append(try await figure(split)) }
    self.values = values
  }

  init(values: [Double]) { self.values = values }

  /// The mean of the values.
  public var mean: Double { Moments(values).mean! }

  /// The standard deviation of the values, `nil` for one.
  ///
  /// Splits share rows to learn from, so that it is no standard error of the mean times √*k*.
  public var standardDeviation: Double? { Moments(values).standardDeviation }

  /// The mean and the standard deviation.
  public var description: String {
    "\(mean)" + (standardDeviation.map { " ± \($0)" } ?? "") + " on \(values.count) splits"
  }
}
