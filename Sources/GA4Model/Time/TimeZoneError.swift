/// Why a time zone cannot be had.
public enum TimeZoneError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The time zone database has no zone of this name, or the text cannot be a name.
  case unknownZone(identifier: String)

  /// The machine has no time zone database, so that only UTC and fixed offsets can be had.
  case missingDatabase(identifier: String)

  /// The file of the zone breaks the rules of RFC 9636.
  case damagedFile(identifier: String, reason: String)

  /// What is wrong and what to do, in one sentence.
  public var description: String {
    switch self {
    case .unknownZone(let identifier):
      return Self.printable(identifier)
        + " is not a known time zone; use an identifier of the IANA database such as"
        + " Europe/Paris, or an offset such as +05:30."
    case .missingDatabase(let identifier):
      return "The time zone \(Self.printable(identifier)) cannot be read because this machine has"
        + " no time zone database; install the package tzdata, or set TZDIR to the folder that"
        + " holds it, or use UTC or an offset such as +05:30."
    case .damagedFile(let identifier, let reason):
      return "The file of the time zone \(Self.printable(identifier)) is damaged: \(reason);"
        + " install the package tzdata again."
    }
  }

  /// The identifier if it can stand in a sentence: short, without control characters.
  private static func printable(_ identifier: String) -> String {
    let isPlain =
      !identifier.isEmpty && identifier.utf8.count <= 64
      && identifier.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    return isPlain ? identifier : "The given text"
  }
}
