import GA4Model
import StatisticsCore
import TestSupport
import Testing

/// Damaged input of every format: no crash, every record accounted for, and the same outcome
/// however it is cut.
///
/// `Scripts/fuzz` goes on where this budget ends.
struct ReaderFuzzTests {
  enum Kind: CaseIterable {
    case lines, array, table
  }

  private static let table = #"""
    event_name,event_timestamp,event_date,user_pseudo_id,ga_session_id,country,purchase_revenue,note
    page_view,1608336000000000,20201219,1003.96,1,Canada,,"line
    break, and ""quotes"""
    purchase,1608336000000001,2020-12-19,"1003.96",1,,54.5,007\#r
    "scroll",-5,,77,,"(not set)",1e3,é😀

    """#

  /// Changes a few bytes in one of the ways in which files go wrong.
  static func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let special =
      Array("{}[]\",:\\\n\r\t \0-+.eE0123456789nulltruefalse\u{FEFF}é".utf8) + [0x80, 0xFF]
    for _ in 0...generator.integer(below: 4) {
      let place = generator.integer(below: bytes.count + 1)
      let end = min(bytes.count, place + generator.integer(below: generator.choose(from: [2, 30])))
      switch generator.integer(below: 6) {
      case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(generator.integer(below: 8))
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(generator.choose(from: special), at: place)
      case 3:
        let from = generator.integer(below: bytes.count + 1)
        bytes.insert(contentsOf: bytes[min(from, place)..<max(from, place)].prefix(60), at: place)
      case 4 where place < bytes.count: bytes[place] = generator.choose(from: special)
      default: if generator.bernoulli(0.2) { bytes.removeSubrange(place...) }
      }
    }
  }

  @Test(arguments: Kind.allCases, Rounds.parts)
  func `damaged input is accounted for`(kind: Kind, part: Int) async throws {
    for generator in Rounds.generators("fuzz \(kind)", part: part, perPart: 25) {
      var random = RandomExport(generator)
      var bytes: [UInt8]
      var formats: [EventReader.Format] = [.automatic]
      switch kind {
      case .lines:
        bytes = random.lines(upTo: 6)
        formats.append(.ndjson)
      case .array:
        bytes = random.array(upTo: 6)
        formats.append(.jsonArray)
      case .table:
        bytes = Array(Self.table.utf8)
        formats.append(.csv(.skinny))
      }
      Self.damage(&bytes, &random.generator)
      var reader = EventReader(format: random.generator.choose(from: formats))
      reader.malformed = random.generator.choose(from: [
        .fail, .skip(limit: 1), .skip(limit: .max), .skip(limit: .max),
      ])
      if random.generator.bernoulli(0.2) {
        reader.limits.recordBytes = random.generator.integer(in: 1...300)
      }
      let reading = await readInEveryWay(bytes, reader, &random.generator)
      // Whatever is taken for an event, Foundation takes for JSON.
      guard case .read(let result) = reading, result.report.skipped == 0, kind == .array,
        case .jsonArray = reader.format, bytes.contains(where: { $0 > 0x20 })
      else { continue }
      let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
      #expect(
        (try? JSONValue(JSONValue.withSmallExponents(plain)))?.elements?.count == result.log.count,
        "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test(arguments: Rounds.parts)
  func `a damaged line that is accepted is JSON`(part: Int) throws {
    for generator in Rounds.generators("fuzz one line", part: part, perPart: 100) {
      var random = RandomExport(generator)
      var bytes = Array(random.row().utf8)
      Self.damage(&bytes, &random.generator)
      var reader = EventReader(format: .ndjson)
      reader.malformed = .skip(limit: .max)
      let result = try reader.read(bytes: bytes)
      guard result.report.lines == 1, result.log.count == 1 else { continue }
      #expect(
        (try? JSONValue(JSONValue.withSmallExponents(bytes))) != nil,
        "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
