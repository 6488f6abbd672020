/// A condition on a source of traffic: a value that can be combined, printed, compared and encoded.
///
/// ```swift
/// let condition: ChannelCondition = .allOf([
///   .source(.hasSuffix(".podcast.example")), .not(.isPaid),
/// ])
/// condition.matches(ChannelInput(source: "news.podcast.example", medium: "link"))   // true
/// print(condition)   // source ends with ".podcast.example" and not (medium is paid)
/// ```
///
/// Case never matters. The logic has two values: a test of an absent source, medium or campaign is
/// false, and `not` gives its complement, true. Encoded, a condition is an object with one key,
/// such as `{"source": {"hasSuffix": [".podcast.example"]}}`.
public indirect enum ChannelCondition: Sendable, Hashable {
  /// The source passes a test of its text.
  case source(TextMatch)
  /// The medium passes a test of its text.
  case medium(TextMatch)
  /// The name of the campaign passes a test of its text.
  case campaign(TextMatch)
  /// The source is in Google's list of a category.
  case sourceCategory(SourceCategory)
  /// The medium matches `^(.*cp.*|ppc|retargeting|paid.*)$`: it is that of an advertisement.
  case isPaid
  /// The name of the campaign matches `^(.*(([^a-df-z]|^)shop|shopping).*)$`: it is about a shop.
  case isShopCampaign
  /// The link carried a Google click identifier.
  case hasGclid
  /// All conditions hold; without any, this holds.
  case allOf([ChannelCondition])
  /// At least one condition holds; without any, none does.
  case anyOf([ChannelCondition])
  /// The condition does not hold.
  case not(ChannelCondition)

  /// Whether the condition holds for a source of traffic.
  ///
  /// - Parameter input: The source of traffic.
  /// - Complexity: O(*n* · *m*), where *n* is the length of the condition and *m* that of the
  ///   texts of `input`.
  public func matches(_ input: ChannelInput) -> Bool {
    matches(FoldedInput(input))
  }

  func matches(_ input: FoldedInput) -> Bool {
    switch self {
    case .source(let match): input.source.map(match.matches(folded:)) ?? false
    case .medium(let match): input.medium.map(match.matches(folded:)) ?? false
    case .campaign(let match): input.campaign.map(match.matches(folded:)) ?? false
    case .sourceCategory(let category): input.category == category
    case .isPaid: input.medium.map(Self.isPaid(foldedMedium:)) ?? false
    case .isShopCampaign: input.campaign.map(Self.isShop(foldedCampaign:)) ?? false
    case .hasGclid: input.hasGclid
    case .allOf(let conditions): conditions.allSatisfy { $0.matches(input) }
    case .anyOf(let conditions): conditions.contains { $0.matches(input) }
    case .not(let condition): !condition.matches(input)
    }
  }

  /// Whether a lower-case medium matches `^(.*cp.*|ppc|retargeting|paid.*)$`.
  static func isPaid(foldedMedium medium: String) -> Bool {
    medium == "ppc" || medium == "retargeting" || medium.utf8.starts(with: "paid".utf8)
      || ByteSearch.contains("cp", in: medium)
  }

  /// Whether a lower-case campaign matches `^(.*(([^a-df-z]|^)shop|shopping).*)$`.
  ///
  /// A "shop" counts after an "e" or anything but a letter (eshop, pet-shop, not workshop), and
  /// "shopping" counts anywhere.
  static func isShop(foldedCampaign campaign: String) -> Bool {
    let bytes = campaign.utf8
    var previous: UInt8?
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let rest = bytes[index...]
      if rest.starts(with: "shop".utf8) {
        guard let letter = previous, letter &- 0x61 < 26, letter != UInt8(ascii: "e") else {
          return true
        }
        if rest.starts(with: "shopping".utf8) { return true }
      }
      previous = bytes[index]
      bytes.formIndex(after: &index)
    }
    return false
  }
}

/// The texts of an input in lower case, with the category of its source.
struct FoldedInput {
  var source: String?
  var medium: String?
  var campaign: String?
  var hasGclid: Bool
  var category: SourceCategory?

