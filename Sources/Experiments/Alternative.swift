/// Which deviations from the null hypothesis count as evidence against it.
public enum Alternative: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible
{
  /// The true value differs, in whichever direction.
  case twoSided
  /// The true value is smaller than under the null hypothesis.
  case less
  /// The true value is greater than under the null hypothesis.
  case greater

  public var description: String {
    switch self {
    case .twoSided: "two-sided"
    case .less: "less"
    case .greater: "greater"
    }
  }
}
