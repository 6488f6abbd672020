import Foundation
import Learning
import TestSupport
import Testing

/// `Reference/linear.json`: small random tables with what scikit-learn, statsmodels and NIST say of
/// them.
enum LinearReference {
  static let file: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/linear.json")
    return try! JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url))
  }()

  static func cases(_ group: String) -> [ReferenceCase] {
    file["cases"]!.elements!.filter { $0["group"]!.text! == group }.map(ReferenceCase.init)
  }
}

extension ReferenceCase {
  var table: FeatureTable {
    let rows = inputs["x"]!.matrix
    return try! FeatureTable(names: rows[0].indices.map { "x\($0)" }, rows: rows)
  }
  var y: [Double] { inputs["y"]!.numbers }
  var hasIntercept: Bool { if case .bool(true)? = inputs["intercept"] { true } else { false } }
  var weights: [Double]? { inputs["weights"]?.numbers }

  /// Expects a list within the tolerance of its largest number.
  func expectList(
    _ found: [Double], _ key: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let wanted = (expected[key]!.elements ?? []).flatMap {
      $0.elements == nil ? [$0] : $0.elements!
    }
    expect(found, key, wanted: wanted.map { $0.real ?? .nan }, location)
  }
}

extension FeatureTable {
  /// The columns less their mean, divided by their standard deviation (by rows).
  var standardized: FeatureTable {
    let count = Double(rowCount)
    return try! FeatureTable(
      columns.map { column in
        let values = (0..<rowCount).map { column.number(at: $0)! }
        let mean = values.reduce(0, +) / count
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        return FeatureColumn(column.name, values.map { ($0 - mean) / deviation })
      })
  }
}
