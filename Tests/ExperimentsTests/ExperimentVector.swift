import Foundation
import TestSupport
import Testing

/// A case of `Reference/experiments.json`: figures of other tools, with tool, version and tolerance.
struct ExperimentVector: Sendable, CustomTestStringConvertible {
  let id: String
  let group: String
  let inputs: JSONValue
  let expected: JSONValue
  let tolerance: Double

  var testDescription: String { id }

  private static let file: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/experiments.json")
    return try! JSONValue(Array(Data(contentsOf: url)))
  }()

  static let all: [ExperimentVector] = (file["cases"]!.elements ?? []).map { item in
    ExperimentVector(
      id: item["id"]!.text!, group: item["group"]!.text!, inputs: item["inputs"]!,
      expected: item["expected"]!, tolerance: item["rtol"]!.number!)
  }

  /// The cases of a group.
  static func of(_ group: String) -> [ExperimentVector] { all.filter { $0.group == group } }

  /// A column of the data set `tt60`, 30 units of either variant.
  static func column(_ name: String) -> [Double] {
    file["datasets"]!["tt60"]![name]!.elements!.map { $0.number! }
  }

  /// What this library does differently on purpose, and why.
  static let differences: [String: String] = [
    "gb.cuped.relative":
      "GrowthBook's derivative of the relative effect leaves out the adjustment θ(x̄b − x̄a) of the"
      + " numerator; ours is the whole delta method, so that the standard error is 0.34 % smaller."
  ]

  func number(_ key: String) -> Double { inputs[key]!.number! }
  func numbers(_ key: String) -> [Double] { inputs[key]!.elements!.map { $0.number! } }

  /// Checks `value` against the expected number `key` within the tolerance of the case.
  func check(
    _ value: Double?, _ key: String, _ location: SourceLocation = #_sourceLocation
  ) {
    check(value, expected[key]?.number, location)
  }

  func check(
    _ value: Double?, _ wanted: Double?, _ location: SourceLocation = #_sourceLocation
  ) {
    guard let value, let wanted else {
      Issue.record("\(id): nothing to compare", sourceLocation: location)
      return
    }
    #expect(
      value == wanted || abs(value - wanted) <= tolerance * abs(wanted),
      "\(id): \(value) instead of \(wanted)", sourceLocation: location)
  }

  /// Checks `values` against the expected numbers `key`.
  func check(
    _ values: [Double], _ key: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let wanted = expected[key]!.elements!.map { $0.number! }
    #expect(values.count == wanted.count, sourceLocation: location)
    for (value, wanted) in zip(values, wanted) { check(value, wanted, location) }
  }

  /// Checks the ends of an interval.
  func check(
    _ interval: ClosedRange<Double>, _ key: String, _ location: SourceLocation = #_sourceLocation
  ) {
    check([interval.lowerBound, interval.upperBound], key, location)
  }
}

/// Whether two numbers differ by at most `tolerance`.
func near(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance }

/// Whether `count` of `rounds` is within 4.5 standard deviations of what a binomial count with the
/// probability `share` has.
func near(count: Int, of rounds: Int, share: Double) -> Bool {
  let deviation = (share * (1 - share) * Double(rounds)).squareRoot()
  return near(Double(count), share * Double(rounds), 4.5 * deviation)
}
