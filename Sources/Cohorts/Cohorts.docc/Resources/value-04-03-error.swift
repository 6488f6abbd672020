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
let spending = try GammaGamma().fit(customers)
let year = ValueHorizon(periods: 12, length: 52.0 / 12, rate: 0.01)
let values = table.rows.map { row in
  (user: row.user, value: model.lifetimeValue(of: row.history, spending: spending, within: year)!)
}
let best = values.sorted { $0.value > $1.value }.prefix(10)
for customer in best { print(customer.user.id, customer.value) }

// A shop whose customers have not come back yet has no such values.
do {
  _ = try BetaGeometricNBD().fit(customers.filter { $0.frequency == 0 })
} catch {
  print(error)
}
