import Foundation
import Testing

@testable import GA4Model

struct NDJSONWriterTests {
  @Test func `an event is one line with its records rebuilt`() {
    var event = Event(
      .purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "1003697.9625",
      userID: "c\"7", date: CalendarDay("2020-12-20"))
    event.parameters.append(.currency, "EUR")
    event.parameters.append("n", 3)
    event.parameters.append("d", 1.5)
    event.parameters.append("f", .float(2))
    event.parameters.append("b", true)
    event.parameters.append("none", .empty)
    event.userProperties = [
      UserProperty("tier", "gold", setTime: EventTime(microseconds: 7)),
      UserProperty("visits", 2, setTime: EventTime(microseconds: 8)),
      UserProperty("none", .empty, setTime: EventTime(microseconds: 9)),
      UserProperty("plain", 1.0),
    ]
    event[field: "device.web_info.browser"] = "Chrome"
    event[field: "device.category"] = "mobile"
    event[field: "device.time_zone_offset_seconds"] = -3600
    event[field: "is_active_user"] = true
    event[field: "own.n"] = 5
    event[field: "own.d"] = 5.0
    event[field: "own.b"] = false
    event.ecommerce.purchaseRevenue = 54
    event.firstTouchTime = EventTime(microseconds: 12)
    var item = Item(name: "Zip Hoodie", price: 54, quantity: 1)
    item.parameters.append("size", "L")
    event.items = [item, Item()]
    var output: [UInt8] = []
    #expect(NDJSONWriter().write(event, to: &output))
    #expect(
      String(decoding: output, as: UTF8.self) == """
        {"event_date":"20201220","event_timestamp":"1608484805027497","event_name":"purchase",\
        "user_id":"c\\"7","user_pseudo_id":"1003697.9625",\
        "event_params":[{"key":"currency","value":{"string_value":"EUR"}},\
        {"key":"n","value":{"int_value":"3"}},{"key":"d","value":{"double_value":1.5}},\
        {"key":"f","value":{"float_value":2.0}},{"key":"b","value":true},\
        {"key":"none","value":{}}],\
        "user_properties":[\
        {"key":"tier","value":{"string_value":"gold","set_timestamp_micros":"7"}},\
        {"key":"visits","value":{"int_value":"2","set_timestamp_micros":"8"}},\
        {"key":"none","value":{"set_timestamp_micros":"9"}},\
        {"key":"plain","value":{"double_value":1.0}}],\
        "user_first_touch_timestamp":"12",\
        "device":{"category":"mobile","time_zone_offset_seconds":"-3600",\
        "web_info":{"browser":"Chrome"}},\
        "ecommerce":{"purchase_revenue":54.0},\
        "is_active_user":true,"own":{"b":false,"d":5.0,"n":5},\
        "items":[{"item_name":"Zip Hoodie","price":54.0,"quantity":"1",\
        "item_params":[{"key":"size","value":{"string_value":"L"}}]},{}]}

        """)
  }

  @Test func `an event with nothing but a name and a time is three words`() {
    #expect(
      WriterSamples.lines(NDJSONWriter().bytes(of: [Event("a", at: .unixEpoch)]))
        == [#"{"event_timestamp":"0","event_name":"a"}"#])
  }

  @Test(arguments: 0..<40)
  func `whatever a log holds reads back as it was`(seed: UInt64) throws {
    let log = try EventLog(WriterSamples.events(60, seed: seed))
    let bytes = NDJSONWriter().bytes(of: log)
    let back = try WriterSamples.log(bytes)
    #expect(Array(back) == Array(log))
    // Equality takes 0 for −0; the bytes do not.
    #expect(NDJSONWriter().bytes(of: back) == bytes)
  }

  @Test(arguments: 0..<40)
  func `the columns give the bytes of the events`(seed: UInt64) throws {
    let log = try EventLog(WriterSamples.events(60, seed: seed + 1000))
    let fromEvents = WriterSamples.lines(NDJSONWriter().bytes(of: Array(log)))
    let fromLog = WriterSamples.lines(NDJSONWriter().bytes(of: log))
    #expect(fromLog == fromEvents)
    for line in fromLog { _ = try WriterSamples.object(line) }
  }

  @Test func `sign and smallest digits of doubles survive`() throws {
    for value in WriterSamples.doubles {
      let event = Event("a", at: .unixEpoch, parameters: ["d": .double(value)])
      let back = try WriterSamples.log(NDJSONWriter().bytes(of: [event]))
      let number = try #require(back[0].parameters["d"]?.number)
      #expect(number.bitPattern == value.bitPattern)
    }
  }

  @Test func `what JSON has no number for becomes the text that BigQuery writes`() throws {
    let parameters: Parameters = [
      "a": .double(.nan), "b": .double(.infinity), "c": .float(-.infinity),
    ]
    let event = Event("a", at: .unixEpoch, parameters: parameters, fields: ["own": .double(.nan)])
    let line = WriterSamples.lines(NDJSONWriter().bytes(of: [event]))[0]
    #expect(line.contains(#"{"double_value":"NaN"}"#))
    #expect(line.contains(#"{"double_value":"Infinity"}"#))
    #expect(line.contains(#"{"float_value":"-Infinity"}"#))
    #expect(line.hasSuffix(#","own":"NaN"}"#))
    #expect(WriterSamples.lines(NDJSONWriter().bytes(of: try EventLog([event]))) == [line])
  }

  @Test func `a value of another type than documented is converted where nothing is lost`() {
    let event = Event(
      "a", at: .unixEpoch,
      fields: [
        "geo.country": 5, "event_value_in_usd": 7, "batch_page_id": 3.0, "batch_event_index": 3.5,
        "is_active_user": 1, "platform": true,
      ])
    #expect(
      WriterSamples.lines(NDJSONWriter().bytes(of: [event]))[0] == """
        {"event_timestamp":"0","event_name":"a","batch_event_index":3.5,"batch_page_id":"3",\
        "event_value_in_usd":7,"geo":{"country":"5"},"is_active_user":true,"platform":"true"}
        """)
  }

  @Test func `a truth value with a set time becomes text`() throws {
    var event = Event("a", at: .unixEpoch)
    event.userProperties = [UserProperty("vip", true, setTime: .unixEpoch)]
    let line = WriterSamples.lines(NDJSONWriter().bytes(of: [event]))[0]
    #expect(
      line.hasSuffix(
        #"[{"key":"vip","value":{"string_value":"true","set_timestamp_micros":"0"}}]}"#))
    #expect(WriterSamples.lines(NDJSONWriter().bytes(of: try EventLog([event]))) == [line])
  }

  @Test func `fields with the name of a column or a record are left out`() throws {
    let event = Event(
      "a", at: .unixEpoch,
      fields: ["event_name": "b", "items.0": 1, "device": 1, "user_id": "x", "own": 1])
    let lines = WriterSamples.lines(NDJSONWriter().bytes(of: [event]))
    #expect(lines == [#"{"event_timestamp":"0","event_name":"a","own":1}"#])
    #expect(WriterSamples.lines(NDJSONWriter().bytes(of: try EventLog([event]))) == lines)
  }
}

