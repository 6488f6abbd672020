/// Rows in input order as immutable columns, with the dictionaries that their codes refer to.
struct LogSource: Sendable {
  var strings: StringPool
  var slots: [Slot]
  /// One table for each ``RecordGroup``.
  var records: [RecordTable]
  /// The text of an event name, by its code.
  var names: [UInt32]

  var time: Column<Int64>
  /// ``LogPart/noDay`` where the source has none.
  var day: Column<Int32>
  var name: Column<UInt16>
  var pseudoID: Column<UInt32>
  /// Empty when no row has one, as are the columns of ``recordCodes``.
  var userID: Column<UInt32>
  var recordCodes: [Column<UInt32>]
  /// One more than rows.
  var attributeOffsets: Column<UInt32>
  var attributeSlots: Column<UInt16>
  var attributeValues: Column<Int64>
  var itemOffsets: Column<UInt32>
  var itemCodes: Column<UInt32>

  var count: Int { time.count }

  /// The rows of `rows`, ascending, with the same dictionaries.
  func selecting(_ rows: [UInt32]) -> LogSource {
    func gather<T>(_ column: Column<T>) -> Column<T> {
      if column.isEmpty { return column }
      let result = MutableColumn<T>(uninitialized: rows.count)
      column.withValues { values in
        for (index, row) in rows.enumerated() { result[index] = values[Int(row)] }
      }
      return result.sealed()
    }
    func gatherRuns(_ offsets: Column<UInt32>, _ copy: (Range<Int>) -> Void) -> Column<UInt32> {
      let result = MutableColumn<UInt32>(capacity: rows.count + 1)
      var end: UInt32 = 0
      result.append(0)
      for row in rows {
        let run = Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])
        copy(run)
        end += UInt32(run.count)
        result.append(end)
      }
      return result.sealed()
    }
    var selected = self
    selected.time = gather(time)
    selected.day = gather(day)
    selected.name = gather(name)
    selected.pseudoID = gather(pseudoID)
    selected.userID = gather(userID)
    selected.recordCodes = recordCodes.map(gather)
    let slots = MutableColumn<UInt16>()
    let values = MutableColumn<Int64>()
    selected.attributeOffsets = gatherRuns(attributeOffsets) { run in
      for index in run {
        slots.append(attributeSlots[index])
        values.append(attributeValues[index])
      }
    }
    selected.attributeSlots = slots.sealed()
    selected.attributeValues = values.sealed()
    let items = MutableColumn<UInt32>()
    selected.itemOffsets = gatherRuns(itemOffsets) { run in
      for index in run { items.append(itemCodes[index]) }
    }
    selected.itemCodes = items.sealed()
    return selected
  }
}
