// The same counts with both standard errors.

import Experiments

let gate30 = Proportion(8502, of: 44_700)
let gate40 = Proportion(8279, of: 45_489)
for variance in ProportionVariance.allCases {
  let test = TwoProportionZTest(gate30, gate40, variance: variance)
  print(variance, test.statistic, test.pValue)
}

// Where both arms are at an end only the pooled one has a standard error at all.
print(TwoProportionZTest(Proportion(0, of: 30), Proportion(30, of: 30), variance: .unpooled))
