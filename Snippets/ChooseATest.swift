// Four tests of the same two samples.

import Experiments

let control = [2.7, 3.7, 2.1, 1.1, 1.7, 1.0, 2.9, 10.4, 1.7, 1.5, 4.4, 3.9]
let treatment = [3.6, 3.5, 5.2, 3.5, 9.8, 4.0, 6.6, 3.7, 2.0, 16.5, 6.1, 4.3]

let means = TwoSampleTTest(treatment, control)
print(means)
print(YuenTest(treatment, control))
print(MannWhitneyTest(treatment, control))
print(KolmogorovSmirnovTest(treatment, control))
print("the mean rose by", means.estimate!)
print("95 % interval", means.confidenceInterval(level: 0.95))
