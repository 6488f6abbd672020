import Cohorts
import GA4Model

let path = "online_retail.csv"

let reader = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
let log = try reader.read(path: path).log

let today = CalendarDay("2011-12-10")!
let report = RFMQuery(asOf: today).evaluate(log)

let vip = Set(report.tiers(.byQuantiles).customers(in: "VIP").map(\.user))
let risky = report.customers(in: "At Risk") + report.customers(in: "Cannot Lose Them")
let calls = risky.filter { vip.contains($0.user) }
print(calls.count, "to call,", risky.count - calls.count, "to write to")
