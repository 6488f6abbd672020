import StatisticsCore

/// Tries parameters on the same splits and ranks them: a small search, the same from the same seed.
///
/// ```swift
/// let candidates = ParameterSearch.draw(20, seed: 42) { draw in
///   RandomForestClassifier(
///     seed: 1,
///     growth: TreeGrowth(
///       minimumLeaf: draw.one(of: [1, 3, 10]), features: .count(draw.one(of: [2, 4, 8]))))
/// }
/// let search = try await ParameterSearch(candidates, splits: splits, workers: 2) { forest, split in
///   try areaUnderCurve(forest, split)
/// }
/// search.best                        // the learner with the highest mean
/// ```
///
/// The figure of the best is too good, as it was chosen for it: judge the best on rows that were in
/// none of the splits.
public struct ParameterSearch<Candidate: Sendable>: Sendable {
  /// A candidate and how it did.
  public struct Result: Sendable {
    /// The candidate.
    public let candidate: Candidate
    /// Its figures on the splits.
    public let validation: CrossValidation
  }

  /// The candidates from the highest mean figure to the lowest; equal ones in the order given.
  public let results: [Result]

  /// The candidate with the highest mean figure, the first of equal ones.
  public var best: Candidate { results[0].candidate }

  /// Judges every candidate on every split, candidates side by side with several workers.
  ///
  /// - Parameters:
  ///   - candidates: What is tried; at least one.
  ///   - splits: The splits, at least one.
  ///   - workers: How many candidates are judged at the same time; the results do not depend on it.
  ///   - figure: Learns from the rows to learn from, and returns a figure on those to test on, the
  ///     higher the better.
  /// - Throws: What `figure` throws, the first in the order of candidates and splits.
  public init<Failure: Error>(
    _ candidates: [Candidate], splits: [RowSplit], workers: Int = 1,
    figure: @escaping @Sendable (Candidate, RowSplit) throws(Failure) -> Double
  ) async throws(Failure) {
    precondition(!candidates.isEmpty, "A search needs at least one candidate.")
    precondition(!splits.isEmpty, "A search needs at least one split.")
    let found = try await concurrentMap(candidates, workers: workers) {
      (candidate) throws(Failure) -> Result in
      var values: [Double] = []
      for split in splits { values.append(try figure(candidate, split)) }
      return Result(candidate: candidate, validation: CrossValidation(values: values))
    }
    results = found.enumerated().sorted {
      let (a, b) = ($0.element.validation.mean, $1.element.validation.mean)
      return a != b ? a > b : $0.offset < $1.offset
    }.map(\.element)
  }

  /// Draws candidates at random; each has a stream of its own, so that more of them keep the first.
  public static func draw(
    _ count: Int, seed: UInt64, _ make: (inout ParameterDraw) -> Candidate
  ) -> [Candidate] {
    precondition(count >= 1, "A search needs at least one candidate.")
    return (0..<count).map { number in
      var draw = ParameterDraw(
        generator: SeededGenerator(seed: seed, path: "parameters", UInt64(number)))
      return make(&draw)
    }
  }
}

/// Draws the parameters of a candidate.
public struct ParameterDraw: Sendable {
  var generator: SeededGenerator

  /// One of the values, each equally likely.
  public mutating func one<Value>(of values: [Value]) -> Value {
    precondition(!values.isEmpty, "There must be a value to draw.")
    return generator.choose(from: values)
  }

  /// A whole number of the range, each equally likely.
  public mutating func integer(in range: ClosedRange<Int>) -> Int { generator.integer(in: range) }

  /// A number of the range, equally likely everywhere.
  public mutating func uniform(in range: Range<Double>) -> Double { generator.uniform(in: range) }

  /// A number of the range, equally likely in every order of magnitude.
  public mutating func logUniform(in range: Range<Double>) -> Double {
    precondition(range.lowerBound > 0, "An order of magnitude needs numbers above zero.")
    let (low, high) = (PortableMath.log(range.lowerBound), PortableMath.log(range.upperBound))
    let value = PortableMath.exp(generator.uniform(in: low..<high))
    return min(max(value, range.lowerBound), range.upperBound.nextDown)
  }
}
