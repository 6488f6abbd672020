import Foundation
import Funnel
import GA4Model
import GA4Samples
import Plots

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
let log = try SampleShop(seed: 7, users: 5_000, days: days).log()

let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
let query = FunnelQuery(
  steps, window: .fromFirstStep(.seconds(86_400)),
  breakdown: FunnelBreakdown(by: .deviceCategory))

let report = query.evaluate(log)
try Data(report.svg().utf8).write(to: URL(fileURLWithPath: "funnel.svg"))

let figure = report.plot(title: "From view to purchase, by device")
let page = "<!DOCTYPE html><title>Funnel</title>" + figure.html
try Data(page.utf8).write(to: URL(fileURLWithPath: "funnel.html"))
