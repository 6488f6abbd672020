/// A map from scores to named segments, in which every score is in exactly one segment.
///
/// ```swift
/// RFMSegments.standard[RFMScore("555")!]                           // "Champions"
/// let halves = try RFMSegments(classes: 2, [
///   RFMSegments.Segment("Keep", "222 221 212 211"),
///   RFMSegments.Segment("Win back", "122 121 112 111"),
/// ])
/// ```
///
/// The map is data: it can be written as JSON, changed and read back, and is checked whenever one is
/// made.
public struct RFMSegments: Sendable, Hashable {
  /// A segment with the scores that belong to it.
  public struct Segment: Sendable, Hashable, Codable {
    /// What the segment is called.
    public var name: String
    /// The scores of its customers.
    public var scores: [RFMScore]

    /// Makes a segment.
    public init(_ name: String, _ scores: [RFMScore]) {
      self.name = name
      self.scores = scores
    }

    /// Makes a segment of the scores in `text`, with blanks or line ends between them.
    public init(_ name: String, _ text: String) {
      self.init(
        name,
        text.split { $0 == " " || $0.isNewline }.map { word in
          guard let score = RFMScore(String(word)) else {
            preconditionFailure("A score is three digits from 1, such as 512")
          }
          return score
        })
    }
  }

  /// How many classes each score has.
  public let classes: Int
  /// The segments in the order in which reports list them.
  public let segments: [Segment]
  /// The position of the segment of a score, by ``place(_:_:_:)``.
  let positions: [UInt8]

  /// Makes a map.
  ///
  /// - Parameters:
  ///   - classes: How many classes each score has, 2 to 100.
  ///   - segments: The segments in the order in which reports list them, at most 255.
  /// - Throws: ``RFMSegmentsError`` unless names differ and each of the *k*³ scores is in exactly one
  ///   segment.
  public init(classes: Int = 5, _ segments: [Segment]) throws(RFMSegmentsError) {
    guard (2...100).contains(classes) else {
      throw RFMSegmentsError(.classes, "The number of classes must be from 2 to 100.")
    }
    guard segments.count <= 255 else {
      throw RFMSegmentsError(.names, "There can be at most 255 segments.")
    }
    guard Set(segments.map(\.name)).count == segments.count,
      segments.allSatisfy({ !$0.name.isEmpty })
    else {
      throw RFMSegmentsError(.names, "Every segment needs a name of its own.")
    }
    var positions = [UInt8](repeating: .max, count: classes * classes * classes)
    for (number, segment) in segments.enumerated() {
      for score in segment.scores {
        let range = 1...classes
        guard range.contains(score.recency), range.contains(score.frequency),
          range.contains(score.monetary)
        else {
          throw RFMSegmentsError(
            .unknownScore,
            "The segment \(segment.name) holds the score \(score), but scores go from 1 to "
              + "\(classes).")
        }
        let place = Self.place(score, classes)
        guard positions[place] == .max else {
          let other = segments[Int(positions[place])].name
          throw RFMSegmentsError(
            .repeatedScore,
            "The score \(score) is in the segments \(other) and \(segment.name); leave it in one.")
        }
        positions[place] = UInt8(number)
      }
    }
    let missing = positions.indices.filter { positions[$0] == .max }
    if let first = missing.first {
      let score = Self.score(at: first, classes)
      let others = missing.count == 1 ? "" : " and \(missing.count - 1) more"
      throw RFMSegmentsError(
        .missingScore, "No segment holds the score \(score)\(others); put each score into one.")
    }
    self.classes = classes
    self.segments = segments
    self.positions = positions
  }

  @inline(__always)
  static func place(_ score: RFMScore, _ classes: Int) -> Int {
    ((score.recency - 1) * classes + score.frequency - 1) * classes + score.monetary - 1
  }

  private static func score(at place: Int, _ classes: Int) -> RFMScore {
    RFMScore(
      recency: place / classes / classes + 1, frequency: place / classes % classes + 1,
      monetary: place % classes + 1)
  }

  /// The name of the segment of `score`, whose classes must be those of the map.
  public subscript(score: RFMScore) -> String {
    let range = 1...classes
    precondition(
      range.contains(score.recency) && range.contains(score.frequency)
        && range.contains(score.monetary), "The score is not one of the classes of the map")
    return segments[Int(positions[Self.place(score, classes)])].name
  }

