import StatisticsCore

/// What makes new columns of one column.
///
/// Columns are numbered as they come: those of the table, and then what each operation adds. A
/// category that is unknown is coded as infinite, a missing one as NaN.
struct PreparationOperation: Sendable, Hashable {
  enum Action: Sendable, Hashable {
    /// Puts a number or the position of a category where a value is missing.
    case fill(Double)
    case isMissing
    /// Gives categories other positions, among `width` of them.
    case recode([Double], width: Int)
    /// For each category the column that is 1: `nowhere` for none, `unknown` for what does not count
    /// as known.
    case oneHot([Int32], width: Int, UnknownCategories)
    /// For each category its number, −1 for what does not count as known, and how many there are.
    case ordinal([Double], count: Int, UnknownCategories)
    case standardize(center: Double, scale: Double)
    case rescale(least: Double, greatest: Double, lower: Double, upper: Double)
    case calendar(CalendarPart, TimeUnit, CalendarEncoding)
  }

  static let nowhere: Int32 = -1
  static let unknown: Int32 = -2

  let action: Action
  /// The number of the column that is read.
  let source: Int
  /// The name of that column, for errors.
  let name: String
  /// The number of the first column that is made.
  let target: Int

  /// How many columns are made.
  var targetCount: Int {
    switch action {
    case .oneHot(_, let width, let rule): width + (rule == .separate ? 1 : 0)
    case .calendar(let part, _, .circle): part.isCyclic ? 2 : 1
    default: 1
    }
  }

  /// Makes the values of a row, all of which are 0 before.
  @inline(__always)
  func apply(
    _ code: Double, _ put: (_ column: Int, _ value: Double) -> Void
  ) throws(LearningError) {
    switch action {
    case .fill(let value): put(0, code.isNaN ? value : code)
    case .isMissing: put(0, code.isNaN ? 1 : 0)
    case .recode(let positions, _): put(0, code.isFinite ? positions[Int(code)] : code)
    case .oneHot(let places, let width, let rule):
      if code.isNaN { return }
      let place = code.isFinite ? places[Int(code)] : Self.unknown
      if place >= 0 {
        put(Int(place), 1)
      } else if place == Self.unknown {
        if rule == .refused { throw refusal }
        if rule == .separate { put(width, 1) }
      }
    case .ordinal(let positions, let count, let rule):
      if code.isNaN { return put(0, .nan) }
      let position = code.isFinite ? positions[Int(code)] : -1
      if position >= 0 { return put(0, position) }
      switch rule {
      case .missing: put(0, .nan)
      case .separate: put(0, Double(count))
      case .refused: throw refusal
      }
    case .standardize(let center, let scale):
      let gap = code - center
      put(0, gap.isFinite ? gap / scale : code / scale - center / scale)
    case .rescale(let least, let greatest, let lower, let upper):
      put(0, Self.rescaled(code, least, greatest, lower, upper))
    case .calendar(let part, let unit, let encoding):
      Self.calendar(code, part, unit, encoding, put)
    }
  }

  private static func rescaled(
    _ code: Double, _ least: Double, _ greatest: Double, _ lower: Double, _ upper: Double
  ) -> Double {
    let gap = greatest - least
    let share =
      gap == 0
      ? code - least
      : gap.isFinite ? (code - least) / gap : (code / 2 - least / 2) / (greatest / 2 - least / 2)
    // Both bounds are met exactly.
    return share.isFinite ? lower * (1 - share) + upper * share : share
  }

  private static func calendar(
    _ code: Double, _ part: CalendarPart, _ unit: TimeUnit, _ encoding: CalendarEncoding,
    _ put: (_ column: Int, _ value: Double) -> Void
  ) {
    guard let values = CalendarValues(code, unit) else {
      put(0, .nan)
      if encoding == .circle, part.isCyclic { put(1, .nan) }
      return
    }
    switch encoding {
    case .circle:
      guard let turn = values.turn(part) else { return put(0, values.number(part)) }
      let (sine, cosine) = PortableMath.sineAndCosine(turns: turn)
      put(0, sine)
      put(1, cosine)
    case .name:
      let number = values.number(part)
      put(0, part.positions.isEmpty ? number : part.positions[Int(number) - 1])
    case .number: put(0, values.number(part))
    }
  }

  private var refusal: LearningError {
    LearningError(
      .unknownCategory,
      "The column \(name) has a category that the preparation has not seen often enough, and it "
        + "refuses unknown ones. Give a known category or a missing value, or fit it again.")
  }
}

extension CalendarPart {
  var isCyclic: Bool { self != .year && self != .isWeekend }

  private static let weekdayPositions = CalendarPart.weekday.categories!.positions
  private static let monthPositions = CalendarPart.month.categories!.positions

  /// For each number from 1 the position of its name among the categories; empty without names.
  var positions: [Double] {
    switch self {
    case .weekday: Self.weekdayPositions
    case .month: Self.monthPositions
    default: []
    }
  }

  /// What the values are.
  func kind(_ encoding: CalendarEncoding) -> FeatureKind {
    if self == .isWeekend { return .boolean }
    if encoding == .name, let categories { return .categorical(categories.names) }
    return .numeric
  }
}

// MARK: - Saving

