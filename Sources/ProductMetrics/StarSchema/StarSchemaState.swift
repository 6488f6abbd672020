public import GA4Model
import StatisticsCore

/// The running summary of a ``StarSchemaQuery``.
///
/// It grows with the number of days and channels, and with orders where repeats are told by their
/// transaction id.
public struct StarSchemaState: MergeableState {
  public let query: StarSchemaQuery

  /// A channel with the source that it was told from.
  struct Channel: Sendable, Hashable {
    var group: Bytewise
    var source: Bytewise?
    var medium: Bytewise?

    init(_ input: ChannelInput, _ grouping: ChannelGrouping) {
      group = Bytewise(grouping.group(for: input).rawValue)
      source = input.source.map(Bytewise.init)
      medium = input.medium.map(Bytewise.init)
    }

    /// The order in which channels are numbered: by group, source and medium.
    static func precedes(_ left: Self, _ right: Self) -> Bool {
      if left.group != right.group { return left.group < right.group }
      if left.source != right.source { return Bytewise?.precedes(left.source, right.source) }
      return Bytewise?.precedes(left.medium, right.medium)
    }
  }

  /// A row of the fact table.
  struct Cell: Sendable, Hashable {
    var day: Int32
    var channel: Channel

    static func precedes(_ left: Self, _ right: Self) -> Bool {
      if left.day != right.day { return left.day < right.day }
      return Channel.precedes(left.channel, right.channel)
    }
  }

  /// What is added up in a row.
  struct Tally: Sendable, Hashable {
    var sessions = 0
    var addToCarts = 0
    var purchases = 0
    var revenue = ExactSum()

    mutating func merge(_ other: Tally) {
      sessions += other.sessions
      addToCarts += other.addToCarts
      purchases += other.purchases
      revenue.merge(other.revenue)
    }
  }

  /// An order that other events may repeat.
  struct Order: OrderContent {
    var cell: Cell
    var revenue: Double?

    static func precedes(_ left: Self, _ right: Self) -> Bool {
      if left.cell != right.cell { return Cell.precedes(left.cell, right.cell) }
      let bits = { (order: Self) in order.revenue.map { ($0.bitPattern, 1) } ?? (0, 0) }
      return bits(left) < bits(right)
    }
  }

  private var cells: [Cell: Tally] = [:]
  private var orders = OrderBook<Order>()
  private var purchasesWithoutRevenue = 0

