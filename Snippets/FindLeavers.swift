// Who left, with features that stop at a cut-off; and a definition that leaks.

import Cohorts
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let report = ChurnQuery(after: CalendarDay("2024-01-07")!, within: 7).evaluate(log)
print(report)
print(report.table.names)

let naive = ChurnQuery(.inactiveAtEnd(days: 7)).evaluate(log)
for leak in naive.leaks { print(leak) }
print(naive.table.removing(Set(naive.leaks.map(\.feature))).names.count, "features left")
