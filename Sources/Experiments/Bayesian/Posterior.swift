import StatisticsCore

/// What is believed of a number after the data, with all that comparisons need.
///
/// Distributions are seen through a *coordinate* on the whole line, log-odds of a share and the
/// logarithm of a rate, in which their logarithms are concave and their integrals exact.
public protocol Posterior: Sendable, Hashable, CustomStringConvertible {
  /// The expected value.
  var mean: Double { get }
  /// The variance.
  var variance: Double { get }
  /// The value below which the number lies with `probability`.
  func quantile(_ probability: Double) -> Double
  /// The natural logarithms of the probabilities to lie below and above a value, given by its
  /// coordinate.
  func logTails(at coordinate: Double) -> (lower: Double, upper: Double)
  /// The natural logarithm of the density with respect to the coordinate.
  func logDensity(at coordinate: Double) -> Double
  /// The value at a coordinate.
  static func value(at coordinate: Double) -> Double
  /// The logarithm of how fast the value grows with the coordinate.
  static func logSlope(at coordinate: Double) -> Double
  /// A coordinate near which the density is largest.
  var centre: Double { get }
  /// How far from there the density falls to about a half.
  var spread: Double { get }
}

extension Posterior {
  /// The central interval that holds the number with the given probability: as much lies below as
  /// above.
  ///
  /// ```swift
  /// BetaPosterior(successes: 12, of: 25).interval(0.95)   // 0.2987…0.6664
  /// ```
  public func interval(_ probability: Double = 0.95) -> ClosedRange<Double> {
    precondition(
      probability > 0 && probability < 1, "The probability of an interval lies between 0 and 1.")
    let tail = (1 - probability) / 2
    return quantile(tail)...quantile(1 - tail)
  }

  /// The shortest interval that holds the number with the given probability.
  ///
  /// ```swift
  /// BetaPosterior(successes: 0, of: 20).shortestInterval(0.95)   // 0.0…0.1329
  /// ```
  public func shortestInterval(_ probability: Double = 0.95) -> ClosedRange<Double> {
    precondition(
      probability > 0 && probability < 1, "The probability of an interval lies between 0 and 1.")
    func density(_ place: Double) -> Double {
      let coordinate = Self.coordinate(of: quantile(place))
      return coordinate.isInfinite
        ? edgeLogDensity(coordinate > 0)
        : logDensity(at: coordinate) - Self.logSlope(at: coordinate)
    }
    // From the left the interval moves while its right end is the denser one.
    func gain(_ place: Double) -> Double {
      let (left, right) = (density(place), density(place + probability))
      return left == right
        ? 0
        : left == -.infinity || right == .infinity
          ? 1
          : right == -.infinity || left == .infinity ? -1 : right - left
    }
    let last = 1 - probability
    let start: Double
    if gain(0) <= 0 {
      start = 0
    } else if gain(last) >= 0 {
      start = last
    } else {
      start = RootFinder.root(in: 0...last, tolerance: 1e-13, of: gain)
    }
    return quantile(start)...quantile(min(1, start + probability))
  }

  /// The logarithm of the density of the value at the end of its range.
  private func edgeLogDensity(_ isUpper: Bool) -> Double {
    let near = isUpper ? 600.0 : -600.0
    let value = logDensity(at: near) - Self.logSlope(at: near)
    return value > 30 ? .infinity : value < -30 ? -.infinity : value
  }

  private static func coordinate(of value: Double) -> Double {
    // Bisection serves every transformation, and is only used for shortest intervals.
    if Self.value(at: -700) >= value { return -.infinity }
    if Self.value(at: 700) <= value { return .infinity }
    return RootFinder.root(in: -700...700) { Self.value(at: $0) - value }
  }
}

/// Integrals of products of densities and tails, which have one peak.
enum PosteriorIntegral {
  /// Returns the logarithm of the integral of exp(`body`) over all coordinates.
  ///
  /// - Parameters:
  ///   - centres: Where the factors have their peaks; that of the product lies between them.
  ///   - spread: The width of the narrowest factor.
  ///   - body: A concave function.
  static func log(
    centres: [Double], spread: Double, _ body: (Double) -> Double
  ) -> Double {
    var (low, high) = (centres.min()! - 40 * spread, centres.max()! + 40 * spread)
    // Golden section; a place not far from the peak is enough.
    let golden = 0.6180339887498949
    var (x, y) = (high - golden * (high - low), low + golden * (high - low))
    var (atX, atY) = (body(x), body(y))
    while high - low > spread / 4 {
      if atX < atY {
        low = x
        (x, atX) = (y, atY)
        y = low + golden * (high - low)
        atY = body(y)
      } else {
        high = y
        (y, atY) = (x, atX)
        x = high - golden * (high - low)
        atX = body(x)
      }
    }
    let peak = atX < atY ? y : x
    let top = max(atX, atY)
    guard top > -.infinity else { return -.infinity }
    let integral = Quadrature.peak(near: peak, step: min(spread, 1) / 3) {
      PortableMath.exp(body($0) - top)
    }
    return top + PortableMath.log(integral)
  }
}
