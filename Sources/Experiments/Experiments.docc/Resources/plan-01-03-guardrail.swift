import Experiments

let checkout = PowerAnalysis(.proportion(baseline: 0.05))
print(checkout.sampleSize(detecting: .relative(0.1))!)
print(checkout.detectableEffect(control: 20_000)!)

let guardrail = PowerAnalysis(
  .proportion(baseline: 0.3), claim: .nonInferiority(margin: 0.006), alternative: .greater)
print(guardrail.sampleSize(detecting: .absolute(0))!)
