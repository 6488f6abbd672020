/// Which variant a unit is in, by a hash that every warehouse has.
///
/// ```swift
/// let assignment = ExperimentAssignment(
///   salt: "checkout-2026", variants: [.init("control", weight: 1), .init("treatment", weight: 1)])
/// assignment.variant(of: "user-17")             // "treatment", everywhere and always
/// ```
///
/// The place of a unit is the first 32 bits of the MD5 digest of `salt:id` over 2³², a number from 0
/// up to 1; the variants divide 0…1 in order. Any warehouse can repeat the assignment:
///
/// ```sql
/// -- BigQuery
/// SELECT CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('checkout-2026', ':', user_id))), 1, 8)) AS INT64)
///   / 4294967296 AS place
/// -- PostgreSQL
/// SELECT ('x' || substr(md5('checkout-2026' || ':' || user_id), 1, 8))::bit(32)::bigint
///   / 4294967296.0 AS place
/// ```
///
/// Different salts give independent assignments; give every experiment its own. The ``rollout`` is
/// the share of units that take part. It is decided by another place, that of `salt:rollout:id`, so
/// that a ramp-up adds units and moves none from one variant to another. A ``layer`` keeps
/// experiments apart that must not meet.
public struct ExperimentAssignment: Sendable, Hashable, Codable, CustomStringConvertible {
  /// A variant and its share of the units.
  public struct Variant: Sendable, Hashable, Codable {
    /// The name that the exposure event will carry.
    public let name: String
    /// The share, in proportion to the sum of all weights.
    public let weight: Double

    /// Makes a variant.
    ///
    /// - Parameters:
    ///   - name: What ``ExperimentAssignment/variant(of:)`` returns.
    ///   - weight: The share in proportion to the sum of all weights; finite and not negative.
    public init(_ name: String, weight: Double = 1) {
      precondition(
        weight >= 0 && weight < .infinity,
        "The weight of a variant must be finite and not negative.")
      self.name = name
      self.weight = weight
    }
  }

  /// The part of a layer that belongs to an experiment.
  ///
  /// Experiments with the same layer and parts that do not overlap never share a unit.
  public struct Layer: Sendable, Hashable, Codable {
    /// The salt of the layer, common to all its experiments.
    public let salt: String
    /// From where on 0…1 a unit belongs to the experiment.
    public let lowerBound: Double
    /// Up to where, not including it; 1 for the end.
    public let upperBound: Double

    /// Makes a part of a layer.
    ///
    /// - Parameters:
    ///   - salt: The salt of the layer, common to all its experiments.
    ///   - part: The part of 0…1 that belongs to the experiment.
    public init(salt: String, part: Range<Double>) {
      precondition(
        part.lowerBound >= 0 && part.upperBound <= 1,
        "The part of a layer must lie within 0..<1.")
      self.salt = salt
      lowerBound = part.lowerBound
      upperBound = part.upperBound
    }

    /// Whether no unit can be in both.
    public func isDisjoint(from other: Layer) -> Bool {
      salt == other.salt
        && (upperBound <= other.lowerBound || other.upperBound <= lowerBound)
    }

    func contains(_ id: String) -> Bool {
      let place = ExperimentAssignment.place(of: id, salt: salt)
      return place >= lowerBound && place < upperBound
    }
  }

  /// What makes the assignment independent of others.
  public let salt: String
  /// The variants, which divide 0…1 in this order.
  public let variants: [Variant]
  /// The share of units that take part, from 0 to 1.
  public let rollout: Double
  /// The part of a layer to which the experiment is confined, `nil` for none.
  public let layer: Layer?

  /// Makes an assignment.
  ///
  /// - Parameters:
  ///   - salt: What makes the assignment independent of others, such as the name of the experiment.
  ///   - variants: At least one, with different names and a sum of weights above zero.
  ///   - rollout: The share of units that take part, from 0 to 1. Raising it moves no unit.
  ///   - layer: The part of a layer to which the experiment is confined.
  public init(salt: String, variants: [Variant], rollout: Double = 1, layer: Layer? = nil) {
    self.salt = salt
    self.variants = variants
    self.rollout = rollout
    self.layer = layer
    if let problem { preconditionFailure(problem) }
  }

  /// Makes an even assignment to the variants of the given names.
  public init(salt: String, variants: [String], rollout: Double = 1, layer: Layer? = nil) {
    self.init(salt: salt, variants: variants.map { Variant($0) }, rollout: rollout, layer: layer)
  }

  private var problem: String? {
    if Set(variants.map(\.name)).count != variants.count {
      return "The variants of an experiment must have different names."
    }
    if !(variants.reduce(0) { $0 + $1.weight } > 0) {
      return "The variants of an experiment must have a sum of weights above zero."
    }
    return rollout >= 0 && rollout <= 1 ? nil : "The rollout must be a share from 0 to 1."
  }

  /// The name of the variant of a unit, `nil` for one that does not take part.
  ///
  /// - Parameter id: The id of the unit, hashed as UTF-8.
  /// - Complexity: O(*n*), where *n* is the length of the id.
  public func variant(of id: String) -> String? {
    if let layer, !layer.contains(id) { return nil }
    if rollout < 1, Self.place(of: id, salt: "\(salt):rollout") >= rollout { return nil }
    let place = Self.place(of: id, salt: salt) * variants.reduce(0) { $0 + $1.weight }
    var border = 0.0
    for variant in variants {
      border += variant.weight
      if place < border { return variant.name }
    }
    // Rounding may leave the last place just outside.
    return variants.last { $0.weight > 0 }?.name
  }

  /// The place of a unit on 0 up to 1: the first 32 bits of the MD5 digest of `salt:id` over 2³².
  ///
  /// ```swift
  /// ExperimentAssignment.place(of: "user-17", salt: "checkout-2026")   // 0.5880415590945631
  /// ```
  public static func place(of id: String, salt: String) -> Double {
    Double(MD5("\(salt):\(id)".utf8).prefix) / 0x1p32
  }

  /// The assignment in words.
  public var description: String {
    let total = variants.reduce(0) { $0 + $1.weight }
    let shares = variants.map { variant in
      "\(variant.name) \((variant.weight / total * 1000).rounded() / 10) %"
    }
    return "assignment by MD5 of \(salt): \(shares.joined(separator: ", "))"
      + (rollout < 1 ? ", to \((rollout * 1000).rounded() / 10) % of units" : "")
      + (layer.map { ", in \($0.lowerBound)..<\($0.upperBound) of layer \($0.salt)" } ?? "")
  }

  private enum CodingKeys: CodingKey { case salt, variants, rollout, layer }

  /// Decodes an assignment.
  ///
  /// - Throws: `DecodingError` with a sentence when it makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    salt = try container.decode(String.self, forKey: .salt)
    variants = try container.decode([Variant].self, forKey: .variants)
    rollout = try container.decode(Double.self, forKey: .rollout)
    layer = try container.decodeIfPresent(Layer.self, forKey: .layer)
    let isSound = variants.allSatisfy { $0.weight >= 0 && $0.weight < .infinity }
    if let problem = problem ?? (isSound ? nil : "The weights must be finite and not negative.") {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
