// Two arms, one question: did the change alter the rate?

import Experiments

let treatment = Proportion(2, of: 13)
let control = Proportion(5, of: 25)

print(TwoProportionZTest(treatment, control))
print(FisherExactTest(treatment, control))

let lift = ProportionDifference(treatment, control)
print("difference", lift.estimate!)
print("95 % interval", lift.confidenceInterval(level: 0.95))
