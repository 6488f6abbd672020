import Benchmark
import Learning

/// Registers the benchmarks of forests and boosted trees.
func treeBenchmarks() {
  for workers in [1, 2] {
    let suffix = workers == 1 ? "1 worker" : "\(workers) workers"
    Benchmark("forest: fit 100 trees, \(suffix)") { benchmark in
      let (table, bought, _) = Customers.sample
      benchmark.startMeasurement()
      blackHole(
        try await RandomForestClassifier(trees: 100, seed: 1)
          .fit(table, target: bought, workers: workers))
    }
    Benchmark("boosting: fit 100 rounds, \(suffix)") { benchmark in
      let (table, bought, _) = Customers.sample
      benchmark.startMeasurement()
      blackHole(
        try await GradientBoosting(rounds: 100).fit(table, target: bought, workers: workers))
    }
  }
  Benchmark("forest: predict all") { benchmark in
    let (model, table) = (Customers.forest, Customers.sample.table)
    benchmark.startMeasurement()
    blackHole(try model.probabilities(for: table))
  }
  Benchmark("forest: predict a thousand rows, one by one") { benchmark in
    let model = Customers.forest
    let rows = (0..<1_000).map { row in
      Customers.sample.table.columns.map { $0.number(at: row) ?? .nan }
    }
    benchmark.startMeasurement()
    for row in rows { blackHole(model.probabilities(codes: row)) }
  }
  Benchmark("forest: explain a row") { benchmark in
    let model = Customers.forest
    let row = Customers.row
    benchmark.startMeasurement()
    blackHole(try model.explanation(for: row))
  }
  Benchmark("forest: save and read") { benchmark in
    let model = Customers.forest
    benchmark.startMeasurement()
    blackHole(try RandomForestClassifierModel(decoding: model.encoded()))
  }
}
