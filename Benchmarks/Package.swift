// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-product-analytics", path: ".."),
    // Without its traits it needs no jemalloc; it then counts no allocations.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(
      name: "BenchmarkSample",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/BenchmarkSample"
    ),
    .executableTarget(
      name: "GA4ModelBenchmarks",
      dependencies: [
        "BenchmarkSample",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/GA4ModelBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "ProductMetricsBenchmarks",
      dependencies: [
        "BenchmarkSample",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/ProductMetricsBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "CohortsBenchmarks",
      dependencies: [
        "BenchmarkSample",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Cohorts", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/CohortsBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "ExperimentsBenchmarks",
      dependencies: [
        "BenchmarkSample",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Experiments", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/ExperimentsBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "FunnelBenchmarks",
      dependencies: [
        "BenchmarkSample",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Funnel", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/FunnelBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "LearningBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Learning", package: "swift-product-analytics"),
      ],
      path: "Benchmarks/LearningBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "peers-swift",
      dependencies: [
        .product(name: "Cohorts", package: "swift-product-analytics"),
        .product(name: "Funnel", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ],
      path: "Peers/Swift"
    ),
    .executableTarget(
      name: "customer-value-swift",
      dependencies: [.product(name: "Cohorts", package: "swift-product-analytics")],
      path: "Peers/CustomerValue"
    ),
    // What Peers/compare_learning.py runs.
    .executableTarget(
      name: "learning-swift",
      dependencies: [.product(name: "Learning", package: "swift-product-analytics")],
      path: "Peers/Learning"
    ),
    .executableTarget(
      name: "statistics-swift",
      dependencies: [.product(name: "Experiments", package: "swift-product-analytics")],
      path: "Peers/Statistics"
    ),
  ]
)

// One place for the settings of every target.
for target in package.targets {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
