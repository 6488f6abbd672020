import Experiments

let before: [Double] = [5, 0, 2, 8, 1, 3, 0, 6, 4, 1, 7, 2]
let control: [Double] = [4, 1, 2, 9, 0, 3, 1, 5, 4, 2, 6, 2]
let treatment: [Double] = [6, 1, 4, 9, 2, 3, 1, 8, 5, 3, 8, 2]
let arms = [
  MetricMoments(columns: [control, before]), MetricMoments(columns: [treatment, before]),
]
print(arms[0].covariance(0, 1)!)
