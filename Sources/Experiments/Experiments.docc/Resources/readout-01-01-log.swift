import GA4Model
import GA4Samples

let shop = SampleShop(
  seed: 1, users: 20_000, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-14")!)
let log = try shop.log(options: EventLogOptions(users: .stitched))
print(log.count)
