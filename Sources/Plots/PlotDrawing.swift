/// A figure drawn for a place of a certain width.
public struct PlotDrawing: Sendable, Hashable {
  /// The width that the figure is drawn for, in CSS pixels.
  public let width: Int
  /// The height that the figure takes at that width, in CSS pixels.
  public let height: Int

  private let opening: String
  private let content: String

  init(width: Int, height: Int, opening: String, content: String) {
    self.width = width
    self.height = height
    self.opening = opening
    self.content = content
  }

  /// The drawing as an `<svg>` element, complete as a file of its own or within a page.
  public var svg: String { markup(style: PlotStyle.sheet) }

  /// The drawing with other rules of style, for pages where the usual ones stand elsewhere.
  func markup(style: String) -> String {
    opening + (style.isEmpty ? "" : "<style>\(style)</style>") + content + "</svg>"
  }
}
