import Experiments

let checkout = PowerAnalysis(.proportion(baseline: 0.05))
print(checkout.sampleSize(detecting: .relative(0.1))!)
print(checkout.detectableEffect(control: 20_000)!)
