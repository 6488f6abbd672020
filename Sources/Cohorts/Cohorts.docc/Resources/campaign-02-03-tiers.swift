import Cohorts
import GA4Model

let path = "online_retail.csv"

let reader = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
let log = try reader.read(path: path).log

let today = CalendarDay("2011-12-10")!
let report = RFMQuery(asOf: today).evaluate(log)

let tiers = report.tiers(.byQuantiles)
print(tiers)
