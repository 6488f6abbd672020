public import GA4Model
import Learning

extension PropensityTask {
  /// Whether a session ends in a purchase, from what is known when it begins.
  ///
  /// One row is a session of a user. Its columns are the `channel`, `device`, `day_name` and `hour` of
  /// its first event, and what the user, known by `user_pseudo_id`, did in the sessions before: how many there were, the days since
  /// the last one, and the items seen, carts and purchases in all of them. Nothing that happens in the
  /// session or after it is looked at. The forest learns from the first 70 % of the sessions in time.
  public static func sessions(of log: EventLog) throws -> PropensityTask {
    let histories = SessionHistories(log)
    let sessions = histories.sessions
    let order = sessions.indices.sorted { (sessions[$0].start, $0) < (sessions[$1].start, $1) }
    let learnt = order.count * 7 / 10
    return PropensityTask(
      name: "session-propensity",
      title: "Purchases in a session",
      rows: "sessions",
      table: try FeatureTable([
        FeatureColumn("channel", sessions.map(\.channel)),
        FeatureColumn("device", sessions.map(\.device)),
        FeatureColumn("day_name", sessions.map(\.dayName)),
        FeatureColumn("hour", sessions.map { $0.hour }),
        FeatureColumn("sessions_before", sessions.map(\.before.sessions)),
        FeatureColumn("days_since_last", sessions.map(\.daysSinceLast)),
        FeatureColumn("items_seen_before", sessions.map(\.before.views)),
        FeatureColumn("carts_before", sessions.map(\.before.carts)),
        FeatureColumn("purchases_before", sessions.map(\.before.purchases)),
      ]),
      bought: sessions.map(\.hasPurchase),
      split: RowSplit(train: Array(order[..<learnt]), test: Array(order[learnt...])),
      splitText: "the first 70 % in time to learn from, the rest to test on",
      preparation: [],
      forest: RandomForestClassifier(
        trees: 200, seed: 42, growth: TreeGrowth(minimumLeaf: 20, features: .squareRoot)),
      remarks: [
        "Everything is known when a session begins; what happens in it is left out, since it would"
          + " tell the outcome"
      ]
        + (histories.withoutUser == 0
          ? []
          : ["\(histories.withoutUser) sessions without user have no history and are left out"]))
  }
}

/// The sessions of a log with what was known of their users when they began.
package struct SessionHistories {
  /// What users did.
  package struct Deeds: Equatable {
    package var sessions = 0
    package var views = 0
    package var carts = 0
    package var purchases = 0

    fileprivate mutating func add(_ other: Deeds) {
      sessions += other.sessions
      views += other.views
      carts += other.carts
      purchases += other.purchases
    }
  }

  /// A session.
  package struct Row {
    package var start: EventTime
    package var channel: String?
    package var device: String?
    package var dayName: String
    package var hour: Double?
    /// What the user did in the sessions before.
    package var before: Deeds
    package var daysSinceLast: Double?
    package var hasPurchase: Bool
  }

  /// By user and start.
  package private(set) var sessions: [Row] = []
  /// How many sessions have no user.
  package private(set) var withoutUser = 0

  package init(_ log: EventLog) {
    // A login in a session is not known when it begins, so users are told apart by what they bring,
    // where there is any such id.
    var options = log.options
    options.users = .pseudoID
    let devicesAsUsers = log.regrouped(options)
    let log = devicesAsUsers.users.isEmpty ? log : devicesAsUsers
    let channels = log.values(of: .channel)
    let devices = log.values(of: .deviceCategory)
    let hours = log.values(of: .hour)
    let deeds = Self.deeds(log)
    var user: UserKey?
    var before = Deeds()
    var last: EventTime?
    for (position, session) in log.sessions.enumerated() {
      guard let key = session.user else {
        withoutUser += 1
        continue
      }
      if key != user {
        user = key
        before = Deeds()
        last = nil
      }
      let first = session.firstEvent
      sessions.append(
        Row(
          start: session.start, channel: channels[first], device: devices[first],
          dayName: session.day.weekday.description, hour: hours[first].flatMap(Double.init),
          before: before,
          daysSinceLast: last.map { (session.start - $0) / .seconds(86_400) },
          hasPurchase: deeds[position].purchases > 0))
      before.add(deeds[position])
      last = session.start
    }
  }

  /// What was done in each session.
  private static func deeds(_ log: EventLog) -> [Deeds] {
    let names = log.values(of: .name)
    let (views, carts, purchases) = (
      names.labels.firstIndex(of: EventName.viewItem.rawValue),
      names.labels.firstIndex(of: EventName.addToCart.rawValue),
      names.labels.firstIndex(of: EventName.purchase.rawValue)
    )
    var deeds = log.sessions.map { _ in Deeds(sessions: 1) }
    for position in log.indices {
      guard let session = log.session(ofEvent: position) else { continue }
      switch names.code(at: position) {
      case views: deeds[session].views += 1
      case carts: deeds[session].carts += 1
      case purchases: deeds[session].purchases += 1
      default: break
      }
    }
    return deeds
  }
}
