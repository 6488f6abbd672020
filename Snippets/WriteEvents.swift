// Events for other programs, and for people with a spreadsheet.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()

try NDJSONWriter().write(log, toPath: "/tmp/events.ndjson")
print(try EventReader().read(path: "/tmp/events.ndjson").log == log)

let columns: [ExportColumn] = [.isoTime, .user, .eventName, .parameter(.pageTitle, as: "title")]
let bytes = CSVWriter(columns).bytes(of: log.prefix(3))
print(String(decoding: bytes, as: UTF8.self))

// A page title is text from the web: "=HYPERLINK(…)" must not become a formula.
let forPeople = CSVWriter(columns, format: CSVFormat(guardsAgainstFormulas: true))
print(try forPeople.write(log, toPath: "/tmp/events.csv"))

print(try AmplitudeWriter(properties: .skinny).write(log, toPath: "/tmp/amplitude.ndjson"))
