// Days, times, zones and periods.

import GA4Model

let paris = try ReportingTimeZone(identifier: "Europe/Paris")
let time = EventTime("2020-12-20T23:20:05Z")!
print(paris.localTime(of: time))
print(paris.day(of: time), paris.day(of: time).weekday)

let day = CalendarDay("20201219")!
print(day, CalendarPeriod.week().label(for: day), CalendarPeriod.month.start(of: day))
print(CalendarPeriod.week(startingOn: .sunday).start(of: day))

// A day does not always have 24 hours.
let autumn = CalendarDay("2024-10-27")!
print(paris.end(of: autumn) - paris.start(of: autumn))
