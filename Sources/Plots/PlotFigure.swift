/// A figure that is drawn as SVG and told as a table.
///
/// ```swift
/// let figure = BarPlot("Sessions by weekday", labels: ["Mon", "Tue"], values: [120, 80])
/// figure.svg               // <svg … viewBox="0 0 640 …">…</svg>
/// figure.svg(width: 360)   // the same for a phone, with text of the same size
/// figure.htmlTable         // <table>…</table>, the numbers for those who do not see the figure
/// figure.html              // a <figure> with drawings for several widths and the table
/// ```
///
/// The figures of this module conform: ``FunnelPlot``, ``FlowPlot``, ``BarPlot``, ``LinePlot``,
/// ``HistogramPlot``, ``HeatMapPlot`` and ``IntervalPlot``. The same figure gives the same bytes on every machine.
/// Everything that comes from the caller is escaped, so labels may hold any text.
public protocol PlotFigure: Sendable, Hashable {
  /// What the figure shows: its heading, and its name for screen readers.
  var title: String { get }

  /// What is to be seen in the figure, in a sentence, for those who do not see it.
  var summary: String { get }

  /// A text that no other figure of the page has, `nil` to derive one from the content.
  ///
  /// Two figures with equal content on one page need different identifiers.
  var identifier: String? { get }

  /// Which colors the figure has.
  var colors: PlotColors { get }

  /// The figure's numbers: a row of column names, then a row for each label, step or bin.
  var table: [[String]] { get }

  /// Draws the figure for a place of `width` CSS pixels.
  ///
  /// - Parameter width: 240 to 4,000.
  func drawing(width: Int) -> PlotDrawing
}

extension PlotFigure {
  /// The figure as an `<svg>` element, drawn for a place 640 CSS pixels wide.
  public var svg: String { svg(width: 640) }

  /// The figure as an `<svg>` element, drawn for a place of `width` CSS pixels.
  ///
  /// The element fills the width of its place, whatever that is, and its text grows and shrinks with
  /// it: it measures 12 to 14 pixels in a place of `width`. The element is complete, as a file of
  /// its own or within a page.
  ///
  /// - Parameter width: 240 to 4,000, such as 360 for a phone and 1,200 for a wide page.
  public func svg(width: Int) -> String { drawing(width: width).svg }

  /// The figure's numbers as a `<table>` whose caption is the title.
  ///
  /// The table has the class `pa-table` and no style of its own.
  public var htmlTable: String {
    var lines = ["<table class=\"pa-table\">", "<caption>\(Markup.escaped(title))</caption>"]
    let table = table
    if let header = table.first {
      let cells = header.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }
      lines.append("<thead><tr>\(cells.joined())</tr></thead>")
    }
    lines.append("<tbody>")
    for row in table.dropFirst() {
      let cells = row.enumerated().map { column, cell in
        column == 0
          ? "<th scope=\"row\">\(Markup.escaped(cell))</th>" : "<td>\(Markup.escaped(cell))</td>"
      }
      lines.append("<tr>\(cells.joined())</tr>")
    }
    lines.append("</tbody>")
    lines.append("</table>")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The figure for pages of any width: ``html(widths:)`` for 340, 480, 680 and 960.
  public var html: String { html(widths: [340, 480, 680, 960]) }

  /// A `<figure>` element with a drawing for each of `widths`, and the numbers as a table that can
  /// be opened.
  ///
  /// Of the drawings only the widest that fits is shown, chosen by CSS without a script; so the text
  /// stays readable on a phone and does not grow large on a wide page.
  ///
  /// - Parameter widths: 240 to 4,000 each, in any order, at least one.
  public func html(widths: [Int]) -> String {
    precondition(!widths.isEmpty, "A figure in HTML needs at least one width to be drawn for.")
    var distinct: [Int] = []
    for width in widths.sorted() where distinct.last != width { distinct.append(width) }
    var text = "<figure class=\"pa-figure\">\n"
    for (index, width) in distinct.enumerated() {
      var classes = ["pa-drawing"]
      var style = index == 0 ? PlotStyle.figure : ""
      // Each rule depends on the width alone, so that those of several figures agree.
      if index > 0 {
        classes.append("pa-from-\(width)")
        style += "@container (max-width:\(width - 1).98px){.pa-from-\(width){display:none}}"
        style += "@supports not (container-type:inline-size){.pa-from-\(width){display:none}}"
      }
      if index + 1 < distinct.count {
        let next = distinct[index + 1]
        classes.append("pa-below-\(next)")
        style += "@container (min-width:\(next)px){.pa-below-\(next){display:none}}"
      }
      let drawing = drawing(width: width)
      text += "<div class=\"\(classes.joined(separator: " "))\">"
      text += drawing.markup(style: (index == 0 ? PlotStyle.sheet : "") + style)
      text += "</div>\n"
    }
    text += "<details class=\"pa-numbers\"><summary>\(Markup.escaped(title)): numbers</summary>\n"
    text += "<div class=\"pa-scroll\">\n\(htmlTable)</div></details>\n</figure>\n"
    return text
  }
}
