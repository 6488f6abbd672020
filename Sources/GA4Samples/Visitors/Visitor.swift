import StatisticsCore

/// Names of the random streams of a shop.
///
/// Numbers must never be reused or reordered: each one fixes the bytes of every sample.
enum Stream {
  static let visitors: UInt64 = 1
  static let ids: UInt64 = 2

  // Under a visitor.
  static let segment: UInt64 = 1
  static let account: UInt64 = 2
  static let device: UInt64 = 3
  static let secondDevice: UInt64 = 4
  static let place: UInt64 = 5
  static let channel: UInt64 = 6
  static let variant: UInt64 = 7
  static let arrival: UInt64 = 8
  static let returns: UInt64 = 9
  static let visits: UInt64 = 10
  static let clientID: UInt64 = 11

  // Under a visit.
  static let plan: UInt64 = 1
  static let decisions: UInt64 = 2
  static let steps: UInt64 = 3
  static let pauses: UInt64 = 4
  static let basket: UInt64 = 5
  static let refund: UInt64 = 6
  static let dirt: UInt64 = 7
}

/// A person who visits the shop: a function of the seed and the number alone.
struct Visitor: Sendable {
  let number: Int
  let root: SeededGenerator
  let segment: Int
  let hasAccount: Bool
  let device: Int
  let secondDevice: Int?
  let place: Int
  let firstChannel: Int
  let variant: Int

  init(seed: UInt64, number: Int) {
    self.number = number
    let root = SeededGenerator(seed: seed).stream(Stream.visitors).stream(
      UInt64(truncatingIfNeeded: number))
    self.root = root
    func share(_ name: UInt64) -> Double {
      var stream = root.stream(name)
      return stream.uniform()
    }
    segment = Behaviour.weights.index(at: share(Stream.segment))
    hasAccount = share(Stream.account) < Behaviour.all[segment].account
    device = DeviceKind.weights.index(at: share(Stream.device))
    if hasAccount {
      var stream = root.stream(Stream.secondDevice)
      let owns = stream.uniform() < 0.3
      let kind = DeviceKind.weights.index(at: stream.uniform())
      secondDevice = owns ? kind : nil
    } else {
      secondDevice = nil
    }
    place = Place.weights.index(at: share(Stream.place))
    firstChannel = Channel.firstWeights.index(at: share(Stream.channel))
    variant = share(Stream.variant) < 0.5 ? 0 : 1
  }

  var behaviour: Behaviour { Behaviour.all[segment] }

  func kind(ofDevice device: Int) -> DeviceKind {
    DeviceKind.all[device == 0 ? self.device : secondDevice ?? self.device]
  }

  /// The stream of a visit, which depends on nothing but the visitor and `slot`.
  func stream(ofVisit slot: Int) -> SeededGenerator {
    root.stream(Stream.visits).stream(UInt64(truncatingIfNeeded: slot))
  }

  /// The `user_id` of the visitor's account.
  var userID: String { "U" + padded(number, to: 7) }

  /// The `user_pseudo_id` of a device, which no two devices share.
  ///
  /// Its first half is a one-to-one map of visitor and device.
  func pseudoID(ofDevice device: Int, seed: UInt64) -> String {
    let key = SeededGenerator(seed: seed).stream(Stream.ids)
    var stream = root.stream(Stream.clientID).stream(UInt64(truncatingIfNeeded: device))
    var mask = key
    let mixed =
      (UInt32(truncatingIfNeeded: number * 2 + device) &* 0x9e37_79b1)
      ^ UInt32(truncatingIfNeeded: mask.next())
    let second = 1_000_000_000 + stream.integer(below: UInt64(9_000_000_000))
    return String(mixed) + "." + String(second)
  }
}

/// `number` in at least `width` digits.
func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return digits.utf8.count >= width
    ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}
