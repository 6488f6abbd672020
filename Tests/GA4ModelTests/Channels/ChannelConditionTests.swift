import Foundation
import Testing

@testable import GA4Model

@Suite struct ChannelConditionTests {
  /// Random texts made of the pieces that the patterns look for and of their neighbours.
  private func texts(count: Int) -> [String] {
    var generator = RepeatableGenerator(seed: 8)
    let pieces = [
      "cp", "c", "p", "pp", "ppc", "paid", "pai", "retargeting", "retarget", "shop", "sho", "ping",
      "shopping", "e", "d", "a", "z", "-", "_", " ", "1", "E", "S", "SHOP", "Cp", "PAID", "é", "\n",
      "video", "vide", "o",
    ]
    return (0..<count).map { _ in
      (0..<Int.random(in: 0...4, using: &generator))
        .map { _ in pieces.randomElement(using: &generator)! }.joined()
    }
  }

  @Test func `the matchers agree with the regular expressions`() throws {
    let paid = try Regex("^(.*cp.*|ppc|retargeting|paid.*)$").ignoresCase().dotMatchesNewlines()
    let shop = try Regex("^(.*(([^a-df-z]|^)shop|shopping).*)$").ignoresCase()
      .dotMatchesNewlines()
    let video = try Regex("^(.*video.*)$").ignoresCase().dotMatchesNewlines()
    var counts = [0, 0, 0]
    for text in texts(count: 6000) {
      let isPaid = text.wholeMatch(of: paid) != nil
      let isShop = text.wholeMatch(of: shop) != nil
      let isVideo = text.wholeMatch(of: video) != nil
      let input = ChannelInput(medium: text, campaign: text)
      #expect(ChannelCondition.isPaid.matches(input) == isPaid, "\(text)")
      #expect(ChannelCondition.isShopCampaign.matches(input) == isShop, "\(text)")
      #expect(ChannelCondition.medium(.contains("video")).matches(input) == isVideo, "\(text)")
      for (index, matched) in [isPaid, isShop, isVideo].enumerated() where matched {
        counts[index] += 1
      }
    }
    #expect(counts.allSatisfy { $0 > 300 && $0 < 5700 })
  }

  @Test(arguments: [
    ("shop", true), ("eshop", true), ("e-shop", true), ("pet shop", true), ("workshop", false),
    ("workshopping", true), ("workshop shop", true), ("Shopping", true), ("bishop", false),
    ("9shop", true), ("", false), ("sho", false), ("WORKSHOP", false),
  ])
  func `a campaign names a shop when no letter but e precedes it`(text: String, isShop: Bool) {
    #expect(ChannelCondition.isShopCampaign.matches(ChannelInput(campaign: text)) == isShop)
  }

  @Test func `text tests agree with String`() {
    let all = texts(count: 400)
    // Foundation holds that no text contains the empty one; here every text does.
    for (text, pattern) in zip(all, all.dropFirst(7).map { String($0.prefix(3)) }) {
      let (folded, part) = (text.lowercased(), pattern.lowercased())
      #expect(ChannelCondition.TextMatch.equals(pattern).matches(text) == (folded == part))
      #expect(ChannelCondition.TextMatch.hasPrefix(pattern).matches(text) == folded.hasPrefix(part))
      #expect(ChannelCondition.TextMatch.hasSuffix(pattern).matches(text) == folded.hasSuffix(part))
      #expect(
        ChannelCondition.TextMatch.contains(pattern).matches(text)
          == (part.isEmpty || folded.contains(part)))
    }
    #expect(ChannelCondition.TextMatch.contains("x", "ORG").matches("organic"))
    #expect(!ChannelCondition.TextMatch.equals(anyOf: []).matches(""))
    #expect(!ChannelCondition.TextMatch.contains("abc").matches("ab"))
    #expect(!ChannelCondition.TextMatch.hasSuffix("abc").matches("bc"))
  }

  @Test func `absent texts fail every test, and not gives the complement`() {
    let nothing = ChannelInput()
    let tests: [ChannelCondition] = [
      .source(.equals("")), .medium(.contains("")), .campaign(.hasPrefix("")), .isPaid,
      .isShopCampaign, .hasGclid, .sourceCategory(.search), .anyOf([]),
    ]
    for test in tests {
      #expect(!test.matches(nothing))
      #expect(ChannelCondition.not(test).matches(nothing))
    }
    #expect(ChannelCondition.allOf([]).matches(nothing))
    #expect(ChannelCondition.medium(.contains("")).matches(ChannelInput(medium: "")))
    #expect(ChannelCondition.hasGclid.matches(ChannelInput(hasGclid: true)))
    #expect(
      ChannelCondition.allOf([.isPaid, .not(.source(.equals("Bing")))]).matches(
        ChannelInput(source: "google", medium: "CPC")))
    #expect(
      !ChannelCondition.allOf([.isPaid, .not(.source(.equals("Bing")))]).matches(
        ChannelInput(source: "BING", medium: "CPC")))
  }

  @Test func `conditions print in words`() {
    let condition: ChannelCondition = .anyOf([
      .allOf([.source(.equals("A", "b", "c")), .not(.isPaid)]), .campaign(.hasSuffix("x")),
      .allOf([.medium(.hasPrefix("y"))]), .sourceCategory(.video), .hasGclid, .isShopCampaign,
      .medium(.contains("m")), .anyOf([]), .allOf([]), .source(.equals(anyOf: [])),
    ])
    #expect(
      condition.description
        == #"(source is "a", "b" or "c" and not (medium is paid)) or campaign ends with "x" or"#
        + #" medium starts with "y" or source is in the video list or link has a gclid or campaign"#
        + #" names a shop or medium contains "m" or never or always or source is none of no values"#
    )
  }

  @Test func `conditions survive as JSON`() throws {
    let condition: ChannelCondition = .anyOf([
      .allOf([.source(.equals("a", "b")), .not(.isPaid)]), .campaign(.hasSuffix("x")),
      .medium(.hasPrefix("y")), .medium(.contains("z")), .sourceCategory(.video), .hasGclid,
      .isShopCampaign,
    ])
    let encoder = JSONEncoder()
    let json = try encoder.encode(condition)
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"{"anyOf":[{"allOf":[{"source":{"equals":["a","b"]}},{"not":{"isPaid":true}}]},"#
        + #"{"campaign":{"hasSuffix":["x"]}},{"medium":{"hasPrefix":["y"]}},"#
        + #"{"medium":{"contains":["z"]}},{"sourceCategory":"video"},{"hasGclid":true},"#
        + #"{"isShopCampaign":true}]}"#)
    #expect(try JSONDecoder().decode(ChannelCondition.self, from: json) == condition)
    func decode(_ text: String) throws -> ChannelCondition {
      try JSONDecoder().decode(ChannelCondition.self, from: Data(text.utf8))
    }
    #expect(try decode(#"{"isPaid":false}"#) == .not(.isPaid))
    #expect(try decode(#"{"medium":{"equals":["CPC"]}}"#) == .medium(.equals("cpc")))
    for text in [
      "{}", #"{"isPaid":true,"hasGclid":true}"#, #"{"medium":{}}"#, #"{"medium":{"regex":["a"]}}"#,
      #"{"colour":"red"}"#, #"{"sourceCategory":"news"}"#,
    ] {
      #expect(throws: DecodingError.self) { try decode(text) }
    }
  }
}
