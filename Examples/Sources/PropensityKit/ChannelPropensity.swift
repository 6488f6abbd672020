public import GA4Model
import Learning
import ProductMetrics

extension PropensityTask {
  /// Whether a channel sells anything on a day, from its visits and carts of that day.
  ///
  /// One row is a day and a channel of the star schema by the simple channel rule. Its columns are
  /// `sessions`, `add_to_cart`, `month`, `channel_group` and `day_name`, the last two in one column a
  /// value; 200 trees with balanced classes learn from 70 % of the rows, chosen at random with both
  /// outcomes in their shares.
  public static func channels(of log: EventLog, workers: Int) async throws -> PropensityTask {
    let schema = await StarSchemaQuery(channels: .simple, counting: .events)
      .evaluate(log, workers: workers)
    return try channels(schema.factFunnel)
  }

  /// The same for rows of a star schema.
  static func channels(_ facts: [StarSchema.FactRow]) throws -> PropensityTask {
    let bought = facts.map { $0.figures.purchases > 0 }
    return PropensityTask(
      name: "channel-propensity",
      title: "Purchases of a channel on a day",
      rows: "days of channels",
      table: try FeatureTable([
        FeatureColumn("sessions", facts.map(\.figures.sessions)),
        FeatureColumn("add_to_cart", facts.map(\.figures.addToCarts)),
        FeatureColumn("month", facts.map(\.date.month)),
        FeatureColumn("channel_group", facts.map(\.channelGroup.rawValue)),
        FeatureColumn("day_name", facts.map(\.date.weekday.description)),
      ]),
      bought: bought,
      split: .stratified(ClassTarget(bought), testShare: 0.3, seed: 42),
      splitText: "30 % chosen at random to test on, purchases in their share",
      preparation: [.oneHot()],
      forest: RandomForestClassifier(trees: 200, seed: 42, classWeights: .balanced),
      remarks: [
        "Visits and carts are those of the whole day, so it tells which channels sell on a day like"
          + " this one, and not what a visitor will do",
        "Balanced classes make probabilities of the rarer outcome higher than its share",
      ])
  }
}
