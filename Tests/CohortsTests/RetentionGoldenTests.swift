import Cohorts
import GA4Model
import TestSupport
import Testing

/// The retention of real data, exactly.
@Suite(.enabled(if: RealData.isAvailable)) struct RetentionGoldenTests {
  private struct Golden: Decodable {
    /// Cohort, distance in days and users.
    var cells: [(day: CalendarDay, column: Int, users: Int)] = []

    private enum CodingKeys: String, CodingKey { case retention = "retention_event_date" }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      for entry in try container.decode([[JSONValue]].self, forKey: .retention) {
        cells.append(
          (CalendarDay(entry[0].text!)!, Int(entry[1].number!), Int(entry[2].number!)))
      }
    }
  }

  private func check(_ log: EventLog, _ golden: Golden) async throws {
    let matrix = RetentionQuery().evaluate(log)
    var wanted: [String: [Int: Int]] = [:]
    for cell in golden.cells { wanted["\(cell.day)", default: [:]][cell.column] = cell.users }
    #expect(matrix.rows.map(\.label) == wanted.keys.sorted())
    let count = matrix.rows.count
    for (index, row) in matrix.rows.enumerated() {
      #expect(row.size == wanted[row.label]![0])
      let cells = (0..<count).map { column in
        column < count - index ? wanted[row.label]![column] ?? 0 : nil
      }
      #expect(row.cells.map { $0?.units } == cells, "\(row.label)")
      #expect(row.cells.allSatisfy { $0.map { !$0.isPartial } ?? true })
    }
    #expect(await RetentionQuery().evaluate(log, workers: 7) == matrix)
    // The same by the walk over events.
    let always = EventPredicate { $0.name != "no such event" }
    let slow = RetentionQuery(birth: always, returning: always).evaluate(log)
    #expect(slow.rows == matrix.rows)
    #expect(slow.averages == matrix.averages)
  }

  @Test func `the six days`() async throws {
    try await check(
      RealData.sixDays(), RealData.golden("ga4/golden_20201219_20201224.json", as: Golden.self))
  }

  @Test func `the 32 days`() async throws {
    try await check(
      RealData.thirtyTwoDays(),
      RealData.golden("ga4/golden_20201219_20210119.json", as: Golden.self))
  }

  /// The monthly cohorts of Online Retail by the first item bought: its quantity and price are
  /// positive, and the customer is known.
  @Test func `the months of Online Retail`() async throws {
    var mapping = CSVMapping(
      columns: [
        "invoicedate": .time(.iso8601), "customerid": .userID, "country": .name,
        "quantity": .parameter("quantity", .number), "unitprice": .parameter("price", .number),
      ], unknownColumns: .ignored)
    mapping.delimiter = ","
    let log = try await EventReader(format: .csv(mapping)).read(
      bytes: RealData.unzip("retail/online_retail.csv.gz"), workers: 2
    ).log
    let bought = EventPredicate { $0["quantity"] > 0 && $0["price"] > 0 }
    let matrix = RetentionQuery(birth: bought, returning: bought, period: .month).evaluate(log)
    let lines = try RealData.text("retail/online_retail_monthly_cohorts.csv")
      .split(whereSeparator: \.isNewline).dropFirst()
    #expect(matrix.rows.count == 13 && lines.count == 13)
    for (row, line) in zip(matrix.rows, lines) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(row.label == fields[0])
      #expect(row.size == Double(fields[1]).map { Int($0) })
      #expect(row.cells.map { $0?.units } == fields.dropFirst().map { Double($0).map { Int($0) } })
      // The data end on 9 December 2011.
      #expect(row.cells.last { $0 != nil }!!.isPartial)
    }
    #expect(matrix.leftOut.eventsWithoutUser == 135_080)
  }
}
