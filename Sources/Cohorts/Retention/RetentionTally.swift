import GA4Model
import StatisticsCore

/// What is added up over the users of one group of a retention matrix.
struct RetentionTally: Sendable {
  /// Numbers of one cell.
  struct Values: Sendable {
    var count = 0
    var sum = ExactSum()

    mutating func add(_ value: Double) {
      count += 1
      sum.add(value)
    }

    mutating func merge(_ other: Values) {
      count += other.count
      sum.merge(other.sum)
    }
  }

  /// One cohort.
  struct Row: Sendable {
    var size = 0
    /// By column how many users returned, as ``RetentionPlacing`` places them; without the zeros at
    /// the end.
    var units: [Int] = []
    var values: [Int: Values] = [:]

    mutating func merge(_ other: Row) {
      size += other.size
      if units.count < other.units.count {
        units += repeatElement(0, count: other.units.count - units.count)
      }
      for column in other.units.indices { units[column] += other.units[column] }
      for (column, values) in other.values { self.values[column, default: Values()].merge(values) }
    }
  }

  /// By the number of the period.
  var rows: [Int: Row] = [:]
  /// How many distinct users there are.
  var units = 0

  mutating func merge(_ other: RetentionTally) {
    units += other.units
    for (number, row) in other.rows { rows[number, default: Row()].merge(row) }
  }

  func write(to writer: inout BinaryWriter) {
    writer.count(units)
    writer.array(rows.sorted { $0.key < $1.key }) { writer, row in
      writer.int64(Int64(row.key))
      writer.count(row.value.size)
      writer.array(row.value.units) { $0.count($1) }
      writer.array(row.value.values.sorted { $0.key < $1.key }) { writer, entry in
        writer.count(entry.key)
        writer.count(entry.value.count)
        entry.value.sum.encode(into: &writer)
      }
    }
  }

  init() {}

  init(from reader: inout BinaryReader, columns: Int) throws(BinaryDecodingError) {
    units = try reader.tally()
    let entries = try reader.array { reader throws(BinaryDecodingError) in
      let offset = reader.offset
      let number = try reader.int64()
      // No event has a period beyond the hours of all microseconds.
      guard number.magnitude < 1 << 40 else {
        throw .valueOutOfRange(name: "period", offset: offset)
      }
      var row = Row()
      row.size = try reader.tally()
      let place = reader.offset
      row.units = try reader.array { reader throws(BinaryDecodingError) in try reader.tally() }
      guard row.units.count <= columns else {
        throw .valueOutOfRange(name: "number of columns", offset: place)
      }
      let values = try reader.array { reader throws(BinaryDecodingError) in
        let column = try reader.integer("column", in: 0...columns - 1)
        let count = try reader.tally()
        return (column, Values(count: count, sum: try ExactSum(from: &reader)))
      }
      for (column, sum) in values { row.values[column] = sum }
      return (Int(number), row)
    }
    for (number, row) in entries { rows[number] = row }
  }
}

/// Counts by group, cohort and column for the inner loop of a query: an array where cohorts and
/// columns are few, and a dictionary for the rest.
struct RetentionCounts {
  private struct Key: Hashable {
    var group: Int
    var row: Int
  }

  /// Entries of an array may take so much memory.
  static let mostEntries = 1 << 21

  private let firstRow: Int
  private let rowCount: Int
  private let groupCount: Int
  private let stride: Int
  /// By group and cohort the size, then the columns.
  private var near: [Int]
  private var far: [Key: RetentionTally.Row] = [:]
  private var values: [Key: [Int: RetentionTally.Values]] = [:]
  private var units: [Int]

  /// Makes counts of 0 for cohorts that are mostly in `rows` and have mostly `columns` columns.
  init(rows: ClosedRange<Int>, columns: Int, groups: Int) {
    let (count, overflow) = rows.upperBound.subtractingReportingOverflow(rows.lowerBound)
    stride = columns + 1
    let fits =
      !overflow && count < Self.mostEntries / stride
      && (count + 1) * stride <= Self.mostEntries / groups
    firstRow = rows.lowerBound
    rowCount = fits ? count + 1 : 0
    groupCount = groups
    near = Array(repeating: 0, count: fits ? groups * rowCount * stride : 0)
    units = Array(repeating: 0, count: groups)
  }

  /// Adds a user to a group.
  @inline(__always)
  mutating func addUnit(group: Int) { units[group] += 1 }

  /// Adds a user to the size of a cohort.
  @inline(__always)
  mutating func addMember(group: Int, row: Int) { add(group: group, row: row, entry: 0) }

  /// Adds a user to a column.
  @inline(__always)
  mutating func add(group: Int, row: Int, column: Int) {
    add(group: group, row: row, entry: column + 1)
  }

  @inline(__always)
  private mutating func add(group: Int, row: Int, entry: Int) {
    let index = row &- firstRow
    if index >= 0 && index < rowCount && entry < stride {
      near[(group &* rowCount &+ index) &* stride &+ entry] &+= 1
    } else {
      addFar(group: group, row: row, entry: entry)
    }
  }

  @inline(never)
  private mutating func addFar(group: Int, row: Int, entry: Int) {
    let key = Key(group: group, row: row)
    if entry == 0 {
      far[key, default: RetentionTally.Row()].size += 1
    } else {
      far[key, default: RetentionTally.Row()].units.add(1, at: entry - 1)
    }
  }

  /// Adds a cohort of the only group by column, whose column 0 are all its users.
  mutating func add(_ users: ArraySlice<Int>, toRow row: Int) {
    var sums = RetentionTally.Row()
    sums.size = users.first ?? 0
    sums.units = Array(users)
    while sums.units.last == 0 { sums.units.removeLast() }
    far[Key(group: 0, row: row), default: RetentionTally.Row()].merge(sums)
  }

  /// Adds a number to a cell.
  mutating func add(_ value: Double, group: Int, row: Int, column: Int) {
    values[Key(group: group, row: row), default: [:]][column, default: .init()].add(value)
  }

  /// What was added up, by group.
  func tallies() -> [RetentionTally] {
    var tallies = (0..<groupCount).map { group in
      var tally = RetentionTally()
      tally.units = units[group]
      for index in 0..<rowCount {
        let start = (group * rowCount + index) * stride
        let size = near[start]
        if size == 0 { continue }
        var row = RetentionTally.Row()
        row.size = size
        row.units = Array(near[start + 1..<start + stride])
        while row.units.last == 0 { row.units.removeLast() }
        tally.rows[firstRow + index] = row
      }
      return tally
    }
    for (key, row) in far { tallies[key.group].rows[key.row, default: .init()].merge(row) }
    for (key, columns) in values {
      for (column, sums) in columns {
        tallies[key.group].rows[key.row]!.values[column, default: .init()].merge(sums)
      }
    }
    return tallies
  }
}

extension [Int] {
  /// Adds to the element at `index`, which may lie behind the end.
  fileprivate mutating func add(_ count: Int, at index: Int) {
    if index >= self.count { self += repeatElement(0, count: index + 1 - self.count) }
    self[index] += count
  }
}
