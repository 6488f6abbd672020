import Foundation
import GA4Model
import StatisticsCore
import Testing

/// A folder of its own for each test, removed with the value.
private final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/log-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String = "test.ga4log") -> String { path + "/" + name }

  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

private func randomLog(_ seed: UInt64, events: Int = 40) throws -> EventLog {
  var random = RandomLogs(seed: seed)
  let options = random.options()
  return try EventLog(random.events(events), options: options)
}

private func error(_ body: () throws -> Void) -> EventLogError? {
  do {
    try body()
    return nil
  } catch {
    return error as? EventLogError
  }
}

private func permit(_ permissions: Int, _ path: String) throws {
  try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
}

/// Reads everything that a log gives, so that a bad offset anywhere would be met.
private func walk(_ log: EventLog) throws {
  for event in log { _ = event.items.count }
  for user in log.users { _ = log[user.events.lowerBound].time }
  for session in log.sessions { _ = (session.duration, session.user, session.day) }
  for row in log.indices { _ = (log.user(ofEvent: row), log.session(ofEvent: row)) }
  _ = log.regrouped(EventLogOptions(users: .stitched, sessions: SessionRule(.gap)))
  let merged = try log.merging([log])
  #expect(merged.count == 2 * log.count)
  _ = log.description
}

struct EventLogFileTests {
  @Test func `a log saved and opened is the same in events, users, sessions and bytes`() throws {
    let folder = try Folder()
    var random = RandomLogs(seed: 1)
    for round in 0..<RandomLogs.budget(150) {
      let options = random.options()
      let log = try EventLog(
        random.events(Int.random(in: 0..<60, using: &random.random)), options: options)
      let path = folder.file("\(round % 3).ga4log")
      try log.save(to: path)
      for verifies in [true, false] {
        let opened = try EventLog(contentsOf: path, verifiesChecksums: verifies)
        #expect(areEqualEventByEvent(opened, log))
        #expect(opened == log)
        #expect(opened.users.elementsEqual(log.users))
        #expect(opened.sessions.elementsEqual(log.sessions))
        #expect(
          opened.indices.allSatisfy { opened.session(ofEvent: $0) == log.session(ofEvent: $0) })
        #expect(opened.days == log.days)
        #expect(opened.encoded() == log.encoded())
      }
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == log.encoded())
      #expect(try EventLog(bytes: log.encoded()) == log)
    }
    #expect(try folder.files == ["0.ga4log", "1.ga4log", "2.ga4log"])
  }

  @Test func `an opened log can be merged, regrouped and saved over its own file`() throws {
    let folder = try Folder()
    let log = try randomLog(2)
    try log.save(to: folder.file())
    let opened = try EventLog(contentsOf: folder.file())
    #expect(try opened.merging([log]) == log.merging([opened]))
    let options = EventLogOptions(users: .pseudoID, sessions: SessionRule(.gap))
    #expect(opened.regrouped(options) == log.regrouped(options))
    try opened.save(to: folder.file())
    #expect(opened == log)
    #expect(try EventLog(contentsOf: folder.file()) == log)
  }

  @Test func `a log stays valid when its file is replaced or removed`() throws {
    let folder = try Folder()
    let first = try randomLog(3, events: 500)
    let second = try randomLog(4, events: 20)
    try first.save(to: folder.file())
    let opened = try EventLog(contentsOf: folder.file(), verifiesChecksums: false)
    try second.save(to: folder.file())
    #expect(try EventLog(contentsOf: folder.file()) == second)
    #expect(areEqualEventByEvent(opened, first))
    try FileManager.default.removeItem(atPath: folder.file())
    #expect(areEqualEventByEvent(opened, first))
  }

  @Test func `files of this format keep their bytes`() throws {
    var event = Event(
      .purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "1.1", userID: "anna",
      date: CalendarDay(daysSinceEpoch: 18_616))
    event.parameters = ["ga_session_id": 7, "value": 12.5, "page_title": "Cart", "flag": true]
    event.userProperties = [UserProperty("tier", "gold", setTime: EventTime(microseconds: 5))]
    event.fields = ["geo.country": "Canada", "batch_event_index": 3]
    event.items = [Item(id: "a", price: 54, quantity: 1)]
    let bytes = try EventLog([event]).encoded()
    #expect(bytes.count.isMultiple(of: 64))
    #expect(bytes.prefix(16) == [71, 65, 52, 76, 79, 71, 13, 10, 4, 3, 2, 1, 2, 0, 0, 0])
    // A change here is a change of the format: raise its version.
    #expect(Checksum.of(bytes) == 10_675_307_582_053_349_821)
  }

  @Test func `equal input gives equal bytes, however often and by however many workers`()
    async throws
  {
    var lines: [UInt8] = []
    for index in 0..<300 {
      lines += Array(
        """
        {"event_name":"view_\(index % 7)","event_timestamp":"\(1_600_000_000_000_000 + index)",\
        "user_pseudo_id":"\(index % 13)","geo":{"country":"C\(index % 5)"}}\n
        """.utf8)
    }
    let bytes = try EventReader().read(bytes: lines).log.encoded()
    #expect(try EventReader().read(bytes: lines).log.encoded() == bytes)
    #expect(try await EventReader().read(bytes: lines, workers: 3).log.encoded() == bytes)
  }
}

