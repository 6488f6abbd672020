// Looking at an experiment before it ends.

import Experiments

// What happens if a fixed test is looked at every day of two weeks.
print(RepeatedTesting.falsePositiveRate(level: 0.05, looks: 14))

// Planned looks: bounds that keep the error at 5 % in all.
let design = GroupSequentialDesign(looks: 4)
print(design)
print("at most \(design.inflation) times the users of a fixed test")
let monday = GroupSequentialTest(design, statistics: [1.4])
let friday = GroupSequentialTest(design, statistics: [1.4, 3.1])
print(monday)
print(friday)

// Any number of looks: intervals that hold at all of them.
var run = AlwaysValidRun()
for (users, lift) in [(5_000, 0.031), (10_000, 0.027), (20_000, 0.022)] {
  let test = AlwaysValidTest(
    difference: lift, standardError: 0.7 / Double(users).squareRoot(), units: users,
    mixing: .tuned(units: 10_000))
  run.look(test)
  print(users, test.interval.lowerBound, test.interval.upperBound, run.pValue)
}
