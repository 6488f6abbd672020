import StatisticsCore

extension EventLog {
  /// Saves the log in the file at `path`, which appears complete or not at all.
  ///
  /// ```swift
  /// try log.save(to: "december.ga4log")
  /// let again = try EventLog(contentsOf: "december.ga4log")     // again == log
  /// ```
  ///
  /// The bytes go to a new file in the same folder, which takes the place of an old one by rename:
  /// a log that was opened from the old file stays valid, and on failure the old file is untouched.
  /// The same log always gives the same bytes. Of the time zone the identifier is saved.
  ///
  /// - Parameter path: where to save; a symbolic link is followed.
  /// - Throws: ``EventLogError`` when the system refuses.
  /// - Complexity: O(*b*), where *b* is the size of the log in memory, of which nothing is copied.
  public func save(to path: String) throws(EventLogError) {
    let layout = LogFileLayout(storage)
    do throws(ReplacementFile.Failure) {
      let file = try ReplacementFile(path: path)
      try unsafe layout.write { bytes throws(ReplacementFile.Failure) in
        try unsafe file.write(bytes)
      }
      try file.finish()
    } catch {
      throw EventLogError(.file, error.reason, path: path)
    }
  }

  /// Opens the log saved in the file at `path` by mapping it into memory.
  ///
  /// ```swift
  /// let log = try EventLog(contentsOf: "december.ga4log")
  /// ```
  ///
  /// Columns are used where they lie in the file, so opening copies nothing, and memory is taken
  /// only for what queries touch. As long as the log is in use, the file must be neither changed
  /// nor cut short in place, which would change the log or end the process; removing it, or
  /// replacing it as ``save(to:)`` does, is safe.
  ///
  /// With `verifiesChecksums`, every byte is checked and so is every promise that a log makes:
  /// codes and offsets in range, users and times in order, sessions that agree with their events.
  /// Whatever the file holds, it gives a log that can be used or an error. Without it only header,
  /// sizes and section table are checked, for files known to be sound: values damaged since they
  /// were saved can then give wrong results or stop the process when they are met, though nothing
  /// outside the file is read.
  ///
  /// - Parameters:
  ///   - path: a file written by ``save(to:)``.
  ///   - verifiesChecksums: whether the content is checked, and not only the header.
  /// - Throws: ``EventLogError`` when the file cannot be opened, is no log, comes from a newer
  ///   version, is damaged, or its time zone is unknown here.
  /// - Complexity: O(*b*), where *b* is the size of the file; without verification O(*k*), where
  ///   *k* is the number of distinct names and keys.
  public init(contentsOf path: String, verifiesChecksums: Bool = true) throws(EventLogError) {
    do {
      let reader = try LogFileReader(try SavedBytes.log(path: path))
      self.init(try reader.storage(verifiesChecksums: verifiesChecksums))
    } catch {
      throw error.at(path)
    }
  }

  /// The log as the bytes that ``save(to:)`` writes.
  ///
  /// - Complexity: O(*b*), where *b* is the size of the log in memory.
  public func encoded() -> [UInt8] {
    let layout = LogFileLayout(storage)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(layout.byteCount)
    unsafe layout.write { unsafe bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Opens the log of the bytes of ``encoded()`` or of a saved file, which are copied.
  ///
  /// - Parameters:
  ///   - bytes: a whole saved log.
  ///   - verifiesChecksums: whether the content is checked, as in
  ///     ``init(contentsOf:verifiesChecksums:)``.
  /// - Throws: ``EventLogError`` when the bytes are no log, come from a newer version, are damaged,
  ///   or their time zone is unknown here.
  /// - Complexity: O(*b*), where *b* is the number of bytes.
  public init(bytes: [UInt8], verifiesChecksums: Bool = true) throws(EventLogError) {
    let reader = try LogFileReader(SavedBytes(bytes))
    self.init(try reader.storage(verifiesChecksums: verifiesChecksums))
  }
}
