import Foundation
import GA4Model
import Testing

/// The names of the `static let` declarations of type `type` in a file of the vocabulary, with the
/// texts that they hold.
private func statics(of type: String, in file: String) throws -> [(name: String, raw: String)] {
  let url = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/GA4Model/Vocabulary/\(file)")
  return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
    let parts = line.split(separator: " ")
    guard line.contains("static let"), parts.count == 7, parts[4] == type else { return nil }
    return (String(parts[3].dropLast()), String(parts[6].dropFirst().dropLast()))
  }
}

private func isSnakeCase(_ text: String) -> Bool {
  let parts = text.split(separator: "_", omittingEmptySubsequences: false)
  return parts.allSatisfy { part in
    !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
  } && text.utf8.first.map { (97...122).contains($0) } == true
}

struct EventNameTests {
  @Test func `every static name is in exactly one group`() throws {
    let declared = try statics(of: "EventName", in: "EventName+Known.swift").map(\.raw)
    #expect(declared.count > 90)
    #expect(declared.sorted() == EventName.known.map(\.rawValue).sorted())
    #expect(Set(declared).count == declared.count)
  }

  @Test func `known names are snake case and at most 40 characters long`() {
    for name in EventName.known {
      #expect(isSnakeCase(name.rawValue), "\(name)")
      #expect(name.rawValue.count <= 40, "\(name)")
    }
  }

  @Test func `a static reads as its name`() throws {
    for (name, raw) in try statics(of: "EventName", in: "EventName+Known.swift") {
      let joined = raw.replacing("_", with: "")
      #expect(name.lowercased() == joined, "\(name) is \(raw)")
    }
  }

  @Test func `only documented names are known`() {
    #expect(EventName.purchase.isKnown)
    #expect(EventName("app_store_subscription_renew").isKnown)
    #expect(!EventName("newsletter_signup").isKnown)
    #expect(!EventName("Purchase").isKnown)
    #expect(!EventName("").isKnown)
  }

  @Test func `the checkout funnel is made of shop events in their order`() {
    let places = EventName.ecommerceFunnel.map { EventName.ecommerce.firstIndex(of: $0) }
    #expect(!places.contains(nil))
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    #expect(EventName.ecommerceFunnel.last == .purchase)
  }

  @Test func `the sixteen events of the public sample are known`() {
    let names: [EventName] = [
      "page_view", "user_engagement", "scroll", "session_start", "view_item", "first_visit",
      "view_promotion", "add_to_cart", "begin_checkout", "select_item", "view_search_results",
      "add_shipping_info", "add_payment_info", "select_promotion", "purchase", "click",
    ]
    #expect(names.filter { !$0.isKnown } == [])
  }
}

struct ParameterKeyTests {
  @Test func `keys are unique, snake case and at most 40 characters long`() throws {
    let declared = try statics(of: "ParameterKey", in: "ParameterKey+Known.swift")
    #expect(declared.count > 150)
    #expect(Set(declared.map(\.raw)).count == declared.count)
    for (_, raw) in declared {
      #expect(isSnakeCase(raw), "\(raw)")
      #expect(raw.count <= 40, "\(raw)")
    }
  }

  @Test func `the keys of sessions drop the prefix of the export`() {
    #expect(ParameterKey.sessionID.rawValue == "ga_session_id")
    #expect(ParameterKey.sessionNumber.rawValue == "ga_session_number")
    #expect(ParameterKey.sessionEngaged.rawValue == "session_engaged")
    #expect(ParameterKey.engagementTime.rawValue == "engagement_time_msec")
    #expect(ParameterKey.pageTitle.rawValue == "page_title")
    #expect(ParameterKey.screen.rawValue == "firebase_screen")
  }
}
