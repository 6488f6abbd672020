// How many users an experiment needs, and what it can find.

import Experiments

let checkout = PowerAnalysis(.proportion(baseline: 0.05))
print(checkout.sampleSize(detecting: .relative(0.1))!)
print(checkout.power(toDetect: .relative(0.1), control: 20_000))
print(checkout.detectableEffect(control: 20_000)!)

// Revenue per user varies much; what the user spent before explains some of it.
let revenue = PowerAnalysis(.mean(baseline: 10, standardDeviation: 40))
let adjusted = PowerAnalysis(
  .mean(baseline: 10, standardDeviation: 40, covariateCorrelation: 0.6))
print(revenue.sampleSize(detecting: .relative(0.05))!)
print(adjusted.sampleSize(detecting: .relative(0.05))!)

// A guardrail that may lose 2 % at most takes more users than one would think.
let guardrail = PowerAnalysis(
  .proportion(baseline: 0.3), claim: .nonInferiority(margin: 0.006), alternative: .greater)
print(guardrail.sampleSize(detecting: .absolute(0))!)
