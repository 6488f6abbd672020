/// The values of a dimension in one log: a code by row, a label by code.
package struct DimensionColumn: Sendable {
  /// The labels, `nil` for a missing value; in no particular order.
  package let labels: [String?]
  private let kind: Kind
  // Side by side and not in cases, so that a look-up takes no reference.
  private var codes = Column<UInt32>([])
  private var names = Column<UInt16>([])
  private var days = Column<Int32>([])
  private var firstDay: Int32 = 0
  /// The code, by the number that the log has anyway.
  private var map: [UInt32] = []
  /// The code of every row, or of rows without session.
  private var constant: UInt32 = 0

  private enum Kind { case shared, names, days, sessions, own, constant }

  /// Where the codes of rows come from.
  private enum Rows {
    /// A record or name code that the log has anyway.
    case shared(Column<UInt32>, [UInt32])
    case names(Column<UInt16>, [UInt32])
    case days(Column<Int32>, first: Int32, [UInt32])
    case sessions(Column<UInt32>, [UInt32], none: UInt32)
    case own(Column<UInt32>)
    case constant(UInt32)
  }

  private init(labels: [String?], _ rows: Rows) {
    self.labels = labels
    switch rows {
    case .shared(let codes, let map): (kind, self.codes, self.map) = (.shared, codes, map)
    case .names(let names, let map): (kind, self.names, self.map) = (.names, names, map)
    case .days(let days, let first, let map):
      (kind, self.days, firstDay, self.map) = (.days, days, first, map)
    case .sessions(let sessions, let map, let none):
      (kind, codes, self.map, constant) = (.sessions, sessions, map, none)
    case .own(let codes): (kind, self.codes) = (.own, codes)
    case .constant(let code): (kind, constant) = (.constant, code)
    }
  }

  /// The code at `row`.
  @inline(__always)
  package func code(_ row: Int) -> UInt32 {
    switch kind {
    case .shared: map[Int(codes[row])]
    case .names: map[Int(names[row])]
    case .days: map[Int(days[row] - firstDay)]
    case .sessions: codes[row] == SessionTable.none ? constant : map[Int(codes[row])]
    case .own: codes[row]
    case .constant: constant
    }
  }

  /// Makes a column of given values.
  package init(labels: [String?], codes: Column<UInt32>) { self.init(labels: labels, .own(codes)) }

  /// Computes the values of `dimension` in `log`.
  package init(_ dimension: EventDimension, in log: EventLog) {
    let storage = log.storage
    var pool = LabelPool()
    let rows: Rows
    switch dimension.source {
    case .name:
      rows = .names(storage.name, storage.names.map { pool.code(storage.strings[$0]) })
    case .field(let path):
      if let group = RecordGroup(path: path.rawValue) {
        let map = storage.recordValues(group, path).map { pool.code($0?.text) }
        let codes = storage.recordCodes[group.rawValue]
        rows = codes.isEmpty ? .constant(map[0]) : .shared(codes, map)
      } else {
        rows = .own(Self.attributes(storage, .field, path.rawValue, &pool))
      }
    case .parameter(let key):
      rows = .own(Self.attributes(storage, .parameter, key.rawValue, &pool))
    case .userProperty(let key):
      rows = .own(Self.attributes(storage, .userProperty, key, &pool))
    case .period(.hour):
      rows = .own(
        Self.times(storage, &pool) { time, zone in CalendarPeriod.hour.label(for: time, in: zone) })
    case .hour:
      rows = .own(Self.hours(storage, &pool))
    case .period(let period):
      rows = Self.days(log, &pool) { period.label(for: $0) }
    case .weekday:
      rows = Self.days(log, &pool) { $0.weekday.description }
    case .channel(let grouping, .session):
      let attribution = SessionAttribution(log)
      let groups = attribution.sources.map { pool.code(grouping.group(for: $0).rawValue) }
      let none = pool.code(nil)
      rows = .sessions(
        storage.session, attribution.codes.map { groups[Int($0)] }, none: none)
    case .channel(let grouping, .firstUser):
      let map = storage.firstUserSources.map { pool.code(grouping.group(for: $0).rawValue) }
      let codes = storage.recordCodes[RecordGroup.trafficSource.rawValue]
      rows = codes.isEmpty ? .constant(map[0]) : .shared(codes, map)
    }
    self.init(labels: pool.labels, rows)
  }

  private static func attributes(
    _ storage: EventLogStorage, _ scope: SlotScope, _ key: String, _ pool: inout LabelPool
  ) -> Column<UInt32> {
    let values = AttributeColumn(storage, scope, key)
    let none = pool.code(nil)
    // Texts are translated once; numbers are rarer and are spelled each time.
    var known = [UInt32](repeating: .max, count: storage.strings.count)
    let codes = MutableColumn<UInt32>(capacity: storage.rowCount)
    for row in 0..<storage.rowCount {
      guard let place = values.place(row) else {
        codes.append(none)
        continue
      }
      let slot = storage.attributeSlots[place]
      let word = storage.attributeValues[place]
      if storage.slots[Int(slot)].kind == .string {
        if known[Int(word)] == .max { known[Int(word)] = pool.code(storage.strings[UInt32(word)]) }
        codes.append(known[Int(word)])
      } else {
        codes.append(pool.code(storage.value(slot, word).text))
      }
    }
    return codes.sealed()
  }

  private static func days(
    _ log: EventLog, _ pool: inout LabelPool, _ label: (CalendarDay) -> String
  ) -> Rows {
    guard let days = log.days else { return .constant(pool.code(nil)) }
    let first = days.lowerBound.daysSinceEpoch
    let last = days.upperBound.daysSinceEpoch
    // A stray date centuries away must not cost memory for all the days between.
    guard Int(last) - Int(first) < 1 << 16 else {
      var known: [Int32: UInt32] = [:]
      let codes = MutableColumn<UInt32>(capacity: log.count)
      for row in 0..<log.count {
        let day = log.storage.day[row]
        let code = known[day] ?? pool.code(label(CalendarDay(daysSinceEpoch: day)))
        known[day] = code
        codes.append(code)
      }
      return .own(codes.sealed())
    }
    let map = (first...last).map { pool.code(label(CalendarDay(daysSinceEpoch: $0))) }
    return .days(log.storage.day, first: first, map)
  }

  private static func times(
    _ storage: EventLogStorage, _ pool: inout LabelPool,
    _ label: (EventTime, ReportingTimeZone) -> String
  ) -> Column<UInt32> {
    let codes = MutableColumn<UInt32>(capacity: storage.rowCount)
    let zone = storage.options.timeZone
    // Labels are the same within a quarter of an hour in every zone.
    var known: [Int64: UInt32] = [:]
    for row in 0..<storage.rowCount {
      let time = storage.time[row]
      let quarter = time.dividedRoundingDown(by: 900_000_000)
      let code =
        known[quarter] ?? pool.code(label(EventTime(microseconds: time), zone))
      known[quarter] = code
      codes.append(code)
    }
    return codes.sealed()
  }

  private static func hours(_ storage: EventLogStorage, _ pool: inout LabelPool) -> Column<UInt32> {
    let map = (0..<24).map { pool.code($0 < 10 ? "0\($0)" : "\($0)") }
    var converter = DayConverter(storage.options.timeZone)
    let codes = MutableColumn<UInt32>(capacity: storage.rowCount)
    for row in 0..<storage.rowCount {
      codes.append(map[Int(converter.hour(ofMicroseconds: storage.time[row]))])
    }
    return codes.sealed()
  }
}

extension Int64 {
  /// The quotient rounded towards negative infinity.
  func dividedRoundingDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// Gives distinct labels codes.
package struct LabelPool {
  package private(set) var labels: [String?] = []
  private var codes: [Bytewise?: UInt32] = [:]

  package init() {}

  package mutating func code(_ label: String?) -> UInt32 {
    let key = label.map(Bytewise.init)
    if let code = codes[key] { return code }
    let code = UInt32(labels.count)
    labels.append(label)
    codes[key] = code
    return code
  }
}

extension EventLogStorage {
  /// Where users first came from, by the code of their `traffic_source` record.
  package var firstUserSources: [ChannelInput] {
    let sources = recordValues(.trafficSource, .firstUserSource)
    let mediums = recordValues(.trafficSource, .firstUserMedium)
    let campaigns = recordValues(.trafficSource, .firstUserCampaign)
    return sources.indices.map { code in
      ChannelInput(
        source: sources[code]?.text, medium: mediums[code]?.text, campaign: campaigns[code]?.text)
    }
  }
}
