import Experiments
import Foundation
import ReadoutKit
import Testing

@Suite struct TableTests {
  private func table(_ text: String) throws -> CSVTable { try CSVTable(Array(text.utf8)) }

  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test func `cells may be quoted and hold commas, quotes and line ends`() throws {
    let table = try table("a,\"b \"\"c\"\"\"\r\n\"1,5\",\"x\ny\"\n\n2,z")
    #expect(table.header == ["a", "b \"c\""])
    #expect(table.rows.map(\.cells) == [["1,5", "x\ny"], ["2", "z"]])
    #expect(table.rows.map(\.line) == [2, 5])
  }

  @Test func `faults are told with their line and without the value`() throws {
    #expect(
      refusal { _ = try table("") }
        == "The table is empty; its first line must name the columns.")
    #expect(
      refusal { _ = try table("a,b\n1,2\n3\n") }
        == "Line 3 has 1 cells and the header 2; quote cells that hold commas.")
    #expect(
      refusal { _ = try table("a\n\"x") }
        == "Line 2: a quoted cell has no end; close it with a quotation mark.")
    #expect(
      refusal { _ = try table("a,b\n1,2\n").numbers("c") }
        == "There is no column c; the columns are a, b.")
    #expect(
      refusal { _ = try table("a\n1\nTrue\nsecret\n").numbers("a") }
        == "Line 4, column a: this is neither a number nor true or false; fill it, or leave the row"
        + " out.")
  }

  @Test func `rows of one unit are added up and units of several variants left out`() throws {
    let table = try table(
      "user,variant,orders,visits,before\n1,A,2,4,1\n2,B,1,1,0\n1,A,1,2,0\n3,A,5,5,5\n3,B,5,5,5\n4,B,0,3,2\n"
    )
    let experiment = try table.units(
      unit: "user", variant: "variant", control: "A", weights: [:],
      metrics: TableMetrics(metrics: ["orders", "orders/visits"], covariates: ["before"]))
    let summary = experiment.summary
    #expect(summary.arms.map(\.name) == ["A", "B"] && summary.arms.map(\.units) == [1, 2])
    #expect(summary.arms[0].metrics[0].mean(0) == 3)
    #expect(summary.metrics[1].form.value(of: summary.arms[0].metrics[1]) == 0.5)
    #expect(summary.metrics.map(\.role) == [.primary, .secondary])
    #expect(summary.metrics[0].covariates == [.mean(1)])
    #expect(
      experiment.notes == [
        "1 units in several variants are left out.", "6 rows of 4 units are added up by unit.",
      ])
  }

  @Test func `a table of counts is the published case`() throws {
    let table = try table("variant,users,buyers\nB,25,5\nA,13,2\n")
    let experiment = try table.counts(
      trials: "users", variant: "variant", control: "A", weights: [:],
      metrics: TableMetrics(metrics: ["buyers"]))
    let readout = ExperimentReadout(experiment.summary)
    #expect(abs(readout.lines[0].statistic - 0.3481861644) < 1e-10)
    #expect(readout.lines[0].fisherP == 1)
    #expect(
      refusal {
        _ = try table.counts(
          trials: "buyers", variant: "variant", control: nil, weights: [:],
          metrics: TableMetrics(metrics: ["users"]))
      }
        == "Line 2, column users: there are more successes than units; give the units that"
        + " succeeded, not their events.")
    #expect(
      refusal {
        _ = try table.counts(
          trials: "users", variant: "variant", control: "C", weights: [:],
          metrics: TableMetrics(metrics: ["buyers"]))
      } == "There is no variant C; the variants are A, B.")
  }

  @Test func `guardrails and goals are those that the options name`() throws {
    let table = try table("variant,users,buyers,errors\nA,1000,100,10\nB,1000,130,30\n")
    let experiment = try table.counts(
      trials: "users", variant: "variant", control: nil, weights: [:],
      metrics: TableMetrics(
        metrics: ["buyers"], guardrails: ["errors": nil], decreasing: ["errors"]))
    #expect(experiment.summary.metrics.map(\.role) == [.primary, .guardrail()])
    let readout = ExperimentReadout(experiment.summary)
    #expect(readout.lines[1].verdict == .broken && readout.decision == .doNotShip)
  }

  @Test func `a page tells the sample ratio before the decision and the metrics`() throws {
    let table = try table("variant,users,buyers\nA,1000,100\n<B>,1200,140\n")
    let experiment = try table.counts(
      trials: "users", variant: "variant", control: "A", weights: [:],
      metrics: TableMetrics(metrics: ["buyers"]))
    let page = ReadoutPage(
      ExperimentReadout(experiment.summary), source: "a <file>", notes: ["a note"])
    let html = page.html
    let ratio = try #require(html.range(of: "Sample ratio mismatch"))
    let decision = try #require(html.range(of: "Decision: invalid"))
    let metrics = try #require(html.range(of: "id=\"metrics\""))
    #expect(ratio.lowerBound < decision.lowerBound && decision.lowerBound < metrics.lowerBound)
    #expect(html.contains("a &lt;file&gt;") && !html.contains("<B>") && !html.contains("<script"))
    #expect(page.text.hasPrefix("A/B readout of a <file>\n\na note\n"))
  }
}
