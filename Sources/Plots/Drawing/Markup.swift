/// The pieces of SVG and HTML.
enum Markup {
  /// `text` with everything replaced that means something in elements and attributes, that no
  /// document may hold, or that would turn the direction of the text around it.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": result += " "
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": break
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate in tenths of a pixel, which are finer than any screen, written from an integer.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let whole = "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10)"
    return tenths % 10 == 0 ? whole : whole + ".\(tenths.magnitude % 10)"
  }

  /// The id of a figure: the caller's identifier in letters that an id may have, or a fingerprint of
  /// the figure's content.
  static func id(of figure: some PlotFigure) -> String {
    guard let identifier = figure.identifier else {
      // FNV-1a of 64 bits; the lengths keep neighbouring texts apart.
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      func add(_ text: String) {
        for byte in "\(text.utf8.count):\(text)".utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
      }
      for text in [figure.title, figure.summary] + figure.table.joined() { add(text) }
      return "pa-" + String(hash, radix: 36)
    }
    var result = "pa-"
    for scalar in identifier.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": result.unicodeScalars.append(scalar)
      default: result += "_" + String(scalar.value, radix: 16) + "_"
      }
    }
    return result
  }
}
