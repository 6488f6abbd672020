import GA4Model
import GA4Samples

extension CalendarDay {
  static let newYear = CalendarDay(year: 2024, month: 1, day: 1)!
}

extension SampleShop {
  /// A shop from 1 January 2024 on.
  init(
    _ users: Int, days: Int, seed: UInt64 = 5, schema: ExportSchema = .classic,
    dirt: DirtyData = .none, experiment: SampleExperiment? = SampleExperiment(),
    trackingBreak: TrackingBreak? = nil
  ) {
    self.init(
      seed: seed, users: users,
      days: CalendarDay.newYear...CalendarDay.newYear.advanced(by: days - 1), schema: schema,
      dirt: dirt, experiment: experiment, trackingBreak: trackingBreak)
  }
}

/// A checksum over every byte of events, in their order: FNV-1a with 64 bits.
struct EventChecksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  static func of(_ events: some Sequence<Event>) -> UInt64 {
    var checksum = EventChecksum()
    for event in events { checksum.add(event) }
    return checksum.value
  }

  mutating func add(_ event: Event) {
    add(event.name.rawValue)
    add(event.time.microseconds)
    add(Int64(event.date?.daysSinceEpoch ?? .min))
    add(event.userPseudoID ?? "\u{0}")
    add(event.userID ?? "\u{0}")
    add(event.parameters)
    for property in event.userProperties {
      add(property.key)
      add(property.value)
      add(property.setTime?.microseconds ?? .min)
    }
    add(event.fields)
    for item in event.items {
      add(item.fields)
      add(item.parameters)
    }
  }

  private mutating func add(_ parameters: Parameters) {
    for parameter in parameters {
      add(parameter.key.rawValue)
      add(parameter.value)
    }
    add(Int64(parameters.count))
  }

  private mutating func add(_ fields: FieldSet) {
    for field in fields {
      add(field.path.rawValue)
      add(field.value)
    }
    add(Int64(fields.count))
  }

  private mutating func add(_ value: FieldValue) {
    switch value {
    case .string(let text):
      add("s")
      add(text)
    case .int(let number):
      add("i")
      add(number)
    case .double(let number):
      add("d")
      add(Int64(bitPattern: number.bitPattern))
    case .float(let number):
      add("f")
      add(Int64(bitPattern: number.bitPattern))
    case .bool(let truth): add(truth ? "t" : "n")
    case .empty: add("e")
    }
  }

  private mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff as UInt8)
  }

  private mutating func add(_ number: Int64) {
    var rest = UInt64(bitPattern: number)
    for _ in 0..<8 {
      add(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