// MARK: - Damage

struct DamagedLogFileTests {
  @Test func `every changed byte is found`() throws {
    let bytes = try randomLog(5, events: 8).encoded()
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= UInt8(1 << (index % 8))
      #expect(throws: EventLogError.self, "byte \(index)") { try EventLog(bytes: changed) }
    }
  }

  @Test func `every cut is found, with or without verification`() throws {
    let bytes = try randomLog(6, events: 8).encoded()
    for length in Array(stride(from: 0, to: bytes.count, by: 7)) + [bytes.count - 1] {
      for verifies in [true, false] {
        let error = error {
          _ = try EventLog(bytes: Array(bytes[..<length]), verifiesChecksums: verifies)
        }
        #expect(error?.code == (length < 64 ? .notALog : .damaged))
      }
    }
    let longer = error { _ = try EventLog(bytes: bytes + [0], verifiesChecksums: false) }
    #expect(longer?.code == .damaged)
  }

  @Test func `forged headers with right checksums give an error or the log`() throws {
    let log = try randomLog(7, events: 8)
    let original = SavedLogEditor(log)
    let length = Int(original.number(UInt64.self, at: 16))
    var random = RepeatableGenerator(seed: 7)
    var refused = 0
    for _ in 0..<RandomLogs.budget(3_000) {
      var forged = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        forged.bytes[Int.random(in: 0..<length, using: &random)] = [
          0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random),
        ].randomElement(using: &random)!
      }
      // The place and length of the header may be forged too.
      if forged.number(UInt64.self, at: 16) == UInt64(length) { forged.sealHeader() }
      for verifies in [true, false] {
        do throws(EventLogError) {
          let opened = try EventLog(bytes: forged.bytes, verifiesChecksums: verifies)
          if verifies { try walkForged(opened) }
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 1_000)
  }

  private func walkForged(_ log: EventLog) throws(EventLogError) {
    do { try walk(log) } catch { throw error as! EventLogError }
  }

  @Test func `forged values with right checksums give an error or a log that can be used`() throws {
    var random = RandomLogs(seed: 8)
    var refused = 0
    var opened = 0
    var original = try randomLog(8)
    for round in 0..<RandomLogs.budget(1_500) {
      if round.isMultiple(of: 50) { original = try randomLog(UInt64(round), events: 30) }
      var forged = SavedLogEditor(original)
      for _ in 0..<Int.random(in: 1...2, using: &random.random) {
        let section = Int.random(in: 0..<forged.sectionCount, using: &random.random)
        let size = forged.width(section) * forged.count(section)
        if size == 0 { continue }
        let place = forged.offset(section) + Int.random(in: 0..<size, using: &random.random)
        forged.bytes[place] = random.pick([
          0, 1, 2, 0x7F, 0x80, 0xFF, forged.bytes[place] &+ 1, forged.bytes[place] &- 1,
        ])
      }
      do {
        let log = try EventLog(bytes: forged.sealed())
        opened += 1
        try walk(log)
        #expect((log == original) == areEqualEventByEvent(log, original))
      } catch is EventLogError {
        refused += 1
      }
    }
    #expect(refused > 300 && opened > 100)
  }

  /// Each forgery breaks one promise, which the sentence names.
  @Test func `the sentence says which promise a forged file breaks`() throws {
    var events = [
      Event(.purchase, at: EventTime(microseconds: 10), by: "a"),
      Event(.pageView, at: EventTime(microseconds: 20), by: "a"),
      Event(.pageView, at: EventTime(microseconds: 30), by: "b"),
      Event(.pageView, at: EventTime(microseconds: 40)),
    ]
    for index in events.indices {
      events[index].parameters = ["ga_session_id": 1, "page_title": "Cart"]
      events[index].fields = ["geo.country": "Canada"]
      events[index].items = [Item(id: "x")]
      events[index].userID = index == 2 ? "u" : nil
    }
    events[0].date = CalendarDay(daysSinceEpoch: 18_616)
    let log = try EventLog(events)
    let forgeries: [(String, (inout SavedLogEditor) -> Void)] = [
      ("its text offsets do not fit their values", { $0.set(section: 1, -1, to: UInt64(0)) }),
      ("its text offsets do not fit their values", { $0.set(section: 1, 0, to: UInt64(1)) }),
      ("its absent text is not empty", { $0.set(section: 1, 1, to: UInt64(1)) }),
      ("its text offsets are out of order", { $0.set(section: 1, 2, to: UInt64.max >> 1) }),
      ("one of its keys is none", { $0.set(section: 3, 0, to: UInt64(0xFFFF)) }),
      ("one of its keys is none", { $0.set(section: 3, 0, to: UInt64.max) }),
      ("a key has no text", { $0.set(section: 3, 0, to: UInt64(1) << 40) }),
      ("one of its event names is none", { $0.set(section: 4, 0, to: UInt32(99)) }),
      ("an event name has no text", { $0.set(section: 4, 0, to: UInt32(0)) }),
      ("a user has no id", { $0.set(section: 5, 0, to: UInt32(0)) }),
      ("a user has no id", { $0.set(section: 5, 0, to: UInt32.max) }),
      ("its user offsets do not fit its events", { $0.set(section: 6, 0, to: UInt32(1)) }),
      ("its user offsets do not fit its events", { $0.set(section: 6, -1, to: UInt32(9)) }),
      ("a user has no events", { $0.set(section: 6, 1, to: UInt32(0)) }),
      ("its events are out of order", { $0.set(section: 7, 0, to: Int64.max) }),
      ("a day origin is out of range", { $0.set(section: 9, 0, to: UInt8(2)) }),
      ("an event has no name", { $0.set(section: 10, 0, to: UInt16(2)) }),
      ("an event refers to no session", { $0.set(section: 11, 0, to: UInt32(77)) }),
      ("a session does not agree with its events", { $0.set(section: 11, 1, to: UInt32.max) }),
      ("a pseudo id is out of range", { $0.set(section: 12, 0, to: UInt32.max) }),
      ("a user id is out of range", { $0.set(section: 13, 0, to: UInt32.max) }),
      ("its parameter offsets are out of order", { $0.set(section: 14, 1, to: UInt32.max) }),
      ("its parameter offsets do not fit their values", { $0.set(section: 14, -1, to: UInt32(1)) }),
      ("a value of its parameters is out of range", { $0.set(section: 15, 0, to: UInt16.max) }),
      ("a value of its parameters is out of range", { $0.set(section: 16, 1, to: Int64(-1)) }),
      ("its item offsets are out of order", { $0.set(section: 17, 1, to: UInt32(9)) }),
      ("an event refers to no item", { $0.set(section: 18, 0, to: UInt32(9)) }),
      ("a session has no user", { $0.set(section: 19, 0, to: UInt32(9)) }),
      ("a session does not agree with its events", { $0.set(section: 21, 0, to: Int64.max) }),
      ("a session does not agree with its events", { $0.set(section: 23, 0, to: UInt32(2)) }),
      ("a session does not agree with its events", { $0.set(section: 23, 0, to: UInt32.max) }),
      ("a session does not agree with its events", { $0.set(section: 24, 0, to: UInt32(9)) }),
      (
        "the days of its users do not agree with their events",
        { $0.set(section: 26, 1, to: UInt32(9)) }
      ),
      (
        "the days of its users do not agree with their events",
        { $0.set(section: 27, 0, to: Int32(9)) }
      ),
      ("a session has unknown flags", { $0.set(section: 25, 0, to: UInt8(8)) }),
      ("an event refers to no record", { $0.set(section: 0x101, 0, to: UInt32(9)) }),
      (
        "its geo record offsets do not fit their values",
        { $0.set(section: 0x201, -1, to: UInt32(0)) }
      ),
      ("the absent geo record is not empty", { $0.set(section: 0x201, 1, to: UInt32(1)) }),
      (
        "a value of its geo records is out of range",
        { $0.set(section: 0x301, 0, to: UInt16.max) }
      ),
      (
        "a value of its item records is out of range",
        { $0.set(section: 0x407, 0, to: Int64.max) }
      ),
    ]
    for (sentence, forge) in forgeries {
      var forged = SavedLogEditor(log)
      forge(&forged)
      forged.seal()
      let error = error { _ = try EventLog(bytes: forged.bytes) }
      #expect(
        error?.description
          == "The saved event log is damaged: \(sentence); save it again from its source.")
    }
  }

  @Test func `sizes are checked before memory is taken`() throws {
    for section in [1, 2, 7, 16, 22] as [UInt32] {
      for count in [UInt64.max, 1 << 62, 1 << 40, 1_000_000] {
        var forged = SavedLogEditor(try randomLog(9))
        forged.set(count, at: forged.entry(forged.index(ofSection: section)) + 8)
        forged.sealHeader()
        let error = error { _ = try EventLog(bytes: forged.bytes) }
        #expect(error?.code == .damaged)
      }
    }
    var forged = SavedLogEditor(try randomLog(9))
    forged.set(UInt64(41), at: 32)
    forged.sealHeader()
    #expect(throws: EventLogError.self) {
      try EventLog(bytes: forged.bytes, verifiesChecksums: false)
    }
  }
}

