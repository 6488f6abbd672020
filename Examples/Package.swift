// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "ab-readout", targets: ["ab-readout"]),
    .executable(name: "ga4-report", targets: ["ga4-report"]),
    .executable(name: "minimal-report", targets: ["minimal-report"]),
  ],
  dependencies: [
    // By name, since a bare path takes the name of the folder into which it was cloned.
    .package(name: "swift-product-analytics", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"]), .brew(["zlib"])]
    ),
    .target(
      name: "ExampleSupport",
      dependencies: [
        "CZlib",
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "Plots", package: "swift-product-analytics"),
      ]
    ),
    .target(
      name: "PropensityKit",
      dependencies: [
        "ExampleSupport",
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "Learning", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ]
    ),
    .target(
      name: "ReportKit",
      dependencies: [
        "ExampleSupport", "PropensityKit",
        .product(name: "Cohorts", package: "swift-product-analytics"),
        .product(name: "Funnel", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "Plots", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ]
    ),
    .executableTarget(
      name: "ga4-report",
      dependencies: [
        "ExampleSupport", "PropensityKit", "ReportKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Funnel", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ]
    ),
    .target(
      name: "ReadoutKit",
      dependencies: [
        "ExampleSupport",
        .product(name: "Experiments", package: "swift-product-analytics"),
        .product(name: "Plots", package: "swift-product-analytics"),
      ]
    ),
    .executableTarget(
      name: "ab-readout",
      dependencies: [
        "ExampleSupport", "ReadoutKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Experiments", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
      ]
    ),
    .executableTarget(
      name: "minimal-report",
      dependencies: [
        .product(name: "GA4Samples", package: "swift-product-analytics"),
        .product(name: "ProductAnalytics", package: "swift-product-analytics"),
      ]
    ),
    .target(name: "ExamplesTestSupport", dependencies: ["CZlib"], path: "Tests/Support"),
    .testTarget(
      name: "ExampleSupportTests",
      dependencies: [
        "ExampleSupport", "ExamplesTestSupport",
        .product(name: "GA4Model", package: "swift-product-analytics"),
      ]
    ),
    .testTarget(
      name: "ABReadoutTests",
      dependencies: [
        "ExampleSupport", "ExamplesTestSupport", "ReadoutKit", "ab-readout",
        .product(name: "Experiments", package: "swift-product-analytics"),
      ]
    ),
    .testTarget(
      name: "GA4ReportTests",
      dependencies: [
        "ExampleSupport", "ExamplesTestSupport", "PropensityKit", "ReportKit", "ga4-report",
        "minimal-report",
        .product(name: "Cohorts", package: "swift-product-analytics"),
        .product(name: "Funnel", package: "swift-product-analytics"),
        .product(name: "GA4Model", package: "swift-product-analytics"),
        .product(name: "GA4Samples", package: "swift-product-analytics"),
        .product(name: "Learning", package: "swift-product-analytics"),
        .product(name: "ProductMetrics", package: "swift-product-analytics"),
      ]
    ),
  ]
)

// One place for the settings of every target; they are those of the library.
for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
