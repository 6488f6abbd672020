/// How wide text is, without asking a typeface.
///
/// The widths are those of a wide typeface (DejaVu Sans), so what fits here fits with narrower ones.
enum LabelText {
  /// The width of `text` in pixels at `size` pixels.
  static func width(_ text: String, size: Double = 12, bold: Bool = false) -> Double {
    Double(text.reduce(0) { $0 + thousandths($1) }) / 1_000 * size * (bold ? 1.1 : 1)
  }

  /// Text on one line: characters that would break it are blanks.
  static func line(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// As much of `text` as fits into `width`, with an ellipsis if that is not all.
  static func shortened(
    _ text: String, to width: Double, size: Double = 12, bold: Bool = false
  ) -> String {
    wrapped(text, to: width, lines: 1, size: size, bold: bold)[0]
  }

  /// `text` in at most `lines` lines that fit into `width`, the last with an ellipsis if that is not
  /// all.
  static func wrapped(
    _ text: String, to width: Double, lines: Int, size: Double = 12, bold: Bool = false
  ) -> [String] {
    let limit = Int(width / size / (bold ? 1.1 : 1) * 1_000)
    var rest = Array(line(text))[...]
    var result: [String] = []
    while true {
      // What was broken may have ended in the blank.
      if rest.isEmpty, !result.isEmpty { return result }
      let fitting = fittingCount(rest, limit)
      if fitting == rest.count { return result + [String(rest)] }
      if result.count + 1 == lines {
        let kept = rest.prefix(fittingCount(rest, limit - thousandths("…")))
        return result + [String(trimmed(kept)) + "…"]
      }
      // Break at the last blank, or within a word that is longer than a line.
      let head = rest.prefix(fitting + 1)
      if let blank = head.lastIndex(of: " "), blank > rest.startIndex {
        result.append(String(trimmed(rest[..<blank])))
        rest = rest[(blank + 1)...]
      } else {
        result.append(String(rest.prefix(max(1, fitting))))
        rest = rest.dropFirst(max(1, fitting))
      }
    }
  }

  private static func trimmed(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  private static func fittingCount(_ text: ArraySlice<Character>, _ limit: Int) -> Int {
    var width = 0
    for (count, character) in text.enumerated() {
      width += thousandths(character)
      if width > limit { return count }
    }
    return text.count
  }

  /// The width of a character in thousandths of the size of the text.
  private static func thousandths(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar {
    case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", " ", "!": return 340
    case "f", "t", "r", "-", "(", ")", "[", "]", "/", "\\", "·": return 420
    case "m", "M", "w", "W", "@", "%", "—", "…": return 1_000
    case "A"..."Z", "+", "=", "<", ">", "&", "~", "#": return 820
    case "\u{0}"..."\u{24F}": return 650
    case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}": return 0
    case "\u{250}"..."\u{10FF}": return 800
    default: return 1_100
    }
  }
}