  init(_ input: ChannelInput) {
    source = input.source?.lowercased()
    medium = input.medium?.lowercased()
    campaign = input.campaign?.lowercased()
    hasGclid = input.hasGclid
    category = source.flatMap { SourceCategory(foldedSource: $0) }
  }
}

/// Search in the UTF-8 bytes of texts.
enum ByteSearch {
  /// Whether a text holds a pattern.
  static func contains(_ pattern: String, in text: String) -> Bool {
    var rest = text.utf8[...]
    while !rest.starts(with: pattern.utf8) {
      guard rest.popFirst() != nil else { return false }
    }
    return true
  }

  /// Whether a text ends with a pattern.
  static func hasSuffix(_ pattern: String, in text: String) -> Bool {
    text.utf8.reversed().starts(with: pattern.utf8.reversed())
  }
}

// MARK: - Tests of a text

extension ChannelCondition {
  /// A test of a text against some values, without regard to case.
  public struct TextMatch: Sendable, Hashable {
    /// How a text is compared with the values.
    enum Kind: String, Sendable, Hashable, CodingKey, CaseIterable {
      case equals, contains, hasPrefix, hasSuffix
    }

    var kind: Kind
    /// The values in lower case.
    var values: [String]

    init(_ kind: Kind, _ values: [String]) {
      self.kind = kind
      self.values = values.map { $0.lowercased() }
    }

    /// The text equals one of some values.
    ///
    /// - Parameter values: The values; without any, no text passes.
    public static func equals(_ values: String...) -> TextMatch { TextMatch(.equals, values) }

    /// The text equals one of some values.
    ///
    /// - Parameter values: The values; without any, no text passes.
    public static func equals(anyOf values: [String]) -> TextMatch { TextMatch(.equals, values) }

    /// The text contains one of some values.
    ///
    /// - Parameter values: The values; without any, no text passes.
    public static func contains(_ values: String...) -> TextMatch { TextMatch(.contains, values) }

    /// The text starts with one of some values.
    ///
    /// - Parameter values: The values; without any, no text passes.
    public static func hasPrefix(_ values: String...) -> TextMatch { TextMatch(.hasPrefix, values) }

    /// The text ends with one of some values.
    ///
    /// - Parameter values: The values; without any, no text passes.
    public static func hasSuffix(_ values: String...) -> TextMatch { TextMatch(.hasSuffix, values) }

    /// Whether a text passes the test.
    ///
    /// - Parameter text: The text, in any case.
    public func matches(_ text: String) -> Bool { matches(folded: text.lowercased()) }

    func matches(folded text: String) -> Bool {
      switch kind {
      case .equals: values.contains(text)
      case .contains: values.contains { ByteSearch.contains($0, in: text) }
      case .hasPrefix: values.contains { text.utf8.starts(with: $0.utf8) }
      case .hasSuffix: values.contains { ByteSearch.hasSuffix($0, in: text) }
      }
    }
  }
}

// MARK: - Text

extension ChannelCondition.TextMatch: CustomStringConvertible {
  /// The test in words, such as `is "email" or "e-mail"`.
  public var description: String {
    let verb =
      switch kind {
      case .equals: "is"
      case .contains: "contains"
      case .hasPrefix: "starts with"
      case .hasSuffix: "ends with"
      }
    let quoted = values.map { "\"\($0)\"" }
    guard let last = quoted.last else { return verb + " none of no values" }
    let rest = quoted.dropLast().joined(separator: ", ")
    return verb + " " + (rest.isEmpty ? last : rest + " or " + last)
  }
}

