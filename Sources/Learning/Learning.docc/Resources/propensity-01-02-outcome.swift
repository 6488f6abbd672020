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
print(bought.count { $0 })
