import Testing

@testable import Plots

@Suite struct LabelTextTests {
  @Test func `what fits is not shortened`() {
    #expect(LabelText.shortened("Direct", to: 100) == "Direct")
    #expect(LabelText.wrapped("Organic Search", to: 200, lines: 2) == ["Organic Search"])
    #expect(LabelText.wrapped("", to: 200, lines: 2) == [""])
  }

  @Test func `what does not fit ends in an ellipsis and fits`() {
    let text = "A label that is much too long for the place that it has"
    for width in stride(from: 20.0, through: 300, by: 7) {
      let shown = LabelText.shortened(text, to: width)
      #expect(LabelText.width(shown) <= width)
      #expect(shown.hasSuffix("…"))
      #expect(text.hasPrefix(shown.dropLast()))
    }
  }

  @Test func `lines break at blanks, hold all words in their order, and fit`() {
    let text = "Cross-network with a name that goes on"
    let lines = LabelText.wrapped(text, to: 100, lines: 9)
    #expect(lines.count > 2)
    #expect(lines.joined(separator: " ") == text)
    #expect(lines.allSatisfy { LabelText.width($0) <= 100 })
    let two = LabelText.wrapped(text, to: 100, lines: 2)
    #expect(two.count == 2 && two[0] == lines[0] && two[1].hasSuffix("…"))
  }

  @Test func `a word longer than a line is broken within`() {
    let word = String(repeating: "abc", count: 30)
    let lines = LabelText.wrapped(word, to: 60, lines: 99)
    #expect(lines.joined() == word)
    #expect(lines.allSatisfy { LabelText.width($0) <= 60 })
    // Even where not one letter fits there is an end.
    #expect(LabelText.wrapped("abc", to: 1, lines: 99) == ["a", "b", "c"])
    #expect(LabelText.wrapped("abc", to: 1, lines: 1) == ["…"])
  }

  @Test func `a character of several code points is not taken apart`() {
    let family = "👩‍👩‍👧‍👦"
    let text = String(repeating: family, count: 20)
    let shown = LabelText.shortened(text, to: 100)
    #expect(shown.dropLast().allSatisfy { String($0) == family })
    #expect(shown.count > 2)
  }

  @Test func `a shortened label keeps its whole text for the pointer`() throws {
    let long = String(repeating: "word ", count: 40) + "end"
    let figure = BarPlot("A", labels: [long, "b"], values: [1, 2], direction: .horizontal)
    let texts = try #require(elements(of: figure.svg(width: 360))).filter { $0.name == "text" }
    let shortened = texts.filter { $0.text.hasSuffix("…") }
    #expect(shortened.count == 1)
    #expect(shortened.allSatisfy { $0.title == long })
    #expect(texts.first { $0.text == "b" }?.title == nil)
  }
}
