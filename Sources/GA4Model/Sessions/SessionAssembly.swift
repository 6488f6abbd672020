import StatisticsCore

/// Gives every event of a sorted log its session.
///
/// Users are walked in parallel, each part numbering from zero; ``number()`` then joins the parts
/// and unites the sessions that a login has spread over two users.
final class SessionAssembly: @unchecked Sendable {
  /// The columns of the log that sessions depend on.
  struct Rows: Sendable {
    /// One more than users; rows from the last offset on have no user.
    var userOffsets: [UInt32]
    var time: Column<Int64>
    var name: Column<UInt16>
    var pseudoID: Column<UInt32>
    var userID: Column<UInt32>
    var attributeOffsets: Column<UInt32>
    var attributeSlots: Column<UInt16>
    var attributeValues: Column<Int64>
  }

  let rows: Rows
  private let rule: SessionRule
  private let strings: StringPool
  private let users: [UInt32]
  private let parts: [Range<Int>]
  private var partTables: [Partial]
  private let sessionOfRow: MutableColumn<UInt32>
  /// What a slot says about a session.
  private let roles: [Role]
  /// Whether any slot says something.
  private let hasRoles: Bool
  private let kinds: [SlotKind]
  private let isView: [Bool]
  private let isKeyEvent: [Bool]
  private(set) var column = Column<UInt32>([])
  private(set) var table: SessionTable

  private enum Role: UInt8 {
    case none, id, engaged
  }

  /// What is known of a session while its events are read.
  private struct Draft: Sendable {
    var user: UInt32
    /// Twice the code of the id that owns the session, plus one for a user id.
    var owner: UInt32
    var id: Int64
    var start: Int64
    var end: Int64
    var firstRow: UInt32
    var eventCount: UInt32 = 0
    var views: UInt32 = 0
    var hasID: Bool
    var says: Bool = false
    var saysEngaged: Bool = false
    var hasKeyEvent: Bool = false
    var spansUsers: Bool = false
  }

  private struct SessionKey: Hashable {
    var owner: UInt32
    var id: Int64
  }

  private final class Partial: @unchecked Sendable {
    var drafts: [Draft] = []
    var rows: Range<Int> = 0..<0
  }

  init(
    rule: SessionRule, rows: Rows, strings: StringPool, slots: [Slot], names: [UInt32],
    users: [UInt32], workers: Int
  ) {
    self.rule = rule
    self.rows = rows
    self.strings = strings
    self.users = users
    parts = splitRanges(count: users.count, into: max(1, workers))
    partTables = []
    sessionOfRow = MutableColumn(repeating: SessionTable.none, count: rows.time.count)
    roles = slots.map { slot in
      guard slot.scope == .parameter else { return .none }
      switch strings[slot.key] {
      case "ga_session_id": return .id
      case "session_engaged": return .engaged
      default: return .none
      }
    }
    hasRoles = roles.contains { $0 != .none }
    kinds = slots.map(\.kind)
    // By bytes, as the log tells names apart.
    let keyEvents = Set(rule.keyEvents.map { Array($0.rawValue.utf8) })
    isView = names.map { ["page_view", "screen_view"].contains(strings[$0]) }
    isKeyEvent = names.map { keyEvents.contains(Array(strings[$0].utf8)) }
    table = SessionTable(
      user: Column([]), id: Column([]), start: Column([]), end: Column([]), firstRow: Column([]),
      eventCount: Column([]), flags: Column([]))
  }

  /// The work that may run at the same time.
  func jobs() -> [@Sendable () -> Void] {
    partTables = parts.map { _ in Partial() } + [Partial()]
    var jobs: [@Sendable () -> Void] = parts.enumerated().map { index, users in
      { self.walk(users, into: self.partTables[index]) }
    }
    let withoutUser = Int(rows.userOffsets[users.count])..<rows.time.count
    jobs.append { self.walkRowsWithoutUser(withoutUser, into: self.partTables.last!) }
    return jobs
  }

  private func walk(_ users: Range<Int>, into part: Partial) {
    part.rows = Int(rows.userOffsets[users.lowerBound])..<Int(rows.userOffsets[users.upperBound])
    part.drafts.reserveCapacity(part.rows.count / 8)
    let anyIDs = roles.contains(.id)
    for user in users {
      let run = Int(rows.userOffsets[user])..<Int(rows.userOffsets[user + 1])
      if rule.boundary == .gap || !anyIDs || !walkByID(run, of: user, into: part) {
        walkByGap(run, of: user, into: part)
      }
    }
  }

