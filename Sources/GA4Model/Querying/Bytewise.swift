/// A text that equals another only if their bytes are the same.
///
/// `String` takes texts that look alike for equal, and which spelling a dictionary keeps then depends
/// on the order of insertion; a report must not.
package struct Bytewise: Sendable, Hashable, Comparable {
  package var text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  // Texts of the same bytes have the same hash as `String` too.
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

extension Bytewise? {
  /// Whether `left` comes before `right`; a missing text comes first.
  package static func precedes(_ left: Self, _ right: Self) -> Bool {
    guard let right else { return false }
    guard let left else { return true }
    return left < right
  }
}
