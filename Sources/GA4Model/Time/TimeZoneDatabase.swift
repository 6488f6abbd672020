#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// The files of the IANA time zone database on this machine.
package enum TimeZoneDatabase {
  /// The folders that may hold the database, in the order in which they are asked.
  package static var folders: [String] {
    var folders = [
      "/usr/share/zoneinfo", "/var/db/timezone/zoneinfo", "/usr/share/lib/zoneinfo",
    ]
    if let value = unsafe getenv("TZDIR") {
      let folder = unsafe String(cString: value)
      if !folder.isEmpty { folders.insert(folder, at: 0) }
    }
    return folders
  }

  /// Whether one of the folders holds a database.
  package static var isInstalled: Bool {
    folders.contains { folder in
      unsafe access(folder + "/Europe", F_OK) == 0 || access(folder + "/UTC", F_OK) == 0
    }
  }

  /// The bytes of the file of a zone.
  ///
  /// - Throws: ``TimeZoneError`` when the name is not one, or no folder has the file.
  static func contents(of identifier: String) throws(TimeZoneError) -> [UInt8] {
    guard isPlausible(identifier) else { throw .unknownZone(identifier: identifier) }
    for folder in folders {
      if let bytes = read(folder + "/" + identifier) { return bytes }
    }
    throw isInstalled
      ? .unknownZone(identifier: identifier) : .missingDatabase(identifier: identifier)
  }

  /// Whether a text has the form of an identifier, so that it cannot leave the folder.
  ///
  /// Parts are divided by "/" and start with a letter; a name of the database has no dot.
  static func isPlausible(_ identifier: String) -> Bool {
    guard !identifier.isEmpty, identifier.utf8.count <= 64 else { return false }
    let parts = identifier.utf8.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      guard let first = part.first, isLetter(first) else { return false }
      return part.allSatisfy { byte in
        isLetter(byte) || byte &- 0x30 <= 9 || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// The bytes of a file; `nil` when it cannot be read, is empty or far too long to be a zone.
  private static func read(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rb") else { return nil }
    defer { _ = unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count <= TimeZoneRules.largestFile {
      let count = unsafe buffer.withUnsafeMutableBytes { room in
        unsafe fread(room.baseAddress, 1, room.count, file)
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    // Reading a folder fails only here.
    return unsafe ferror(file) != 0 || bytes.isEmpty ? nil : bytes
  }
}
