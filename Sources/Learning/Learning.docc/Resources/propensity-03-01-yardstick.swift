import GA4Model
import GA4Samples
import Learning

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-03-30")!
let log = try SampleShop(seed: 11, users: 10_000, days: days).log()

func counts(of name: EventName) -> [Int] {
  let names = log.values(of: .name)
  var counts = log.sessions.map { _ in 0 }
  for position in log.indices where names[position] == name.rawValue {
    if let session = log.session(ofEvent: position) { counts[session] += 1 }
  }
  return counts
}
let purchases = counts(of: .purchase)
let bought = purchases.map { $0 > 0 }

let first = log.sessions.map(\.firstEvent)
let channels = log.values(of: .channel)
let devices = log.values(of: .deviceCategory)
let hours = log.values(of: .hour)

struct History {
  var sessions = 0
  var views = 0
  var purchases = 0
  var daysSinceLast: Double?
}
let views = counts(of: .viewItem)
var histories: [History?] = []
for (position, session) in log.sessions.enumerated() {
  let last = position - 1
  if session.user == nil {
    histories.append(nil)
  } else if last >= 0, log.sessions[last].user == session.user, let before = histories[last] {
    histories.append(
      History(
        sessions: before.sessions + 1, views: before.views + views[last],
        purchases: before.purchases + purchases[last],
        daysSinceLast: (session.start - log.sessions[last].start) / .seconds(86_400)))
  } else {
    histories.append(History())
  }
}

let table = try FeatureTable([
  FeatureColumn("channel", first.map { channels[$0] }),
  FeatureColumn("device", first.map { devices[$0] }),
  FeatureColumn("hour", first.map { hours[$0].flatMap { Double($0) } }),
  FeatureColumn("sessions_before", histories.map { $0.map { Double($0.sessions) } }),
  FeatureColumn("views_before", histories.map { $0.map { Double($0.views) } }),
  FeatureColumn("purchases_before", histories.map { $0.map { Double($0.purchases) } }),
  FeatureColumn("days_since_last", histories.map { $0?.daysSinceLast }),
])

let order = log.sessions.indices.sorted {
  (log.sessions[$0].start, $0) < (log.sessions[$1].start, $1)
}
let learnt = order.count * 7 / 10
let split = RowSplit(train: Array(order[..<learnt]), test: Array(order[learnt...]))
let target = ClassTarget(bought)
let known = target.selecting(rows: split.train)
let tested = target.selecting(rows: split.test)

let preparation = Preparation([
  .imputing(.median, indicator: true), .standardizing(), .oneHot(),
])
let past = table.selecting(rows: split.train)
let yardstick = try preparation.fit(past) {
  try LogisticRegression().fit($0, target: known)
}
print(preparation)
print(yardstick.preparation.preparedSchema.names)
