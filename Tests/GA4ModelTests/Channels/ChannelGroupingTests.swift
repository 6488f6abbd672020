import Foundation
import GA4Model
import Testing

private func ga4(
  _ source: String?, _ medium: String?, _ campaign: String? = nil, gclid: Bool = false
) -> ChannelGroup {
  ChannelGrouping.ga4.group(
    for: ChannelInput(source: source, medium: medium, campaign: campaign, hasGclid: gclid))
}

@Suite struct ChannelGroupingTests {
  // Rows of the test of Velir/dbt-ga4, unit_tests/test_macro_default_channel_grouping.py, except
  // its row of "alibaba" without a medium, which contradicts the rule that it quotes.
  @Test(arguments: [
    ["(direct)", "(none)", "", "Direct"],
    ["(direct)", "(not set)", "", "Direct"],
    ["some-source", "some-medium", "some-cross-network-campaign", "Cross-network"],
    ["some-source", "some-medium", "cross-network", "Cross-network"],
    ["some-source", "retargeting", "shopping", "Paid Shopping"],
    ["google", "ppc", "", "Paid Search"],
    ["facebook", "retargeting", "", "Paid Social"],
    ["youtube.com", "paid-something", "", "Paid Video"],
    ["youtube.com", "display", "", "Display"],
    ["some-source", "cpc", "", "Paid Other"],
    ["Google Shopping", "", "", "Organic Shopping"],
    ["some-source", "", "some-shopping-campaign", "Organic Shopping"],
    ["facebook", "", "", "Organic Social"],
    ["some-source", "social", "", "Organic Social"],
    ["youtube.com", "", "", "Organic Video"],
    ["some-source", "video", "", "Organic Video"],
    ["bing", "", "", "Organic Search"],
    ["some-source", "organic", "", "Organic Search"],
    ["some-source", "referral", "", "Referral"],
    ["email", "", "", "Email"],
    ["", "e mail", "", "Email"],
    ["some-source", "affiliate", "", "Affiliates"],
    ["some-source", "audio", "", "Audio"],
    ["sms", "", "", "SMS"],
    ["", "sms", "", "SMS"],
    ["some-source", "something-push", "", "Mobile Push Notifications"],
    ["some-source", "mobile-notification", "", "Mobile Push Notifications"],
    ["firebase", "", "", "Mobile Push Notifications"],
    ["some-source", "some-medium", "some-campaign", "Unassigned"],
  ])
  func `the rows of dbt-ga4 come out the same in any case`(row: [String]) {
    let answer = ChannelGroup(rawValue: row[3])
    #expect(ga4(row[0], row[1], row[2]) == answer)
    #expect(ga4(row[0].uppercased(), row[1].uppercased(), row[2].uppercased()) == answer)
  }

