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
var predicted = 0.0
var actual = 0
for row in table.rows {
  let holdout = row.holdout!
  predicted += model.expectedPurchases(in: holdout.duration, after: row.history)
  actual += holdout.frequency
}
print(predicted, actual)
