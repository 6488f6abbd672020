// One funnel under several windows, and with a window for each step.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let funnel = FunnelQuery([
  Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase),
])

// In one pass over the events.
let minute = Duration.seconds(60)
let windows: [FunnelWindow] = [.fromFirstStep(minute), .fromPreviousStep(minute), .none]
let report = FunnelWindowsQuery(funnel, windows: windows).evaluate(log)
print(report)

// Each report is that of the funnel with the window alone.
var alone = funnel
alone.window = .fromPreviousStep(minute)
print(report.reports[1] == alone.evaluate(log))

// A minute for each step, but ten for the purchase.
let perStep = FunnelQuery([
  Step(.viewItem), Step(.addToCart, within: minute), Step(.beginCheckout, within: minute),
  Step(.purchase, within: .seconds(600)),
])
print(perStep.evaluate(log))
