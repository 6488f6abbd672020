/// How the pieces of an event are spelled in BigQuery's newline-delimited JSON.
///
/// ``NDJSONWriter`` puts them together from an ``Event``, ``NDJSONLogEncoder`` from the columns of a
/// log; both order them in the same way, so that both give the same bytes.
enum NDJSONText {
  /// Appends the object of `event` without a line end.
  static func append(_ event: Event, to output: inout [UInt8]) {
    appendHead(day: event.date, microseconds: event.time.microseconds, to: &output)
    JSONText.append(event.name.rawValue, to: &output)
    if let userID = event.userID {
      JSONText.append(ascii: #","user_id":"#, to: &output)
      JSONText.append(userID, to: &output)
    }
    if let pseudoID = event.userPseudoID {
      JSONText.append(ascii: #","user_pseudo_id":"#, to: &output)
      JSONText.append(pseudoID, to: &output)
    }
    if !event.parameters.isEmpty {
      JSONText.append(ascii: #","event_params":["#, to: &output)
      append(event.parameters, to: &output)
      output.append(UInt8(ascii: "]"))
    }
    if !event.userProperties.isEmpty {
      JSONText.append(ascii: #","user_properties":["#, to: &output)
      for (index, property) in event.userProperties.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        append(property, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    }
    if !event.fields.isEmpty {
      var groups: [[FieldSet.Element]] = Array(repeating: [], count: groupCount)
      for field in event.fields { groups[group(of: field.path.rawValue)].append(field) }
      for fields in groups { append(fields, to: &output) }
    }
    if !event.items.isEmpty {
      JSONText.append(ascii: #","items":["#, to: &output)
      for (index, item) in event.items.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        append(item, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    }
    output.append(UInt8(ascii: "}"))
  }

  /// The fields stored by event come first, then the shared records in their order.
  private static let groupCount = 1 + RecordGroup.ofEvents.count

  private static func group(of path: String) -> Int {
    RecordGroup(path: path).map { $0.rawValue + 1 } ?? 0
  }

  /// Appends what every event has, up to the value of `event_name`.
  static func appendHead(day: CalendarDay?, microseconds: Int64, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    if let day {
      JSONText.append(ascii: #""event_date":""#, to: &output)
      JSONText.append(ascii: day.basicDescription, to: &output)
      JSONText.append(ascii: #"","#, to: &output)
    }
    JSONText.append(ascii: #""event_timestamp":""#, to: &output)
    JSONText.append(microseconds, to: &output)
    JSONText.append(ascii: #"","event_name":"#, to: &output)
  }

  // MARK: Keys with typed values

  /// Appends `parameters`, divided by commas.
  static func append(_ parameters: Parameters, to output: inout [UInt8]) {
    for (index, parameter) in parameters.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      let kind = kind(of: parameter.value)
      appendEntryHead(parameter.key.rawValue, kind, to: &output)
      appendBare(parameter.value, to: &output)
      JSONText.append(ascii: entryTail(kind), to: &output)
    }
  }

  private static func append(_ property: UserProperty, to output: inout [UInt8]) {
    var kind = kind(of: property.value)
    var value = property.value
    if kind == .bool, property.setTime != nil {
      // A time can only stand inside a typed value, and there is none for truth values.
      kind = .string
      value = .string(value.text ?? "")
    }
    appendEntryHead(property.key, kind, to: &output)
    appendBare(value, to: &output)
    if let time = property.setTime {
      appendSetTime(time.microseconds, after: kind, to: &output)
    } else {
      JSONText.append(ascii: entryTail(kind), to: &output)
    }
  }

  /// Appends an entry up to its value.
  static func appendEntryHead(_ key: String, _ kind: SlotKind, to output: inout [UInt8]) {
    JSONText.append(ascii: #"{"key":"#, to: &output)
    JSONText.append(key, to: &output)
    let head =
      switch kind {
      case .string: #","value":{"string_value":"#
      case .int: #","value":{"int_value":""#
      case .double: #","value":{"double_value":"#
      case .float: #","value":{"float_value":"#
      case .bool: #","value":"#
      case .empty: #","value":{"#
      }
    JSONText.append(ascii: head, to: &output)
  }

  /// What follows the value of an entry.
  static func entryTail(_ kind: SlotKind) -> String {
    switch kind {
    case .string, .double, .float, .empty: "}}"
    case .int: #""}}"#
    case .bool: "}"
    }
  }

  /// Appends the time at which a property was set, and ends its entry.
  static func appendSetTime(_ time: Int64, after kind: SlotKind, to output: inout [UInt8]) {
    if kind == .int { output.append(UInt8(ascii: "\"")) }
    if kind != .empty { output.append(UInt8(ascii: ",")) }
    JSONText.append(ascii: #""set_timestamp_micros":""#, to: &output)
    JSONText.append(time, to: &output)
    JSONText.append(ascii: #""}}"#, to: &output)
  }

  /// Appends `value` as an entry holds it: integers without their quotes, nothing for none.
  private static func appendBare(_ value: FieldValue, to output: inout [UInt8]) {
    switch value {
    case .string(let text): JSONText.append(text, to: &output)
    case .int(let number): JSONText.append(number, to: &output)
    case .double(let number), .float(let number): JSONText.append(number, to: &output)
    case .bool(let truth): JSONText.append(truth, to: &output)
    case .empty: break
    }
  }

  /// How a log would store `value`.
  static func kind(of value: FieldValue) -> SlotKind {
    switch value {
    case .string: .string
    case .int: .int
    case .double: .double
    case .float: .float
    case .bool: .bool
    case .empty: .empty
    }
  }

  // MARK: Fields

  /// The columns of the export that are no fields, and the records, which are no scalars.
  private static let reserved: Set<String> = [
    "event_date", "event_timestamp", "event_name", "user_id", "user_pseudo_id", "event_params",
    "user_properties", "items",
  ]
  private static let records: Set<String> = [
    "device", "geo", "traffic_source", "collected_traffic_source",
    "session_traffic_source_last_click", "ecommerce", "privacy_info", "user_ltv", "app_info",
    "event_dimensions", "publisher",
  ]

  /// Appends `fields`, which must be sorted by path, each after a comma; objects are rebuilt from
  /// the dotted paths.
  static func append(_ fields: some Sequence<FieldSet.Element>, to output: inout [UInt8]) {
    var open: [Substring] = []
    for field in fields {
      let path = field.path.rawValue
      var parts = path.split(separator: ".", omittingEmptySubsequences: false)
      let top = String(parts[0])
      if reserved.contains(top) || (parts.count == 1 && records.contains(top)) { continue }
      let key = parts.removeLast()
      var shared = 0
      while shared < open.count, shared < parts.count, open[shared] == parts[shared] {
        shared += 1
      }
      output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: open.count - shared))
      open.removeSubrange(shared...)
      for part in parts[shared...] {
        appendKey(part, isFirst: !open.isEmpty, to: &output)
        output.append(UInt8(ascii: "{"))
        open.append(part)
      }
      appendKey(key, isFirst: !open.isEmpty, to: &output)
      append(field.value, documented: FieldSchema.kind(of: path), to: &output)
    }
    output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: open.count))
  }

  /// Appends a key, after a comma unless it is the first of an object just opened.
  private static func appendKey(
    _ key: Substring, isFirst mayBeFirst: Bool, to output: inout [UInt8]
  ) {
    if !mayBeFirst || output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
    JSONText.append(String(key), to: &output)
    output.append(UInt8(ascii: ":"))
  }

  /// Appends the value of a field as the type that the export documents, or as what it is where
  /// that is unknown or cannot hold it.
  static func append(
    _ value: FieldValue, documented: FieldKind?, to output: inout [UInt8]
  ) {
    switch (value, documented) {
    case (.string(let text), _): JSONText.append(text, to: &output)
    case (_, .string): JSONText.append(value.text ?? "", to: &output)
    case (_, .bool):
      if let truth = value.bool { return JSONText.append(truth, to: &output) }
      append(value, documented: nil, to: &output)
    case (_, .int):
      guard let number = value.int else { return append(value, documented: nil, to: &output) }
      output.append(UInt8(ascii: "\""))
      JSONText.append(number, to: &output)
      output.append(UInt8(ascii: "\""))
    case (.int(let number), _): JSONText.append(number, to: &output)
    case (.double(let number), _), (.float(let number), _): JSONText.append(number, to: &output)
    case (.bool(let truth), .double): JSONText.append(truth ? 1.0 : 0.0, to: &output)
    case (.bool(let truth), nil): JSONText.append(truth, to: &output)
    case (.empty, _): JSONText.append(ascii: "null", to: &output)
    }
  }

  /// Appends an item: its fields by their whole path, then its parameters.
  static func append(_ item: Item, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in item.fields {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      JSONText.append(field.path.rawValue, to: &output)
      output.append(UInt8(ascii: ":"))
      append(
        field.value, documented: FieldSchema.itemKind(of: field.path.rawValue), to: &output)
    }
    if !item.parameters.isEmpty {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      JSONText.append(ascii: #""item_params":["#, to: &output)
      append(item.parameters, to: &output)
      output.append(UInt8(ascii: "]"))
    }
    output.append(UInt8(ascii: "}"))
  }
}
