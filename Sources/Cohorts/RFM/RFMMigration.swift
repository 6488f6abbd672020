import GA4Model

/// How customers moved between the segments of two reports.
///
/// ```swift
/// let moves = RFMMigration(from: january, to: february)
/// moves.customers(from: "Champions", to: "At Risk")
/// moves.customers(from: nil, to: "New Customers")      // who had not bought before
/// ```
///
/// Score both days alike to see customers move rather than classes: take
/// ``RFMReport/thresholds`` of the first report as the scoring of the second.
public struct RFMMigration: Sendable, Hashable, Codable {
  /// Customers who went from one segment to another.
  public struct Move: Sendable, Hashable, Codable {
    /// The segment in the first report, `nil` for those who are not in it.
    public var from: String?
    /// The segment in the second report, `nil` for those who are not in it.
    public var to: String?
    /// How many customers, at least 1.
    public var customers: Int
  }

  /// The segments of the first report.
  public var from: [String]
  /// The segments of the second report.
  public var to: [String]
  /// The moves that occurred, by the order of the segments, those in no segment last.
  public var moves: [Move]

  /// Compares two reports, customer by customer.
  ///
  /// - Complexity: O(*n*), where *n* is the number of customers of both.
  public init(from first: RFMReport, to second: RFMReport) {
    from = first.segments.map(\.name)
    to = second.segments.map(\.name)
    let (a, b) = (first.customers, second.customers)
    let (rows, columns) = (from.count + 1, to.count + 1)
    let fromPlaces = Self.places(a.names, from)
    let toPlaces = Self.places(b.names, to)
    var counts = [Int](repeating: 0, count: rows * columns)
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let order =
        i == a.count ? 1 : j == b.count ? -1 : CustomerKeys.order(a.keys, i, b.keys, j)
      let row = order <= 0 ? fromPlaces[Int(a.segments[i])] : from.count
      let column = order >= 0 ? toPlaces[Int(b.segments[j])] : to.count
      counts[row * columns + column] += 1
      if order <= 0 { i += 1 }
      if order >= 0 { j += 1 }
    }
    moves = []
    for place in counts.indices where counts[place] > 0 {
      let (row, column) = (place / columns, place % columns)
      moves.append(
        Move(
          from: row < from.count ? from[row] : nil, to: column < to.count ? to[column] : nil,
          customers: counts[place]))
    }
  }

  /// Where `names` stand in `list`.
  private static func places(_ names: [String], _ list: [String]) -> [Int] {
    names.map { name in
      guard let place = list.firstIndex(of: name) else {
        preconditionFailure("The segment of a customer is not in the report")
      }
      return place
    }
  }

  /// How many customers went from one segment to another; `nil` stands for none.
  public func customers(from: String?, to: String?) -> Int {
    moves.first { $0.from == from && $0.to == to }?.customers ?? 0
  }
}

extension RFMMigration: CustomStringConvertible {
  /// The moves as a text table, a row for each segment of the first report.
  public var description: String {
    let columns: [String?] = to.map(Optional.some) + [nil]
    let used = columns.filter { column in moves.contains { $0.to == column } }
    var table = TextTable(
      ["from \\ to"] + used.map { $0 ?? "(none)" }, numbers: Set(1..<used.count + 1))
    for row in from.map(Optional.some) + [nil] where moves.contains(where: { $0.from == row }) {
      table.append(
        [row ?? "(none)"] + used.map { NumberFormat.grouped(customers(from: row, to: $0)) })
    }
    return "\(table)"
  }
}
