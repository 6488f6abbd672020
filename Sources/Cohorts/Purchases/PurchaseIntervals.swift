import GA4Model
import StatisticsCore

/// The answer of a ``PurchaseIntervalQuery``.
public struct PurchaseIntervals: Sendable, Hashable, Codable {
  /// Some of the times between an order and the next, in seconds.
  public struct Summary: Sendable, Hashable, Codable {
    /// How many there are.
    public var count: Int
    /// Their mean.
    public var mean: Double
    /// The time that a quarter does not exceed (type 7, as the others).
    public var lowerQuartile: Double
    /// The time that half of them do not exceed.
    public var median: Double
    /// The time that three quarters do not exceed.
    public var upperQuartile: Double

    /// Takes up times in microseconds, `nil` for none.
    init?(_ times: [Int64]) {
      if times.isEmpty { return nil }
      let seconds = times.map { Double($0) / 1e6 }.sorted()
      count = seconds.count
      mean = ExactSum(seconds).rounded(dividedBy: seconds.count)
      let quartiles = Quantiles.quantiles([0.25, 0.5, 0.75], ofSorted: seconds)!
      (lowerQuartile, median, upperQuartile) = (quartiles[0], quartiles[1], quartiles[2])
    }
  }

  /// The most orders that ``afterOrder`` tells apart.
  public static let mostOrders = 10

  /// The question.
  public var query: PurchaseIntervalQuery
  /// All times, `nil` where nobody bought twice.
  public var all: Summary?
  /// The times from the first order to the second, from the second to the third, and so on, at most
  /// ``mostOrders``.
  public var afterOrder: [Summary]
  /// How many users bought once, so that they have no time.
  public var onceOnly: Int
  /// What does not count.
  public var leftOut: PurchasesLeftOut

  init(_ query: PurchaseIntervalQuery, _ history: OrderHistory) {
    self.query = query
    let (orders, leftOut) = history.resolved()
    self.leftOut = leftOut
    var times: [[Int64]] = []
    onceOnly = orders.count { $0.count == 1 }
    for own in orders {
      let rising = own.map(\.time).sorted()
      for index in rising.indices.dropFirst() {
        if times.count < index { times.append([]) }
        let (time, overflow) = rising[index].subtractingReportingOverflow(rising[index - 1])
        times[index - 1].append(overflow ? .max : time)
      }
    }
    all = Summary(times.flatMap { $0 })
    afterOrder = times.prefix(Self.mostOrders).compactMap { Summary($0) }
  }
}

extension PurchaseIntervals: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    var table = TextTable(
      ["from order", "times", "quarter", "median", "three quarters", "mean"],
      numbers: [1, 2, 3, 4, 5])
    func append(_ label: String, _ summary: Summary) {
      table.append(
        [label, NumberFormat.grouped(summary.count)]
          + [summary.lowerQuartile, summary.median, summary.upperQuartile, summary.mean].map {
            NumberFormat.duration($0)
          })
    }
    for (index, summary) in afterOrder.enumerated() {
      append("\(index + 1) to \(index + 2)", summary)
    }
    if let all { append("any to next", all) }
    return [
      "\(table)", "\(query); \(NumberFormat.grouped(onceOnly)) users bought once", leftOut.words,
    ].compactMap { $0 }.joined(separator: "\n")
  }
}
