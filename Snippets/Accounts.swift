// Funnels of accounts, and of whatever else events have a value for.

import Funnel
import GA4Model
import GA4Samples

// Five visitors of the shop share an account.
let shop = SampleShop.small
var events: [Event] = []
for account in 0..<100 {
  for var event in shop.events(ofUsers: account * 5..<account * 5 + 5) {
    event.userProperties.append(UserProperty("account", .string("account \(account)")))
    events.append(event)
  }
}
let log = try EventLog(events)

let query = FunnelQuery([Step(.viewItem), Step(.addToCart), Step(.purchase)])
func show(_ log: EventLog, _ units: String) {
  print(query.evaluate(log).steps.map(\.count), units)
}
show(log, "users")
show(log.regrouped(EventLogOptions(users: .stitched)), "users, a login joined to what was before")
show(log.grouped(by: .userProperty("account")), "accounts")
show(log.grouped(by: .city), "cities")

// Events without a value have no user, and the report counts them.
let members = query.evaluate(log.grouped(by: .userProperty("customer_type")))
print(members.steps.map(\.count), members.eventsWithoutUnit)

var sessions = query
sessions.unit = .sessions
print(sessions.evaluate(log).steps.map(\.count), "sessions")
