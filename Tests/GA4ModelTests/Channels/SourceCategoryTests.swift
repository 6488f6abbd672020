import GA4Model
import Testing

@Suite struct SourceCategoryTests {
  @Test func `the list has 819 sources, each once, in lower case`() {
    let counts = SourceCategory.allCases.map(\.sources.count)
    #expect(counts == [129, 592, 52, 46])
    let all = SourceCategory.allCases.flatMap(\.sources)
    #expect(Set(all).count == 819)
    #expect(all.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
    for category in SourceCategory.allCases {
      #expect(category.sources == category.sources.sorted())
      #expect(category.sources.allSatisfy { SourceCategory(source: $0) == category })
    }
  }

  @Test(
    arguments: [
      ("google", .search), ("GOOGLE", .search), ("baidu", .search), ("360.cn", .search),
      ("Facebook", .social), ("m.facebook.com", .social), ("t.co", .social), ("google+", .social),
      ("Google Shopping", .shopping), ("amazon", .shopping), ("walmart.com", .shopping),
      ("youtube.com", .video), ("netflix", .video), ("zoo.com", nil), ("", nil), ("google ", nil),
      ("|", nil), ("google|bing", nil), ("example.com", nil),
    ] as [(String, SourceCategory?)])
  func `a source is looked up whole, without regard to case`(
    source: String, category: SourceCategory?
  ) {
    #expect(SourceCategory(source: source) == category)
  }
}
