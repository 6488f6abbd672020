/// What people write into the card of a model.
public struct ModelNotes: Sendable, Hashable, Codable {
  /// What the model is for.
  public var title: String
  /// What is predicted, in words.
  public var target: String
  /// Figures by name, such as the area under the ROC curve on rows the model has not seen.
  public var metrics: [String: Double]
  /// What users should know: where the data come from, what the model must not be used for.
  public var remarks: [String]

  /// Makes notes.
  public init(
    title: String = "", target: String = "", metrics: [String: Double] = [:],
    remarks: [String] = []
  ) {
    self.title = title
    self.target = target
    self.metrics = metrics
    self.remarks = remarks
  }
}
