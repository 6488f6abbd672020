import Testing

@testable import Plots

@Suite struct ColorTests {
  /// Red, green and blue of "#rrggbb", linear from 0 to 1.
  private func linear(_ color: String) -> [Double] {
    let digits = Array(color.dropFirst())
    return stride(from: 0, to: 6, by: 2).map { index in
      let share = Double(Int(String(digits[index...(index + 1)]), radix: 16)!) / 255
      return share <= 0.04045 ? share / 12.92 : Self.power24((share + 0.055) / 1.055)
    }
  }

  private static func power24(_ base: Double) -> Double {
    // x^2.4 = x² · x^0.4, the latter by Newton's method on y⁵ = x².
    var root = 1.0
    for _ in 0..<60 {
      root -= (root * root * root * root * root - base * base) / (5 * root * root * root * root)
    }
    return base * base * root
  }

  /// The contrast of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
  private func contrast(_ one: String, _ other: String) -> Double {
    let luminances = [one, other].map { color in
      let rgb = linear(color)
      return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    }
    return (luminances.max()! + 0.05) / (luminances.min()! + 0.05)
  }

  @Test func `the contrast is that of the standard`() {
    #expect(abs(contrast("#000000", "#ffffff") - 21) < 1e-9)
    // https://webaim.org/resources/contrastchecker/ gives 4.54 for this grey.
    #expect(abs(contrast("#767676", "#ffffff") - 4.54) < 0.01)
  }

  @Test func `text has the contrast of WCAG AA, marks that of graphics`() {
    for palette in [PlotPalette.light, .dark] {
      #expect(contrast(palette.ink, palette.surface) >= 7)
      #expect(contrast(palette.quiet, palette.surface) >= 4.5)
      #expect(palette.series.count == 8)
      for color in palette.series { #expect(contrast(color, palette.surface) >= 3) }
    }
    for color in PlotPalette.inherited.series {
      #expect(contrast(color, PlotPalette.light.surface) >= 3)
      #expect(contrast(color, PlotPalette.dark.surface) >= 3)
    }
  }

  @Test func `series stay apart for readers who lack a kind of cone`() {
    // Full protanopia, deuteranopia and tritanopia: Machado, Oliveira and Fernandes 2009, table 1.
    let sights = [
      [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]],
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ],
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ],
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ],
    ]
    func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    func cubeRoot(_ value: Double) -> Double {
      var root = 1.0
      for _ in 0..<100 { root -= (root * root * root - value) / (3 * root * root) }
      return root
    }
    /// Björn Ottosson, https://bottosson.github.io/posts/oklab/.
    func oklab(_ rgb: [Double]) -> [Double] {
      let cones = times(
        [
          [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
          [0.0883024619, 0.2817188376, 0.6299787005],
        ], rgb.map { min(1, max(0, $0)) })
      return times(
        [
          [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
          [0.0259040371, 0.7827717662, -0.8086757660],
        ], cones.map { cubeRoot(max($0, 1e-9)) })
    }
    for (palette, least) in [(PlotPalette.light, 0.1), (.dark, 0.1), (.inherited, 0.07)] {
      for sight in sights {
        let seen = palette.series.map { oklab(times(sight, linear($0))) }
        for one in seen.indices {
          for other in seen.indices where one < other {
            let square = zip(seen[one], seen[other]).reduce(0) {
              $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            #expect(square.squareRoot() >= least)
          }
        }
      }
    }
  }

  @Test func `each choice of colors is a class of its own, and the style opens no element`() throws
  {
    var figure = BarPlot("A", labels: ["x"], values: [1])
    let classes = try PlotColors.allCases.map { colors in
      figure.colors = colors
      return try #require(elements(of: figure.svg)?[0].attributes["class"])
    }
    #expect(
      classes == ["pa-plot pa-auto", "pa-plot pa-light", "pa-plot pa-dark", "pa-plot pa-page"])
    #expect(!PlotStyle.sheet.contains("<") && !PlotStyle.sheet.contains("&"))
    #expect(PlotStyle.sheet.count { $0 == "{" } == PlotStyle.sheet.count { $0 == "}" })
    #expect(PlotStyle.sheet.contains("@media (prefers-color-scheme:dark){.pa-auto{"))
  }
}
