import GA4Model
import StatisticsCore

/// How an experiment is read.
public struct ReadoutOptions: Sendable, Hashable, Codable {
  /// How often the readout is looked at.
  public enum Looks: Sendable, Hashable, Codable {
    /// Once, when the planned number of units is in.
    case once
    /// Whenever one likes, with intervals that hold at every look.
    case always(AlwaysValidTest.Mixing)
  }

  /// The confidence of the intervals; 1 minus it is the level of the tests.
  public var confidence: Double
  /// How p-values of metrics of one role, over all treatments, are adjusted; guardrails' are not.
  public var adjustment: MultiplicityAdjustment
  /// Below which p-value the sample ratio is a mismatch.
  public var sampleRatioLevel: Double
  /// How the interval of a lift is made.
  public var relativeInterval: RelativeInterval
  /// How often the readout is looked at.
  public var looks: Looks

  /// Makes options.
  ///
  /// - Parameters:
  ///   - confidence: The confidence of the intervals, above 0 and below 1.
  ///   - adjustment: How p-values of metrics of one role are adjusted.
  ///   - sampleRatioLevel: Below which p-value the sample ratio is a mismatch.
  ///   - relativeInterval: How the interval of a lift is made.
  ///   - looks: How often the readout is looked at.
  public init(
    confidence: Double = 0.95, adjustment: MultiplicityAdjustment = .holm,
    sampleRatioLevel: Double = 0.01, relativeInterval: RelativeInterval = .logarithmic,
    looks: Looks = .once
  ) {
    precondition(confidence > 0 && confidence < 1, "The confidence must lie between 0 and 1.")
    self.confidence = confidence
    self.adjustment = adjustment
    self.sampleRatioLevel = sampleRatioLevel
    self.relativeInterval = relativeInterval
    self.looks = looks
  }
}

/// What an experiment says and what follows from it.
///
/// ```swift
/// let readout = ExperimentReadout(summary)
/// readout.sampleRatio.isMismatch        // read this first
/// readout.lines[0].lift                 // of the first metric of the first treatment
/// readout.decision                      // .ship("treatment"), .doNotShip, .inconclusive or .invalid
/// print(readout)
/// ```
///
/// The sample ratio comes first: where it does not fit, the decision is `invalid`, whatever the metrics
/// say. Then a treatment is shipped if a primary metric got better, none got worse, and every
/// guardrail holds. The p-values of primary metrics over all treatments are adjusted together, and so
/// are those of secondary ones.
///
/// Shares of units are compared by the pooled z-test, and by Fisher's exact test where a cell of the
/// table is expected to have fewer than five units; all else by Welch's t-test.
public struct ExperimentReadout: Sendable, Hashable, Codable {
  /// What follows.
  public enum Decision: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The sample ratio does not fit: the data must be repaired first.
    case invalid
    /// Ship the treatment of that name.
    case ship(String)
    /// Ship none.
    case doNotShip
    /// The data do not decide.
    case inconclusive