// MARK: - Sentences

struct EventLogErrorTests {
  private func sentence(_ change: (inout SavedLogEditor) -> Void) throws -> String? {
    var editor = SavedLogEditor(
      try EventLog(
        [Event(.purchase, at: EventTime(microseconds: 1), by: "secret-id")],
        options: EventLogOptions(timeZone: ReportingTimeZone(identifier: "+05:30"))))
    change(&editor)
    return error { _ = try EventLog(bytes: editor.bytes) }?.description
  }

  @Test func `a file that is no log, or of another version or machine, is refused`() throws {
    #expect(
      try sentence { $0.bytes[0] = 0 }
        == "This is not a saved event log; read exported events with EventReader.")
    #expect(
      error { _ = try EventLog(bytes: Array("{\"event_name\":\"page_view\"}".utf8)) }?.code
        == .notALog)
    #expect(
      try sentence { $0.set(UInt32(1), at: 12) }
        == "The saved event log cannot be read here: it has format 1, and this version reads"
        + " format 2; save it again with this version.")
    #expect(
      try sentence { $0.set(UInt32(0x0403_0201), at: 8) }
        == "The saved event log cannot be read here: it comes from a machine of the opposite byte"
        + " order; save it again with this version.")
  }

  @Test func `damage is named without values`() throws {
    var whole = 0
    let cut = try sentence { editor in
      whole = editor.bytes.count
      editor.bytes.removeLast(64)
    }
    #expect(
      cut
        == "The saved event log is damaged: it has \(NumberText.grouped(whole - 64)) bytes where"
        + " its header says \(NumberText.grouped(whole)); save it again from its source.")
    #expect(
      try sentence { $0.bytes[70] ^= 1 }
        == "The saved event log is damaged: the checksum of its header is wrong;"
        + " save it again from its source.")
    #expect(
      try sentence { $0.bytes[$0.offset($0.index(ofSection: 7))] ^= 1 }
        == "The saved event log is damaged: the checksum of its times is wrong;"
        + " save it again from its source.")
    #expect(
      try sentence {
        $0.set(UInt32(4), at: $0.entry($0.index(ofSection: 10)) + 4)
        $0.sealHeader()
      }
        == "The saved event log is damaged: the section of its names of events is not where it"
        + " belongs; save it again from its source.")
  }

  @Test func `a zone that this machine does not know is named`() throws {
    let text = try sentence { editor in
      let range = editor.bytes.firstRange(of: Array("+05:30".utf8))!
      editor.bytes.replaceSubrange(range, with: Array("Mars/X".utf8))
      editor.sealHeader()
    }
    #expect(
      text?.hasPrefix("The time zone of the saved event log cannot be had: ") == true
        && text?.contains("Mars/X") == true)
  }

  @Test func `a rule that this version does not know is damage`() throws {
    let text = try sentence { editor in
      let range = editor.bytes.firstRange(of: Array("userIDOrPseudoID".utf8))!
      editor.bytes[range.lowerBound] = UInt8(ascii: "U")
      editor.sealHeader()
    }
    #expect(
      text
        == "The saved event log is damaged: its user rule is unknown;"
        + " save it again from its source.")
    let gap = try sentence { editor in
      let range = editor.bytes.firstRange(of: Array("exported".utf8))!
      editor.set(UInt64.max, at: range.upperBound)
      editor.sealHeader()
    }
    #expect(
      gap
        == "The saved event log is damaged: its session gap is not between 0 and 7 hours 55"
        + " minutes; save it again from its source.")
  }

  @Test func `what the system refuses is said with the path`() throws {
    let folder = try Folder()
    let log = try randomLog(10)
    let absent = folder.file("absent/x.ga4log")
    let open = error { _ = try EventLog(contentsOf: absent) }
    #expect(
      open?.description == "\(absent): The file could not be opened: No such file or directory.")
    #expect(open?.code == .file)
    #expect(open?.path == absent)
    #expect(
      error { try log.save(to: absent) }?.description
        == "\(absent): The file could not be created: No such file or directory.")
    #expect(
      error { _ = try EventLog(contentsOf: folder.path) }?.description
        == "\(folder.path): The file could not be opened: this is a directory;"
        + " name a file inside it.")
    #expect(
      error { try log.save(to: folder.path) }?.description
        == "\(folder.path): The file could not be replaced: this is a directory, a pipe or a"
        + " device; name a file.")
    let pipe = folder.file("pipe")
    let isMade = unsafe mkfifo(pipe, 0o600) == 0
    #expect(isMade)
    #expect(
      error { _ = try EventLog(contentsOf: pipe) }?.description
        == "\(pipe): The file could not be mapped: this is a pipe or a device;"
        + " name a file on a disk.")
    #expect(error { try log.save(to: pipe) }?.code == .file)
    let text = folder.file("empty")
    try Data().write(to: URL(fileURLWithPath: text))
    #expect(
      error { _ = try EventLog(contentsOf: text) }?.description
        == "\(text): This is not a saved event log; read exported events with EventReader.")
  }

  @Test(.enabled(if: geteuid() != 0, "nothing is forbidden to root"))
  func `a folder or file without permission is refused`() throws {
    let folder = try Folder()
    let log = try randomLog(11)
    try log.save(to: folder.file())
    try permit(0, folder.file())
    #expect(error { _ = try EventLog(contentsOf: folder.file()) }?.code == .file)
    try permit(0o500, folder.path)
    #expect(error { try log.save(to: folder.file("other")) }?.code == .file)
    try permit(0o700, folder.path)
  }

  @Test func `errors of building have no path`() {
    var builder = EventLogBuilder()
    let error = error {
      for index in 0...65_535 {
        try builder.append(Event(EventName("n\(index)"), at: EventTime(microseconds: 0)))
      }
    }
    #expect(error?.code == .tooManyNames)
    #expect(
      error?.description
        == "The log would hold more than 65,535 distinct event names;"
        + " check that names carry no ids.")
  }
}

