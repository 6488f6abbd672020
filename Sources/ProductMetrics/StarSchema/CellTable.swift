import GA4Model
import StatisticsCore

/// The facts of one log while they are counted: cells are numbers, not texts.
struct CellTable {
  /// What the name of an event says it adds to.
  static let other = 0
  static let session = 1
  static let cart = 2
  static let purchase = 3

  /// The most cells that are counted in an array.
  private static let largestArray = 1 << 20

  private let firstDay: Int
  private let channels: [StarSchemaState.Channel]
  /// Four counters for each cell, one for each role; a cell exists if any of them is not 0.
  private var dense: [SIMD4<UInt32>]
  /// The same by place, where stray dates would make the array too large.
  private var sparse: [Int: SIMD4<UInt32>] = [:]
  private var purchases: [Int: (count: Int, revenue: ExactSum)] = [:]
  private let isDense: Bool

  /// Makes the empty table of `days` and `channels`.
  init(days: ClosedRange<Int32>, channels: [StarSchemaState.Channel]) {
    firstDay = Int(days.lowerBound)
    self.channels = channels
    let count = (Int(days.upperBound) - firstDay + 1).multipliedReportingOverflow(
      by: channels.count)
    isDense = !count.overflow && count.partialValue <= Self.largestArray
    dense = isDense ? [SIMD4<UInt32>](repeating: .zero, count: count.partialValue) : []
  }

  /// The place of a day and the position of a channel.
  @inline(__always)
  func place(_ day: Int32, _ channel: Int) -> Int {
    (Int(day) &- firstDay) &* channels.count &+ channel
  }

  /// The day and channel of a place.
  func cell(at place: Int) -> StarSchemaState.Cell {
    // Only days between the first and the last have places.
    StarSchemaState.Cell(
      day: Int32(truncatingIfNeeded: firstDay + place / channels.count),
      channel: channels[place % channels.count])
  }

  /// Counts one event of `role`.
  @inline(__always)
  mutating func add(_ role: Int, at place: Int) {
    if isDense {
      dense[place][role] &+= 1
    } else {
      sparse[place, default: .zero][role] &+= 1
    }
  }

  /// Counts a purchase that nothing repeats.
  mutating func addPurchase(_ revenue: Double?, at place: Int) {
    purchases[place, default: (0, ExactSum())].count += 1
    if let revenue { purchases[place]!.revenue.add(revenue) }
  }

  /// Counts the events at `rows` by the role of their names, and collects the rows of purchases,
  /// which are counted apart.
  ///
  /// Events of a user nearly always repeat the day and the traffic source of the one before. So
  /// runs of such rows are counted in one register, sixteen bits a role, and only their ends cost a
  /// branch and an access to the table.
  @inline(__always)
  mutating func count(
    _ rows: Range<Int>, _ day: Span<Int32>, _ name: Span<UInt16>, roles: [Int],
    channels: [UInt32], _ purchaseRows: inout [Int], code: (Int) -> UInt32
  ) {
    precondition(
      rows.upperBound <= day.count && rows.upperBound <= name.count, "Rows beyond the column")
    guard var start = rows.first else { return }
    let steps = roles.map { (1 as UInt64) << UInt64(16 * $0) }
    let step = steps.span
    var lastDay = day[start]
    var lastCode = code(start)
    var counts: UInt64 = 0

    for row in rows {
      let today = unsafe day[unchecked: row]
      let here = code(row)
      if today != lastDay || here != lastCode || row &- start == 0xFFFF {
        let isSelling = endRun(counts, at: place(lastDay, Int(channels[Int(lastCode)])))
        if isSelling { collect(start..<row, name, roles, &purchaseRows) }
        start = row
        lastDay = today
        lastCode = here
        counts = 0
      }
      counts &+= step[Int(unsafe name[unchecked: row])]
    }
    let isSelling = endRun(counts, at: place(lastDay, Int(channels[Int(lastCode)])))
    if isSelling { collect(start..<rows.upperBound, name, roles, &purchaseRows) }
  }

  /// Adds the counts of a run, sixteen bits a role, and says whether there are purchases.
  @inline(__always)
  private mutating func endRun(_ counts: UInt64, at place: Int) -> Bool {
    let purchases = counts >> UInt64(16 * Self.purchase)
    let parts = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: counts & 0xFFFF) &+ UInt32(truncatingIfNeeded: purchases),
      UInt32(truncatingIfNeeded: counts >> 16 & 0xFFFF),
      UInt32(truncatingIfNeeded: counts >> 32 & 0xFFFF), 0)
    if isDense {
      dense[place] &+= parts
    } else {
      sparse[place, default: .zero] &+= parts
    }
    return purchases > 0
  }

  /// Collects the rows of purchases; few runs have any.
  @inline(never)
  private func collect(
    _ rows: Range<Int>, _ name: Span<UInt16>, _ roles: [Int], _ purchaseRows: inout [Int]
  ) {
    for row in rows where roles[Int(name[row])] == Self.purchase { purchaseRows.append(row) }
  }

  /// Calls `body` with every cell in which there was an event, perhaps twice.
  func forEach(_ body: (StarSchemaState.Cell, StarSchemaState.Tally) -> Void) {
    func call(_ place: Int, _ counts: SIMD4<UInt32>) {
      var tally = StarSchemaState.Tally()
      tally.sessions = Int(counts[Self.session])
      tally.addToCarts = Int(counts[Self.cart])
      body(cell(at: place), tally)
    }
    for (place, counts) in dense.enumerated() where counts != .zero { call(place, counts) }
    for (place, counts) in sparse { call(place, counts) }
    for (place, purchase) in purchases {
      var tally = StarSchemaState.Tally()
      tally.purchases = purchase.count
      tally.revenue = purchase.revenue
      body(cell(at: place), tally)
    }
  }
}

/// The distinct channels of the sources of one log.
struct ChannelCodes {
  /// The channels in the order of first appearance.
  let channels: [StarSchemaState.Channel]
  /// The position in ``channels`` of every source.
  let codes: [UInt32]

  init(_ sources: [ChannelInput], _ grouping: ChannelGrouping) {
    var known: [StarSchemaState.Channel: UInt32] = [:]
    var channels: [StarSchemaState.Channel] = []
    codes = sources.map { source in
      let channel = StarSchemaState.Channel(source, grouping)
      if let code = known[channel] { return code }
      let code = UInt32(channels.count)
      known[channel] = code
      channels.append(channel)
      return code
    }
    self.channels = channels
  }
}
