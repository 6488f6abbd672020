import Foundation
import GA4Model
import TestSupport
import Testing

@testable import Cohorts

@Suite struct `RFM scores and segments` {
  private static let reference: [JSONValue] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Reference/rfm.json")
    return try! JSONDecoder().decode([JSONValue].self, from: Data(contentsOf: file))
  }()

  private func reference(_ kind: String) throws -> JSONValue {
    try #require(Self.reference.first { $0["kind"]?.text == kind })
  }

  @Test func `thresholds of lower bounds give the scores of R's rfm`() throws {
    let value = try reference("rfm_score")
    func bins(_ name: String) throws -> [Double] {
      try #require(value["definition"]?[name]?.elements).compactMap(\.number)
    }
    let thresholds = RFMThresholds(
      recency: try bins("recency_days_bins"), frequency: try bins("frequency_bins"),
      monetary: try bins("monetary_bins"), bounds: .lower)
    let rows = try #require(value["expected"]?["rows"]?.elements)
    #expect(rows.count == 10)
    for row in rows {
      let cells = try #require(row.elements).compactMap(\.number)
      let score = thresholds.score(
        recency: Int(cells[0]), frequency: Int(cells[1]), monetary: cells[2])
      #expect(score.description == "\(Int(cells[6]))")
    }
  }

  @Test func `the standard map is the published one`() throws {
    let published = try #require(
      try reference("rfm_segment")["expected"]?["segments"]?.members)
    #expect(published.count == 11)
    let names = ["Hibernating customers": "Hibernating", "Lost customers": "Lost"]
    for (name, scores) in published {
      for score in try #require(scores.elements) {
        let text = try #require(score.text)
        #expect(RFMSegments.standard[try #require(RFMScore(text))] == names[name] ?? name)
      }
    }
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 10, 20])
  func `every score is in exactly one segment, whatever the number of classes`(classes: Int) {
    let map = RFMSegments.standard(classes: classes)
    #expect(map.segments.reduce(0) { $0 + $1.scores.count } == classes * classes * classes)
    #expect(Set(map.segments.flatMap(\.scores)).count == classes * classes * classes)
    let best = RFMScore(recency: classes, frequency: classes, monetary: classes)
    // The halves stand for classes 2 and 4 of five.
    let worst = RFMScore(recency: 1, frequency: 1, monetary: 1)
    #expect(map[worst] == (classes == 2 ? "Hibernating" : "Lost"))
    #expect(map[best] == (classes == 2 ? "Loyal" : "Champions"))
    if classes == 5 { #expect(map.positions == RFMSegments.standard.positions) }
  }

  @Test func `ten classes fall in pairs into five`() {
    let map = RFMSegments.standard(classes: 10)
    for r in 1...10 {
      for f in 1...10 {
        for m in 1...10 {
          let score = RFMScore(recency: r, frequency: f, monetary: m)
          let five = RFMScore(
            recency: (r + 1) / 2, frequency: (f + 1) / 2, monetary: (m + 1) / 2)
          #expect(map[score] == RFMSegments.standard[five])
        }
      }
    }
  }

  @Test func `a map that leaves out, repeats or invents a score is refused with a sentence`() {
    func refusal(_ classes: Int, _ segments: (String, String)...) -> String? {
      do throws(RFMSegmentsError) {
        _ = try RFMSegments(
          classes: classes, segments.map { RFMSegments.Segment($0.0, $0.1) })
        return nil
      } catch {
        return error.description
      }
    }
    let all = "111 112 121 122 211 212 221 222"
    #expect(refusal(2, ("All", all)) == nil)
    #expect(
      refusal(2, ("All", "111 112 121 122 211 212"))
        == "No segment holds the score 221 and 1 more; put each score into one.")
    #expect(
      refusal(2, ("All", all), ("More", "111"))
        == "The score 111 is in the segments All and More; leave it in one.")
    #expect(
      refusal(2, ("All", "113"))
        == "The segment All holds the score 113, but scores go from 1 to 2.")
    #expect(refusal(2, ("A", all), ("A", "")) == "Every segment needs a name of its own.")
    #expect(refusal(1, ("A", "111")) == "The number of classes must be from 2 to 100.")
  }

  @Test func `a map is data that can be changed and is checked when it is read`() throws {
    let text = String(
      decoding: try JSONEncoder().encode(RFMSegments.standard), as: UTF8.self)
    let renamed = text.replacingOccurrences(of: "Champions", with: "Stars")
    let map = try JSONDecoder().decode(RFMSegments.self, from: Data(renamed.utf8))
    #expect(map[RFMScore(recency: 5, frequency: 5, monetary: 5)] == "Stars")
    let broken = text.replacingOccurrences(of: "\"555\",", with: "")
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RFMSegments.self, from: Data(broken.utf8))
    }
    #expect("\(try #require(error))".contains("No segment holds the score 555"))
  }

  @Test func `a score is written as digits, or with hyphens`() {
    #expect(RFMScore(recency: 5, frequency: 1, monetary: 2).description == "512")
    #expect(RFMScore(recency: 10, frequency: 9, monetary: 1).description == "10-9-1")
    #expect(RFMScore("10-9-1") == RFMScore(recency: 10, frequency: 9, monetary: 1))
    for text in ["", "51", "5123", "50a", "012", "1-2", "1--2", "5-5-x"] {
      #expect(RFMScore(text) == nil)
    }
  }
}
