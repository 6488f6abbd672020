import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct DataTests {
  @Test func `columns know what is missing`() throws {
    let table = try FeatureTable([
      FeatureColumn("n", [1.5, nil, .nan]), FeatureColumn("c", ["b", nil, "a"]),
      FeatureColumn("f", [true, false, nil]),
    ])
    #expect(table.columns.map(\.missingCount) == [2, 1, 1])
    #expect(table["c"]?.kind == .categorical(["a", "b"]))
    #expect(table["c"]?.category(at: 0) == "b")
    #expect(table["f"]?.number(at: 0) == 1)
    #expect(table.matrix[2, 1] == 0)
    #expect(table.selecting(rows: [2, 2])["c"]?.category(at: 1) == "a")
    #expect(
      table.description == """
        3 rows, 3 columns
          n: numeric, 3 values, 2 missing
          c: categorical, 3 values, 1 missing
          f: Boolean, 3 values, 1 missing
        """)
    #expect(table == table.selecting(rows: [0, 1, 2]))
  }

  @Test func `tables that do not fit are refused`() {
    let same = #expect(throws: LearningError.self) {
      try FeatureTable([FeatureColumn("a", [1]), FeatureColumn("a", [2])])
    }
    #expect(
      same?.description == "Two columns are called a. Give each column a name of its own.")
    let short = #expect(throws: LearningError.self) {
      try FeatureTable([FeatureColumn("a", [1]), FeatureColumn("b", [2, 3])])
    }
    #expect(
      short?.description
        == "The column b has 2 values, and a has 1. Give every column a value for each row.")
  }

  @Test func `a schema finds columns in any order and takes unknown categories for missing`() throws
  {
    let table = try FeatureTable([FeatureColumn("n", [1, 2]), FeatureColumn("c", ["x", "y"])])
    let other = try FeatureTable([
      FeatureColumn("extra", [0, 0, 0]), FeatureColumn("c", ["z", "y", "x"]),
      FeatureColumn("n", [true, false, nil]),
    ])
    let found = try table.schema.columns(of: other)
    #expect(found.map(\.name) == ["n", "c"])
    #expect((0..<3).map { found[1].category(at: $0) } == [nil, "y", "x"])
    let error = #expect(throws: LearningError.self) {
      try table.schema.columns(of: FeatureTable([FeatureColumn("n", ["a"])]))
    }
    #expect(
      error?.description
        == "The column n is categorical, and the model expects a numeric one. Give it in the kind "
        + "that the model was fitted with.")
  }

  @Test func `classes are in an order that does not depend on the rows`() {
    #expect(ClassTarget(["vip", "new", "vip"]).classes == ["new", "vip"])
    #expect(ClassTarget([10, 9, 10]).classes == ["9", "10"])
    #expect(ClassTarget([true]).classes == ["false", "true"])
    #expect(ClassTarget(["b", "a", "b"]).description == "a: 1, b: 2")
  }

  @Test(arguments: Rounds.parts)
  func `stratified splits keep the shares of the classes`(_ part: Int) {
    for var generator in Rounds.generators("stratified split", part: part) {
      let count = generator.integer(in: 1...200)
      let target = ClassTarget((0..<count).map { _ in generator.integer(below: 4) })
      let share = generator.uniform()
      let split = RowSplit.stratified(target, testShare: share, seed: 1)
      #expect((split.train + split.test).sorted() == Array(0..<count))
      #expect(split.test.count == Int((Double(count) * share - 1e-9).rounded(.up)))
      for (code, all) in target.counts.enumerated() {
        let tested = split.test.count { target.codes[$0] == code }
        let exact = Double(all * split.test.count) / Double(count)
        #expect(abs(Double(tested) - exact) < 1)
      }
      #expect(RowSplit.stratified(target, testShare: share, seed: 1) == split)
    }
  }

  @Test(arguments: Rounds.parts)
  func `every row is tested on once`(_ part: Int) {
    for var generator in Rounds.generators("folds", part: part) {
      let count = generator.integer(in: 4...100)
      let folds = generator.integer(in: 2...4)
      let target = ClassTarget((0..<count).map { _ in generator.integer(below: 3) })
      let groups = (0..<count).map { $0 < 4 ? $0 : generator.integer(below: 12) }
      let random = Folds.random(count: count, folds: folds, seed: 1)
      let stratified = Folds.stratified(target, folds: folds, seed: 1)
      let grouped = Folds.grouped(groups, folds: folds, seed: 1)
      for splits in [random, stratified, grouped] {
        #expect(splits.count == folds)
        #expect(splits.flatMap(\.test).sorted() == Array(0..<count))
        #expect(splits.allSatisfy { ($0.train + $0.test).sorted() == Array(0..<count) })
      }
      for code in 0..<target.classes.count {
        let counts = stratified.map { $0.test.count { target.codes[$0] == code } }
        #expect(counts.max()! - counts.min()! <= 1)
      }
      for split in grouped {
        #expect(Set(split.train.map { groups[$0] }).isDisjoint(with: split.test.map { groups[$0] }))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `time-ordered folds never look ahead`(_ part: Int) {
    for var generator in Rounds.generators("time-ordered folds", part: part) {
      let times = (0..<generator.integer(in: 6...80)).map { _ in
        Double(generator.integer(below: 30))
      }
      let gap = generator.bernoulli(0.5) ? 0.0 : 3.0
      for split in Folds.timeOrdered(times, folds: 4, gap: gap) {
        let first = split.test.map { times[$0] }.min()!
        let last = split.train.map { times[$0] }.max()!
        #expect(last < first - gap || gap == 0 && last < first)
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `the order of doubles is that of sorting`(_ part: Int) {
    for var generator in Rounds.generators("order of doubles", part: part) {
      let values = (0..<generator.integer(in: 0...300)).map { _ in
        switch generator.integer(below: 8) {
        case 0: Double.nan
        case 1: -0.0
        case 2: 0.0
        case 3: generator.bernoulli(0.5) ? Double.infinity : -.infinity
        case 4: generator.normal() * 1e300
        default: Double(generator.integer(in: -5...5))
        }
      }
      let expected = values.indices.sorted {
        let (a, b) = (values[$0], values[$1])
        if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN || a.isNaN == b.isNaN && $0 < $1 }
        return a != b ? a < b : $0 < $1
      }
      #expect(SortedOrder.places(values).map { Int($0) } == expected)
    }
  }
}
