#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension EventQuery {
  /// The query as bytes that are the same for equal queries on every machine; states carry them, so
  /// that a state is never continued under another query.
  package var fingerprint: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return Array(try encoder.encode(self))
    } catch {
      preconditionFailure("A query is made of values that JSON can hold")
    }
  }
}
