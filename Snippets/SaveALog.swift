// A log that is read once and opened again at once.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
try log.save(to: "/tmp/sample.ga4log")

let again = try EventLog(contentsOf: "/tmp/sample.ga4log")
print(again)
print(again == log)

do {
  _ = try EventLog(contentsOf: "/tmp/nothing.ga4log")
} catch {
  print(error)
}
