import GA4Model
import TestSupport

/// The obvious way from a row of the export to an event, for rows that are well formed.
enum NaiveExport {
  static func event(_ row: JSONValue) -> Event? {
    guard case .object(let members) = row, let name = row["event_name"]?.text,
      let time = row["event_timestamp"]?.whole
    else { return nil }
    var event = Event(
      EventName(rawValue: name), at: EventTime(microseconds: time),
      by: row["user_pseudo_id"]?.text, userID: row["user_id"]?.text)
    event.date = row["event_date"]?.text.flatMap { CalendarDay($0) }
    event.parameters = parameters(row["event_params"])
    for entry in row["user_properties"]?.elements ?? [] {
      guard let key = entry["key"]?.text else { continue }
      event.userProperties.append(
        UserProperty(
          key, value(entry["value"]),
          setTime: entry["value"]?["set_timestamp_micros"]?.whole.map {
            EventTime(microseconds: $0)
          }))
    }
    for entry in row["items"]?.elements ?? [] where !entry.isNull {
      guard case .object(let fields) = entry else { continue }
      var item = Item(parameters: parameters(entry["item_params"]))
      for (key, value) in fields where key != "item_params" {
        if let scalar = scalar(value, FieldSchema.itemKind(of: key)) {
          item[FieldPath(rawValue: key)] = scalar
        }
      }
      event.items.append(item)
    }
    let taken: Set<String> = [
      "event_name", "event_timestamp", "event_date", "user_id", "user_pseudo_id", "event_params",
      "user_properties", "items",
    ]
    for (key, value) in members where !taken.contains(key) { add(value, at: key, to: &event) }
    return event
  }

  private static func add(_ value: JSONValue, at path: String, to event: inout Event) {
    switch value {
    case .object(let members):
      for (key, value) in members { add(value, at: "\(path).\(key)", to: &event) }
    case .array(let elements):
      for (index, value) in elements.enumerated() { add(value, at: "\(path).\(index)", to: &event) }
    default:
      if let scalar = scalar(value, FieldSchema.kind(of: path)) {
        event[field: FieldPath(rawValue: path)] = scalar
      }
    }
  }

  private static func parameters(_ list: JSONValue?) -> Parameters {
    var parameters = Parameters()
    for entry in list?.elements ?? [] {
      guard let key = entry["key"]?.text else { continue }
      parameters.append(ParameterKey(rawValue: key), value(entry["value"]))
    }
    return parameters
  }

  private static func value(_ value: JSONValue?) -> FieldValue {
    guard let value else { return .empty }
    guard case .object = value else { return scalar(value, nil)! }
    if let text = value["string_value"]?.text { return .string(text) }
    if let whole = value["int_value"]?.whole { return .int(whole) }
    if let number = value["double_value"]?.number { return .double(number) }
    if let number = value["float_value"]?.number { return .float(number) }
    return .empty
  }

  /// The value of a field of `kind`; `nil` for what is no scalar.
  private static func scalar(_ value: JSONValue, _ kind: FieldKind?) -> FieldValue? {
    switch kind {
    case .string: return value.text.map(FieldValue.string)
    case .int: return value.whole.map(FieldValue.int)
    case .double: return value.number.map(FieldValue.double)
    case .bool:
      switch value {
      case .bool(let truth): return .bool(truth)
      case .string("true"): return .bool(true)
      case .string("false"): return .bool(false)
      default: return nil
      }
    case nil:
      switch value {
      case .string(let text): return .string(text)
      case .int(let number): return .int(number)
      case .double(let number): return .double(number)
      case .bool(let truth): return .bool(truth)
      default: return nil
      }
    }
  }
}
