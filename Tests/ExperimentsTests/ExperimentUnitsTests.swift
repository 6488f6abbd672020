import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct ExperimentUnitsTests {
  private static let names = ["control", "blue", "green", "nobody"]

  /// A table of several blocks with each kind of metric.
  private func table(
    _ count: Int, _ random: inout SeededGenerator
  ) -> (codes: [UInt8], columns: [ExperimentUnits.Column]) {
    let codes = (0..<count).map { _ in UInt8(min(2, random.next() % 4)) }
    let before = codes.map { _ in random.normal() }
    return (
      codes,
      [
        .init("Bought", values: codes.map { _ in random.uniform() < 0.1 ? 1 : 0 }),
        .init(
          "Orders per session", values: codes.map { _ in Double(random.next() % 5) },
          over: codes.map { _ in Double(1 + random.next() % 9) }),
        .init(
          "Revenue", values: before.map { $0 + random.exponential() },
          covariates: [before, codes.map { _ in random.uniform() }], winsorizing: 0.98),
      ]
    )
  }

  @Test func `arms have the moments of their units one by one`() {
    var random = SeededGenerator(seed: 7, path: "units")
    for count in [0, 1, 4_096, 9_001] {
      let (codes, columns) = table(count, &random)
      let summary = ExperimentUnits(names: Self.names, codes: codes, columns: columns).summary()
      #expect(summary.arms.map(\.name) == Self.names)
      for arm in Self.names.indices {
        let rows = codes.indices.filter { codes[$0] == arm }
        #expect(summary.arms[arm].units == rows.count)
        for (place, column) in columns.enumerated() {
          let limit = column.winsorizing.flatMap { Winsorizing.threshold(column.values, at: $0) }
          let others = (column.denominators.map { [$0] } ?? []) + column.covariates
          var moments = MetricMoments(variables: 1 + others.count)
          for row in rows {
            moments.add([min(column.values[row], limit ?? .infinity)] + others.map { $0[row] })
          }
          #expect(summary.arms[arm].metrics[place] == moments, "\(column.name) \(count)")
        }
      }
    }
  }

  @Test func `coded and named variants are the same table, with any number of workers`() async {
    var random = SeededGenerator(seed: 8, path: "units")
    let (codes, columns) = table(5_003, &random)
    let coded = ExperimentUnits(names: Self.names, codes: codes, columns: columns)
    let named = ExperimentUnits(variants: codes.map { Self.names[Int($0)] }, columns: columns)
    #expect(coded.variants == named.variants)
    // Named variants come in the order of bytes, and know none without units.
    #expect(named.names == ["blue", "control", "green"])
    let summary = named.summary(control: "control", weights: ["green": 2])
    #expect(summary.arms.map(\.name) == ["control", "blue", "green"])
    var first = coded.summary(weights: ["green": 2])
    #expect(first.arms.removeLast().units == 0)
    #expect(first == summary)
    for workers in [1, 2, 3, 7] {
      let shared = await named.summary(
        control: "control", weights: ["green": 2], workers: workers)
      #expect(shared == summary, "\(workers) workers")
    }
  }

  @Test func `a control without units is an empty arm`() {
    let units = ExperimentUnits(
      variants: ["B", "B"],
      columns: [.init("Orders per session", values: [1, 2], over: [1, 1], covariates: [[0, 3]])])
    let summary = units.summary(control: "A", weights: ["A": 3])
    #expect(summary.arms.map(\.name) == ["A", "B"])
    #expect(summary.arms[0].units == 0 && summary.arms[0].weight == 3)
    #expect(summary.arms[0].metrics == [MetricMoments(variables: 3)])
    #expect(summary.arms[1].metrics[0].sum(2) == 3)
  }

  @Test func `moments of columns are those of their rows`() {
    let columns = [[0.1, 0.2, 1e17, -3], [1, 5, 0, 1e-20], [2, 3, .infinity, 4]]
    var rows = MetricMoments(variables: 3)
    for row in 0..<4 { rows.add(columns.map { $0[row] }) }
    #expect(MetricMoments(columns: columns) == rows)
    #expect(MetricMoments(columns[0]) == MetricMoments(columns: [columns[0]]))
    #expect(MetricMoments(columns[0].lazy.map { $0 }) == MetricMoments(columns[0]))
  }
}
