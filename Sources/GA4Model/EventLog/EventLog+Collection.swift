extension EventLog: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { storage.rowCount }

  /// The event at `position` as a readable row.
  ///
  /// - Complexity: O(*f*), where *f* is the number of fields, parameters and items of the event.
  ///   Queries do not use it: they walk the columns.
  public subscript(position: Int) -> Event {
    precondition(indices.contains(position), "Position out of the log's range")
    let storage = self.storage
    var event = Event(
      storage.eventName(storage.name[position]),
      at: EventTime(microseconds: storage.time[position]))
    if storage.hasExportedDay(position) {
      event.date = CalendarDay(daysSinceEpoch: storage.day[position])
    }
    event.userPseudoID = storage.strings.text(storage.pseudoID[position])
    if !storage.userID.isEmpty { event.userID = storage.strings.text(storage.userID[position]) }

    var fields: [FieldSet.Element] = []
    for group in RecordGroup.ofEvents {
      let table = storage.records[group.rawValue]
      for place in table.fields(of: storage.recordCode(group, position)) {
        fields.append(storage.field(table.slots[place], table.values[place]))
      }
    }
    let start = Int(storage.attributeOffsets[position])
    let end = Int(storage.attributeOffsets[position + 1])
    for place in start..<end {
      let code = storage.attributeSlots[place]
      let slot = storage.slots[Int(code)]
      let key = storage.strings[slot.key]
      let value = storage.value(code, storage.attributeValues[place])
      switch slot.scope {
      case .field: fields.append(FieldSet.Element(path: FieldPath(rawValue: key), value: value))
      case .parameter: event.parameters.append(ParameterKey(rawValue: key), value)
      case .userProperty: event.userProperties.append(UserProperty(key, value))
      case .userPropertyTime:
        if let last = event.userProperties.indices.last, let time = value.int {
          event.userProperties[last].setTime = EventTime(microseconds: time)
        }
      case .item, .itemParameter: break
      }
    }
    event.fields = FieldSet(fields)
    event.items = storage.items(of: position).map { storage.item(storage.itemCodes[$0]) }
    return event
  }
}

extension EventLogStorage {
  fileprivate func field(_ slot: UInt16, _ word: Int64) -> FieldSet.Element {
    FieldSet.Element(
      path: FieldPath(rawValue: strings[slots[Int(slot)].key]), value: value(slot, word))
  }

  /// The item of `code`.
  package func item(_ code: UInt32) -> Item {
    let table = records[RecordGroup.item.rawValue]
    var fields: [FieldSet.Element] = []
    var item = Item()
    for place in table.fields(of: code) {
      let slot = table.slots[place]
      if slots[Int(slot)].scope == .item {
        fields.append(field(slot, table.values[place]))
      } else {
        let key = ParameterKey(rawValue: strings[slots[Int(slot)].key])
        item.parameters.append(key, value(slot, table.values[place]))
      }
    }
    item.fields = FieldSet(fields)
    return item
  }
}