  /// Numbers the sessions of `run` by exported id; `false` when no event has one.
  private func walkByID(_ run: Range<Int>, of user: Int, into part: Partial) -> Bool {
    let first = part.drafts.count
    // Sessions of a user follow each other, so one of the latest is nearly always the one; but an
    // id that stands for many people ("null") has very many at a time.
    let near = 8
    var known: [SessionKey: Int] = [:]
    for row in run {
      guard let id = evidence(of: row).id else { continue }
      let owner = owner(of: row)
      var index = part.drafts.count - 1
      let last = max(first, part.drafts.count - near)
      while index >= last, part.drafts[index].id != id || part.drafts[index].owner != owner {
        index -= 1
      }
      if index < last, last > first {
        index = known[SessionKey(owner: owner, id: id)] ?? -1
      }
      if index < first {
        index = part.drafts.count
        if index - near >= first {
          let old = part.drafts[index - near]
          known[SessionKey(owner: old.owner, id: old.id)] = index - near
        }
        part.drafts.append(draft(row, user: UInt32(user), owner: owner, id: id))
      }
      add(row, to: &part.drafts[index])
      sessionOfRow[row] = UInt32(index)
    }
    return part.drafts.count > first
  }

  private func walkByGap(_ run: Range<Int>, of user: Int, into part: Partial) {
    let gap = rule.gap.microseconds
    let time = rows.time
    let sessionOfRow = self.sessionOfRow
    guard let first = run.first else { return }
    var number = UInt32(part.drafts.count)
    var draft = draft(first, user: UInt32(user), owner: 0, id: nil)
    for row in run {
      if row > first, time[row].subtractingSaturated(time[row - 1]) > gap {
        part.drafts.append(draft)
        number += 1
        draft = self.draft(row, user: UInt32(user), owner: 0, id: nil)
      }
      add(row, to: &draft)
      sessionOfRow[row] = number
    }
    part.drafts.append(draft)
  }

  /// Events that the user rule gives to nobody still have sessions when they carry an id.
  private func walkRowsWithoutUser(_ rows: Range<Int>, into part: Partial) {
    part.rows = rows
    guard rule.boundary == .exported else { return }
    var known: [SessionKey: Int] = [:]
    for row in rows {
      let owner = owner(of: row)
      guard owner != 0, let id = evidence(of: row).id else { continue }
      let key = SessionKey(owner: owner, id: id)
      let index = known[key] ?? part.drafts.count
      if index == part.drafts.count {
        known[key] = index
        part.drafts.append(draft(row, user: SessionTable.noUser, owner: owner, id: id))
      }
      add(row, to: &part.drafts[index])
      sessionOfRow[row] = UInt32(index)
    }
  }

  @inline(__always)
  private func owner(of row: Int) -> UInt32 {
    let pseudo = rows.pseudoID[row]
    if pseudo != 0 { return pseudo << 1 }
    return rows.userID.isEmpty || rows.userID[row] == 0 ? 0 : rows.userID[row] << 1 | 1
  }

  private func draft(_ row: Int, user: UInt32, owner: UInt32, id: Int64?) -> Draft {
    Draft(
      user: user, owner: owner, id: id ?? 0, start: rows.time[row], end: rows.time[row],
      firstRow: UInt32(row), hasID: id != nil)
  }

  @inline(__always)
  private func add(_ row: Int, to draft: inout Draft) {
    draft.end = max(draft.end, rows.time[row])
    draft.eventCount += 1
    let name = Int(rows.name[row])
    if isView[name] { draft.views += 1 }
    if isKeyEvent[name] { draft.hasKeyEvent = true }
    if hasRoles, let engaged = evidence(of: row).engaged {
      draft.says = true
      if engaged { draft.saysEngaged = true }
    }
  }

  /// What the parameters of `row` say: the first session id and the first `session_engaged`.
  @inline(__always)
  private func evidence(of row: Int) -> (id: Int64?, engaged: Bool?) {
    var id: Int64?
    var hasID = false
    var engaged: Bool?
    let end = Int(rows.attributeOffsets[row + 1])
    var place = Int(rows.attributeOffsets[row])
    while place < end {
      let role = roles[Int(rows.attributeSlots[place])]
      if role != .none {
        let value = rows.attributeValues[place]
        let kind = kinds[Int(rows.attributeSlots[place])]
        // Of a repeated key the first is the value, whatever it is.
        if role == .id, !hasID {
          hasID = true
          id = whole(value, kind)
        } else if role == .engaged, engaged == nil, kind != .empty {
          engaged = whole(value, kind) == 1
        }
      }
      place += 1
    }
    return (id, engaged)
  }

  /// The whole number that a stored value is or spells.
  private func whole(_ word: Int64, _ kind: SlotKind) -> Int64? {
    switch kind {
    case .int, .bool: word
    case .string: Int64(strings[UInt32(word)])
    case .double, .float: Int64(exactly: Double(bitPattern: UInt64(bitPattern: word)))
    case .empty: nil
    }
  }

  /// Joins the parts into one table; call it when all ``jobs()`` are done.
  func number() {
    joinNumbers()
    let shared = sharedOwners()
    if !shared.isEmpty {
      let whole = Partial()
      whole.drafts = partTables.flatMap(\.drafts)
      partTables = [whole]
      unite(&whole.drafts, of: shared)
    }
    fillTable()
    partTables = []
    column = sessionOfRow.sealed()
  }