extension PreparationOperation {
  func encode(into writer: inout BinaryWriter) {
    writer.count(source)
    writer.string(name)
    switch action {
    case .fill(let value):
      writer.uint8(0)
      writer.double(value)
    case .isMissing: writer.uint8(1)
    case .recode(let positions, let width):
      writer.uint8(2)
      writer.doubles(positions)
      writer.count(width)
    case .oneHot(let places, let width, let rule):
      writer.uint8(3)
      writer.int32s(places)
      writer.count(width)
      writer.uint8(rule.code)
    case .ordinal(let positions, let count, let rule):
      writer.uint8(4)
      writer.doubles(positions)
      writer.count(count)
      writer.uint8(rule.code)
    case .standardize(let center, let scale):
      writer.uint8(5)
      writer.double(center)
      writer.double(scale)
    case .rescale(let least, let greatest, let lower, let upper):
      writer.uint8(6)
      for value in [least, greatest, lower, upper] { writer.double(value) }
    case .calendar(let part, let unit, let encoding):
      writer.uint8(7)
      writer.string(part.rawValue)
      writer.string(unit.rawValue)
      writer.string(encoding.rawValue)
    }
  }

  /// Reads what `encode(into:)` wrote.
  ///
  /// - Parameters:
  ///   - widths: For each column so far its number of categories, `nil` for numbers; those of the
  ///     columns that are made are added.
  init(
    from reader: inout BinaryReader, widths: inout [Int?]
  ) throws(BinaryDecodingError) {
    let offset = reader.offset
    let damaged = BinaryDecodingError.valueOutOfRange(name: "preparation", offset: offset)
    source = try reader.integer("place of a column", in: 0...Int.max)
    guard source < widths.count else { throw damaged }
    let width = widths[source]
    name = try reader.string("name of a column")
    target = widths.count
    func isPosition(_ value: Double, _ count: Int, orUnknown: Bool = false) -> Bool {
      (value >= 0 && value < Double(count) && value.rounded() == value)
        || orUnknown && value == -1
    }
    switch try reader.uint8() {
    case 0:
      let value = try reader.double()
      guard width.map({ isPosition(value, $0) }) ?? !value.isNaN else { throw damaged }
      action = .fill(value)
      widths.append(width)
    case 1:
      action = .isMissing
      widths.append(nil)
    case 2:
      let positions = try reader.doubles()
      let count = try reader.integer("number of categories", in: 0...Int(Int32.max))
      guard positions.count == width, positions.allSatisfy({ isPosition($0, count) }) else {
        throw damaged
      }
      action = .recode(positions, width: count)
      widths.append(count)
    case 3:
      let places = try reader.int32s()
      // No more columns than categories: nothing is taken on the word of a number.
      let count = try reader.integer("number of columns", in: 0...places.count)
      let rule = try UnknownCategories(from: &reader)
      guard places.count == width, places.allSatisfy({ $0 >= Self.unknown && $0 < count }) else {
        throw damaged
      }
      action = .oneHot(places, width: count, rule)
      widths += Array(repeating: nil, count: count + (rule == .separate ? 1 : 0))
    case 4:
      let positions = try reader.doubles()
      let count = try reader.integer("number of categories", in: 0...Int(Int32.max))
      let rule = try UnknownCategories(from: &reader)
      guard positions.count == width,
        positions.allSatisfy({ isPosition($0, count, orUnknown: true) })
      else { throw damaged }
      action = .ordinal(positions, count: count, rule)
      widths.append(nil)
    case 5:
      let (center, scale) = (try reader.double(), try reader.double())
      guard width == nil, center.isFinite, scale > 0, scale.isFinite else { throw damaged }
      action = .standardize(center: center, scale: scale)
      widths.append(nil)
    case 6:
      let (least, greatest) = (try reader.double(), try reader.double())
      let (lower, upper) = (try reader.double(), try reader.double())
      guard width == nil, least <= greatest, lower < upper,
        [least, greatest, lower, upper].allSatisfy(\.isFinite)
      else { throw damaged }
      action = .rescale(least: least, greatest: greatest, lower: lower, upper: upper)
      widths.append(nil)
    case 7:
      guard width == nil,
        let part = CalendarPart(rawValue: try reader.string("part of the calendar")),
        let unit = TimeUnit(rawValue: try reader.string("unit of time")),
        let encoding = CalendarEncoding(rawValue: try reader.string("encoding"))
      else { throw damaged }
      action = .calendar(part, unit, encoding)
      if encoding == .circle, part.isCyclic { widths.append(nil) }
      widths.append(part.kind(encoding).categoryCount)
    default: throw damaged
    }
  }
}

extension FeatureKind {
  /// The number of categories, `nil` for numbers and Boolean values.
  var categoryCount: Int? {
    if case .categorical(let categories) = self { categories.count } else { nil }
  }
}

extension UnknownCategories {
  fileprivate var code: UInt8 {
    switch self {
    case .missing: 0
    case .separate: 1
    case .refused: 2
    }
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let offset = reader.offset
    switch try reader.uint8() {
    case 0: self = .missing
    case 1: self = .separate
    case 2: self = .refused
    default: throw .valueOutOfRange(name: "rule for categories", offset: offset)
    }
  }
}
