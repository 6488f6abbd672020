import Foundation
import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

let schema = StarSchemaQuery().evaluate(log)
print(schema)

// For people with a spreadsheet: no text becomes a formula.
let format = CSVFormat(guardsAgainstFormulas: true)
for table in StarSchema.Table.allCases {
  let file = URL(fileURLWithPath: table.fileName)
  try Data(schema.csv(table, format: format).utf8).write(to: file)
}
