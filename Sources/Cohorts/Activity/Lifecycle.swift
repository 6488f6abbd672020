public import GA4Model

/// The answer of a ``LifecycleQuery``.
public struct Lifecycle: Sendable, Hashable, Codable {
  /// The users of one period.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of the period.
    public var label: String
    /// When it begins.
    public var start: EventTime
    /// Active for the first time.
    public var new: Int
    /// Active in the period before as well.
    public var returning: Int
    /// Active before, but not in the period before.
    public var resurrecting: Int
    /// Active in the period before, but not in this one.
    public var dormant: Int
    /// Whether the data end before the period does, so that dormant users may yet come.
    public var isPartial: Bool

    /// All users who are active in the period.
    public var active: Int { new + returning + resurrecting }

    /// New and resurrecting users for each dormant one, which PostHog calls the quick ratio; `nil`
    /// without dormant users.
    public var quickRatio: Double? {
      dormant == 0 ? nil : Double(new + resurrecting) / Double(dormant)
    }
  }

  /// What a state adds up for one period.
  struct Counts: Sendable {
    var new = 0
    var returning = 0
    var resurrecting = 0
    var dormant = 0

    mutating func merge(_ other: Counts) {
      new += other.new
      returning += other.returning
      resurrecting += other.resurrecting
      dormant += other.dormant
    }
  }

  /// The question.
  public var query: LifecycleQuery
  /// Every period from the first with an active user to the end of the data.
  ///
  /// Where these are more than 4,096 periods apart, as by a mistaken date, only those in which
  /// something changes are listed.
  public var rows: [Row]
  /// How many events belong to no user.
  public var eventsWithoutUser: Int
}

extension Lifecycle: CustomStringConvertible {
  /// The report as a text table; an asterisk marks a period that the end of the data cuts.
  public var description: String {
    var table = TextTable(
      ["period", "active", "new", "returning", "resurrecting", "dormant"],
      numbers: [1, 2, 3, 4, 5])
    for row in rows {
      table.append(
        [row.label + (row.isPartial ? "*" : "")]
          + [row.active, row.new, row.returning, row.resurrecting, row.dormant].map {
            NumberFormat.grouped($0)
          })
    }
    var text = "\(table)\n\(query)"
    if rows.contains(where: \.isPartial) { text += "; * cut by the end of the data" }
    if eventsWithoutUser > 0 {
      text += "\nnot counted: \(NumberFormat.grouped(eventsWithoutUser)) events without user"
    }
    return text
  }
}
