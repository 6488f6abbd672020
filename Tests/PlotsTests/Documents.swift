import Foundation
import Plots

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a document that was read by Foundation's parser.
struct Element {
  var name: String
  var attributes: [String: String]
  /// The text directly within the element.
  var text = ""
  /// The text of its `<title>`, if it has one.
  var title: String?

  /// An attribute that is a number.
  func number(_ name: String) -> Double {
    attributes[name].flatMap { Double($0) } ?? .nan
  }

  /// Whether the element has a class.
  func has(class name: String) -> Bool {
    (attributes["class"] ?? "").split(separator: " ").contains { $0 == name }
  }
}

/// All elements of a document, in the order in which they begin; `nil` if it is not well formed.
func elements(of markup: String) -> [Element]? {
  let reader = ElementReader()
  let parser = XMLParser(data: Data(markup.utf8))
  parser.delegate = reader
  return parser.parse() ? reader.elements : nil
}

private final class ElementReader: NSObject, XMLParserDelegate {
  var elements: [Element] = []
  private var open: [Int] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let index = open.removeLast()
    if name == "title", let parent = open.last { elements[parent].title = elements[index].text }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let index = open.last { elements[index].text += text }
  }
}

/// A figure of every kind, with `text` wherever a figure takes text.
func figures(saying text: String) -> [any PlotFigure] {
  let steps = [
    FunnelPlot.Step(text, count: 100, detail: text),
    FunnelPlot.Step(text, count: 30, shareOfFirst: 0.3, shareOfPrevious: 0.3, detail: text),
  ]
  let labels = [text, text + "2", text + "3"]
  let format = PlotNumberFormat.decimal(1, unit: text)
  return [
    FunnelPlot(text, steps: steps, countName: text, identifier: text),
    FunnelPlot(
      text,
      groups: [FunnelPlot.Group(text, steps: steps), FunnelPlot.Group(text + "b", steps: steps)],
      countName: text),
    BarPlot(
      text, labels: labels, values: [1, -2, nil], labelName: text, valueName: text, format: format,
      direction: .horizontal),
    BarPlot(
      text, labels: labels,
      series: [
        BarPlot.Series(text, values: [1, 2, 3]), BarPlot.Series(text + "b", values: [3, nil, 1]),
      ],
      labelName: text, valueName: text, format: format, direction: .vertical, summary: text),
    LinePlot(
      text, labels: labels,
      series: [
        LinePlot.Series(text, values: [1, nil, 3], band: [0...2, nil, 1...4]),
        LinePlot.Series(text + "b", values: [3, 2, 1]),
      ],
      labelName: text, valueName: text, format: format, colors: .dark),
    HistogramPlot(
      text,
      bins: [
        HistogramPlot.Bin(from: 0, to: 1, count: 3), HistogramPlot.Bin(from: 1, to: 3, count: 1),
      ],
      valueName: text, countName: text, format: format, colors: .inherited),
    HeatMapPlot(
      text, columns: labels,
      rows: [
        HeatMapPlot.Row(text, detail: text, values: [1, 2, nil], provisional: [1]),
        HeatMapPlot.Row(text + "b", detail: text, values: [3, nil, nil]),
      ], rowName: text, detailName: text, columnName: text, valueName: text, format: format),
    FlowPlot(
      text,
      root: FlowPlot.Node(
        text, count: 10, detail: text,
        children: [
          FlowPlot.Node(text + "b", count: 6, children: [FlowPlot.Node(text, count: 2)]),
          FlowPlot.Node(text + "c", count: 1),
        ]), countName: text),
  ]
}