struct JSONTextWriterTests {
  private func json(_ text: String, _ escaping: JSONText.Escaping = .minimal) -> String {
    var output: [UInt8] = []
    JSONText.append(text, escaping: escaping, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func `only what must be escaped is`() {
    #expect(json("") == #""""#)
    #expect(json("a\"b\\c/") == #""a\"b\\c/""#)
    #expect(
      json("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}") == #""\u0000\u0001\b\t\n\u000B\f\r\u001F""#)
    #expect(json("é🛍️\u{2028}\u{7F}") == "\"é🛍️\u{2028}\u{7F}\"")
    #expect(json("</script>") == #""</script>""#)
  }

  @Test func `inside a page no tag can begin`() {
    #expect(json("</script><!--\n", .html) == #""\u003C/script>\u003C!--\n""#)
  }

  @Test func `every escape stands where it must in texts of any length`() throws {
    for length in 0..<40 {
      for place in 0..<max(1, length) {
        for special in ["\"", "\\", "\u{1F}", "<", "é"] {
          var characters = Array(repeating: "x", count: length)
          if length > 0 { characters[place] = special }
          let text = characters.joined()
          for escaping in [JSONText.Escaping.minimal, .html] {
            let data = Data("[\(json(text, escaping))]".utf8)
            #expect(try JSONSerialization.jsonObject(with: data) as? [String] == [text])
          }
        }
      }
    }
  }

  @Test func `integers are decimal`() {
    var power: Int64 = 1
    var numbers = WriterSamples.integers
    for _ in 0..<18 {
      power *= 10
      numbers += [power - 1, power, -power, 1 - power]
    }
    for number in numbers {
      var output: [UInt8] = []
      JSONText.append(number, to: &output)
      #expect(String(decoding: output, as: UTF8.self) == String(number))
    }
  }
}
