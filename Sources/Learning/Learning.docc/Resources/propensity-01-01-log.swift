import GA4Model
import GA4Samples
import Learning

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-03-30")!
let log = try SampleShop(seed: 11, users: 10_000, days: days).log()
print(log.count, log.sessions.count)
