import GA4Model

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let result = try reader.read(path: path)
let log = result.log

print(result.report)
print(log)
