import GA4Model

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let result = try reader.read(path: "events_20240101.ndjson")
let log = result.log

print(result.report)
print(log)
