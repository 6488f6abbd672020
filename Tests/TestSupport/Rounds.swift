import Foundation
package import StatisticsCore

/// How often random tests repeat: 500 times, 20,000 with `PRODUCT_ANALYTICS_DEEP=1`.
package enum Rounds {
  /// Parts of one test, which run side by side.
  package static let parts = Array(0..<10)

  /// Whether this is a deep run.
  package static let isDeep = ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DEEP"] == "1"

  /// A generator for every round of part `part` of the test called `name`.
  ///
  /// - Parameter perPart: rounds of a part in a plain run; a deep run has forty times as many.
  package static func generators(
    _ name: String, part: Int, perPart: Int = 50
  ) -> [SeededGenerator] {
    (0..<(isDeep ? perPart * 40 : perPart)).map { round in
      SeededGenerator(seed: 20_201_219, path: name, UInt64(part), UInt64(round))
    }
  }
}
