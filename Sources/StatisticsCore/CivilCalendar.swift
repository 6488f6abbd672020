/// The proleptic Gregorian calendar on plain integers.
///
/// The arithmetic is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// <https://howardhinnant.github.io/date_algorithms.html>.
package enum CivilCalendar {
  /// The number of days from 1970-01-01 to a date whose month and day are valid.
  ///
  /// Hinnant's `days_from_civil`: a year runs from March, so that the leap day comes last, and
  /// an era is 400 years of 146,097 days.
  @inlinable
  package static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date a number of days after 1970-01-01: Hinnant's `civil_from_days`.
  @inlinable
  package static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// Whether a year has a 29 February.
  @inlinable
  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The number of days of a month, 1 to 12.
  @inlinable
  package static func days(inMonth month: Int, ofYear year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The quotient rounded down, for a positive divisor.
  @inlinable
  package static func floorDivide<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  /// The remainder in 0..<b, for a positive divisor.
  @inlinable
  package static func floorModulo<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T {
    let remainder = a % b
    return remainder < 0 ? remainder + b : remainder
  }
}
