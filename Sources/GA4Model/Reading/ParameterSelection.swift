/// Which event parameters a reader keeps.
///
/// ```swift
/// var reader = EventReader()
/// reader.parameters = .only([.pageLocation, .value])
/// ```
///
/// `ga_session_id` and `session_engaged` are always kept, since sessions depend on them.
public enum ParameterSelection: Sendable, Hashable, Codable {
  /// Every parameter.
  case all
  /// These parameters only.
  case only(Set<ParameterKey>)

  /// Whether the parameter `key` of `keys` is kept.
  @inline(__always)
  func keeps(_ key: Int, _ keys: KeyTable) -> Bool {
    switch self {
    case .all: true
    case .only(let selected):
      selected.contains(ParameterKey(rawValue: keys.text(key)))
        || ["ga_session_id", "session_engaged"].contains(keys.text(key))
    }
  }
}
