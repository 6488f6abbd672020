// Reading a CSV file with columns of one's own.

import GA4Model

let table = Array(
  """
  when,shopper,what,paid,order,shop
  2024-01-05T09:30:00+01:00,ann,Purchase,54.50,T-1,Lyon
  2024-01-05T09:31:10+01:00,ann,Refund,,T-1,Lyon
  2024-01-06,bob,Purchase,"1,000",T-2,Nice
  """.utf8)

var mapping = CSVMapping(columns: [
  "when": .time(.iso8601),
  "shopper": .userID,
  "what": .name,
  "paid": .field(.purchaseRevenue),
  "order": .field(.transactionID),
])
mapping.lowercasesNames = true
mapping.unknownColumns = .parameters

var reader = EventReader(format: .csv(mapping))
reader.malformed = .skip(limit: 10)
let result = try reader.read(bytes: table)
print(result.report)
for event in result.log {
  print(event.time, event.name, event[field: .purchaseRevenue] ?? "none", event["shop"] ?? "none")
}