extension ChannelCondition: CustomStringConvertible {
  /// The condition in words, such as `source is "sms" or medium is "sms"`.
  public var description: String {
    switch self {
    case .source(let match): "source \(match)"
    case .medium(let match): "medium \(match)"
    case .campaign(let match): "campaign \(match)"
    case .sourceCategory(let category): "source is in the \(category) list"
    case .isPaid: "medium is paid"
    case .isShopCampaign: "campaign names a shop"
    case .hasGclid: "link has a gclid"
    case .allOf(let conditions):
      conditions.isEmpty
        ? "always" : conditions.map(\.descriptionAsPart).joined(separator: " and ")
    case .anyOf(let conditions):
      conditions.isEmpty
        ? "never" : conditions.map(\.descriptionAsPart).joined(separator: " or ")
    case .not(let condition): "not (\(condition))"
    }
  }

  /// The condition in words, in parentheses if it has several parts.
  private var descriptionAsPart: String {
    switch self {
    case .allOf(let conditions) where conditions.count > 1: "(\(description))"
    case .anyOf(let conditions) where conditions.count > 1: "(\(description))"
    default: description
    }
  }

  /// Whether the condition or a part of it is one of those whose words need an explanation.
  func uses(_ part: ChannelCondition) -> Bool {
    switch self {
    case .allOf(let conditions), .anyOf(let conditions): conditions.contains { $0.uses(part) }
    case .not(let condition): condition.uses(part)
    default: self == part
    }
  }
}

// MARK: - Codable

extension ChannelCondition.TextMatch: Codable {
  /// Reads an object with one key, such as `{"equals": ["email", "e-mail"]}`.
  ///
  /// - Throws: `DecodingError` when the object is not a test.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard container.allKeys.count == 1, let kind = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "A test of a text has one key: equals, contains, hasPrefix or"
            + " hasSuffix."))
    }
    self.init(kind, try container.decode([String].self, forKey: kind))
  }

  /// Writes an object with one key.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    try container.encode(values, forKey: kind)
  }
}

extension ChannelCondition: Codable {
  private enum Key: String, CodingKey {
    case source, medium, campaign, sourceCategory, isPaid, isShopCampaign, hasGclid
    case allOf, anyOf, not
  }

  /// Reads an object with one key, such as `{"isPaid": true}`; a fact that is `false` is negated.
  ///
  /// - Throws: `DecodingError` when the object is not a condition.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "A condition has one key: source, medium, campaign, sourceCategory,"
            + " isPaid, isShopCampaign, hasGclid, allOf, anyOf or not."))
    }
    func fact(_ condition: ChannelCondition) throws -> ChannelCondition {
      try container.decode(Bool.self, forKey: key) ? condition : .not(condition)
    }
    switch key {
    case .source: self = .source(try container.decode(TextMatch.self, forKey: key))
    case .medium: self = .medium(try container.decode(TextMatch.self, forKey: key))
    case .campaign: self = .campaign(try container.decode(TextMatch.self, forKey: key))
    case .sourceCategory:
      self = .sourceCategory(try container.decode(SourceCategory.self, forKey: key))
    case .isPaid: self = try fact(.isPaid)
    case .isShopCampaign: self = try fact(.isShopCampaign)
    case .hasGclid: self = try fact(.hasGclid)
    case .allOf: self = .allOf(try container.decode([ChannelCondition].self, forKey: key))
    case .anyOf: self = .anyOf(try container.decode([ChannelCondition].self, forKey: key))
    case .not: self = .not(try container.decode(ChannelCondition.self, forKey: key))
    }
  }

  /// Writes an object with one key.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .source(let match): try container.encode(match, forKey: .source)
    case .medium(let match): try container.encode(match, forKey: .medium)
    case .campaign(let match): try container.encode(match, forKey: .campaign)
    case .sourceCategory(let category): try container.encode(category, forKey: .sourceCategory)
    case .isPaid: try container.encode(true, forKey: .isPaid)
    case .isShopCampaign: try container.encode(true, forKey: .isShopCampaign)
    case .hasGclid: try container.encode(true, forKey: .hasGclid)
    case .allOf(let conditions): try container.encode(conditions, forKey: .allOf)
    case .anyOf(let conditions): try container.encode(conditions, forKey: .anyOf)
    case .not(let condition): try container.encode(condition, forKey: .not)
    }
  }
}
