// Reading with several tasks gives the same log.

// snippet.hide
import GA4Model
import GA4Samples

let paths = ["/tmp/ReadInParallel1.ndjson", "/tmp/ReadInParallel2.ndjson"]
let shop = SampleShop(seed: 1, users: 400, days: SampleShop.small.days)
try NDJSONWriter().write(shop.events(ofUsers: 0..<200), toPath: paths[0])
try NDJSONWriter().write(shop.events(ofUsers: 200..<400), toPath: paths[1])

// snippet.show
let one = try EventReader().read(paths: paths).log
let four = try await EventReader().read(paths: paths, workers: 4).log
print(four)
print(one == four)
