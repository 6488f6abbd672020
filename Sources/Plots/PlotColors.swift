/// Which colors a figure has.
///
/// A page may set its own by the CSS properties `--plot-ink`, `--plot-quiet`, `--plot-line`,
/// `--plot-surface`, `--plot-series-1` to `--plot-series-8`, and its typeface by `--plot-font`.
public enum PlotColors: Sendable, Hashable, CaseIterable {
  /// Light or dark, as the reader's system prefers; light on paper.
  case automatic
  /// Dark on white.
  case light
  /// Light on a dark ground.
  case dark
  /// Text in the page's color without a ground of its own, and marks that stand out on light and
  /// dark.
  ///
  /// For pages that switch between light and dark themselves. Within an `<img>` there is no page to
  /// take the color from: use ``automatic`` there.
  case inherited
}

/// Colors as they are written in CSS.
struct PlotPalette: Sendable {
  /// Text.
  var ink: String
  /// Text that steps back.
  var quiet: String
  /// Lines of the grid.
  var line: String
  /// The ground, `none` for that of the page.
  var surface: String
  /// Marks, by series.
  var series: [String]

  // The series were chosen by a search for colors of at least 3.1 to 1 against the ground (3 to 1
  // against both for `inherited`) that are as far apart as possible in OKLab under normal sight and
  // under full protanopia, deuteranopia and tritanopia as of Machado, Oliveira and Fernandes,
  // "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on
  // Visualization and Computer Graphics 15 (6), 2009.
  static let light = PlotPalette(
    ink: "#1d2126", quiet: "#5a636d", line: "#dfe3e7", surface: "#ffffff",
    series: [
      "#1f6fb2", "#c08010", "#602010", "#d03070", "#403060", "#4090f0", "#905010", "#1040a0",
    ])
  static let dark = PlotPalette(
    ink: "#e8eaed", quiet: "#a3abb4", line: "#343a41", surface: "#1c2024",
    series: [
      "#6db3ee", "#e05010", "#f0c020", "#9060e0", "#e0f0a0", "#c07090", "#90f0f0", "#a0b070",
    ])
  static let inherited = PlotPalette(
    ink: "currentColor", quiet: "currentColor", line: "currentColor", surface: "none",
    series: [
      "#3f84c4", "#d04010", "#8050d0", "#c08080", "#a05070", "#e07010", "#3070a0", "#b070f0",
    ])

  /// The palette for programs that know no CSS properties.
  init(_ colors: PlotColors) {
    switch colors {
    case .automatic, .light: self = .light
    case .dark: self = .dark
    case .inherited: self = .inherited
    }
  }

  private init(ink: String, quiet: String, line: String, surface: String, series: [String]) {
    self.ink = ink
    self.quiet = quiet
    self.line = line
    self.surface = surface
    self.series = series
  }

  /// The palette as declarations of CSS properties, each of which the page may set.
  var declarations: String {
    let named = [("ink", ink), ("quiet", quiet), ("line", line), ("surface", surface)]
    let numbered = series.enumerated().map { ("series-\($0 + 1)", $1) }
    return (named + numbered).map { "--pa-\($0):var(--plot-\($0),\($1))" }.joined(separator: ";")
  }
}

/// The rules of style of every figure; all have the same, since a page applies them to all.
enum PlotStyle {
  static let sheet: String = {
    let light = PlotPalette.light.declarations
    let dark = PlotPalette.dark.declarations
    let series = (1...8).map { ".pa-\($0){--pa-c:var(--pa-series-\($0))}" }.joined()
    // System colors take the place of all others where the reader has chosen them.
    let forced =
      "--pa-ink:CanvasText;--pa-quiet:CanvasText;--pa-line:GrayText;--pa-surface:Canvas"
    return """
      .pa-plot{display:block;width:100%;height:auto;font-variant-numeric:tabular-nums;\
      font-family:var(--plot-font,system-ui,-apple-system,"Segoe UI",sans-serif);\
      --pa-faint:1;\(light)}\
      @media (prefers-color-scheme:dark){.pa-auto{\(dark)}}\
      @media print{.pa-auto{\(light)}}\
      .pa-dark{\(dark)}\
      .pa-page{\(PlotPalette.inherited.declarations);--pa-faint:0.25}\
      @media (forced-colors:active){.pa-plot{\(forced)}}\
      \(series)\
      .pa-ground{fill:var(--pa-surface)}\
      .pa-plot text{fill:var(--pa-ink);stroke:none}\
      .pa-plot .pa-quiet{fill:var(--pa-quiet)}\
      .pa-plot .pa-value{stroke:var(--pa-surface);stroke-width:3px;stroke-linejoin:round;\
      paint-order:stroke}\
      .pa-grid{fill:none;stroke:var(--pa-line);stroke-opacity:var(--pa-faint)}\
      .pa-axis{fill:none;stroke:var(--pa-quiet)}\
      .pa-bar{fill:var(--pa-c)}\
      .pa-lost{fill:var(--pa-c);fill-opacity:0.12;stroke:var(--pa-c);stroke-opacity:0.7}\
      .pa-part{stroke:var(--pa-c);stroke-opacity:0.7}\
      .pa-line{fill:none;stroke:var(--pa-c)}\
      .pa-band{fill:var(--pa-c);fill-opacity:0.2}\
      .pa-dot{fill:var(--pa-c);stroke:var(--pa-surface)}\
      .pa-sign{stroke:var(--pa-c);stroke-width:2}.pa-ring{fill:var(--pa-surface)}\
      .pa-hover{fill:none;pointer-events:all}
      """
  }()

  /// The rules for the element that holds the drawings.
  static let figure = """
    .pa-figure{container-type:inline-size;margin:0 0 1rem}\
    .pa-numbers summary{font-size:0.85rem;cursor:pointer}\
    .pa-scroll{overflow-x:auto}\
    .pa-table caption{text-align:left;font-weight:600}\
    .pa-table th,.pa-table td{padding:0.25rem 0.75rem 0.25rem 0;text-align:right;\
    font-variant-numeric:tabular-nums}\
    .pa-table th:first-child{text-align:left}\
    .pa-table th[scope="row"]{font-weight:400;overflow-wrap:anywhere}
    """
}
