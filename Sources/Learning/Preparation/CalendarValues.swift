import StatisticsCore

/// A day and the time of it, taken apart.
struct CalendarValues {
  /// The number of days since 1970-01-01.
  let day: Int
  /// The hour, 0 to 23.
  let hour: Int

  /// Takes a time apart; `nil` when there is none.
  init?(_ time: Double, _ unit: TimeUnit) {
    let days = (time / unit.perDay).rounded(.down)
    guard days.isFinite, abs(days) <= 1e8 else { return nil }
    day = Int(days)
    // Rounding may take a time just before midnight into the next day, never into a 25th hour.
    let rest = time - days * unit.perDay
    hour = min(23, max(0, Int(rest / unit.perDay * 24)))
  }

  /// The part as a number.
  func number(_ part: CalendarPart) -> Double {
    switch part {
    case .year: Double(CivilCalendar.date(days: day).year)
    case .month: Double(CivilCalendar.date(days: day).month)
    case .dayOfMonth: Double(CivilCalendar.date(days: day).day)
    case .dayOfYear: Double(dayOfYear)
    case .weekday: Double(weekday)
    case .hour: Double(hour)
    case .isWeekend: weekday >= 6 ? 1 : 0
    }
  }

  /// The place on a circle from 0 to 1; `nil` where there is no circle.
  func turn(_ part: CalendarPart) -> Double? {
    let date = CivilCalendar.date(days: day)
    switch part {
    case .year, .isWeekend: return nil
    case .month: return Double(date.month - 1) / 12
    case .dayOfMonth:
      return Double(date.day - 1)
        / Double(CivilCalendar.days(inMonth: date.month, ofYear: date.year))
    case .dayOfYear:
      return Double(dayOfYear - 1) / (CivilCalendar.isLeap(date.year) ? 366 : 365)
    case .weekday: return Double(weekday - 1) / 7
    case .hour: return Double(hour) / 24
    }
  }

  private var dayOfYear: Int {
    let year = CivilCalendar.date(days: day).year
    return day - CivilCalendar.days(year: year, month: 1, day: 1) + 1
  }

  /// 1970-01-01 was a Thursday, which is 4.
  private var weekday: Int { CivilCalendar.floorModulo(day + 3, 7) + 1 }
}

extension CalendarPart {
  /// Names in the order of the numbers, where the part has names.
  var orderedNames: [String]? {
    switch self {
    case .weekday:
      ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    case .month:
      [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
      ]
    default: nil
    }
  }

  /// The names as categories, and for each number from 1 its position among them.
  var categories: (names: [String], positions: [Double])? {
    guard let ordered = orderedNames else { return nil }
    let sorted = FeatureColumn.sortedCategories(ordered)
    return (sorted, ordered.map { name in Double(sorted.firstIndex(of: name)!) })
  }
}
