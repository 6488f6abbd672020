// A probability that no double holds.

import Experiments

let test = TwoProportionZTest(
  Proportion(200_000, of: 1_000_000), Proportion(100_000, of: 1_000_000))
print(test.pValue, test.logP)
print(test)
