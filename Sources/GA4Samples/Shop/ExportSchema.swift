/// Which generation of the export a sample imitates.
public enum ExportSchema: String, Sendable, Hashable, Codable, CaseIterable {
  /// The export of 2020, as in Google's public sample: without the fields below.
  case classic
  /// The export since 2024: adds `collected_traffic_source`, `session_traffic_source_last_click`,
  /// `is_active_user`, `event_dimensions`, the consent fields and the batch ids.
  case current
}