    public var description: String {
      switch self {
      case .invalid: "invalid: do not decide on these data"
      case .ship(let arm): "ship \(arm)"
      case .doNotShip: "do not ship"
      case .inconclusive: "inconclusive"
      }
    }
  }

  /// How it was read.
  public let options: ReadoutOptions
  /// Whether the arms have the planned sizes.
  public let sampleRatio: SampleRatioTest
  /// The name of the control.
  public let control: String
  /// Each metric of each treatment, treatment by treatment.
  public let lines: [ReadoutLine]
  /// What follows.
  public let decision: Decision
  /// Why, in sentences.
  public let reasons: [String]

  /// Reads an experiment.
  ///
  /// - Parameters:
  ///   - summary: The arms, the control first, at least two.
  ///   - options: How it is read.
  public init(_ summary: ExperimentSummary, options: ReadoutOptions = ReadoutOptions()) {
    precondition(summary.arms.count >= 2, "A readout needs a control and a treatment.")
    self.options = options
    control = summary.arms[0].name
    sampleRatio = SampleRatioTest(
      summary.arms.map(\.units), weights: summary.arms.map(\.weight),
      level: options.sampleRatioLevel)
    let estimates = summary.metrics.indices.map { index in
      let metric = summary.metrics[index]
      let moments = summary.arms.map { $0.metrics[index] }
      return metric.covariates.isEmpty
        ? moments.map { MetricEstimate(metric.form, of: $0) }
        : CovariateAdjustment(metric.form, covariates: metric.covariates, arms: moments).estimates
    }
    var lines = summary.arms.indices.dropFirst().flatMap { arm in
      summary.metrics.indices.map { index in
        ReadoutLine(
          summary.metrics[index], summary.arms[arm].name, control: summary.arms[0].metrics[index],
          treatment: summary.arms[arm].metrics[index],
          estimates: (estimates[index][0], estimates[index][arm]), options)
      }
    }
    for role in [MetricRole.primary, .secondary] {
      let places = lines.indices.filter { lines[$0].role == role }
      let adjusted = options.adjustment.adjusted(places.map { lines[$0].pValue })
      for (place, value) in zip(places, adjusted) { lines[place].adjustedP = value }
    }
    let level = 1 - options.confidence
    for index in lines.indices { lines[index].verdict = Self.verdict(lines[index], level) }
    self.lines = lines
    (decision, reasons) = Self.decide(sampleRatio, lines, summary.arms.dropFirst().map(\.name))
  }

  private static func verdict(_ line: ReadoutLine, _ level: Double) -> ReadoutLine.Verdict {
    let isShown = line.adjustedP <= level * (1 + 1e-12)
    guard case .guardrail(let margin) = line.role else {
      return isShown ? line.isGood ? .better : .worse : .open
    }
    if isShown, !line.isGood { return margin.map { proves(line, $0) } == true ? .holds : .broken }
    guard let margin else { return .holds }
    return proves(line, margin) ? .holds : .unproven
  }

  /// Whether a loss of the margin is excluded.
  private static func proves(_ line: ReadoutLine, _ margin: Double) -> Bool {
    line.smallestGain.map { $0 > -margin } ?? false
  }

  private static func decide(
    _ ratio: SampleRatioTest, _ lines: [ReadoutLine], _ arms: [String]
  ) -> (Decision, [String]) {
    if ratio.isMismatch {
      return (
        .invalid,
        [
          "The arms do not have the planned sizes, so units are missing or counted otherwise in one of"
            + " them; find out why before reading the metrics."
        ]
      )
    }
    var candidates: [(arm: String, line: ReadoutLine)] = []
    var reasons: [String] = []
    var isOpen = false
    for arm in arms {
      let own = lines.filter { $0.arm == arm }
      let primary = own.filter { $0.role == .primary }
      let worse = own.filter {
        $0.role == .primary && $0.verdict == .worse || $0.verdict == .broken
      }
      let unproven = own.filter { $0.verdict == .unproven }
      if primary.isEmpty {
        isOpen = true
        reasons.append("\(arm): no metric is primary, so nothing decides.")
      } else if !worse.isEmpty {
        reasons.append("\(arm): \(names(worse)) got worse.")
      } else if let best = primary.first(where: { $0.verdict == .better }) {
        if unproven.isEmpty {
          candidates.append((arm, best))
          reasons.append("\(arm): \(names(primary.filter { $0.verdict == .better })) got better.")
        } else {
          isOpen = true
          reasons.append(
            "\(arm): \(best.metric) got better, but \(names(unproven)) may have lost more than its"
              + " margin.")
        }
      } else {
        isOpen = true
        reasons.append("\(arm): no primary metric shows a difference.")
      }
    }
    let winner = candidates.max { left, right in
      abs(left.line.lift ?? left.line.difference) < abs(right.line.lift ?? right.line.difference)
    }
    if let winner { return (.ship(winner.arm), reasons) }
    return (isOpen ? .inconclusive : .doNotShip, reasons)
  }

  private static func names(_ lines: [ReadoutLine]) -> String {
    lines.map(\.metric).joined(separator: ", ")
  }
}

extension ExperimentReadout: CustomStringConvertible {
  /// The sample ratio, a table of the metrics, the decision and its reasons.
  public var description: String {
    let percent = NumberFormat.fixed(options.confidence * 100, 2)
    var confidence = Substring(percent)
    while confidence.last == "0" || confidence.last == "." { confidence = confidence.dropLast() }
    var table = TextTable(
      [
        "metric", "role", "arm", control, "treatment", "lift", "\(confidence)% interval", "p",
        "adjusted", "verdict",
      ], numbers: Set(3...8))
    for line in lines {
      table.append([
        line.metric, "\(line.role)", line.arm, Self.number(line.control.value),
        Self.number(line.treatment.value), Self.signed(line.lift),
        line.liftInterval.map { "\(Self.signed($0.lowerBound)) … \(Self.signed($0.upperBound))" }
          ?? "—", ProbabilityText.short(line.pValue, log: line.logP),
        line.role.isGuardrail ? "—" : ProbabilityText.short(line.adjustedP), "\(line.verdict)",
      ])
    }
    let methods = Set(lines.map(\.method)).sorted().joined(separator: "; ")
    let fisher = lines.map { line in
      guard let fisher = line.fisherP, let pooled = line.pooledP else { return "" }
      return "\n\(line.metric), \(line.arm): pooled z = \(NumberFormat.fixed(line.statistic, 4)),"
        + " p = \(ProbabilityText.short(pooled)); counts are small, so Fisher's exact"
        + " p = \(ProbabilityText.short(fisher)) decides"
    }.joined()
    return
      "\(sampleRatio)\n\n\(table)\n\ntests: \(methods); adjusted by \(options.adjustment)\(fisher)"
      + "\ndecision: \(decision)\n" + reasons.map { "  \($0)" }.joined(separator: "\n")
  }

  private static func number(_ value: Double?) -> String {
    guard let value else { return "—" }
    return NumberFormat.fixed(value, abs(value) >= 100 ? 1 : abs(value) >= 1 ? 3 : 5)
  }

  private static func signed(_ value: Double?) -> String {
    guard let value, value.isFinite else { return value == nil ? "—" : value! > 0 ? "∞" : "−∞" }
    return (value > 0 ? "+" : "") + NumberFormat.percent(value, 2)
  }
}