  /// Adds to the sessions of each part's rows how many the parts before have.
  private func joinNumbers() {
    var base: UInt32 = 0
    for part in partTables {
      if base > 0 {
        for row in part.rows where sessionOfRow[row] != SessionTable.none {
          sessionOfRow[row] += base
        }
      }
      base += UInt32(part.drafts.count)
    }
  }

  private func fillTable() {
    let count = partTables.reduce(0) { $0 + $1.drafts.count }
    let user = MutableColumn<UInt32>(uninitialized: count)
    let id = MutableColumn<Int64>(uninitialized: count)
    let start = MutableColumn<Int64>(uninitialized: count)
    let end = MutableColumn<Int64>(uninitialized: count)
    let firstRow = MutableColumn<UInt32>(uninitialized: count)
    let eventCount = MutableColumn<UInt32>(uninitialized: count)
    let flags = MutableColumn<UInt8>(uninitialized: count)
    let gapToEngage = rule.engagedAfter.microseconds
    var session = 0
    for part in partTables {
      for draft in part.drafts {
        let engaged =
          draft.says
          ? draft.saysEngaged
          : draft.end.subtractingSaturated(draft.start) > gapToEngage || draft.hasKeyEvent
            || Int(draft.views) >= rule.engagedViews
        user[session] = draft.user
        id[session] = draft.id
        start[session] = draft.start
        end[session] = draft.end
        firstRow[session] = draft.firstRow
        eventCount[session] = draft.eventCount
        flags[session] =
          (engaged ? SessionTable.engaged : 0) | (draft.hasID ? SessionTable.hasID : 0)
          | (draft.spansUsers ? SessionTable.spansUsers : 0)
        session += 1
      }
    }
    table = SessionTable(
      user: user.sealed(), id: id.sealed(), start: start.sealed(), end: end.sealed(),
      firstRow: firstRow.sealed(), eventCount: eventCount.sealed(), flags: flags.sealed())
  }

  /// The owners whose sessions stand under several users: a login on the way.
  private func sharedOwners() -> Set<UInt32> {
    // The user under whom each owner was first seen.
    var userOfOwner: [UInt32] = []
    var shared = Set<UInt32>()
    for part in partTables {
      for draft in part.drafts where draft.hasID {
        if userOfOwner.isEmpty { userOfOwner = Array(repeating: 0, count: strings.count * 2) }
        let seen = userOfOwner[Int(draft.owner)]
        if seen == 0 {
          userOfOwner[Int(draft.owner)] = draft.user &+ 2
        } else if seen != draft.user &+ 2 {
          shared.insert(draft.owner)
        }
      }
    }
    return shared
  }

  /// Unites sessions of one owner and id that stand under several users, and gives them the last
  /// user known in them.
  private func unite(_ drafts: inout [Draft], of shared: Set<UInt32>) {
    var members: [SessionKey: [Int]] = [:]
    for (index, draft) in drafts.enumerated() where draft.hasID && shared.contains(draft.owner) {
      members[SessionKey(owner: draft.owner, id: draft.id), default: []].append(index)
    }
    var target = Array(drafts.indices)
    for indices in members.values where indices.count > 1 {
      let ordered = indices.sorted {
        (drafts[$0].start, drafts[$0].firstRow) < (drafts[$1].start, drafts[$1].firstRow)
      }
      var united = drafts[ordered[0]]
      united.spansUsers = true
      for index in ordered.dropFirst() {
        let other = drafts[index]
        united.end = max(united.end, other.end)
        united.eventCount += other.eventCount
        united.views += other.views
        united.says = united.says || other.says
        united.saysEngaged = united.saysEngaged || other.saysEngaged
        united.hasKeyEvent = united.hasKeyEvent || other.hasKeyEvent
      }
      // A signed-in user is better known than a device; among equals the latest counts.
      let last = indices.max { left, right in
        rank(drafts[left]) < rank(drafts[right])
      }!
      united.user = drafts[last].user
      drafts[ordered[0]] = united
      for index in indices { target[index] = ordered[0] }
    }
    // Sessions stand by user and start; those of nobody come last.
    let kept = drafts.indices.filter { target[$0] == $0 }.sorted { left, right in
      let a = drafts[left]
      let b = drafts[right]
      return (a.user, a.start, a.firstRow) < (b.user, b.start, b.firstRow)
    }
    var number = [UInt32](repeating: 0, count: drafts.count)
    for (index, old) in kept.enumerated() { number[old] = UInt32(index) }
    for row in 0..<sessionOfRow.count where sessionOfRow[row] != SessionTable.none {
      sessionOfRow[row] = number[target[Int(sessionOfRow[row])]]
    }
    drafts = kept.map { drafts[$0] }
  }

  private func rank(_ draft: Draft) -> (Int, Int64, UInt32) {
    guard draft.user != SessionTable.noUser else { return (0, draft.end, 0) }
    return (users[Int(draft.user)] & 1 == 1 ? 2 : 1, draft.end, draft.user)
  }
}

extension Int64 {
  /// The difference, at most `Int64.max`; times far apart are simply far apart.
  @inline(__always)
  package func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (self < other ? .min : .max) : difference
  }
}
