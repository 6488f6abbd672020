import GA4Model
import Testing

struct FieldSetTests {
  @Test func `fields stand in the order of their paths`() {
    let fields: FieldSet = [
      "geo.country": "Canada", "batch_page_id": 1, "device.category": "mobile",
    ]
    #expect(fields.map(\.path.rawValue) == ["batch_page_id", "device.category", "geo.country"])
  }

  @Test func `of two values of one path the first stays`() {
    let fields = FieldSet([
      FieldSet.Element(path: "a", value: 1), FieldSet.Element(path: "b", value: 2),
      FieldSet.Element(path: "a", value: 3),
    ])
    #expect(fields == ["a": 1, "b": 2])
  }

  @Test func `an empty value is an absent one`() {
    var fields = FieldSet([
      FieldSet.Element(path: "a", value: .empty), FieldSet.Element(path: "a", value: 3),
    ])
    #expect(fields == ["a": 3])
    fields["a"] = .empty
    #expect(fields.isEmpty)
    fields["b"] = .empty
    #expect(fields.isEmpty)
    fields["c"] = ""
    #expect(fields["c"] == .string(""))
  }

  @Test func `random edits agree with a dictionary`() {
    var state: UInt64 = 7
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let paths = ["a", "a.b", "a.c", "a_b", "ab", "b.a", "geo", "geo.city", "geography.x", ""]
    for _ in 0..<200 {
      var fields = FieldSet()
      var oracle: [String: Int64] = [:]
      for _ in 0..<40 {
        let path = paths[random(below: paths.count)]
        if random(below: 3) == 0 {
          fields[FieldPath(rawValue: path)] = nil
          oracle[path] = nil
        } else {
          let value = Int64(random(below: 100))
          fields[FieldPath(rawValue: path)] = .int(value)
          oracle[path] = value
        }
      }
      #expect(fields.map(\.path.rawValue) == oracle.keys.sorted())
      for path in paths { #expect(fields[FieldPath(rawValue: path)]?.int == oracle[path]) }
      let below = oracle.keys.filter { $0.hasPrefix("a.") }.sorted()
      #expect(fields.fields(of: "a").map(\.path.rawValue) == below)
    }
  }

  @Test func `equality does not depend on how a set was built`() {
    var one = FieldSet()
    one["b"] = 2
    one["a"] = 1
    one["c"] = 3
    one["c"] = nil
    let other: FieldSet = ["a": 1, "b": 2]
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
  }

  @Test func `a record is what lies below its dot`() {
    let fields: FieldSet = [
      "geo": "itself", "geo.city": "Cork", "geography.x": 1, "collected_geo.city": "no", "geo_x": 1,
    ]
    #expect(fields.fields(of: "geo") == ["geo.city": "Cork"])
    #expect(fields.fields(of: "nothing").isEmpty)
  }

  @Test func `replacing a record leaves the others alone`() {
    var fields: FieldSet = [
      "device.category": "mobile", "geo.city": "Cork", "geo.country": "Ireland",
    ]
    fields.replace("geo", with: ["geo.region": "Munster", "device.category": "ignored"])
    #expect(fields == ["device.category": "mobile", "geo.region": "Munster"])
    fields.replace("geo", with: [:])
    #expect(fields == ["device.category": "mobile"])
  }
}
