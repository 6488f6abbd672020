import Synchronization

/// The events of some names side by side, in the order of the log; those without user are left out.
///
/// Who asks for rare events need not go through all others.
package struct NameIndex: Sendable {
  package struct Entry: BitwiseCopyable, Sendable {
    /// Microseconds since 1970.
    package let time: Int64
    package let row: UInt32
    /// The code of the name.
    package let name: UInt16
  }

  /// The entries of one user, up to those of the next run.
  package struct Run: BitwiseCopyable, Sendable {
    /// The place of the first entry.
    package let start: UInt32
    /// Which names the entries have, as a set of ``nameSet(where:)``.
    package let names: UInt32
    /// The time of the last entry, so that who needs no more need not look at entries.
    package let lastTime: Int64
  }

  package let entries: Column<Entry>
  /// A run for each user who has an entry, and behind the last one an empty run.
  package let runs: Column<Run>
  /// The codes of the names, ascending.
  private let names: [UInt16]

  /// Brings the events of `names` together, in one pass; `nil` if they are so many that it is better to
  /// look through all events.
  fileprivate init?(_ names: [UInt16], _ storage: EventLogStorage) {
    self.names = names
    /// By name code, the set of that name alone.
    var sets = [UInt32](repeating: 0, count: storage.names.count)
    for (rank, name) in names.enumerated() { sets[Int(name)] = Self.set(rank) }
    let limit = storage.userRowCount / 3
    let entries = MutableColumn<Entry>()
    let runs = MutableColumn<Run>()
    storage.userOffsets.withValues { offsets in
      storage.name.withValues { codes in
        storage.time.withValues { times in
          for user in 0..<storage.userCount where entries.count <= limit {
            let start = entries.count
            var names: UInt32 = 0
            for row in Int(offsets[user])..<Int(offsets[user + 1]) {
              let set = sets[Int(codes[row])]
              if set == 0 { continue }
              entries.append(Entry(time: times[row], row: UInt32(row), name: codes[row]))
              names |= set
            }
            if names == 0 { continue }
            let lastTime = entries[entries.count - 1].time
            runs.append(Run(start: UInt32(start), names: names, lastTime: lastTime))
          }
        }
      }
    }
    if entries.count > limit { return nil }
    runs.append(Run(start: UInt32(entries.count), names: 0, lastTime: 0))
    self.entries = entries.sealed()
    self.runs = runs.sealed()
  }

  /// Whether no two names share a place in sets; if they do, sets tell for sure only what is not there.
  package var setsAreExact: Bool { names.count <= 32 }

  /// The set of the name of a rank; from the 32nd on names share one.
  private static func set(_ rank: Int) -> UInt32 { 1 << UInt32(min(rank, 31)) }

  /// The set of the names for whose code `isMember` holds.
  package func nameSet(where isMember: (UInt16) -> Bool) -> UInt32 {
    names.enumerated().reduce(0) { isMember($1.element) ? $0 | Self.set($1.offset) : $0 }
  }

  var byteCount: Int { entries.byteCount + runs.byteCount }

  /// The runs of the users whose rows are `rows`.
  ///
  /// - Complexity: O(log *u*), where *u* is the number of runs.
  package func runs(of rows: Range<Int>) -> Range<Int> {
    run(from: rows.lowerBound)..<run(from: rows.upperBound)
  }

  private func run(from row: Int) -> Int {
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high) / 2
      if Int(entries[Int(runs[middle].start)].row) < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The indexes that a log keeps for the names that queries have asked for.
///
/// The first pass over the log looks through all names, which needs no preparation; only for who asks
/// for the same names again their events are brought together, which takes about as long as a pass.
final class NameIndexCache: Sendable {
  private struct Item {
    let names: [UInt16]
    /// How many rows were looked through for these names.
    var rowsAsked = 0
    var state = State.wanted
  }

  private enum State {
    case wanted
    case found(NameIndex)
    case notWorthIt
  }

  /// The latest one last.
  private let items = Mutex<[Item]>([])
  /// As many as this are remembered, so that a log which lives long does not grow without end.
  private static let limit = 8

  /// The bytes of all indexes.
  var byteCount: Int {
    items.withLock { items in
      items.reduce(0) { sum, item in
        guard case .found(let index) = item.state else { return sum }
        return sum + index.byteCount
      }
    }
  }

  /// The index of `names`, ascending, for a query that otherwise looks through `rowCount` rows of
  /// `storage`; `nil` if that is better.
  func index(of names: [UInt16], insteadOf rowCount: Int, in storage: EventLogStorage)
    -> NameIndex?
  {
    items.withLock { items in
      var item = Item(names: names)
      if let known = items.firstIndex(where: { $0.names == names }) {
        item = items.remove(at: known)
      } else if items.count == Self.limit {
        items.removeFirst()
      }
      if case .wanted = item.state, item.rowsAsked >= storage.userRowCount {
        item.state = NameIndex(names, storage).map { .found($0) } ?? .notWorthIt
      }
      item.rowsAsked += rowCount
      items.append(item)
      guard case .found(let index) = item.state else { return nil }
      return index
    }
  }
}

extension EventLog.UserSlice {
  /// The index of the names with the codes `names`, ascending, for a query that otherwise looks
  /// through the rows of all users of the slice; `nil` if that is better, as it is the first time.
  package func index(ofNames names: [UInt16]) -> NameIndex? {
    log.storage.nameIndexes.index(of: names, insteadOf: userRows.count, in: log.storage)
  }
}
