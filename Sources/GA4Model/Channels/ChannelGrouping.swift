/// One line of a ``ChannelGrouping``: the group of all traffic that meets a condition.
public struct ChannelRule: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The group.
  public var group: ChannelGroup
  /// What traffic must meet to belong to it.
  public var condition: ChannelCondition

  /// A rule.
  ///
  /// - Parameters:
  ///   - group: The group.
  ///   - condition: What traffic must meet to belong to it.
  public init(_ group: ChannelGroup, _ condition: ChannelCondition) {
    self.group = group
    self.condition = condition
  }

  /// The rule in words, such as `Audio: medium is "audio"`.
  public var description: String { "\(group): \(condition)" }
}

/// Rules that sort traffic into channels; the first that matches decides.
///
/// ```swift
/// let input = ChannelInput(source: "google", medium: "cpc")
/// ChannelGrouping.ga4.group(for: input)      // Paid Search
/// ChannelGrouping.simple.group(for: input)   // Paid Search
///
/// var own = ChannelGrouping.ga4
/// own.name = "Podcasts apart"
/// own.rules.insert(ChannelRule("Podcasts", .medium(.equals("podcast"))), at: 0)
/// ```
///
/// The rules are data: a grouping prints itself in words, and an encoded grouping holds all its
/// rules, so that a report made again years later uses the same ones.
public struct ChannelGrouping: Sendable, Hashable, Codable {
  /// What the grouping is called in reports.
  public var name: String
  /// The rules in the order in which they are tried.
  public var rules: [ChannelRule]
  /// The group of traffic that no rule matches.
  public var fallback: ChannelGroup
  /// Whether a link with a Google click identifier whose medium is "organic", empty or absent is
  /// treated as medium "cpc", and as source "google" if its source is empty or absent too.
  public var treatsGclidAsPaid: Bool

  /// A grouping of one's own.
  ///
  /// - Parameters:
  ///   - name: What the grouping is called in reports.
  ///   - rules: The rules in the order in which they are tried.
  ///   - fallback: The group of traffic that no rule matches.
  ///   - treatsGclidAsPaid: Whether a Google click identifier makes a link without another medium
  ///     than "organic" an advertisement.
  public init(
    name: String, rules: [ChannelRule], fallback: ChannelGroup, treatsGclidAsPaid: Bool = false
  ) {
    self.name = name
    self.rules = rules
    self.fallback = fallback
    self.treatsGclidAsPaid = treatsGclidAsPaid
  }

  /// The groups that the grouping can give, in the order of its rules, each once.
  public var groups: [ChannelGroup] {
    var groups: [ChannelGroup] = []
    for group in rules.map(\.group) + [fallback] where !groups.contains(group) {
      groups.append(group)
    }
    return groups
  }

  /// The group of a source of traffic.
  ///
  /// Case never matters. To group many events, group each distinct source once.
  ///
  /// - Parameter input: The source of traffic.
  /// - Complexity: O(*r* · *m*), where *r* is the length of the rules and *m* that of the texts of
  ///   `input`.
  public func group(for input: ChannelInput) -> ChannelGroup {
    var input = input
    if treatsGclidAsPaid, input.hasGclid {
      let medium = input.medium?.lowercased() ?? ""
      if medium.isEmpty || medium == "organic" {
        input.medium = "cpc"
        if input.source?.isEmpty ?? true { input.source = "google" }
      }
    }
    let folded = FoldedInput(input)
    return rules.first { $0.condition.matches(folded) }?.group ?? fallback
  }
}

// MARK: - GA4

extension ChannelGrouping {
  /// GA4's default channel group for manual traffic.
  ///
  /// The rules and their order are those of "Default channel group", Google Analytics Help,
  /// <https://support.google.com/analytics/answer/9756891>, and the lists of sources those that
  /// it links to (``SourceCategory``). Two things are ours, since Google's reports do them without
  /// saying how:
  ///
  /// - A link with a Google click identifier is an advertisement, even where the export says
  ///   "organic" or nothing (``treatsGclidAsPaid``).
  /// - Traffic that no rule matches is ``ChannelGroup/dataUnavailable`` if its source or medium is
  ///   "(not set)", "(data deleted)", "<Other>" or empty, and ``ChannelGroup/unassigned``
  ///   otherwise, also when both are absent. The rules come first: a deleted source with medium
  ///   "referral" is a referral, and "(direct)" with "(not set)" is direct.
  public static let ga4 = ga4(withAIAssistants: false)