  /// The widely used map of five classes to eleven segments.
  ///
  /// Source: Squeezely, "RFM segments", which lists the scores of each.
  public static let standard: RFMSegments = {
    let table = [
      (
        "Champions",
        "555 554 545 544 455 454 445"
      ),
      (
        "Loyal",
        "543 444 435 355 354 345 344 335"
      ),
      (
        "Potential Loyalist",
        """
        553 552 551 542 541 533 532 531 453 452 451 442 441 433 432 431 423 353 352
        351 342 341 333 323
        """
      ),
      (
        "New Customers",
        "512 511 422 421 412 411 311"
      ),
      (
        "Promising",
        "525 524 523 522 521 515 514 513 425 424 415 414 413 315 314 313"
      ),
      (
        "Need Attention",
        "535 534 443 434 343 334 325 324"
      ),
      (
        "About To Sleep",
        "331 321 312 251 241 231 221 213"
      ),
      (
        "At Risk",
        """
        255 254 253 252 245 244 243 242 235 234 225 224 153 152 145 143 142 135 134
        133 125 124
        """
      ),
      (
        "Cannot Lose Them",
        "215 214 155 154 144 115 114 113"
      ),
      (
        "Hibernating",
        "332 322 233 232 223 222 212 211 132 123 122"
      ),
      (
        "Lost",
        "151 141 131 121 112 111"
      ),
    ]
    do {
      return try RFMSegments(table.map { Segment($0.0, $0.1) })
    } catch {
      preconditionFailure("The table holds every score once")
    }
  }()

  /// The eleven segments for another number of classes.
  ///
  /// Class *s* of *k* stands for the class of five in which the middle of its share of customers
  /// lies: ⌊5 (2*s* − 1) / 2*k*⌋ + 1. So ten classes fall in pairs into five, and of three the
  /// middle one is the middle one.
  ///
  /// - Parameter classes: How many classes each score has, 2 to 100.
  public static func standard(classes: Int) -> RFMSegments {
    precondition((2...100).contains(classes), "The number of classes must be from 2 to 100")
    func five(_ class: Int) -> Int { 5 * (2 * `class` - 1) / (2 * classes) + 1 }
    var scores = [[RFMScore]](repeating: [], count: standard.segments.count)
    for place in (0..<classes * classes * classes).reversed() {
      let score = score(at: place, classes)
      let known = RFMScore(
        recency: five(score.recency), frequency: five(score.frequency),
        monetary: five(score.monetary))
      scores[Int(standard.positions[Self.place(known, 5)])].append(score)
    }
    // With few classes some segments have no score.
    let segments = zip(standard.segments, scores).filter { !$0.1.isEmpty }.map {
      Segment($0.name, $1)
    }
    do {
      return try RFMSegments(classes: classes, segments)
    } catch {
      preconditionFailure("Every score stands for one of five classes")
    }
  }
}

extension RFMSegments: Codable {
  private enum CodingKeys: String, CodingKey { case classes, segments }

  /// Reads a map back.
  ///
  /// - Throws: `DecodingError` with the sentence of ``RFMSegmentsError`` when it is none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let classes = try container.decode(Int.self, forKey: .classes)
    let segments = try container.decode([Segment].self, forKey: .segments)
    do {
      self = try RFMSegments(classes: classes, segments)
    } catch {
      throw DecodingError.senseless("\(error)", decoder)
    }
  }

  /// Writes the number of classes and the segments.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classes, forKey: .classes)
    try container.encode(segments, forKey: .segments)
  }
}

extension RFMSegments: CustomStringConvertible {
  /// The segments with how many scores each holds.
  public var description: String {
    segments.map { "\($0.name) (\($0.scores.count))" }.joined(separator: ", ")
  }
}

/// Why segments are no map of all scores.
public struct RFMSegmentsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public struct Code: Sendable, Hashable {
    private enum Value: Sendable, Hashable {
      case classes, names, unknownScore, repeatedScore, missingScore
    }
    private var value: Value

    /// There are too few or too many classes.
    public static let classes = Code(value: .classes)
    /// Names are empty or not distinct, or there are too many.
    public static let names = Code(value: .names)
    /// A score has a class that does not exist.
    public static let unknownScore = Code(value: .unknownScore)
    /// A score is in two segments, or twice in one.
    public static let repeatedScore = Code(value: .repeatedScore)
    /// A score is in no segment.
    public static let missingScore = Code(value: .missingScore)
  }

  /// What went wrong.
  public var code: Code
  /// The sentence for people.
  public var description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
