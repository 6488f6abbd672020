import Experiments

var run = AlwaysValidRun()
run.look(
  AlwaysValidTest(
    difference: 0.031, standardError: 0.0099, units: 5_000, mixing: .tuned(units: 10_000)))
run.look(
  AlwaysValidTest(
    difference: 0.027, standardError: 0.0070, units: 10_000, mixing: .tuned(units: 10_000)))
print(run.pValue, run.interval)
