public import GA4Model

/// Which of the events that meet the birth condition make a user a member of a cohort.
public enum RetentionBirth: Sendable, Hashable, Codable {
  /// The first of each period: a user belongs to the cohort of every period with such an event.
  case recurring
  /// The first of all: a user belongs to one cohort at most.
  case first
  /// The first of the events that meet another condition, if it meets the birth condition as well.
  ///
  /// With `.always` the very first event of the user must meet it.
  case firstEver(among: EventPredicate = .always)
}

/// In which periods a user must return to count in a column.
///
/// Vendors call these "rolling", "unbounded" or "cumulative" in opposite senses, so that they are
/// named by what they ask here. Periods count from the one of the birth, which is 0.
public enum RetentionCounting: Sendable, Hashable, Codable {
  /// In the period of the column.
  case on
  /// In the period of the column or in any later one, as far as columns go.
  case onOrAfter
  /// In any of the periods from 1 to that of the column.
  case onOrBefore
  /// In all of the periods from 1 to that of the column.
  case everyPeriodSoFar
  /// In any of the periods of a range; column *k* is range *k*, counting from 1.
  case brackets([ClosedRange<Int>])
}

/// The periods of the columns of a retention matrix.
public enum RetentionPeriod: Sendable, Hashable, Codable {
  /// Periods of the calendar in the reporting zone.
  ///
  /// Days are those of the events, `event_date` where the export has it; hours are by the time.
  case calendar(CalendarPeriod)
  /// Windows of so many hours from the user's own birth event, or from the start of its hour, for
  /// the cohorts of one calendar period each.
  case fromStart(hours: Int, flooredToHour: Bool = false, cohorts: CalendarPeriod = .day)

  /// Hours of the local clock.
  public static let hour = RetentionPeriod.calendar(.hour)
  /// Local days.
  public static let day = RetentionPeriod.calendar(.day)
  /// Calendar months.
  public static let month = RetentionPeriod.calendar(.month)
  /// Seven local days.
  public static func week(startingOn weekday: Weekday = .monday) -> RetentionPeriod {
    .calendar(.week(startingOn: weekday))
  }
  /// 24 hours each from the user's own birth event.
  public static let dayFromStart = RetentionPeriod.fromStart(hours: 24)

  /// The periods of the rows.
  var ofCohorts: CalendarPeriod {
    switch self {
    case .calendar(let period), .fromStart(_, _, let period): period
    }
  }
}

extension RetentionPeriod: CustomStringConvertible {
  /// The periods in words.
  public var description: String {
    switch self {
    case .calendar(let period): "\(period)"
    case .fromStart(let hours, let isFloored, let cohorts):
      "\(hours) hours from the start\(isFloored ? " of the hour of birth" : ""), cohorts by"
        + " \(cohorts)"
    }
  }
}

/// What the cells of a retention matrix hold.
public enum RetentionMeasure: Sendable, Hashable, Codable {
  /// How many users return.
  case users
  /// Also the sum of a number over the return events of these users in the periods of the column.
  case sum(EventDimension)
  /// Also the mean of a number over these events, those without it apart.
  case mean(EventDimension)

  /// Where the number stands, `nil` for users.
  var dimension: EventDimension? {
    switch self {
    case .users: nil
    case .sum(let dimension), .mean(let dimension): dimension
    }
  }
}

/// What column 0 of a retention matrix counts.
public enum RetentionFirstColumn: String, Sendable, Hashable, Codable, CaseIterable {
  /// All users of the cohort, by the birth event.
  case cohort
  /// Those with the return event in period 0.
  case returns
}

/// A division of a retention matrix by the values of a dimension.
public struct RetentionBreakdown: Sendable, Hashable, Codable {
  /// The dimension, whose value the birth event gives the user for its cohort.
  public var dimension: EventDimension
  /// How many values are listed, those with the most users; the others are one group.
  public var limit: Int

  /// Makes a breakdown by `dimension`.
  ///
  /// `limit`: How many values are listed, at least 1.
  public init(by dimension: EventDimension, limit: Int = 25) {
    self.dimension = dimension
    self.limit = limit
  }
}
