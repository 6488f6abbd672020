import Cohorts
import GA4Model

let path = "online_retail.csv"

let reader = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
let log = try reader.read(path: path).log

let today = CalendarDay("2011-12-10")!
let before = RFMQuery(asOf: today.advanced(by: -90)).evaluate(log)

let fixed = RFMScoring.thresholds(before.thresholds!)
let report = RFMQuery(asOf: today, scoring: fixed).evaluate(log)
let moves = RFMMigration(from: before, to: report)
print(moves)
print(moves.customers(from: "Champions", to: "At Risk"))
