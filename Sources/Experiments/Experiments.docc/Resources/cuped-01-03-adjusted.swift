import Experiments

let before: [Double] = [5, 0, 2, 8, 1, 3, 0, 6, 4, 1, 7, 2]
let control: [Double] = [4, 1, 2, 9, 0, 3, 1, 5, 4, 2, 6, 2]
let treatment: [Double] = [6, 1, 4, 9, 2, 3, 1, 8, 5, 3, 8, 2]
let arms = [
  MetricMoments(columns: [control, before]), MetricMoments(columns: [treatment, before]),
]

let plain = MetricComparison(
  control: MetricEstimate(.mean(0), of: arms[0]),
  treatment: MetricEstimate(.mean(0), of: arms[1]))
print(plain)

let cuped = CovariateAdjustment(.mean(0), covariates: [.mean(1)], arms: arms)
let adjusted = MetricComparison(control: cuped.estimates[0], treatment: cuped.estimates[1])
print(adjusted)
print(cuped.estimates[1].varianceReduction)
