public import GA4Model
import StatisticsCore

/// The running summary of an ``ExperimentQuery``: sums and sums of products of each arm.
///
/// It keeps the values of single users only for winsorised metrics, whose threshold is known at the
/// end.
public struct ExperimentState: MergeableState {
  public let query: ExperimentQuery

  /// What is known of one arm.
  struct Arm: Sendable {
    var users = 0
    /// The users with a variable that is not 0, for metrics without threshold.
    var moments: [MetricMoments]
    /// Variables of the same users for metrics with one; empty for others.
    var rows: [[[Double]]]

    init(_ query: ExperimentQuery) {
      moments = query.metrics.map { MetricMoments(variables: $0.variables) }
      rows = query.metrics.map { _ in [] }
    }

    mutating func merge(_ other: Arm) {
      users += other.users
      for index in moments.indices {
        moments[index].merge(other.moments[index])
        rows[index] += other.rows[index]
      }
    }
  }

  private(set) var arms: [Arm]
  private(set) var leftOut = ExperimentReport.LeftOut()

  init(_ query: ExperimentQuery) {
    self.query = query
    arms = query.variants.map { _ in Arm(query) }
  }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n m*), where *n* is the number of events and *m* that of metrics, for events of
  ///   exposed users, else O(*n*).
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    leftOut.eventsWithoutUser += slice.rows.count - slice.userRows.count
    var walk = ExposureWalk(query, slice)
    var (arms, leftOut) = (arms, leftOut)
    let metrics = query.metrics
    walk.forEachUser { outcome, variables in
      switch outcome {
      case .notExposed: leftOut.usersNotExposed += 1
      case .severalVariants: leftOut.usersOfSeveralVariants += 1
      case .unknownVariant: leftOut.usersOfUnknownVariants += 1
      case .otherTime: leftOut.usersExposedAtOtherTimes += 1
      case .exposed(let arm, _):
        arms[arm].users += 1
        for (metric, values) in variables.enumerated()
        where values.contains(where: { $0 != 0 }) {
          if metrics[metric].winsorizing == nil {
            arms[arm].moments[metric].add(values)
          } else {
            arms[arm].rows[metric].append(values)
          }
        }
      }
    }
    leftOut.exposuresWithoutVariant += walk.exposuresWithoutVariant
    (self.arms, self.leftOut) = (arms, leftOut)
  }

  public mutating func merge(_ other: ExperimentState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for index in arms.indices { arms[index].merge(other.arms[index]) }
    leftOut.merge(other.leftOut)
  }

  public func report() -> ExperimentReport { ExperimentReport(self) }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "ExperimentState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      for arm in arms {
        writer.count(arm.users)
        for (index, metric) in query.metrics.enumerated() {
          guard metric.winsorizing != nil else {
            arm.moments[index].encode(into: &writer)
            continue
          }
          // Users come in the order of merging; equal states must be equal bytes.
          let rows = arm.rows[index].sorted { left, right in
            left.lexicographicallyPrecedes(right)
          }
          writer.array(rows) { writer, row in for value in row { writer.double(value) } }
        }
      }
      leftOut.write(to: &writer)
    }
  }

  public init(decoding bytes: [UInt8], query: ExperimentQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = ExperimentState(query)
      for arm in state.arms.indices {
        let start = reader.offset
        state.arms[arm].users = try reader.tally()
        for (index, metric) in query.metrics.enumerated() {
          let count: Int
          if metric.winsorizing == nil {
            let moments = try MetricMoments(variables: metric.variables, from: &reader)
            state.arms[arm].moments[index] = moments
            count = moments.count
          } else {
            let rows = try reader.array { reader throws(BinaryDecodingError) in
              var row: [Double] = []
              for _ in 0..<metric.variables {
                let place = reader.offset
                let value = try reader.double()
                guard value.isFinite else { throw .valueOutOfRange(name: "value", offset: place) }
                row.append(value)
              }
              return row
            }
            state.arms[arm].rows[index] = rows
            count = rows.count
          }
          guard count <= state.arms[arm].users else {
            throw .valueOutOfRange(name: "number of users", offset: start)
          }
        }
      }
      state.leftOut = try ExperimentReport.LeftOut(from: &reader)
      return state
    }
  }
}
