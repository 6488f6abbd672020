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
  /// So many rows that their sums stay in the nearest cache.
  private static let blockRows = 2048

  private let firstDay: Int
  private let channels: [StarSchemaState.Channel]
  /// Four counters for each cell, one for each role; a cell exists if any of them is not 0, and that
  /// of ``other`` says no more.
  private var dense: [SIMD4<UInt32>]
  /// The same by place, where stray dates would make the array too large.
  private var sparse: [Int: SIMD4<UInt32>] = [:]
  private var purchases: [Int: Int] = [:]
  private var purchaseTallies: [StarSchemaState.Tally] = []
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
    let index = purchases[place] ?? purchaseTallies.count
    if index == purchaseTallies.count {
      purchases[place] = index
      purchaseTallies.append(StarSchemaState.Tally())
    }
    purchaseTallies[index].purchases += 1
    if let revenue { purchaseTallies[index].revenue.add(revenue) }
  }

  /// The row of a purchase and the place of its cell.
  struct Purchase {
    var row: Int
    var place: Int
  }

  /// Counts the events of `runs` by the role of their names and collects the purchases, which are
  /// added apart.
  ///
  /// A run is of one day, and nearly always of one source. Sums over all rows before each row, kept
  /// for a block at a time, give the counts of a run by one subtraction, whatever its length.
  @inline(__always)
  mutating func count(
    _ runs: Range<Int>, _ firstRow: Span<UInt32>, _ day: Span<Int32>, _ name: Span<UInt16>,
    roles: [Int], channels: [UInt32], _ found: inout [Purchase], code: (Int) -> UInt32
  ) {
    let steps = roles.map { $0 == Self.other ? 0 : (1 as UInt64) << UInt64(16 * $0) }
    let step = steps.span
    var block = [UInt64](repeating: 0, count: Self.blockRows + 1)
    var sums = block.mutableSpan
    var run = runs.lowerBound
    while run < runs.upperBound {
      let start = Int(firstRow[run])
      var end = run
      while end < runs.upperBound, Int(firstRow[end + 1]) - start <= Self.blockRows { end += 1 }
      guard end > run else {
        for row in start..<Int(firstRow[run + 1]) {
          let place = place(day[run], Int(channels[Int(code(row))]))
          add(roles[Int(name[row])], row, at: place, &found)
        }
        run += 1
        continue
      }

      let count = Int(firstRow[end]) - start
      precondition(count >= 0 && start + count <= name.count, "Rows beyond the column")
      var sum: UInt64 = 0
      var last = code(start)
      for index in 0..<count {
        // In the lowest bits, how often the source has changed.
        let here = code(start &+ index)
        sum &+= step[Int(unsafe name[unchecked: start &+ index])] &+ (here == last ? 0 : 1)
        unsafe sums[unchecked: index &+ 1] = sum
        last = here
      }
      for run in run..<end {
        let from = Int(firstRow[run]) - start
        let to = Int(firstRow[run + 1]) - start
        let counts = sums[to] &- sums[from]
        let changes = (sums[to] &- sums[from + 1]) & 0xFFFF
        if changes == 0 {
          let place = place(day[run], Int(channels[Int(code(start + from))]))
          add(counts, at: place)
          if counts >> UInt64(16 * Self.purchase) == 0 { continue }
          for row in start + from..<start + to where roles[Int(name[row])] == Self.purchase {
            found.append(Purchase(row: row, place: place))
          }
        } else {
          for row in start + from..<start + to {
            let place = place(day[run], Int(channels[Int(code(row))]))
            add(roles[Int(name[row])], row, at: place, &found)
          }
        }
      }
      run = end
    }
  }

  /// Counts one event and collects it if it is a purchase.
  private mutating func add(_ role: Int, _ row: Int, at place: Int, _ found: inout [Purchase]) {
    add(role, at: place)
    if role == Self.purchase { found.append(Purchase(row: row, place: place)) }
  }

  /// Adds the counts of a run, sixteen bits a role, of which the lowest are not of interest.
  @inline(__always)
  private mutating func add(_ counts: UInt64, at place: Int) {
    let parts = SIMD4<UInt32>(
      1, UInt32(truncatingIfNeeded: counts >> 16 & 0xFFFF),
      UInt32(truncatingIfNeeded: counts >> 32 & 0xFFFF),
      UInt32(truncatingIfNeeded: counts >> 48))
    if isDense {
      dense[place] &+= parts
    } else {
      sparse[place, default: .zero] &+= parts
    }
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
    for (place, index) in purchases { body(cell(at: place), purchaseTallies[index]) }
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
