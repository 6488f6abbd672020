import Learning
import StatisticsCore

/// Small random tables with everything that may come: ties, missing values, infinities, categories.
struct RandomTable {
  var table: FeatureTable
  var classes: ClassTarget
  var numbers: [Double]
  var weights: [Double]

  init(
    _ generator: inout SeededGenerator, rows: Int, classCount: Int = 2, ties: Bool = true,
    missing: Bool = true, categories: Bool = true
  ) {
    var columns: [FeatureColumn] = []
    for index in 0..<generator.integer(in: 1...4) {
      let isCategorical = categories && generator.bernoulli(0.3)
      let isMissing = (0..<rows).map { _ in missing && generator.bernoulli(0.15) }
      if isCategorical {
        let names = ["a", "b", "c", "d", "e"]
        columns.append(
          FeatureColumn(
            "x\(index)", isMissing.map { $0 ? nil : names[generator.integer(below: 5)] }))
      } else {
        columns.append(
          FeatureColumn(
            "x\(index)",
            isMissing.map { isMissing -> Double? in
              if isMissing { return nil }
              if ties && generator.bernoulli(0.05) { return .infinity }
              return ties ? Double(generator.integer(below: 9)) : generator.normal()
            }))
      }
    }
    table = try! FeatureTable(columns)
    classes = ClassTarget(
      classes: (0..<classCount).map { "c\($0)" },
      codes: (0..<rows).map { _ in generator.integer(below: classCount) })
    numbers = (0..<rows).map { _ in generator.normal() }
    weights = (0..<rows).map { _ in
      generator.bernoulli(0.1) ? 0 : Double(generator.integer(in: 1...4)) / 2
    }
    if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
  }
}
