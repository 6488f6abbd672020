import Foundation

/// Queries as they are stored, and what is said when one makes no sense.
package enum StoredQuery {
  /// The sentence by which `stored` is refused as a `Query`, `nil` if it is not.
  package static func refusal<Query: Decodable>(
    of type: Query.Type, _ stored: some Encodable
  ) -> String? {
    do {
      _ = try JSONDecoder().decode(type, from: JSONEncoder().encode(stored))
      return nil
    } catch DecodingError.dataCorrupted(let context) {
      return context.debugDescription
    } catch {
      return "\(error)"
    }
  }

  /// The sentence by which `query` is refused after its stored form was changed: `path` leads to the
  /// member that becomes `value`.
  package static func refusal<Query: Codable>(
    of query: Query, _ path: [String], _ value: Any
  ) throws -> String? {
    func changed(_ node: Any, _ path: ArraySlice<String>) -> Any {
      guard let key = path.first else { return value }
      if var array = node as? [Any], let index = Int(key) {
        array[index] = changed(array[index], path.dropFirst())
        return array
      }
      var object = node as! [String: Any]
      object[key] = changed(object[key] as Any, path.dropFirst())
      return object
    }
    let stored = try JSONSerialization.jsonObject(with: JSONEncoder().encode(query))
    let bytes = try JSONSerialization.data(withJSONObject: changed(stored, path[...]))
    do {
      _ = try JSONDecoder().decode(Query.self, from: bytes)
      return nil
    } catch DecodingError.dataCorrupted(let context) {
      return context.debugDescription
    }
  }
}
