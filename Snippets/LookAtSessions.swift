// Sessions by the export's ids and by a gap.

import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let session = log.sessions[0]
print(session.start, session.duration, session.eventCount, session.isEngaged)

let engaged = log.sessions.count { $0.isEngaged }
print("\(log.options.sessions): \(log.sessions.count), \(engaged) engaged")

let rule = SessionRule(.gap, gap: .seconds(45 * 60))
let byGap = log.regrouped(EventLogOptions(sessions: rule))
print("\(rule): \(byGap.sessions.count)")