  init(_ query: StarSchemaQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events; with
  ///   ``StarSchemaQuery/Counting/sessions`` that of the whole log.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    switch query.counting {
    case .events: updateByEvents(slice)
    case .sessions: updateBySessions(slice)
    }
  }

  // MARK: Events

  private mutating func updateByEvents(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    let channels = ChannelCodes(storage.firstUserSources, query.channels)
    let roles = storage.names.map { name in
      switch storage.strings[name] {
      case EventName.sessionStart.rawValue: CellTable.session
      case EventName.addToCart.rawValue: CellTable.cart
      case EventName.purchase.rawValue: CellTable.purchase
      default: CellTable.other
      }
    }
    let codes = storage.recordCodes[RecordGroup.trafficSource.rawValue]
    var span = DaySpan()
    span.add(slice)
    guard let days = span.range else { return }
    var table = CellTable(days: days, channels: channels.channels)
    let runs = storage.dayRuns
    let counted = runs.runs(filling: slice.rows)
    var purchases: [CellTable.Purchase] = []
    runs.firstRow.withValues { firstRow in
      runs.day.withValues { day in
        storage.name.withValues { name in
          if codes.isEmpty {
            table.count(
              counted, firstRow, day, name, roles: roles, channels: channels.codes, &purchases
            ) { _ in 0 }
          } else {
            codes.withValues { code in
              precondition(code.count == name.count, "Rows beyond the column")
              table.count(
                counted, firstRow, day, name, roles: roles, channels: channels.codes, &purchases
              ) { unsafe code[unchecked: $0] }
            }
          }
        }
      }
    }
    add(purchases, of: slice, to: &table)
    add(table)
  }

  // MARK: Sessions

  private mutating func updateBySessions(_ slice: EventLog.UserSlice) {
    let log = slice.log
    let storage = log.storage
    let sessions = storage.sessions
    let attribution = SessionAttribution(log, fallback: query.fallback)
    // The last source is that of events outside any session.
    let channels = ChannelCodes(attribution.sources + [ChannelInput()], query.channels)
    // A session may start with another user than those of the slice.
    var span = DaySpan()
    span.add(log.wholeSlice)
    guard let days = span.range else { return }
    var table = CellTable(days: days, channels: channels.channels)

    func place(ofSession session: Int) -> Int {
      table.place(
        storage.day[Int(sessions.firstRow[session])],
        Int(channels.codes[Int(attribution.codes[session])]))
    }
    func place(ofRow row: Int) -> Int {
      let session = storage.session[row]
      return session == SessionTable.none
        ? table.place(storage.day[row], Int(channels.codes[attribution.sources.count]))
        : place(ofSession: Int(session))
    }

    // A session that a login has spread over two users counts where it starts.
    for session in 0..<sessions.count where slice.rows.contains(Int(sessions.firstRow[session])) {
      table.add(CellTable.session, at: place(ofSession: session))
    }
    let cart = storage.nameCode(.addToCart)
    let purchase = storage.nameCode(.purchase)
    var purchases: [CellTable.Purchase] = []
    if cart != nil || purchase != nil {
      for row in slice.rows {
        let name = storage.name[row]
        if name == cart {
          table.add(CellTable.cart, at: place(ofRow: row))
        } else if name == purchase {
          purchases.append(CellTable.Purchase(row: row, place: place(ofRow: row)))
        }
      }
    }
    add(purchases, of: slice, to: &table)
    add(table)
  }

  // MARK: Purchases

  /// Takes up `found`, by rising rows.
  private mutating func add(
    _ found: [CellTable.Purchase], of slice: EventLog.UserSlice, to table: inout CellTable
  ) {
    if found.isEmpty { return }
    let log = slice.log
    let purchases = PurchaseColumns(log.storage, field: query.revenue)
    for purchase in found {
      let (row, place) = (purchase.row, purchase.place)
      let revenue = purchases.revenue(row)
      if query.purchases != .none, let id = purchases.transactionID(row) {
        let user = log.user(ofEvent: row).map(log.storage.userKey)
        orders.add(
          OrderBook.Order(
            time: log.storage.time[row], user: user,
            content: Order(cell: table.cell(at: place), revenue: revenue)),
          id: id, rule: query.purchases)
      } else {
        table.addPurchase(revenue, at: place)
        if revenue == nil { purchasesWithoutRevenue += 1 }
      }
    }
  }

  private mutating func add(_ table: CellTable) {
    table.forEach { cell, tally in cells[cell, default: Tally()].merge(tally) }
  }

  private static func add(_ order: Order, to cells: inout [Cell: Tally]) {
    cells[order.cell, default: Tally()].purchases += 1
    if let revenue = order.revenue { cells[order.cell]!.revenue.add(revenue) }
  }

  // MARK: Merge and report

  public mutating func merge(_ other: StarSchemaState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (cell, tally) in other.cells { cells[cell, default: Tally()].merge(tally) }
    orders.merge(other.orders)
    purchasesWithoutRevenue += other.purchasesWithoutRevenue
  }

  public func report() -> StarSchema {
    var cells = self.cells
    var withoutRevenue = purchasesWithoutRevenue
    for order in orders.contents {
      Self.add(order, to: &cells)
      if order.revenue == nil { withoutRevenue += 1 }
    }
    let sorted = cells.sorted { Cell.precedes($0.key, $1.key) }
    let channels = Set(cells.keys.map(\.channel)).sorted(by: Channel.precedes)
    var keys: [Channel: Int] = [:]
    for (index, channel) in channels.enumerated() { keys[channel] = index + 1 }
    var span = DaySpan()
    for cell in cells.keys { span.add(cell.day...cell.day) }
    return StarSchema(
      query: query,
      dimDate: span.filled(cells.keys.map(\.day)).map {
        StarSchema.DateRow(date: CalendarDay(daysSinceEpoch: $0))
      },
      dimChannel: channels.enumerated().map { index, channel in
        StarSchema.ChannelRow(
          key: index + 1, group: ChannelGroup(rawValue: channel.group.text),
          source: channel.source?.text, medium: channel.medium?.text)
      },
      factFunnel: sorted.map { cell, tally in
        StarSchema.FactRow(
          date: CalendarDay(daysSinceEpoch: cell.day), channelKey: keys[cell.channel]!,
          channelGroup: ChannelGroup(rawValue: cell.channel.group.text),
          figures: StarSchema.Figures(
            sessions: tally.sessions, addToCarts: tally.addToCarts, purchases: tally.purchases,
            revenue: tally.revenue.rounded))
      },
      purchasesWithoutRevenue: withoutRevenue)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "StarSchemaState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      // Dictionaries have no order of their own: equal states must be equal bytes.
      writer.array(cells.sorted { Cell.precedes($0.key, $1.key) }) { writer, entry in
        entry.key.write(to: &writer)
        writer.count(entry.value.sessions)
        writer.count(entry.value.addToCarts)
        writer.count(entry.value.purchases)
        entry.value.revenue.encode(into: &writer)
      }
      orders.write(to: &writer) { writer, order in
        order.cell.write(to: &writer)
        writer.optional(order.revenue) { $0.double($1) }
      }
      writer.count(purchasesWithoutRevenue)
    }
  }

  public init(decoding bytes: [UInt8], query: StarSchemaQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = StarSchemaState(query)
      let cells = try reader.array { reader throws(BinaryDecodingError) in
        let cell = try Cell(from: &reader)
        var tally = Tally()
        tally.sessions = try reader.tally()
        tally.addToCarts = try reader.tally()
        tally.purchases = try reader.tally()
        tally.revenue = try ExactSum(from: &reader)
        return (cell, tally)
      }
      for (cell, tally) in cells { state.cells[cell] = tally }
      state.orders = try OrderBook(from: &reader) { reader throws(BinaryDecodingError) in
        let cell = try Cell(from: &reader)
        let revenue = try reader.optional { reader throws(BinaryDecodingError) in
          try reader.double()
        }
        return Order(cell: cell, revenue: revenue)
      }
      state.purchasesWithoutRevenue = try reader.tally()
      return state
    }
  }
}

extension StarSchemaState.Cell {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.int32(day)
    writer.string(channel.group.text)
    writer.optional(channel.source) { $0.string($1.text) }
    writer.optional(channel.medium) { $0.string($1.text) }
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    day = try reader.int32()
    channel = try StarSchemaState.Channel(from: &reader)
  }
}

extension StarSchemaState.Channel {
  fileprivate init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    group = Bytewise(try reader.string())
    source = try reader.optional { reader throws(BinaryDecodingError) in
      Bytewise(try reader.string())
    }
    medium = try reader.optional { reader throws(BinaryDecodingError) in
      Bytewise(try reader.string())
    }
  }
}
