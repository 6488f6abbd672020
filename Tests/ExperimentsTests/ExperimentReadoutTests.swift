import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct ExperimentReadoutTests {
  /// An experiment of shares: units and successes of each metric by arm.
  private func summary(
    _ arms: [(name: String, units: Int, successes: [Int])], roles: [MetricRole]
  ) -> ExperimentSummary {
    ExperimentSummary(
      metrics: roles.enumerated().map { MetricDefinition("m\($0)", role: $1) },
      arms: arms.map { arm in
        ExperimentSummary.Arm(
          arm.name, units: arm.units,
          metrics: arm.successes.map { MetricMoments(successes: $0, of: arm.units) })
      })
  }

  @Test func `the published case is read by the pooled z-test and by Fisher`() {
    let readout = ExperimentReadout(
      summary([("A", 13, [2]), ("B", 25, [5])], roles: [.primary]))
    let line = readout.lines[0]
    // z of A minus B is −0.3481861644; ours is treatment minus control.
    #expect(near(line.statistic, 0.3481861644, 1e-10))
    #expect(line.fisherP == 1 && line.pValue == 1)
    #expect(near(line.pooledP!, 0.7277003776, 1e-10))
    #expect(
      readout.description.contains(
        "m0, B: pooled z = 0.3482, p = 0.7277; counts are small, so Fisher's exact p = 1.0000"))
    #expect(line.method == "Fisher's exact test")
    #expect(readout.decision == .inconclusive)
    // Ten times the units, where the counts are not small.
    let larger = ExperimentReadout(
      summary([("A", 130, [20]), ("B", 130, [40])], roles: [.primary]))
    #expect(larger.lines[0].fisherP == nil && larger.lines[0].method == "pooled z-test")
    let pooled = 60.0 / 260
    let error = (pooled * (1 - pooled) * 2 / 130).squareRoot()
    #expect(near(larger.lines[0].statistic, 20 / 130 / error, 1e-12))
  }

  @Test func `a mismatch comes before everything`() {
    let readout = ExperimentReadout(
      summary([("A", 10_000, [1_000]), ("B", 11_000, [2_000])], roles: [.primary]))
    #expect(readout.decision == .invalid)
    #expect(readout.description.hasPrefix("sample ratio mismatch: 10,000"))
    #expect(readout.lines[0].verdict == .better)
  }

  @Test func `primary metrics and guardrails decide`() {
    func decision(_ roles: [MetricRole], _ b: [Int]) -> ExperimentReadout.Decision {
      ExperimentReadout(
        summary([("A", 10_000, [1_000, 1_000]), ("B", 10_000, b)], roles: roles)
      ).decision
    }
    let plain: [MetricRole] = [.primary, .guardrail()]
    #expect(decision(plain, [1_200, 1_000]) == .ship("B"))
    #expect(decision(plain, [800, 1_000]) == .doNotShip)
    #expect(decision(plain, [1_010, 1_000]) == .inconclusive)
    #expect(decision(plain, [1_200, 800]) == .doNotShip)
    let margin: [MetricRole] = [.primary, .guardrail(margin: 0.05)]
    #expect(decision(margin, [1_200, 1_000]) == .inconclusive)
    #expect(decision(margin, [1_200, 1_100]) == .ship("B"))
    #expect(decision([.primary, .guardrail(margin: 0.3)], [1_200, 920]) == .ship("B"))
    #expect(decision([.secondary, .secondary], [1_200, 1_000]) == .inconclusive)
  }

  @Test func `a metric that should fall is better when it falls`() {
    var data = summary([("A", 10_000, [1_000]), ("B", 10_000, [800])], roles: [.primary])
    data.metrics[0].goal = .decrease
    #expect(ExperimentReadout(data).decision == .ship("B"))
  }

  @Test func `the best of several treatments is shipped`() {
    let readout = ExperimentReadout(
      summary(
        [("A", 10_000, [1_000]), ("B", 10_000, [1_200]), ("C", 10_000, [1_300])],
        roles: [.primary]))
    #expect(readout.decision == .ship("C"))
    #expect(readout.lines[0].adjustedP == min(1, 1 * readout.lines[0].pValue))
    #expect(near(readout.lines[1].adjustedP, 2 * readout.lines[1].pValue, 1e-20))
  }

  @Test func `roles are adjusted apart and guardrails not at all`() {
    let readout = ExperimentReadout(
      summary(
        [
          ("A", 10_000, [1_000, 1_000, 1_000, 1_000]), ("B", 10_000, [1_080, 1_070, 1_060, 1_090]),
        ],
        roles: [.primary, .secondary, .secondary, .guardrail()]),
      options: ReadoutOptions(adjustment: .bonferroni))
    for (line, factor) in zip(readout.lines, [1.0, 2, 2, 1]) {
      #expect(near(line.adjustedP, factor * line.pValue, 1e-15))
    }
  }

  @Test func `an always-valid readout is wider and its p-values larger`() {
    let data = summary([("A", 10_000, [1_000]), ("B", 10_000, [1_100])], roles: [.primary])
    let once = ExperimentReadout(data).lines[0]
    let always = ExperimentReadout(
      data, options: ReadoutOptions(looks: .always(.tuned(units: 20_000)))
    ).lines[0]
    #expect(always.pValue > once.pValue)
    #expect(always.liftInterval!.lowerBound < once.liftInterval!.lowerBound)
    #expect(always.interval!.upperBound > once.interval!.upperBound)
  }

  @Test func `units, adjusted and winsorised, give the moments of their columns`() {
    let variants = ExperimentVector.column("variant").map { $0 == 0 ? "control" : "treatment" }
    let units = ExperimentUnits(
      variants: variants,
      columns: [
        .init(
          "Revenue", values: ExperimentVector.column("revenue"),
          covariates: [ExperimentVector.column("revenue_covariate")], role: .primary),
        .init(
          "Orders per session", values: ExperimentVector.column("orders"),
          over: ExperimentVector.column("sessions")),
        .init("Capped", values: ExperimentVector.column("revenue"), winsorizing: 0.9),
      ])
    let summary = units.summary(control: "control")
    let arms = MetricComparisonTests.arms()
    let readout = ExperimentReadout(summary)
    let adjusted = CovariateAdjustment(.mean(2), covariates: [.mean(5)], arms: arms).estimates
    #expect(readout.lines[0].control == adjusted[0] && readout.lines[0].treatment == adjusted[1])
    #expect(readout.lines[1].control == MetricEstimate(.ratio(0, over: 1), of: arms[0]))
    #expect(summary.arms.map(\.units) == [30, 30])
    let limit = Winsorizing.threshold(ExperimentVector.column("revenue"), at: 0.9)!
    let capped = zip(ExperimentVector.column("revenue"), variants)
      .filter { $0.1 == "treatment" }.map { min($0.0, limit) }
    #expect(summary.arms[1].metrics[2] == MetricMoments(capped))
    #expect(units.summary(control: "treatment").arms[0].name == "treatment")
  }

  @Test func `a readout is stored, also where nothing is known`() throws {
    for data in [
      summary([("A", 13, [2]), ("B", 25, [5])], roles: [.primary]),
      summary([("A", 0, [0]), ("B", 0, [0])], roles: [.primary]),
      summary([("A", 5, [0]), ("B", 5, [5])], roles: [.guardrail(margin: 0.1)]),
      ExperimentSummary(
        metrics: [MetricDefinition("mean")],
        arms: [
          .init("A", units: 2, metrics: [MetricMoments([1, 1])]),
          .init("B", weight: 0, units: 2, metrics: [MetricMoments([2, 2])]),
        ]),
    ] {
      let readout = ExperimentReadout(data)
      let stored = try JSONEncoder().encode(readout)
      #expect(try JSONDecoder().decode(ExperimentReadout.self, from: stored) == readout)
    }
  }

  @Test func `a readout prints ratio, metrics and decision in this order`() {
    let readout = ExperimentReadout(
      summary(
        [("control", 10_000, [1_000, 5_000]), ("treatment", 10_000, [1_120, 4_990])],
        roles: [.primary, .guardrail(margin: 0.05)]))
    #expect(
      readout.description == """
        sample ratio as planned: 10,000 (50.00% of 50.00%), 10,000 (50.00% of 50.00%), p = 1.0000

        metric  role       arm        control  treatment     lift      95% interval       p  adjusted  verdict
        ──────  ─────────  ─────────  ───────  ─────────  ───────  ────────────────  ──────  ────────  ───────
        m0      primary    treatment  0.10000    0.11200  +12.00%  +3.32% … +21.41%  0.0058    0.0058  better
        m1      guardrail  treatment  0.50000    0.49900   -0.20%   -2.93% … +2.61%  0.8875         —  holds

        tests: pooled z-test; adjusted by Holm
        decision: ship treatment
          treatment: m0 got better.
        """)
  }

  @Test(.enabled(if: RealData.isAvailable))
  func `Cookie Cats is read as published, its mismatch first`() throws {
    let lines = String(
      decoding: try RealData.unzip("experiments/cookie_cats.csv.gz"), as: UTF8.self
    )
    .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
    // Row number, user, version, rounds, retention after 1 and after 7 days.
    let units = ExperimentUnits(
      variants: lines.map { String($0[2]) },
      columns: [
        .init("Retention after 1 day", values: lines.map { $0[4] == "True" ? 1 : 0 }),
        .init(
          "Retention after 7 days", values: lines.map { $0[5] == "True" ? 1 : 0 }, role: .primary),
      ])
    let readout = ExperimentReadout(units.summary(control: "gate_30"))
    #expect(readout.sampleRatio.observed == [44_700, 45_489])
    #expect(readout.decision == .invalid)
    #expect(readout.description.hasPrefix("sample ratio mismatch: 44,700"))
    // The z.cookiecats.retention1 vector: z = 1.784 for control minus treatment.
    #expect(near(readout.lines[0].statistic, -1.784086224797474, 1e-12))
    #expect(near(readout.lines[0].pValue, 0.07440965529691887, 1e-13))
    #expect(readout.lines[1].verdict == .worse)
  }
}
