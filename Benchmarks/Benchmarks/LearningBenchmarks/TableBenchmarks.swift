import Benchmark
import Learning

/// Registers the benchmarks of linear models, clusters and evaluation.
func tableBenchmarks() {
  Benchmark("logistic regression") { benchmark in
    let (table, bought, _) = Customers.sample
    benchmark.startMeasurement()
    blackHole(try LogisticRegression().fit(table, target: bought))
  }
  Benchmark("linear regression") { benchmark in
    let (table, _, spent) = Customers.sample
    benchmark.startMeasurement()
    blackHole(try LinearRegression().fit(table, target: spent))
  }
  Benchmark("lasso") { benchmark in
    let (table, _, spent) = Customers.sample
    benchmark.startMeasurement()
    blackHole(try LassoRegression(alpha: 0.1).fit(table, target: spent))
  }
  Benchmark("principal components") { benchmark in
    let table = Customers.sample.table
    benchmark.startMeasurement()
    blackHole(try PrincipalComponents(.count(4)).fit(table))
  }
  for workers in [1, 2] {
    let suffix = workers == 1 ? "1 worker" : "\(workers) workers"
    Benchmark("k-means, 8 clusters, \(suffix)") { benchmark in
      let table = Customers.sample.table
      benchmark.startMeasurement()
      blackHole(try await KMeans(clusters: 8, seed: 1).fit(table, workers: workers))
    }
  }
  Benchmark("ROC curve with interval") { benchmark in
    let (table, bought, _) = Customers.sample
    let scores = try Customers.forest.probabilities(for: table).ofClass(1)
    let labels = bought.isClass(1)
    benchmark.startMeasurement()
    blackHole(try ROCCurve(labels, scores: scores).interval())
  }
  Benchmark("prepare a table") { benchmark in
    let table = Customers.sample.table
    benchmark.startMeasurement()
    let fitted = try Preparation([.imputing(.median), .standardizing()]).fit(table)
    blackHole(try fitted.prepare(table))
  }
}
