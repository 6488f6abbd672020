// What is believed of two arms, and what a wrong choice costs.

import Experiments

let arms = [
  BetaPosterior(successes: 100, of: 1_000), BetaPosterior(successes: 120, of: 1_000),
]
let comparison = PosteriorComparison(arms)
print(comparison.chanceToBeat(1, 0))
print(comparison.expectedLoss(choosing: 1), comparison.expectedLoss(choosing: 0))
print(arms[1].interval(0.95), arms[1].shortestInterval(0.95))

let bandit = BanditAllocation(arms, policy: .topTwo(leader: 0.7), seed: 1)
print(bandit.shares, bandit.arm(forUnit: 17))