  @Test func `every word of the table counts`() {
    func groups(of mediums: [String]) -> Set<ChannelGroup> {
      Set(mediums.map { ga4("example.com", $0) })
    }
    #expect(groups(of: ["display", "banner", "expandable", "interstitial", "cpm"]) == [.display])
    #expect(
      groups(of: ["cpc", "cpv", "xcpx", "ppc", "retargeting", "paid", "paidx"]) == [.paidOther])
    #expect(
      groups(of: [
        "social", "social-network", "social-media", "sm", "social network", "social media",
      ])
        == [.organicSocial])
    #expect(groups(of: ["video", "my-video-ad"]) == [.organicVideo])
    #expect(groups(of: ["referral", "app", "link"]) == [.referral])
    #expect(groups(of: ["email", "e-mail", "e_mail", "e mail"]) == [.email])
    #expect(groups(of: ["affiliate", "affiliates"]) == [.affiliates])
    #expect(
      groups(of: ["webpush", "push", "mobile", "mobile-x", "a notification b"])
        == [.mobilePushNotifications])
    #expect(
      groups(of: ["xpaid", "ppcx", "organics", "referrals", "pushy", "smsx", "audios", "emails"])
        == [.unassigned])
    for word in ["email", "e-mail", "e_mail", "e mail"] { #expect(ga4(word, "x") == .email) }
  }

  @Test func `earlier rows win`() {
    #expect(ga4("(direct)", "(none)", "cross-network") == .direct)
    #expect(ga4("google", "cpc", "cross-network shop") == .crossNetwork)
    #expect(ga4("google", "cpc", "shop") == .paidShopping)
    #expect(ga4("facebook.com", "cpm") == .paidSocial)
    #expect(ga4("youtube", "cpm") == .paidVideo)
    #expect(ga4("example.com", "cpm") == .display)
    #expect(ga4("facebook.com", "referral", "eshop") == .organicShopping)
    #expect(ga4("facebook.com", "referral") == .organicSocial)
    #expect(ga4("google", "social") == .organicSocial)
    #expect(ga4("google", "video") == .organicVideo)
    #expect(ga4("youtube.com", "organic") == .organicVideo)
    #expect(ga4("google", "referral") == .organicSearch)
    #expect(ga4("google", "email") == .organicSearch)
    #expect(ga4("email", "referral") == .referral)
    #expect(ga4("sms", "email") == .email)
    #expect(ga4("firebase", "sms") == .sms)
    #expect(ga4("(direct)", "cpc") == .paidOther)
    #expect(ga4("(direct)", "referral") == .referral)
  }

  @Test func `unavailable values matter only where no rule matches`() {
    #expect(ga4("<Other>", "<Other>") == .dataUnavailable)
    #expect(ga4("(data deleted)", "(data deleted)") == .dataUnavailable)
    #expect(ga4("<Other>", "(data deleted)") == .dataUnavailable)
    #expect(ga4("(not set)", "(not set)") == .dataUnavailable)
    #expect(ga4("", "") == .dataUnavailable)
    #expect(ga4("example.com", "(not set)") == .dataUnavailable)
    #expect(ga4(nil, "(not set)") == .dataUnavailable)
    #expect(ga4("<Other>", "referral") == .referral)
    #expect(ga4("(data deleted)", "organic") == .organicSearch)
    #expect(ga4("google", "<Other>") == .organicSearch)
    #expect(ga4("<Other>", "cpc") == .paidOther)
    #expect(ga4("(direct)", "(not set)") == .direct)
    #expect(ga4(nil, nil) == .unassigned)
    #expect(ga4("(direct)", nil) == .unassigned)
  }

  @Test func `a gclid makes organic or missing mediums paid`() {
    #expect(ga4("google", "organic", gclid: true) == .paidSearch)
    #expect(ga4("google", "Organic", gclid: true) == .paidSearch)
    #expect(ga4("google", "", gclid: true) == .paidSearch)
    #expect(ga4(nil, nil, gclid: true) == .paidSearch)
    #expect(ga4("", nil, gclid: true) == .paidSearch)
    #expect(ga4("youtube.com", nil, gclid: true) == .paidVideo)
    #expect(ga4("example.com", "email", gclid: true) == .email)
    #expect(ga4("(direct)", "(none)", gclid: true) == .direct)
    #expect(
      ChannelGrouping.simple.group(
        for: ChannelInput(source: "google", medium: "organic", hasGclid: true)) == .organicSearch)
  }

  @Test func `AI assistants are an option`() {
    let grouping = ChannelGrouping.ga4(withAIAssistants: true)
    func group(_ source: String, _ medium: String) -> ChannelGroup {
      grouping.group(for: ChannelInput(source: source, medium: medium))
    }
    for source in [
      "chatgpt.com", "claude.ai", "gemini.google.com", "www.perplexity.ai", "copilot.microsoft.com",
      "chat.deepseek.com", "Grok.com", "ChatGPT",
    ] {
      #expect(group(source, "referral") == .aiAssistant)
      #expect(group(source, "cpc") == .paidOther)
      #expect(ga4(source, "referral") == .referral)
    }
    #expect(group("claudette.example", "referral") == .referral)
    #expect(group("google", "organic") == .organicSearch)
    #expect(ChannelGrouping.ga4(withAIAssistants: false) == .ga4)
    #expect(grouping.groups.contains(.aiAssistant))
    #expect(!ChannelGrouping.ga4.groups.contains(.aiAssistant))
  }

  // The sources and mediums of Google's public e-commerce sample.
  @Test(arguments: [
    ("(direct)", "(none)", "Direct", "Direct"),
    ("google", "organic", "Organic Search", "Organic Search"),
    ("<Other>", "organic", "Organic Search", "Organic Search"),
    ("google", "cpc", "Paid Search", "Paid Search"),
    ("<Other>", "cpc", "Other", "Paid Other"),
    ("<Other>", "referral", "Referral", "Referral"),
    ("(data deleted)", "referral", "Referral", "Referral"),
    ("shop.googlemerchandisestore.com", "referral", "Referral", "Referral"),
    ("<Other>", "<Other>", "Other", "Data unavailable"),
    ("<Other>", "(data deleted)", "Other", "Data unavailable"),
    ("(data deleted)", "(data deleted)", "Other", "Data unavailable"),
    ("google", "<Other>", "Other", "Organic Search"),
  ])
  func `the public sample has these channels`(
    source: String, medium: String, simple: String, ga4: String
  ) {
    let input = ChannelInput(source: source, medium: medium)
    #expect(ChannelGrouping.simple.group(for: input).rawValue == simple)
    #expect(ChannelGrouping.ga4.group(for: input).rawValue == ga4)
  }

  @Test(arguments: [
    ("example.com", "my-Organic-list", "Organic Search"),
    ("google", "organic cpc", "Organic Search"),
    ("Bing", "PPC", "Paid Search"), ("yahoo", "paid", "Paid Search"),
    ("google", "paid-search", "Paid Search"), ("duckduckgo", "cpc", "Other"),
    ("google", "cpm", "Display"), ("facebook", "email", "Email"), ("news", "Email", "Email"),
    ("x", "social", "Social"), ("x", "social-network", "Social"), ("x", "social-media", "Social"),
    ("facebook", "cpc", "Social"), ("Twitter", "x", "Social"), ("instagram", "referral", "Social"),
    ("linkedin", "(none)", "Social"), ("facebook.com", "x", "Other"),
    ("x", "affiliate", "Affiliates"), ("x", "referral", "Referral"),
    ("(direct)", "referral", "Referral"),
    ("x", "display", "Display"), ("x", "banner", "Display"), ("x", "(none)", "Direct"),
    ("x", "none", "Direct"), ("x", "direct", "Direct"), ("(direct)", "x", "Direct"),
    ("(DIRECT)", "", "Direct"), ("x", "", "Other"), ("x", "(not set)", "Other"),
  ])
  func `the simple rule goes by its words`(source: String, medium: String, group: String) {
    #expect(
      ChannelGrouping.simple.group(for: ChannelInput(source: source, medium: medium)).rawValue
        == group)
  }

  @Test func `the groups of the table are in its order`() {
    #expect(
      ChannelGrouping.ga4.groups.map(\.rawValue) == [
        "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video",
        "Display", "Paid Other", "Organic Shopping", "Organic Social", "Organic Video",
        "Organic Search", "Referral", "Email", "Affiliates", "Audio", "SMS",
        "Mobile Push Notifications", "Data unavailable", "Unassigned",
      ])
  }

  @Test func `own rules can precede those of GA4`() {
    var grouping = ChannelGrouping.ga4
    grouping.rules.insert(ChannelRule("Podcasts", .medium(.equals("Podcast"))), at: 0)
    #expect(grouping.group(for: ChannelInput(source: "google", medium: "podcast")) == "Podcasts")
    #expect(grouping.group(for: ChannelInput(source: "google", medium: "cpc")) == .paidSearch)
    #expect(grouping != .ga4)
    let empty = ChannelGrouping(name: "None", rules: [], fallback: "All")
    #expect(empty.group(for: ChannelInput()) == "All")
    #expect(empty.groups == ["All"])
  }

  @Test func `groupings survive as JSON`() throws {
    for grouping in [ChannelGrouping.ga4, .simple, .ga4(withAIAssistants: true)] {
      let json = try JSONEncoder().encode(grouping)
      #expect(try JSONDecoder().decode(ChannelGrouping.self, from: json) == grouping)
    }
    #expect(
      try String(decoding: JSONEncoder().encode([ChannelGroup.paidSearch]), as: UTF8.self)
        == #"["Paid Search"]"#)
    #expect([ChannelGroup.referral, .direct].sorted() == [.direct, .referral])
  }

  @Test func `groupings print in words`() {
    #expect(
      ChannelGrouping.simple.description == """
        Simple channels, the first rule that matches:
        1. Organic Search: medium contains "organic"
        2. Paid Search: source is "google", "bing" or "yahoo" and medium is "cpc", "ppc", \
        "paid" or "paid-search"
        3. Email: medium is "email"
        4. Social: medium is "social", "social-network" or "social-media" or source is "facebook", \
        "twitter", "instagram" or "linkedin"
        5. Affiliates: medium is "affiliate"
        6. Referral: medium is "referral"
        7. Display: medium is "display", "cpm" or "banner"
        8. Direct: medium is "(none)", "none" or "direct" or source is "(direct)"
        otherwise Other
        """)
    let lines = ChannelGrouping.ga4.description.split(separator: "\n")
    #expect(lines.count == 24)
    #expect(
      lines[4]
        == "3. Paid Shopping: (source is in the shopping list or campaign names a shop) and medium"
        + " is paid"
    )
    #expect(lines[22].hasPrefix("A paid medium contains"))
    #expect(lines[23].hasPrefix("A campaign names a shop if"))
  }
}
