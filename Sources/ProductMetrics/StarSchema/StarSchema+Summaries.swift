public import GA4Model

extension StarSchema {
  /// The sums of one channel group.
  public struct ChannelSummaryRow: Sendable, Hashable, Codable {
    /// The channel group.
    public var group: ChannelGroup
    /// The sums.
    public var figures: Figures
  }

  /// The sums of the days of one weekday in the months of one number, of whatever year.
  public struct TimeSummaryRow: Sendable, Hashable, Codable {
    /// The day of the week.
    public var weekday: Weekday
    /// The month, 1 to 12.
    public var month: Int
    /// The sums.
    public var figures: Figures
  }

  /// The sums of one week or month.
  public struct TrendRow: Sendable, Hashable, Codable {
    /// The first day of the period, also where the data start later.
    public var start: CalendarDay
    /// The name of the period, such as "2020-W51" or "2020-12".
    public var period: String
    /// The sums.
    public var figures: Figures
  }

  /// A step of the funnel.
  public struct FunnelRow: Sendable, Hashable, Codable {
    /// The name of the step, such as "Add to Cart".
    public var step: String
    /// How often it happened.
    public var count: Int
    /// How much less often it happened than the step before, `nil` for the first; negative where it
    /// happened more often, since steps are counted, not followed.
    public var lost: Int?
    /// ``lost`` as a share of the step before, `nil` for the first and where that never happened.
    public var dropOffRate: Double?
  }

  /// The channel groups in the order of their names.
  public var channelSummary: [ChannelSummaryRow] {
    sums { Bytewise($0.channelGroup.rawValue) }.map {
      ChannelSummaryRow(group: ChannelGroup(rawValue: $0.key.text), figures: $0.figures)
    }
  }

  /// The weekdays by month: by the name of the weekday, then the month.
  public var timeSummary: [TimeSummaryRow] {
    struct Key: Hashable, Comparable {
      var weekday: Weekday
      var month: Int
      static func < (left: Self, right: Self) -> Bool {
        (left.weekday.description, left.month) < (right.weekday.description, right.month)
      }
    }
    return sums { Key(weekday: $0.date.weekday, month: $0.date.month) }.map {
      TimeSummaryRow(weekday: $0.key.weekday, month: $0.key.month, figures: $0.figures)
    }
  }

  /// The weeks of ISO 8601, from Monday, that have facts.
  public var weeklyTrend: [TrendRow] { trend(.week()) }

  /// The months that have facts.
  public var monthlyTrend: [TrendRow] { trend(.month) }

  /// The funnel from sessions over carts to purchases.
  public var funnelSummary: [FunnelRow] {
    let total = total
    let steps = [
      ("Sessions", total.sessions), ("Add to Cart", total.addToCarts),
      ("Purchases", total.purchases),
    ]
    return steps.enumerated().map { index, step in
      guard index > 0 else { return FunnelRow(step: step.0, count: step.1) }
      let before = steps[index - 1].1
      let lost = before - step.1
      return FunnelRow(
        step: step.0, count: step.1, lost: lost,
        dropOffRate: before == 0 ? nil : Double(lost) / Double(before))
    }
  }

  /// The sums of the facts by the periods of a calendar.
  private func trend(_ period: CalendarPeriod) -> [TrendRow] {
    sums { period.start(of: $0.date) }.map {
      TrendRow(start: $0.key, period: period.label(for: $0.key), figures: $0.figures)
    }
  }

  /// The sums of the facts by what `key` gives, in its order.
  private func sums<Key: Hashable & Comparable>(
    by key: (FactRow) -> Key
  ) -> [(key: Key, figures: Figures)] {
    Dictionary(grouping: factFunnel, by: key).sorted { $0.key < $1.key }.map {
      ($0.key, Figures(sumOf: $0.value.map(\.figures)))
    }
  }
}
