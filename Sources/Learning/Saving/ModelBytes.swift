import StatisticsCore

/// The bytes of a saved model, in memory or in a file that is mapped and not copied.
///
/// As long as it is in use, the file must be neither changed nor cut short in place, which would
/// change the bytes or end the process; removing it, or replacing it as ``SavedModel/save(to:)`` does,
/// is safe. A model that was read does not need it any more.
public struct ModelBytes: Sendable {
  let data: BinaryData

  init(_ data: BinaryData) { self.data = data }

  /// Takes bytes in memory.
  public init(_ bytes: [UInt8]) { data = BinaryData(bytes) }

  /// Maps the file at `path`.
  ///
  /// - Throws: ``LearningError`` when the system refuses.
  public init(contentsOf path: String) throws(LearningError) {
    do throws(SavedBytes.Failure) {
      data = BinaryData(try SavedBytes(path: path))
    } catch {
      throw LearningError(.file, "\(path): The file could not be \(error.reason).")
    }
  }

  /// The number of bytes.
  public var count: Int { data.count }

  /// A copy of all of them.
  public var array: [UInt8] { data.array(0..<data.count) }
}
