// Who is in which variant, by a hash that every warehouse has.

import Experiments

let assignment = ExperimentAssignment(
  salt: "checkout-2026", variants: ["control", "treatment"], rollout: 0.5)
print(assignment)
print(ExperimentAssignment.place(of: "user-17", salt: "checkout-2026"))
print(assignment.variant(of: "user-17") ?? "not in the experiment")

print(SampleRatioTest([821_588, 815_482]))
