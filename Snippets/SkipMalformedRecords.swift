// Skipping what is malformed, and saying so.

// snippet.hide
import GA4Model

let lines = Array(
  """
  {"event_name":"page_view","event_timestamp":"1608484805027497","user_pseudo_id":"a.1"}
  {"event_name":"scroll","event_timestamp":"yesterday","user_pseudo_id":"a.1"}
  {"event_name":"purchase","event_timestamp":"1608484899000000","user_pse
  {"event_name":"page_view","event_timestamp":1608484905000000,"user_pseudo_id":"b.2"}
  """.utf8)

// snippet.show
var reader = EventReader()
do {
  _ = try reader.read(bytes: lines)
} catch {
  print(error)
}

reader.malformed = .skip(limit: 100)
let result = try reader.read(bytes: lines)
print(result.report)
print(result.log)
