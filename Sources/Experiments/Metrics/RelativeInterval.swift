/// How the interval of a relative effect is made, treatment over control minus 1.
public enum RelativeInterval: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// Symmetric on the logarithm of the quotient, so that it never falls below −100 % and is the same
  /// whichever arm is the control; tea-tasting's.
  ///
  /// Where either value is not above zero the linear one takes its place.
  case logarithmic
  /// Symmetric around the relative effect, by the delta method; GrowthBook's.
  case linear
  /// The quotients that a test of their own would not reject, exact for normal means.
  ///
  /// Where the control is not clearly different from zero it is unbounded.
  ///
  /// Source: E. C. Fieller, *Some Problems in Interval Estimation*, Journal of the Royal Statistical
  /// Society B 16 (1954), 175–185.
  case fieller

  public var description: String { rawValue }
}
