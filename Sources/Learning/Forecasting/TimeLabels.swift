/// What the values of a time series are called: positions, days, weeks, months, quarters or years.
///
/// ```swift
/// let labels = TimeLabels.months(year: 2025, month: 11)
/// labels[0]   // 2025-11
/// labels[2]   // 2026-01
/// ```
///
/// Labels only name values in tables; a forecast does not depend on them.
public enum TimeLabels: Sendable, Hashable, Codable {
  /// Numbers that begin with `first`.
  case positions(first: Int)
  /// Days of the Gregorian calendar, as `2025-11-30`.
  case days(year: Int, month: Int, day: Int)
  /// Weeks, each by its first day.
  case weeks(year: Int, month: Int, day: Int)
  /// Months, as `2025-11`.
  case months(year: Int, month: Int)
  /// Quarters, as `2025-Q4`.
  case quarters(year: Int, quarter: Int)
  /// Years.
  case years(Int)

  /// The label of the value at a position from 0; positions behind the series name what is forecast.
  public subscript(position: Int) -> String {
    switch self {
    case .positions(let first): "\(first &+ position)"
    case .years(let first): "\(first &+ position)"
    case .months(let year, let month):
      Self.part(year, month, of: 12, position) { "-" + Self.twoDigits($0) }
    case .quarters(let year, let quarter): Self.part(year, quarter, of: 4, position) { "-Q\($0)" }
    case .days(let year, let month, let day):
      Self.day(Self.number(year, month, day) &+ position)
    case .weeks(let year, let month, let day):
      Self.day(Self.number(year, month, day) &+ position &* 7)
    }
  }

  /// The labels from another position on.
  func advanced(by count: Int) -> TimeLabels {
    switch self {
    case .positions(let first): return .positions(first: first &+ count)
    case .years(let first): return .years(first &+ count)
    case .months(let year, let month):
      let all = year &* 12 &+ month &- 1 &+ count
      return .months(year: Self.floor(all, 12), month: all &- Self.floor(all, 12) &* 12 &+ 1)
    case .quarters(let year, let quarter):
      let all = year &* 4 &+ quarter &- 1 &+ count
      return .quarters(year: Self.floor(all, 4), quarter: all &- Self.floor(all, 4) &* 4 &+ 1)
    case .days(let year, let month, let day):
      let (y, m, d) = Self.civil(Self.number(year, month, day) &+ count)
      return .days(year: y, month: m, day: d)
    case .weeks(let year, let month, let day):
      let (y, m, d) = Self.civil(Self.number(year, month, day) &+ count &* 7)
      return .weeks(year: y, month: m, day: d)
    }
  }

  /// Whether the first label names a time that exists, within the years that dates are reckoned for.
  var isValid: Bool {
    let years = -100_000...100_000
    switch self {
    case .positions(let first): return first.magnitude < 1 << 53
    case .years(let year): return years.contains(year)
    case .months(let year, let month): return years.contains(year) && (1...12).contains(month)
    case .quarters(let year, let quarter):
      return years.contains(year) && (1...4).contains(quarter)
    case .days(let year, let month, let day), .weeks(let year, let month, let day):
      guard years.contains(year), (1...12).contains(month), (1...31).contains(day) else {
        return false
      }
      return Self.civil(Self.number(year, month, day)) == (year, month, day)
    }
  }

  private static func part(
    _ year: Int, _ part: Int, of count: Int, _ position: Int, _ text: (Int) -> String
  ) -> String {
    let all = year &* count &+ part &- 1 &+ position
    let years = floor(all, count)
    return "\(years)" + text(all &- years &* count &+ 1)
  }

  private static func floor(_ a: Int, _ b: Int) -> Int {
    a >= 0 ? a / b : -((b &- 1 &- a) / b)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func day(_ number: Int) -> String {
    let (year, month, day) = civil(number)
    return "\(year)-" + twoDigits(month) + "-" + twoDigits(day)
  }

  /// The days from 1 March of the year 0, of which each cycle of 400 years has 146,097.
  private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let cycle = floor(y, 400)
    let yearOfCycle = y - cycle * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
  }

  private static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let cycle = floor(number, 146_097)
    let rest = number - cycle * 146_097
    let year = (rest - rest / 1_460 + rest / 36_524 - rest / 146_096) / 365
    let dayOfYear = rest - (365 * year + year / 4 - year / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      year + cycle * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}
