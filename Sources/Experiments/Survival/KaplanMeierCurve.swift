import StatisticsCore

/// How long one unit was observed, and whether that ended with the event or before it.
public struct SurvivalTime: Sendable, Hashable, Codable {
  /// The time from the start, finite and not negative.
  public let time: Double
  /// Whether the event happened then; otherwise it had not happened when the observation ended.
  public let isEvent: Bool

  /// Takes a finite time that is not negative.
  public init(_ time: Double, isEvent: Bool = true) {
    precondition(time >= 0 && time.isFinite, "A survival time is finite and not negative.")
    (self.time, self.isEvent) = (time, isEvent)
  }
}

/// Kaplan and Meier's estimate of the share that has not had an event after each time.
///
///     let curve = KaplanMeierCurve(remissions)
///     curve.steps[0].survival   // 0.8571428571428572, after 6 weeks
///     curve.median              // 23.0
///
/// Units whose observation ends at the time of an event count as at risk then. Without events the
/// share stays 1.
///
/// Source: E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958),
/// 457–481; Greenwood's standard error.
public struct KaplanMeierCurve: Sendable, Hashable {
  /// A time at which events happened.
  public struct Step: Sendable, Hashable, Codable {
    /// The time.
    public let time: Double
    /// How many were under observation until then.
    public let atRisk: Int
    /// How many had the event then.
    public let events: Int
    /// The share without event after it.
    public let survival: Double
    /// Greenwood's standard error of that share.
    public let standardError: Double
  }

  /// The times at which events happened, rising.
  public let steps: [Step]
  /// The number of units.
  public let count: Int

  /// Estimates the curve.
  /// - Complexity: O(*n* log *n*), where *n* is the number of units.
  public init(_ times: [SurvivalTime]) {
    count = times.count
    var survival = 1.0
    var sum = 0.0
    var steps: [Step] = []
    for (time, atRisk, events) in EventTimes(times) {
      let (risk, died) = (Double(atRisk), Double(events))
      survival *= (risk - died) / risk
      sum += died / (risk * (risk - died))
      let error = survival == 0 ? 0 : survival * sum.squareRoot()
      steps.append(
        Step(
          time: time, atRisk: atRisk, events: events, survival: survival, standardError: error))
    }
    self.steps = steps
  }

  /// Returns the share without event after a time: 1 before the first event.
  public func survival(at time: Double) -> Double {
    step(at: time)?.survival ?? 1
  }

  /// The first time after which at most half are without event, or `nil` if there is none.
  public var median: Double? { steps.first { $0.survival <= 0.5 + 1e-12 }?.time }

  /// Returns the interval of the share without event after a time, on the scale log(−log): it stays
  /// within 0…1; a point before the first event, and 0…1 after which nobody is left.
  public func confidenceInterval(at time: Double, level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    guard let step = step(at: time) else { return 1...1 }
    guard step.survival > 0, step.survival < 1 else { return 0...1 }
    let log = PortableMath.log(step.survival)
    let z = -NormalDistribution.quantile((1 - level) / 2)
    let factor = PortableMath.exp(z * step.standardError / (step.survival * -log))
    return PortableMath.exp(log * factor)...PortableMath.exp(log / factor)
  }

  private func step(at time: Double) -> Step? { steps.last { $0.time <= time } }
}

/// The times of events with the numbers at risk and of events.
struct EventTimes: Sequence {
  private let sorted: [SurvivalTime]

  init(_ times: [SurvivalTime]) { sorted = times.sorted { $0.time < $1.time } }

  func makeIterator() -> AnyIterator<(time: Double, atRisk: Int, events: Int)> {
    var place = 0
    let sorted = self.sorted
    return AnyIterator {
      while place < sorted.count {
        let (time, atRisk) = (sorted[place].time, sorted.count - place)
        var events = 0
        while place < sorted.count, sorted[place].time == time {
          if sorted[place].isEvent { events += 1 }
          place += 1
        }
        if events > 0 { return (time, atRisk, events) }
      }
      return nil
    }
  }
}
