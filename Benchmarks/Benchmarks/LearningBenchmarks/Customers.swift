import Learning

/// Twenty thousand made-up customers with ten numbers each, whether they bought, and what they spent.
enum Customers {
  /// The same on every machine.
  static let sample: (table: FeatureTable, bought: ClassTarget, spent: [Double]) = {
    // A generator of Knuth's, which needs no other module.
    var state: UInt64 = 1
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    let count = 20_000
    let columns = (0..<10).map { place in
      (0..<count).map { _ in uniform() * uniform() * Double(place + 1) }
    }
    let spent = (0..<count).map { row in
      3 * columns[0][row] - columns[1][row] * columns[2][row] + columns[3][row] + uniform()
    }
    do {
      return (
        try FeatureTable(columns.enumerated().map { FeatureColumn("x\($0)", $1) }),
        ClassTarget(spent.map { $0 > 1 }), spent
      )
    } catch {
      preconditionFailure("The columns have names of their own and the same length")
    }
  }()

  /// A forest of them.
  static let forest: RandomForestClassifierModel = {
    do {
      return try RandomForestClassifier(trees: 100, seed: 1)
        .fit(sample.table, target: sample.bought)
    } catch {
      preconditionFailure("Both classes occur")
    }
  }()

  /// The first of them.
  static var row: FeatureRow {
    FeatureRow(sample.table.columns.map { ($0.name, .number($0.number(at: 0) ?? 0)) })
  }
}
