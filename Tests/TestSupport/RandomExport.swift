package import StatisticsCore

/// Random rows of the export as JSON text, written in every way that JSON allows: keys in any
/// order, blanks, escapes, numbers as text, nulls, and fields that nobody knows.
package struct RandomExport {
  package var generator: SeededGenerator
  /// Whether line ends may stand between tokens, as in pretty-printed arrays.
  package var isPretty = false
  /// Blanks between tokens are rarer than one in this many.
  private var sparse: Int

  package init(_ generator: SeededGenerator) {
    self.generator = generator
    sparse = 8
  }

  /// Up to `limit` rows as NDJSON, with blank lines and either line end.
  package mutating func lines(upTo limit: Int = 12) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<generator.integer(below: limit + 1) {
      if generator.bernoulli(0.1) {
        bytes += Array(generator.choose(from: ["\n", " \n", "\r\n"]).utf8)
      }
      bytes += row().utf8
      bytes += Array(generator.choose(from: ["\n", "\n", "\r\n", " \n"]).utf8)
    }
    // The last line need not end.
    if generator.bernoulli(0.3), bytes.last == 0x0A { bytes.removeLast() }
    return bytes
  }

  /// Up to `limit` rows as one array.
  package mutating func array(upTo limit: Int = 12) -> [UInt8] {
    isPretty = generator.bernoulli(0.5)
    let rows = (0..<generator.integer(below: limit + 1)).map { _ in row() }
    var text = blank() + "["
    for (index, row) in rows.enumerated() {
      if index > 0 { text += blank() + "," }
      text += blank() + row
    }
    return Array((text + blank() + "]" + blank()).utf8)
  }

  /// One row.
  package mutating func row() -> String {
    var members: [(String, String)] = [
      ("event_name", string(["page_view", "purchase", "", "na\"me", "é😀"])),
      (
        "event_timestamp", whole(1_608_336_000_000_000 + Int64(generator.integer(below: 1_000_000)))
      ),
    ]
    func has(_ share: Double, _ generator: inout SeededGenerator) -> Bool {
      generator.bernoulli(share)
    }
    if has(0.7, &generator) {
      members.append(("event_date", "\"2020122\(generator.integer(below: 10))\""))
    }
    if has(0.8, &generator) {
      members.append(("user_pseudo_id", orNull(string(RandomEventTexts.ids))))
    }
    if has(0.3, &generator) { members.append(("user_id", orNull(string(RandomEventTexts.ids)))) }
    if has(0.7, &generator) {
      members.append(("event_params", list(3) { $0.entry(hasSetTime: false) }))
    }
    if has(0.3, &generator) {
      members.append(("user_properties", list(2) { $0.entry(hasSetTime: true) }))
    }
    if has(0.3, &generator) { members.append(("items", list(2) { $0.item() })) }
    if has(0.4, &generator) {
      members.append(
        (
          "device",
          object([
            ("category", string(["mobile", "desktop"])), ("language", "null"),
            ("web_info", object([("browser", string(["Chrome", "Safari (in-app)"]))])),
            ("time_zone_offset_seconds", whole(3600)),
          ])
        ))
    }
    if has(0.4, &generator) {
      members.append(
        ("geo", object([("country", string(["Canada", "(not set)"])), ("city", "null")])))
    }
    if has(0.3, &generator) {
      members.append(("geo.region", string(["beside its record"])))
    }
    if has(0.3, &generator) {
      members.append(
        (
          "ecommerce",
          object([("purchase_revenue", number()), ("transaction_id", string(["T-1", ""]))])
        ))
    }
    if has(0.3, &generator) { members.append(("platform", orNull(string(["WEB", "IOS"])))) }
    if has(0.3, &generator) { members.append(("event_value_in_usd", number())) }
    if has(0.2, &generator) {
      members.append(("batch_page_id", whole(Int64(generator.integer(below: 3)))))
    }
    if has(0.2, &generator) {
      members.append(
        ("is_active_user", generator.choose(from: ["true", "false", "\"true\"", "null"])))
    }
    if has(0.2, &generator) {
      members.append((generator.choose(from: ["unknown", "ne\\u0077"]), anything(depth: 0)))
    }
    generator.shuffle(&members)
    return object(members, shuffles: false)
  }

  private mutating func entry(hasSetTime: Bool) -> String {
    if generator.bernoulli(0.03) { return "null" }
    var values: [(String, String)] = []
    switch generator.integer(below: 6) {
    case 0: values.append(("int_value", whole(generator.choose(from: [0, -1, .max, .min, 77]))))
    case 1: values.append(("double_value", number()))
    case 2: values.append(("float_value", number()))
    case 3: break
    default: values.append(("string_value", string(RandomEventTexts.texts)))
    }
    if hasSetTime && generator.bernoulli(0.7) { values.append(("set_timestamp_micros", whole(5))) }
    if generator.bernoulli(0.2) { values.append(("unknown_value", anything(depth: 2))) }
    for name in ["string_value", "int_value"] where !values.contains(where: { $0.0 == name }) {
      if generator.bernoulli(0.1) { values.append((name, "null")) }
    }
    var members = [("value", generator.bernoulli(0.05) ? "null" : object(values))]
    if generator.bernoulli(0.97) {
      members.append(
        ("key", string(["ga_session_id", "page_title", "value", "session_engaged", "é"])))
    }
    if generator.bernoulli(0.1) { members.append(("more", anything(depth: 2))) }
    return object(members)
  }

  private mutating func item() -> String {
    var members: [(String, String)] = [("item_id", string(["A", "B"]))]
    if generator.bernoulli(0.5) { members.append(("price", number())) }
    if generator.bernoulli(0.5) { members.append(("quantity", orNull(whole(2)))) }
    if generator.bernoulli(0.3) { members.append(("own", string(["x"]))) }
    if generator.bernoulli(0.4) {
      members.append(("item_params", list(2) { $0.entry(hasSetTime: false) }))
    }
    return object(members)
  }

  private mutating func anything(depth: Int) -> String {
    switch generator.integer(below: depth > 3 ? 5 : 7) {
    case 0: return "null"
    case 1: return generator.choose(from: ["true", "false"])
    case 2: return generator.choose(from: ["1", "-7", "0.5", "1.2345e3", "1E-2"])
    case 5: return list(3) { $0.anything(depth: depth + 1) }
    case 6:
      return object([("a", anything(depth: depth + 1)), ("b\\tc", anything(depth: depth + 1))])
    default: return string(RandomEventTexts.texts)
    }
  }

  private mutating func orNull(_ text: String) -> String {
    generator.bernoulli(0.1) ? "null" : text
  }

  private mutating func whole(_ value: Int64) -> String {
    generator.bernoulli(0.5) ? "\"\(value)\"" : "\(value)"
  }

  private mutating func number() -> String {
    generator.choose(from: [
      "0.5", "-0.25", "1e2", "54.99", "1", "123456789.125", "4.9e-324", "1.7976931348623157e308",
      "0.1000000000000000055511151231257827", "\"2.5\"", "9007199254740993", "-3E+2",
    ])
  }

  private mutating func list(
    _ limit: Int, _ element: (inout RandomExport) -> String
  ) -> String {
    var text = "[" + blank()
    for index in 0..<generator.integer(below: limit + 1) {
      if index > 0 { text += blank() + "," + blank() }
      text += element(&self)
    }
    return text + blank() + "]"
  }

  private mutating func object(_ members: [(String, String)], shuffles: Bool = true) -> String {
    var members = members
    if shuffles { generator.shuffle(&members) }
    var text = "{" + blank()
    for (index, (key, value)) in members.enumerated() {
      if index > 0 { text += blank() + "," + blank() }
      text += "\"\(key)\"" + blank() + ":" + blank() + value
    }
    return text + blank() + "}"
  }

  private mutating func blank() -> String {
    guard generator.integer(below: sparse) == 0 else { return "" }
    return generator.choose(from: isPretty ? [" ", "\n", "\t", "\r\n  "] : [" ", "\t", "  "])
  }

  /// One of `texts` as a string with some characters escaped though they need not be.
  private mutating func string(_ texts: [String]) -> String {
    var text = "\""
    for scalar in generator.choose(from: texts).unicodeScalars {
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if mustEscape || generator.integer(below: 20) == 0 {
        let short: [Unicode.Scalar: String] = [
          "\n": "\\n", "\r": "\\r", "\t": "\\t", "\"": "\\\"", "\\": "\\\\", "/": "\\/",
          "\u{8}": "\\b", "\u{C}": "\\f",
        ]
        if let escape = short[scalar], generator.bernoulli(0.7) {
          text += escape
        } else {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16, uppercase: generator.bernoulli(0.5))
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

/// The texts of ``RandomExport``.
enum RandomEventTexts {
  static let ids = ["1003.9625", "77", "", "d\"1", "é"]
  static let texts = RandomEvents.texts
}
