import StatisticsCore

/// The bounds of a group sequential design, found look by look.
struct SequentialBounds {
  private(set) var efficacy: [Double] = []
  private(set) var futility: [Double] = []
  private(set) var spent: [Double] = []
  private(set) var drift = 0.0

  private let information: [Double]
  private let level: Double
  private let sides: Int
  private let power: Double

  init(
    information: [Double], level: Double, sides: Int, boundary: StoppingBoundary,
    futility rule: GroupSequentialDesign.Futility?, power: Double
  ) {
    self.information = information
    self.level = level
    self.sides = sides
    self.power = power
    switch boundary {
    case .spending(let function):
      spent = information.map { function.spent(at: $0, of: level, sides: sides) }
    case .wangTsiatis(let shape):
      let shapes = information.map { PortableMath.pow($0, shape - 0.5) }
      // The level falls as the constant grows; the fixed test and Bonferroni's bound enclose it.
      let fixed = -NormalDistribution.quantile(level / Double(sides))
      let widest = -NormalDistribution.quantile(level / Double(sides * information.count))
      let constant = RootFinder.root(
        in: (fixed / shapes.max()!)...(widest / shapes.min()! + 1)
      ) {
        constant in
        self.errors(shapes.map { constant * $0 }).reduce(0, +) - level
      }
      efficacy = shapes.map { constant * $0 }
      var sum = 0.0
      spent = errors(efficacy).map { error in
        sum += error
        return sum
      }
    }
    if let rule {
      fit(rule)
    } else {
      if efficacy.isEmpty { efficacy = bounds(lower: nil) }
      drift = RootFinder.root(in: 0...40) { drift in
        power - self.power(drift: drift)
      }
    }
  }

  /// The probability to reject at each look under the null hypothesis.
  private func errors(_ bounds: [Double]) -> [Double] {
    var integration = SequentialIntegration(information: information, drift: 0)
    return bounds.map { bound in
      let exit = integration.advance(lower: sides == 2 ? -bound : -.infinity, upper: bound)
      return sides == 2 ? exit.above + exit.below : exit.above
    }
  }

  /// The bounds that spend what may be spent at each look; with binding futility bounds below them.
  private func bounds(lower: [Double]?) -> [Double] {
    var integration = SequentialIntegration(information: information, drift: 0)
    var result: [Double] = []
    for look in information.indices {
      let bound = self.bound(integration, look)
      result.append(bound)
      _ = integration.advance(
        lower: sides == 2 ? -bound : lower?[look] ?? -.infinity, upper: bound)
    }
    return result
  }

  private func bound(_ integration: SequentialIntegration, _ look: Int) -> Double {
    let increment = spent[look] - (look > 0 ? spent[look - 1] : 0)
    guard increment > 0 else { return .infinity }
    if look == 0 { return -NormalDistribution.quantile(increment / Double(sides)) }
    let target = PortableMath.log(increment / Double(sides))
    return RootFinder.root(in: -8...39) { bound in
      // Of the logarithm, which is nearly a parabola.
      let probability = integration.probability(above: bound)
      return (probability > 0 ? PortableMath.log(probability) : -1e4) - target
    }
  }

  private func power(drift: Double) -> Double {
    var integration = SequentialIntegration(information: information, drift: drift)
    return efficacy.reduce(0) { sum, bound in
      let exit = integration.advance(lower: sides == 2 ? -bound : -.infinity, upper: bound)
      return sum + exit.above + (sides == 2 ? exit.below : 0)
    }
  }

  /// Finds the drift at which the futility bounds, spending the probability to miss it, end where the
  /// efficacy bounds do.
  private mutating func fit(_ rule: GroupSequentialDesign.Futility) {
    let miss = 1 - power
    let allowed = information.map { rule.spending.spent(at: $0, of: miss) }
    if !rule.isBinding, efficacy.isEmpty { efficacy = bounds(lower: nil) }
    let fixed = rule.isBinding && efficacy.isEmpty ? nil : efficacy

    func pair(_ drift: Double) -> (upper: [Double], lower: [Double], missed: Double) {
      var null = SequentialIntegration(information: information, drift: 0)
      var effect = SequentialIntegration(information: information, drift: drift)
      var (upper, lower) = ([Double](), [Double]())
      var missed = 0.0
      for look in information.indices {
        let bound = fixed?[look] ?? self.bound(null, look)
        upper.append(bound)
        guard look < information.count - 1 else {
          lower.append(bound)
          missed += effect.probability(below: bound)
          break
        }
        let increment = allowed[look] - missed
        var stop = -Double.infinity
        if increment > 0 {
          let target = PortableMath.log(increment)
          stop = -RootFinder.root(in: -39...39) { place in
            let probability = effect.probability(below: -place)
            return (probability > 0 ? PortableMath.log(probability) : -1e4) - target
          }
          stop = min(stop, bound)
        }
        lower.append(stop)
        missed += effect.advance(lower: stop, upper: bound).below
        if fixed == nil { _ = null.advance(lower: stop, upper: bound) }
      }
      return (upper, lower, missed)
    }

    // The further the drift, the less is missed at the last look.
    drift = RootFinder.root(in: 0.5...40) { drift in pair(drift).missed - miss }
    let found = pair(drift)
    efficacy = found.upper
    futility = found.lower
  }
}
