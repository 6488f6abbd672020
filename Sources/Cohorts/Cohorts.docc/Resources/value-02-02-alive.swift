import Cohorts
import Foundation
import GA4Model

// Customer, its number in the sample, day, number of discs, amount.
let text = try String(contentsOfFile: "CDNOW_sample.txt", encoding: .utf8)
var events: [Event] = []
for line in text.split(whereSeparator: \.isNewline) {
  let fields = line.split(separator: " ")
  let day = CalendarDay(String(fields[2]))!
  var purchase = Event(
    .purchase, at: EventTime("\(day)T12:00:00Z")!, by: String(fields[1]))
  purchase.parameters.append(.value, .double(Double(fields[4])!))
  events.append(purchase)
}
let log = try EventLog(events)

let query = CustomerHistoryQuery(
  periodsPerUnit: 7, calibrationEnd: CalendarDay("1997-09-30"),
  observationEnd: CalendarDay("1998-06-30"), revenue: .value)
let table = query.evaluate(log)
let customers = table.histories

let model = try BetaGeometricNBD().fit(customers)
let regular = try CustomerHistory(frequency: 6, recency: 30, age: 35)
let lapsed = try CustomerHistory(frequency: 6, recency: 9, age: 35)
print(model.probabilityAlive(regular), model.probabilityAlive(lapsed))
print(model.expectedPurchases(in: 39, after: regular))