// MARK: - Replacing files

struct ReplacementFileTests {
  private struct Stop: Error {}

  @Test func `a file that is not finished is removed and the old one untouched`() throws {
    let folder = try Folder()
    try Data("old".utf8).write(to: URL(fileURLWithPath: folder.file()))
    #expect(throws: Stop.self) {
      let file = try ReplacementFile(path: folder.file())
      try unsafe Array("new".utf8).withUnsafeBytes { try unsafe file.write($0) }
      #expect(try folder.files.count == 2)
      throw Stop()
    }
    #expect(try folder.files == ["test.ga4log"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == Data("old".utf8))
  }

  @Test func `a target that became a folder is refused and nothing is left behind`() throws {
    let folder = try Folder()
    #expect(throws: ReplacementFile.Failure.self) {
      let file = try ReplacementFile(path: folder.file())
      try FileManager.default.createDirectory(
        atPath: folder.file(), withIntermediateDirectories: false)
      try file.finish()
    }
    #expect(try folder.files == ["test.ga4log"])
  }

  @Test func `permissions of the old file stay`() throws {
    let folder = try Folder()
    let log = try randomLog(12)
    try log.save(to: folder.file())
    try permit(0o640, folder.file())
    try log.save(to: folder.file())
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file())
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
  }

  @Test func `a symbolic link stays and its target is replaced`() throws {
    let folder = try Folder()
    try randomLog(13).save(to: folder.file("target"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("target"))
    let second = try randomLog(14)
    try second.save(to: folder.file("link"))
    #expect(try EventLog(contentsOf: folder.file("target")) == second)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
        == folder.file("target"))
  }

  @Test func `a path without folder is one of the working folder`() throws {
    let name = "log-\(UUID().uuidString).ga4log"
    defer { try? FileManager.default.removeItem(atPath: name) }
    let log = try randomLog(15)
    try log.save(to: name)
    #expect(try EventLog(contentsOf: name) == log)
  }
}
