import ExampleSupport
import Learning

extension TrainedPropensity {
  /// Writes the model, the columns that it expects and its card into a folder of its name.
  ///
  /// The folder has `model.bin`, `expected_columns.json` and `model_card.json`.
  ///
  /// - Returns: The paths of the files.
  /// - Throws: `InputError` when the system refuses.
  public func write(into folder: String) throws -> [String] {
    let own = "\(folder)/\(task.name)"
    try FileOutput.makeDirectory(own)
    let files = [
      ("expected_columns.json", Array("\(model.schema)\n".utf8)),
      ("model_card.json", Array("\(model.card)\n".utf8)),
      // The model comes last, so that there is none without what describes it.
      ("model.bin", model.encoded()),
    ]
    for (name, bytes) in files { try FileOutput.write(bytes, toPath: "\(own)/\(name)") }
    return files.map { "\(own)/\($0.0)" }
  }
}
