import Foundation
import Learning
import TestSupport
import Testing

/// The cases of `Reference/learning.json` and the tables they belong to.
///
/// They are figures of scikit-learn 1.9.1 and statsmodels 0.15.0 with their tolerances. One reference case
/// for learning is left out, `dbscan.iris`: clusters by density are no part of the module, as its article
/// on clusters says.
enum Reference {
  static let file: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/learning.json")
    return try! JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url))
  }()

  static func cases(_ groups: String...) -> [ReferenceCase] {
    file["cases"]!.elements!.filter { groups.contains($0["group"]!.text!) }.map(ReferenceCase.init)
  }

  static func cases(id: String) -> ReferenceCase {
    ReferenceCase(value: file["cases"]!.elements!.first { $0["id"]!.text == id }!)
  }

  static let iris: (table: FeatureTable, target: ClassTarget) = {
    let rows = file["iris"]!["x"]!.elements!.map(\.numbers)
    let names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    let target = ClassTarget(file["iris"]!["y"]!.numbers.map { Int($0) })
    return (try! FeatureTable(names: names, rows: rows), target)
  }()
}

struct ReferenceCase: Sendable, CustomTestStringConvertible {
  let value: JSONValue
  var id: String { value["id"]!.text! }
  var testDescription: String { id }
  var inputs: JSONValue { value["inputs"]! }
  var expected: JSONValue { value["expected"]! }
  var tolerance: Double { value["rtol"]!.number! }

  /// Expects that a number is the one in the file within its relative tolerance, which is taken of
  /// `least` for smaller numbers.
  func expect(
    _ found: Double?, _ key: String, atLeast least: Double = 0,
    _ location: SourceLocation = #_sourceLocation
  ) {
    guard let wanted = expected[key]?.real else {
      Issue.record("The file has no \(key)", sourceLocation: location)
      return
    }
    #expect(isClose(found, wanted, least), "\(id) \(key)", sourceLocation: location)
  }

  func expect(
    _ found: [Double], _ key: String, atLeast least: Double = 0,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let wanted = expected[key]?.numbers ?? []
    #expect(
      found.count == wanted.count
        && zip(found, wanted).allSatisfy { isClose($0, $1, least) },
      "\(id) \(key): \(found) instead of \(wanted)", sourceLocation: location)
  }

  /// Expects numbers within the tolerance of the largest of those wanted.
  func expect(
    _ found: [Double], _ key: String, wanted: [Double],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let least = wanted.reduce(0) { max($0, abs($1)) }
    #expect(
      found.count == wanted.count
        && zip(found, wanted).allSatisfy { isClose($0, $1, least) },
      "\(id) \(key): \(found) instead of \(wanted)", sourceLocation: location)
  }

  private func isClose(_ found: Double?, _ wanted: Double, _ least: Double) -> Bool {
    guard let found else { return false }
    return found == wanted || abs(found - wanted) <= tolerance * max(abs(wanted), least)
  }
}

extension JSONValue {
  /// A number, where JSON has no word for it as text.
  var real: Double? {
    switch text {
    case "inf": .infinity
    case "-inf": -.infinity
    default: number
    }
  }
  var numbers: [Double] { (elements ?? []).map { $0.real ?? .nan } }
  var matrix: [[Double]] { (elements ?? []).map(\.numbers) }
}
