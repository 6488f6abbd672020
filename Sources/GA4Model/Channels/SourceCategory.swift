/// What kind of site a source of traffic is, according to Google's list.
///
/// ```swift
/// SourceCategory(source: "YouTube.com")   // video
/// SourceCategory(source: "example.com")   // nil
/// ```
///
/// GA4's default channel group asks whether a source is a search engine, a social network, a
/// shopping site or a video site, and answers from a list of 819 sources that Google publishes
/// with "Default channel group", Google Analytics Help,
/// <https://support.google.com/analytics/answer/9756891>.
public enum SourceCategory: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// Search engines.
  case search
  /// Social networks.
  case social
  /// Shopping sites.
  case shopping
  /// Video sites.
  case video

  /// The category of a source; `nil` when Google's list does not have it.
  ///
  /// - Parameter source: The source as GA4 records it, such as "google" or "m.facebook.com", in any
  ///   case. Only whole entries of the list count: a subdomain that it does not name has none.
  /// - Complexity: O(*m*), where *m* is the length of the source.
  public init?(source: String) {
    self.init(foldedSource: source.lowercased())
  }

  /// The category of a source in lower case.
  init?(foldedSource source: String) {
    guard let category = Self.categories[source] else { return nil }
    self = category
  }

  /// The sources that the list gives for the category, in lower case and ascending order.
  ///
  /// - Complexity: O(*n*), where *n* is the length of the list.
  public var sources: [String] {
    list.split(separator: "|").map(String.init)
  }

  /// The name of the category.
  public var description: String { rawValue }

  /// The category of each source, for look-up only.
  private static let categories: [String: SourceCategory] = {
    var categories: [String: SourceCategory] = [:]
    for category in allCases {
      for source in category.sources { categories[source] = category }
    }
    return categories
  }()
}
