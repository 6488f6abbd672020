// The same events under four user rules.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
for rule in UserIdentity.allCases {
  let regrouped = log.regrouped(EventLogOptions(users: rule))
  print("\(rule): \(regrouped.users.count) users, \(regrouped.eventsWithoutUser) events without")
}

// All events of a user stand side by side, in the order in which they happened.
let user = log.users[0]
for event in log[user.events].prefix(3) { print(event.time, event.name) }
