import GA4Model
import StatisticsCore

/// The arms of an experiment with the sums of their metrics, and what was left out.
public struct ExperimentReport: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What does not count.
  public struct LeftOut: Sendable, Hashable, Codable {
    /// Users without an exposure that names a variant.
    public var usersNotExposed = 0
    /// Users exposed to several variants.
    public var usersOfSeveralVariants = 0
    /// Users exposed to a variant that the query does not plan.
    public var usersOfUnknownVariants = 0
    /// Users first exposed outside the time of the query.
    public var usersExposedAtOtherTimes = 0
    /// Exposures that name no variant.
    public var exposuresWithoutVariant = 0
    /// Events without any id.
    public var eventsWithoutUser = 0

    /// Makes counts of zero.
    public init() {}

    mutating func merge(_ other: LeftOut) {
      usersNotExposed += other.usersNotExposed
      usersOfSeveralVariants += other.usersOfSeveralVariants
      usersOfUnknownVariants += other.usersOfUnknownVariants
      usersExposedAtOtherTimes += other.usersExposedAtOtherTimes
      exposuresWithoutVariant += other.exposuresWithoutVariant
      eventsWithoutUser += other.eventsWithoutUser
    }
  }

  /// The question.
  public let query: ExperimentQuery
  /// The sums of each arm, winsorised where the query says so.
  public let summary: ExperimentSummary
  /// For each metric the value above which values were lowered, `nil` for none.
  public let thresholds: [Double?]
  /// What does not count.
  public let leftOut: LeftOut

  init(_ state: ExperimentState) {
    query = state.query
    leftOut = state.leftOut
    var thresholds: [Double?] = []
    var moments = state.arms.map(\.moments)
    for (index, metric) in query.metrics.enumerated() {
      guard let quantile = metric.winsorizing else {
        thresholds.append(nil)
        continue
      }
      let users = state.arms.reduce(0) { $0 + $1.users }
      // Numerators now and before are lowered, each to its own quantile; denominators are not.
      let width = metric.measures.count
      let places = stride(from: 0, to: metric.variables, by: width)
      var limits: [Int: Double] = [:]
      for place in places {
        let values = state.arms.flatMap { $0.rows[index].map { $0[place] } }
        limits[place] = Winsorizing.threshold(values, zeros: users - values.count, at: quantile)
      }
      thresholds.append(limits[0])
      for arm in state.arms.indices {
        for row in state.arms[arm].rows[index] {
          var row = row
          for place in places { row[place] = min(row[place], limits[place] ?? .infinity) }
          moments[arm][index].add(row)
        }
      }
    }
    for arm in state.arms.indices {
      for metric in query.metrics.indices {
        moments[arm][metric].addZeros(state.arms[arm].users - moments[arm][metric].count)
      }
    }
    self.thresholds = thresholds
    summary = ExperimentSummary(
      metrics: query.metrics.map(\.definition),
      arms: zip(query.variants, zip(state.arms, moments)).map { variant, arm in
        ExperimentSummary.Arm(
          variant.name, weight: variant.weight, units: arm.0.users, metrics: arm.1)
      })
  }

  /// The users and the value of each metric of each arm, as a table.
  public var description: String {
    var table = TextTable(
      ["variant", "users"] + query.metrics.map(\.name),
      numbers: Set(1..<(query.metrics.count + 2)))
    for arm in summary.arms {
      table.append(
        [arm.name, NumberFormat.grouped(arm.units)]
          + zip(summary.metrics, arm.metrics).map { metric, moments in
            metric.form.value(of: moments).map { NumberFormat.fixed($0, 4) } ?? "—"
          })
    }
    return "\(table)\n\(leftOut)"
  }
}

extension ExperimentReport.LeftOut: CustomStringConvertible {
  /// What does not count, in a sentence.
  public var description: String {
    let parts = [
      (usersNotExposed, "users not exposed"),
      (usersOfSeveralVariants, "users of several variants"),
      (usersOfUnknownVariants, "users of unknown variants"),
      (usersExposedAtOtherTimes, "users exposed at other times"),
      (exposuresWithoutVariant, "exposures without variant"),
      (eventsWithoutUser, "events without user"),
    ].filter { $0.0 > 0 }.map { "\(NumberFormat.grouped($0.0)) \($0.1)" }
    return "left out: " + (parts.isEmpty ? "nothing" : parts.joined(separator: ", "))
  }

  func write(to writer: inout BinaryWriter) {
    for count in [
      usersNotExposed, usersOfSeveralVariants, usersOfUnknownVariants, usersExposedAtOtherTimes,
      exposuresWithoutVariant, eventsWithoutUser,
    ] {
      writer.count(count)
    }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    usersNotExposed = try reader.tally()
    usersOfSeveralVariants = try reader.tally()
    usersOfUnknownVariants = try reader.tally()
    usersExposedAtOtherTimes = try reader.tally()
    exposuresWithoutVariant = try reader.tally()
    eventsWithoutUser = try reader.tally()
  }
}
