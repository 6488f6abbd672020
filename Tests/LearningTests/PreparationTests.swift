import Foundation
import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct PreparationTests {
  private let table = try! FeatureTable([
    FeatureColumn("age", [30, nil, 50, 40, nil]),
    FeatureColumn("channel", ["Email", "Direct", nil, "Direct", "Organic"]),
    FeatureColumn("member", [true, nil, false, true, false]),
  ])

  private func numbers(_ table: FeatureTable, _ name: String) -> [Double?] {
    (0..<table.rowCount).map { table[name]!.number(at: $0) }
  }

  @Test func `a median stands for missing numbers, and an indicator says where`() throws {
    let fitted = try Preparation([.imputing(.median, indicator: true)]).fit(table)
    let prepared = try fitted.prepare(table)
    #expect(prepared.names == ["age", "age_missing", "channel", "member"])
    #expect(numbers(prepared, "age") == [30, 40, 50, 40, 40])
    #expect(numbers(prepared, "age_missing") == [0, 1, 0, 0, 1])
    #expect(prepared["age_missing"]?.kind == .boolean)
    #expect(prepared["channel"] == table["channel"])
    // What was learnt stays: a later table does not change the median.
    let later = try FeatureTable([
      FeatureColumn("age", [nil, 1.0]), FeatureColumn("channel", ["Email", nil]),
      FeatureColumn("member", [true, false]),
    ])
    #expect(numbers(try fitted.prepare(later), "age") == [40, 1])
  }

  @Test func `the mean and the most frequent value stand for missing ones`() throws {
    let mean = try Preparation([.imputing(.mean)]).fit(table).prepare(table)
    #expect(numbers(mean, "age") == [30, 40, 50, 40, 40])
    let ties = try Preparation([.imputing(.mostFrequent)]).fit(table).prepare(table)
    #expect(numbers(ties, "age") == [30, 30, 50, 40, 30])
    #expect(ties["channel"]?.category(at: 2) == "Direct")
    #expect(numbers(ties, "member") == [1, 0, 0, 1, 0])
    let odd = try FeatureTable([
      FeatureColumn("x", [.infinity, nil, 2, 4]),
      FeatureColumn("n", [nil, nil, nil, nil] as [Double?]),
      FeatureColumn("c", [nil, nil, nil, nil] as [String?]),
    ])
    let known = try Preparation([.imputing(.mean), .imputing(.mostFrequent)]).fit(odd).prepare(odd)
    #expect(numbers(known, "x") == [.infinity, 3, 2, 4])
    #expect(numbers(known, "n") == [0, 0, 0, 0])
    #expect(numbers(known, "c") == [nil, nil, nil, nil])
  }

  @Test func `constants go to the columns of their kind, and may be a new category`() throws {
    let preparation: Preparation = [
      .imputing(.constant(-1)), .imputing(.constant("Before")), .imputing(.constant(true)),
    ]
    let prepared = try preparation.fit(table).prepare(table)
    #expect(numbers(prepared, "age") == [30, -1, 50, 40, -1])
    #expect(prepared["channel"]?.kind == .categorical(["Before", "Direct", "Email", "Organic"]))
    #expect(
      (0..<5).map { prepared["channel"]?.category(at: $0) }
        == ["Email", "Direct", "Before", "Direct", "Organic"])
    #expect(numbers(prepared, "member") == [1, 1, 0, 1, 0])
  }

  @Test func `each category gets a column, and a missing one is in none`() throws {
    let prepared = try Preparation([.oneHot()]).fit(table).prepare(table)
    #expect(
      prepared.names == ["age", "channel_Direct", "channel_Email", "channel_Organic", "member"])
    #expect(numbers(prepared, "channel_Direct") == [0, 1, 0, 1, 0])
    #expect(numbers(prepared, "channel_Email") == [1, 0, 0, 0, 0])
    let dropped = try Preparation([.oneHot(dropsFirst: true)]).fit(table).prepare(table)
    #expect(dropped.names == ["age", "channel_Email", "channel_Organic", "member"])
    #expect(numbers(dropped, "channel_Organic") == [0, 0, 0, 0, 1])
  }

  @Test func `unknown categories follow the rule`() throws {
    let row: FeatureRow = ["age": 1, "channel": "Social", "member": true]
    let missing = try Preparation([.oneHot()]).fit(table).prepare(row)
    #expect(["channel_Direct", "channel_Email", "channel_Organic"].allSatisfy { missing[$0] == 0 })
    let apart = try Preparation([.oneHot(unknown: .separate)]).fit(table)
    #expect(try apart.prepare(row)["channel_other"] == 1)
    #expect(try apart.prepare(["age": 1, "channel": nil, "member": nil])["channel_other"] == 0)
    let refusing = try Preparation([.oneHot(unknown: .refused)]).fit(table)
    let error = #expect(throws: LearningError.self) { try refusing.prepare(row) }
    #expect(error?.code == .unknownCategory)
    #expect(
      error?.description
        == "The column channel has a category that the preparation has not seen often enough, and it "
        + "refuses unknown ones. Give a known category or a missing value, or fit it again.")
    // A category of the schema that no row has is as unknown as any other, in tables too.
    let some = try Preparation([.oneHot(unknown: .separate)]).fit(table.selecting(rows: [0, 1]))
    let all = try some.prepare(table)
    #expect(all.names == ["age", "channel_Direct", "channel_Email", "channel_other", "member"])
    #expect(numbers(all, "channel_other") == [0, 0, 0, 0, 1])
    let rare = try Preparation([.oneHot(unknown: .separate, minimumRows: 2)]).fit(table)
    #expect(numbers(try rare.prepare(table), "channel_other") == [1, 0, 0, 0, 1])
  }

  @Test func `an unknown category is not missing to an imputation`() throws {
    let fitted = try Preparation([.imputing(.mostFrequent), .oneHot(unknown: .separate)]).fit(table)
    let row = try fitted.prepare(["age": 1, "channel": "Social", "member": true])
    #expect(row["channel_other"] == 1 && row["channel_Direct"] == 0)
    // To a model of categories it is missing.
    let kept = try Preparation([.imputing(.median)]).fit(table)
    #expect(
      try kept.prepare(["age": 1, "channel": "Social", "member": true])["channel"] == .missing)
  }

  @Test func `ordinals are positions in the order given`() throws {
    let sizes = try FeatureTable([FeatureColumn("size", ["L", "S", nil, "M", "S"])])
    let given = try Preparation([.ordinal(order: ["S", "M", "L"])]).fit(sizes)
    #expect(numbers(try given.prepare(sizes), "size") == [2, 0, nil, 1, 0])
    #expect(try given.prepare(["size": "XL"])["size"] == .missing)
    let bytes = try Preparation([.ordinal(unknown: .separate)]).fit(sizes)
    #expect(numbers(try bytes.prepare(sizes), "size") == [0, 2, nil, 1, 2])
    #expect(try bytes.prepare(["size": "XL"])["size"] == 3)
    let refusing = try Preparation([.ordinal(unknown: .refused)]).fit(sizes)
    #expect(throws: LearningError.self) { try refusing.prepare(["size": "XL"]) }
  }

  @Test func `standardised numbers have mean 0 and deviation 1`() throws {
    let table = try FeatureTable([
      FeatureColumn("x", [1, 2, 3, 4, nil, .infinity]),
      FeatureColumn("same", [7.0, 7, 7, 7, 7, 7]),
      FeatureColumn("huge", [-1.7e308, 1.7e308, 0, 0, 0, 0]),
      FeatureColumn("tiny", [-0x1p-1030, 0x1p-1030, 0, 0, 0, 0]),
    ])
    let fitted = try Preparation([.standardizing()]).fit(table)
    let prepared = try fitted.prepare(table)
    // The deviation of 1, 2, 3, 4 is √1.25.
    #expect(numbers(prepared, "x")[0] == -1.5 / 1.25.squareRoot())
    #expect(numbers(prepared, "x")[4] == nil && numbers(prepared, "x")[5] == .infinity)
    #expect(numbers(prepared, "same") == [0, 0, 0, 0, 0, 0])
    #expect(try fitted.prepare(["x": 0, "same": 9, "huge": 0, "tiny": 0])["same"] == 2)
    for name in ["huge", "tiny"] {
      let values = numbers(prepared, name).map { $0! }
      #expect(values.allSatisfy { $0.isFinite })
      #expect(
        abs(values[1] - 3.0.squareRoot()) < 1e-6 && abs(values[0] + values[1]) < 1e-9, "\(values)")
    }
  }

  @Test func `rescaled numbers meet both bounds`() throws {
    let table = try FeatureTable([
      FeatureColumn("x", [2, 4, 3]), FeatureColumn("same", [5.0, 5, 5]),
      FeatureColumn("huge", [-1.7e308, 1.7e308, 0]),
    ])
    let fitted = try Preparation([.rescaling(to: -1...0.3)]).fit(table)
    let prepared = try fitted.prepare(table)
    #expect(numbers(prepared, "x")[..<2] == [-1, 0.3])
    #expect(abs(numbers(prepared, "x")[2]! + 0.35) < 1e-12)
    #expect(numbers(prepared, "same") == [-1, -1, -1])
    #expect(numbers(prepared, "huge")[..<2] == [-1, 0.3])
    let beyond = try Preparation([.rescaling()]).fit(table)
    #expect(try beyond.prepare(["x": 6, "same": 5, "huge": 0])["x"] == 2)
  }

  @Test func `parts of the calendar are those of a calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    var generator = SeededGenerator(seed: 5)
    let seconds = (0..<500).map { _ in Double(generator.integer(in: -3_000_000_000...9_000_000_000))
    }
    let parts = CalendarPart.allCases
    for unit in [TimeUnit.days, .seconds, .milliseconds, .microseconds] {
      let table = try FeatureTable([FeatureColumn("t", seconds.map { $0 / 86_400 * unit.perDay })])
      let prepared = try Preparation([.calendar(parts, of: ["t"], unit: unit)]).fit(table)
        .prepare(table)
      for (row, second) in seconds.enumerated() {
        let date = Date(timeIntervalSince1970: second)
        let found = parts.map { Int(prepared["t_\($0.rawValue)"]!.number(at: row)!) }
        let weekday = (calendar.component(.weekday, from: date) + 5) % 7 + 1
        let expected = [
          calendar.component(.year, from: date), calendar.component(.month, from: date),
          calendar.component(.day, from: date),
          calendar.ordinality(of: .day, in: .year, for: date)!,
          weekday, calendar.component(.hour, from: date), weekday > 5 ? 1 : 0,
        ]
        // A quotient in days is rounded, so that a time on the hour may fall before it.
        if unit == .days {
          #expect(found[..<5] == expected[..<5] || Int(second) % 86_400 < 2)
        } else {
          #expect(found == expected, "\(second)")
        }
      }
    }
  }

  @Test func `parts of the calendar are names or places on a circle`() throws {
    // 2020-12-19, a Saturday, and 2021-01-04, a Monday.
    let table = try FeatureTable([FeatureColumn("day", [18_615, 18_631, nil, 1e12])])
    let names = try Preparation([
      .calendar([.weekday, .month, .dayOfMonth], of: ["day"], encoding: .name)
    ]).fit(table).prepare(table)
    #expect(
      (0..<4).map { names["day_weekday"]?.category(at: $0) } == ["Saturday", "Monday", nil, nil])
    #expect(
      (0..<4).map { names["day_month"]?.category(at: $0) } == ["December", "January", nil, nil])
    #expect(numbers(names, "day_dayOfMonth") == [19, 4, nil, nil])
    let circle = try Preparation([
      .calendar([.weekday, .isWeekend], of: ["day"], encoding: .circle)
    ]).fit(table).prepare(table)
    #expect(circle.names == ["day_weekday_sin", "day_weekday_cos", "day_isWeekend"])
    #expect(
      numbers(circle, "day_weekday_sin")[1] == 0 && numbers(circle, "day_weekday_cos")[1] == 1)
    #expect(abs(numbers(circle, "day_weekday_sin")[0]! - sin(2 * .pi * 5 / 7)) < 1e-15)
    #expect(numbers(circle, "day_weekday_cos")[2] == nil)
    let oneHot = try Preparation([
      .calendar([.weekday], of: ["day"], encoding: .name), .oneHot(),
    ]).fit(table)
    #expect(oneHot.preparedSchema.names == ["day_weekday_Monday", "day_weekday_Saturday"])
  }

  @Test func `columns dropped unseen are not expected`() throws {
    let fitted = try Preparation([.removing(["channel"]), .imputing(.median)]).fit(table)
    #expect(fitted.schema.names == ["age", "member"])
    #expect(try fitted.prepare(["age": nil, "member": true]) == ["age": 40, "member": true])
    let later = try Preparation([
      .imputing(.mostFrequent), .oneHot(), .removing(["channel_Direct", "age"]),
    ]).fit(table)
    #expect(later.schema.names == ["age", "channel", "member"])
    #expect(later.preparedSchema.names == ["channel_Email", "channel_Organic", "member"])
  }

  @Test func `steps that do not fit are refused in a sentence`() throws {
    func message(_ steps: PreparationStep...) -> String? {
      do {
        _ = try Preparation(steps).fit(table)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      message(.oneHot(columns: ["colour"]))
        == "The step “categories of colour as columns of 0 and 1, unknown ones missing” needs a "
        + "column colour, and at this point the columns are age, channel, member. Correct the name, "
        + "or the order of steps.")
    #expect(
      message(.standardizing(columns: ["channel"]))
        == "The column channel is categorical, and the step “numbers of channel standardised” has no "
        + "meaning for such columns. Name others.")
    #expect(
      message(.removing(["age", "channel", "member"]))
        == "The preparation leaves no column to learn from. Drop fewer columns.")
    #expect(message(.rescaling(to: 1...1))?.contains("bounds of a range") == true)
    #expect(message(.oneHot(minimumRows: 0))?.contains("at least one row") == true)
    #expect(message(.imputing(.constant(nil)))?.contains("cannot stand") == true)
    #expect(message(.calendar([], of: ["age"]))?.contains("at least one part") == true)
    let clash = try FeatureTable([
      FeatureColumn("a", ["b"]), FeatureColumn("a_b", [1.0]),
    ])
    let error = #expect(throws: LearningError.self) { try Preparation([.oneHot()]).fit(clash) }
    #expect(error?.code == .duplicateColumn)
    #expect(throws: LearningError.self) { try Preparation([]).fit(table.selecting(rows: [])) }
  }

  @Test func `a preparation prints and stores itself`() throws {
    let preparation: Preparation = [
      .removing(["id"]), .imputing(.constant("none")), .oneHot(minimumRows: 5),
      .calendar([.hour], of: ["time"], unit: .seconds, encoding: .circle),
      .rescaling(columns: .allBut(["age"])),
    ]
    #expect(
      preparation.description
        == "without id; missing values replaced by none; categories as columns of 0 and 1, unknown "
        + "below 5 rows, unknown ones missing; hour of time, counted in seconds, each as a circle; "
        + "numbers of all columns but age rescaled to 0.0...1.0")
    let data = try JSONEncoder().encode(preparation)
    #expect(try JSONDecoder().decode(Preparation.self, from: data) == preparation)
    #expect(Preparation([]).description == "columns as they are")
  }

  /// A random list of steps that has a meaning for any table.
  static func steps(_ generator: inout SeededGenerator) -> [PreparationStep] {
    let unknown = generator.choose(from: [UnknownCategories.missing, .separate])
    let all: [PreparationStep] = [
      .imputing(
        generator.choose(from: [
          Imputation.mean, .median, .mostFrequent, .constant(1), .constant("c9"),
        ]), indicator: generator.bernoulli(0.5)),
      generator.bernoulli(0.7)
        ? .oneHot(
          dropsFirst: generator.bernoulli(0.3), unknown: unknown,
          minimumRows: generator.integer(in: 1...3))
        : .ordinal(order: generator.bernoulli(0.5) ? ["c", "a"] : [], unknown: unknown),
      .standardizing(), .rescaling(to: -2...3),
      .calendar([.weekday, .hour], of: .all, encoding: .circle),
    ]
    return Array(generator.shuffled(all).prefix(generator.integer(in: 0...4)))
  }

  @Test(arguments: Rounds.parts)
  func `rows and tables are prepared to the same bits, and bytes bring both back`(
    _ part: Int
  ) throws {
    for var generator in Rounds.generators("preparation", part: part, perPart: 20) {
      let random = RandomTable(&generator, rows: generator.integer(in: 1...30))
      let preparation = Preparation(Self.steps(&generator))
      let some = generator.shuffled(Array(0..<random.table.rowCount))
        .prefix(generator.integer(in: 1...random.table.rowCount))
      let fitted: FittedPreparation
      do {
        fitted = try preparation.fit(random.table.selecting(rows: Array(some)))
      } catch {
        // One-hot of a column without categories may leave nothing.
        #expect([.noColumns, .duplicateColumn].contains(error.code), "\(error)")
        continue
      }
      let prepared = try fitted.prepare(random.table)
      #expect(prepared.schema == fitted.preparedSchema)
      var writer = BinaryWriter()
      fitted.encode(into: &writer)
      var reader = BinaryReader(writer.bytes)
      let same = try FittedPreparation(from: &reader)
      try reader.finish()
      #expect(same == fitted)
      for row in 0..<random.table.rowCount {
        let values = try same.prepare(random.table.row(row))
        #expect(values == prepared.row(row))
      }
    }
  }
}

extension FeatureTable {
  /// A row by the names of the columns.
  func row(_ row: Int) -> FeatureRow {
    FeatureRow(
      columns.map { column in
        switch column.kind {
        case _ where column.number(at: row) == nil: (column.name, .missing)
        case .categorical: (column.name, .category(column.category(at: row)!))
        case .boolean: (column.name, .flag(column.number(at: row)! != 0))
        case .numeric: (column.name, .number(column.number(at: row)!))
        }
      })
  }
}
