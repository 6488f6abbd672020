import Cohorts
import GA4Model

let path = "online_retail.csv"

let reader = TransactionReader(format: .onlineRetail, cleaning: .completeSales)
let result = try reader.read(path: path)
print(result.report)

let log = result.log
print(log.count, "invoices of", log.users.count, "customers")
