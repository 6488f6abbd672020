// Reading a file of NDJSON, as BigQuery exports it.

// snippet.hide
import GA4Model
import GA4Samples

let path = "/tmp/ReadAnExport.ndjson"
try NDJSONWriter().write(SampleShop.small.events, toPath: path)

// snippet.show
let result = try EventReader().read(path: path)
print(result.report)
print(result.log)
print(result.log.memory)
