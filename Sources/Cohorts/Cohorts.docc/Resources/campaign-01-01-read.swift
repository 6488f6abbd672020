import Cohorts
import GA4Model

let path = "online_retail.csv"

let reader = TransactionReader(format: .onlineRetail)
let result = try reader.read(path: path)
print(result.report)
