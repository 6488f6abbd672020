import Foundation
import GA4Model
import StatisticsCore
import Testing

struct FieldValueTests {
  @Test(arguments: [
    (FieldValue.string(""), ""), (.string("é"), "é"), (.int(-7), "-7"),
    (.int(.min), "\(Int64.min)"),
    (.double(12.5), "12.5"), (.double(54), "54"), (.float(0.1), "0.1"), (.double(-0.0), "-0.0"),
    (.double(1e300), "1e+300"), (.bool(true), "true"), (.bool(false), "false"),
    (.double(9_007_199_254_740_991), "9007199254740991"),
  ])
  func `a value has a shortest text`(value: FieldValue, text: String) {
    #expect(value.text == text)
    #expect(value.description == text)
  }

  @Test func `a key without a value has no text, number or truth`() {
    #expect(FieldValue.empty.text == nil)
    #expect(FieldValue.empty.number == nil)
    #expect(FieldValue.empty.int == nil)
    #expect(FieldValue.empty.bool == nil)
    #expect(FieldValue.empty.description == "")
  }

  @Test(arguments: [
    ("1", 1.0), ("-1.50", -1.5), ("+2", 2), ("1e3", 1000), ("1E-2", 0.01), (".5", 0.5), ("007", 7),
    ("1e-999", 0),
  ])
  func `text that spells a number counts`(text: String, number: Double) {
    #expect(FieldValue.string(text).number == number)
  }

  @Test(arguments: [
    "", " 1", "1 ", "0x10", "NaN", "nan", "inf", "-Infinity", "1e999", "-1e999", "1,5", "1_000",
    "e3", "1e", "--1", "1-1", "1.2.3", ".", "١", "one", "1\u{0}",
  ])
  func `text that spells no finite number has none`(text: String) {
    #expect(FieldValue.string(text).number == nil)
    #expect(FieldValue.string(text).int == nil)
  }

  @Test(arguments: [
    ("1", Int64(1)), ("-12", -12), ("+3", 3), ("9223372036854775807", .max),
    ("-9223372036854775808", .min),
  ])
  func `text that spells an integer counts`(text: String, int: Int64) {
    #expect(FieldValue.string(text).int == int)
  }

  @Test(arguments: ["1e3", "1.0", "9223372036854775808", "123456789012345678901234567890"])
  func `text with a fraction, exponent or too many digits is no integer`(text: String) {
    #expect(FieldValue.string(text).int == nil)
    #expect(FieldValue.string(text).number != nil)
  }

  @Test func `a number is an integer only when it is one exactly`() {
    #expect(FieldValue.double(3).int == 3)
    #expect(FieldValue.float(-0.0).int == 0)
    #expect(FieldValue.double(3.5).int == nil)
    #expect(FieldValue.double(.nan).int == nil)
    #expect(FieldValue.double(.infinity).int == nil)
    #expect(FieldValue.double(9_223_372_036_854_775_808).int == nil)
    #expect(FieldValue.double(-9_223_372_036_854_775_808).int == .min)
    #expect(FieldValue.int(.max).number == 9_223_372_036_854_775_808)
    #expect(FieldValue.bool(true).int == 1)
    #expect(FieldValue.bool(false).number == 0)
  }

  @Test func `truth is read from words and from 1 and 0`() {
    for value: FieldValue in ["true", "Yes", "1", "TRUE", 1, 1.0, .float(1), true] {
      #expect(value.bool == true, "\(value)")
    }
    for value: FieldValue in ["false", "No", "0", 0, 0.0, .float(-0.0), false] {
      #expect(value.bool == false, "\(value)")
    }
    for value: FieldValue in ["", "Unset", "y", " true", "1.0", 2, -1, 0.5, .double(.nan), .empty] {
      #expect(value.bool == nil, "\(value)")
    }
  }

  @Test func `values are equal only in kind and bytes`() {
    #expect(FieldValue.double(1) != .float(1))
    #expect(FieldValue.int(1) != .double(1))
    #expect(FieldValue.string("1") != .int(1))
    #expect(FieldValue.string("") != .empty)
    #expect(FieldValue.string("\u{e9}") != .string("e\u{301}"))
    #expect(FieldValue.double(0.0) == .double(-0.0))
    #expect(FieldValue.double(0.0).hashValue == FieldValue.double(-0.0).hashValue)
    #expect(FieldValue.double(.nan) == .double(-.nan))
    #expect(FieldValue.double(.nan).hashValue == FieldValue.double(.signalingNaN).hashValue)
    #expect(FieldValue.double(.nan) != .float(.nan))
  }

  @Test func `the text of any finite double reads back as the same double`() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var tried = 0
    while tried < 5_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state ^ (state >> 33))
      guard value.isFinite else { continue }
      tried += 1
      #expect(NumberText.double(NumberText.shortest(value))?.bitPattern == value.bitPattern)
    }
    for value in [0.0, -0.0, 1, -1, 0x1p53, -0x1p53, 0x1p53 - 1, .leastNonzeroMagnitude, 0.1, 1e16]
    {
      #expect(NumberText.double(NumberText.shortest(value))?.bitPattern == value.bitPattern)
    }
  }

  @Test func `every kind survives coding`() throws {
    let values: [FieldValue] = ["a", 1, 2.5, .float(2.5), true, .empty]
    let data = try JSONEncoder().encode(values)
    #expect(try JSONDecoder().decode([FieldValue].self, from: data) == values)
  }
}

struct UserKeyTests {
  @Test func `users differ by kind and by bytes`() {
    #expect(UserKey.pseudoID("1") != .userID("1"))
    #expect(UserKey.pseudoID("1") < .userID("1"))
    #expect(UserKey.userID("1") < .pseudoID("2"))
    #expect(UserKey.userID("\u{e9}") != .userID("e\u{301}"))
    #expect(UserKey.userID("a") == .userID("a"))
    #expect(Set([UserKey.userID("a"), .userID("a"), .pseudoID("a")]).count == 2)
  }

  @Test func `exactly one of less, equal and greater holds`() {
    let ids = ["", "a", "b", "\u{e9}", "e\u{301}", "ab", "\u{1F600}", "\u{FFFD}"]
    let keys = ids.flatMap { [UserKey.pseudoID($0), .userID($0)] }
    for a in keys {
      for b in keys { #expect([a < b, a == b, b < a].count(where: \.self) == 1) }
    }
  }
}
