// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "swift-product-analytics",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "GA4Model", targets: ["GA4Model"]),
    .library(name: "GA4Samples", targets: ["GA4Samples"]),
    .library(name: "ProductMetrics", targets: ["ProductMetrics"]),
    .library(name: "Funnel", targets: ["Funnel"]),
    .library(name: "Cohorts", targets: ["Cohorts"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .library(name: "Learning", targets: ["Learning"]),
    .library(name: "Plots", targets: ["Plots"]),
    .library(name: "ProductAnalytics", targets: ["ProductAnalytics"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/pointfreeco/swift-custom-dump", from: "1.7.3"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .target(
      name: "StatisticsCore",
      dependencies: [.product(name: "RealModule", package: "swift-numerics")]
    ),
    .target(
      name: "GA4Model",
      dependencies: [
        "StatisticsCore",
        .product(name: "Algorithms", package: "swift-algorithms"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]
    ),
    .target(name: "GA4Samples", dependencies: ["GA4Model", "StatisticsCore"]),
    .target(
      name: "ProductMetrics",
      dependencies: [
        "GA4Model", "StatisticsCore",
        .product(name: "Algorithms", package: "swift-algorithms"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]
    ),
    .target(name: "Funnel", dependencies: ["GA4Model", "StatisticsCore"]),
    .target(
      name: "Cohorts",
      dependencies: [
        "GA4Model", "StatisticsCore",
        .product(name: "Algorithms", package: "swift-algorithms"),
        .product(name: "RealModule", package: "swift-numerics"),
      ]
    ),
    .target(
      name: "Experiments",
      dependencies: [
        "GA4Model", "StatisticsCore",
        .product(name: "RealModule", package: "swift-numerics"),
      ]
    ),
    .target(
      name: "Learning",
      dependencies: ["StatisticsCore", .product(name: "RealModule", package: "swift-numerics")]
    ),
    .target(name: "Plots", dependencies: ["Cohorts", "Experiments", "Funnel", "GA4Model"]),
    .target(
      name: "ProductAnalytics",
      dependencies: [
        "Cohorts", "Experiments", "Funnel", "GA4Model", "Learning", "Plots", "ProductMetrics",
      ]
    ),
    .target(
      name: "TestSupport",
      dependencies: ["GA4Model", "StatisticsCore"],
      path: "Tests/TestSupport"
    ),
    .testTarget(name: "StatisticsCoreTests", dependencies: ["StatisticsCore", "TestSupport"]),
    .testTarget(
      name: "GA4ModelTests",
      dependencies: [
        "GA4Model", "StatisticsCore", "TestSupport",
        .product(name: "CustomDump", package: "swift-custom-dump"),
      ]
    ),
    .testTarget(
      name: "GA4SamplesTests", dependencies: ["GA4Samples", "GA4Model", "TestSupport"]),
    .testTarget(
      name: "PlotsTests",
      dependencies: ["Plots", "Cohorts", "Experiments", "Funnel", "GA4Model", "GA4Samples"]),
    .testTarget(
      name: "CohortsTests",
      dependencies: ["Cohorts", "GA4Samples", "GA4Model", "StatisticsCore", "TestSupport"],
      exclude: ["Reference"]
    ),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: ["Experiments", "GA4Samples", "GA4Model", "StatisticsCore", "TestSupport"],
      exclude: ["Reference"]
    ),
    .testTarget(
      name: "FunnelTests",
      dependencies: ["Funnel", "GA4Samples", "GA4Model", "StatisticsCore", "TestSupport"],
      exclude: ["Reference"]
    ),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "StatisticsCore", "TestSupport"],
      exclude: ["Reference"]
    ),
    .testTarget(
      name: "ProductMetricsTests",
      dependencies: [
        "ProductMetrics", "GA4Samples", "GA4Model", "TestSupport",
        .product(name: "CustomDump", package: "swift-custom-dump"),
      ]
    ),
  ]
)

// One place for the settings of every target.
for target in package.targets where target.type != .plugin {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
