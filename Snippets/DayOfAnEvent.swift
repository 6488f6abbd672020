// The export's own day comes first; other events take theirs from the reporting zone.

import GA4Model

let late = EventTime("2024-03-01T23:30:00Z")!
let events = [
  Event(.pageView, at: late, by: "a", date: CalendarDay("2024-03-01")),
  Event(.pageView, at: late, by: "b"),
]
for zone in ["UTC", "Europe/Paris"] {
  let options = EventLogOptions(timeZone: try ReportingTimeZone(identifier: zone))
  let log = try EventLog(events, options: options)
  print(zone, log.sessions.map(\.day))
}