  /// GA4's default channel group for manual traffic, with or without a channel for AI assistants.
  ///
  /// Google announced the channel in 2026 without its place in the order. Here it comes after the
  /// paid channels and before the organic ones, so that advertisements of assistants stay paid and
  /// links in their answers are no mere referrals.
  ///
  /// - Parameter withAIAssistants: Whether sources known as ChatGPT, Claude, Gemini, Perplexity,
  ///   Copilot, DeepSeek or Grok form ``ChannelGroup/aiAssistant``.
  public static func ga4(withAIAssistants: Bool) -> ChannelGrouping {
    let shop: ChannelCondition = .anyOf([.sourceCategory(.shopping), .isShopCampaign])
    let email = ChannelCondition.TextMatch.equals("email", "e-mail", "e_mail", "e mail")
    let unavailable = ChannelCondition.TextMatch.equals(
      "(not set)", "(data deleted)", "<Other>", "")
    let paid: [ChannelRule] = [
      ChannelRule(
        .direct,
        .allOf([.source(.equals("(direct)")), .medium(.equals("(none)", "(not set)"))])),
      ChannelRule(.crossNetwork, .campaign(.contains("cross-network"))),
      ChannelRule(.paidShopping, .allOf([shop, .isPaid])),
      ChannelRule(.paidSearch, .allOf([.sourceCategory(.search), .isPaid])),
      ChannelRule(.paidSocial, .allOf([.sourceCategory(.social), .isPaid])),
      ChannelRule(.paidVideo, .allOf([.sourceCategory(.video), .isPaid])),
      ChannelRule(
        .display,
        .medium(.equals("display", "banner", "expandable", "interstitial", "cpm"))),
      ChannelRule(.paidOther, .isPaid),
    ]
    let assistants = [
      ChannelRule(
        .aiAssistant,
        .anyOf([
          .source(
            .equals(
              "chatgpt", "chatgpt.com", "chat.openai.com", "claude", "claude.ai", "gemini",
              "gemini.google.com", "perplexity", "perplexity.ai", "copilot", "copilot.com",
              "copilot.microsoft.com", "deepseek", "deepseek.com", "grok", "grok.com")),
          .source(
            .hasSuffix(
              ".chatgpt.com", ".claude.ai", ".perplexity.ai", ".copilot.com", ".deepseek.com",
              ".grok.com")),
        ]))
    ]
    let organic: [ChannelRule] = [
      ChannelRule(.organicShopping, shop),
      ChannelRule(
        .organicSocial,
        .anyOf([
          .sourceCategory(.social),
          .medium(
            .equals(
              "social", "social-network", "social-media", "sm", "social network",
              "social media")),
        ])),
      ChannelRule(
        .organicVideo, .anyOf([.sourceCategory(.video), .medium(.contains("video"))])),
      ChannelRule(
        .organicSearch, .anyOf([.sourceCategory(.search), .medium(.equals("organic"))])),
      ChannelRule(.referral, .medium(.equals("referral", "app", "link"))),
      ChannelRule(.email, .anyOf([.source(email), .medium(email)])),
      ChannelRule(.affiliates, .medium(.equals("affiliate", "affiliates"))),
      ChannelRule(.audio, .medium(.equals("audio"))),
      ChannelRule(.sms, .anyOf([.source(.equals("sms")), .medium(.equals("sms"))])),
      ChannelRule(
        .mobilePushNotifications,
        .anyOf([
          .medium(.hasSuffix("push")), .medium(.contains("mobile", "notification")),
          .source(.equals("firebase")),
        ])),
      ChannelRule(
        .dataUnavailable, .anyOf([.source(unavailable), .medium(unavailable)])),
    ]
    return ChannelGrouping(
      name: withAIAssistants
        ? "GA4 default channel group with AI assistants" : "GA4 default channel group",
      rules: paid + (withAIAssistants ? assistants : []) + organic,
      fallback: .unassigned, treatsGclidAsPaid: true)
  }
}

// MARK: - Simple

extension ChannelGrouping {
  /// A short rule found in many home-made GA4 pipelines, for comparison with their figures.
  ///
  /// It knows three search engines and four social networks by name, does not ask for a medium to
  /// call "(direct)" direct, and puts deleted and withheld sources under ``ChannelGroup/other``.
  /// Prefer ``ga4``.
  public static let simple = ChannelGrouping(
    name: "Simple channels",
    rules: [
      ChannelRule(.organicSearch, .medium(.contains("organic"))),
      ChannelRule(
        .paidSearch,
        .allOf([
          .source(.equals("google", "bing", "yahoo")),
          .medium(.equals("cpc", "ppc", "paid", "paid-search")),
        ])),
      ChannelRule(.email, .medium(.equals("email"))),
      ChannelRule(
        .social,
        .anyOf([
          .medium(.equals("social", "social-network", "social-media")),
          .source(.equals("facebook", "twitter", "instagram", "linkedin")),
        ])),
      ChannelRule(.affiliates, .medium(.equals("affiliate"))),
      ChannelRule(.referral, .medium(.equals("referral"))),
      ChannelRule(.display, .medium(.equals("display", "cpm", "banner"))),
      ChannelRule(
        .direct,
        .anyOf([.medium(.equals("(none)", "none", "direct")), .source(.equals("(direct)"))])),
    ],
    fallback: .other)
}

// MARK: - Text

extension ChannelGrouping: CustomStringConvertible {
  /// The rules in words, one to a line, after the name.
  public var description: String {
    var lines = ["\(name), the first rule that matches:"]
    if treatsGclidAsPaid {
      lines.append(
        "a link with a gclid and medium \"organic\" or none is medium \"cpc\" (source \"google\" if"
          + " it has none)")
    }
    for (index, rule) in rules.enumerated() { lines.append("\(index + 1). \(rule)") }
    lines.append("otherwise \(fallback)")
    if rules.contains(where: { $0.condition.uses(.isPaid) }) {
      lines.append(
        "A paid medium contains \"cp\", is \"ppc\" or \"retargeting\", or starts with \"paid\".")
    }
    if rules.contains(where: { $0.condition.uses(.isShopCampaign) }) {
      lines.append(
        "A campaign names a shop if it contains \"shopping\", or \"shop\" after no letter but an"
          + " \"e\".")
    }
    return lines.joined(separator: "\n")
  }
}
