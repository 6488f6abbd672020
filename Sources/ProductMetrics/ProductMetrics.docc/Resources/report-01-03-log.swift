import GA4Model

let path = "events.ndjson"

let result = try EventReader().read(path: path)
let log = result.log

print(log)
