import ExampleSupport
public import Experiments
import Plots

/// A readout as text, JSON or a page that needs nothing else: no script, no font, no image.
public struct ReadoutPage: Sendable {
  /// The readout.
  public let readout: ExperimentReadout
  /// Where the data come from.
  public let source: String
  /// What was left out, in sentences.
  public let notes: [String]

  /// Makes a page.
  public init(_ readout: ExperimentReadout, source: String, notes: [String] = []) {
    self.readout = readout
    self.source = source
    self.notes = notes
  }

  /// The readout as text.
  public var text: String {
    (["A/B readout of \(source)", ""] + notes + (notes.isEmpty ? [] : [""])).joined(separator: "\n")
      + "\(readout)\n"
  }

  /// The readout as a page.
  public var html: String {
    let ratio = readout.sampleRatio
    let figure = readout.plot(title: "Lift over \(readout.control)")
    let page: HTMLText = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>A/B readout of \(source)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <header>
      <h1>A/B readout</h1>
      <p>\(source)</p>
      </header>
      <main>
      <section class="\(ratio.isMismatch ? "alarm" : "ratio")" aria-labelledby="ratio">
      <h2 id="ratio">\(ratio.isMismatch ? "Sample ratio mismatch" : "Sample ratio as planned")</h2>
      <p>\(Self.counts(ratio))</p>
      </section>
      <section aria-labelledby="decision">
      <h2 id="decision">Decision: \(readout.decision.description)</h2>
      <ul>\(readout.reasons.map { reason -> HTMLText in "<li>\(reason)</li>" })</ul>
      </section>
      <section aria-labelledby="metrics">
      <h2 id="metrics">Metrics</h2>
      \(HTMLText(markup: figure.html))
      <div class="scroll"><table>
      <thead><tr>\(Self.header.map { name -> HTMLText in "<th scope=\"col\">\(name)</th>" })</tr></thead>
      <tbody>\(readout.lines.map(row))</tbody>
      </table></div>
      <ul class="notes">\(notes.map { note -> HTMLText in "<li>\(note)</li>" })</ul>
      </section>
      </main>
      </body>
      </html>

      """
    return page.markup
  }

  private static let header = [
    "Metric", "Role", "Arm", "Control", "Treatment", "Lift", "Test", "p", "Adjusted p", "Verdict",
  ]

  /// The sizes of the arms, whose heading says already how they are.
  private static func counts(_ ratio: SampleRatioTest) -> String {
    ratio.description.split(separator: ":", maxSplits: 1).last.map { String($0.dropFirst()) } ?? ""
  }

  private func row(_ line: ReadoutLine) -> HTMLText {
    let lift = line.lift.map { NumberText.percent($0, 2) } ?? "—"
    let cells = [
      "\(line.role)", line.arm, line.control.value.map { NumberText.fixed($0, 4) } ?? "—",
      line.treatment.value.map { NumberText.fixed($0, 4) } ?? "—", lift, line.method,
      NumberText.fixed(line.pValue, 4),
      line.role.isGuardrail ? "—" : NumberText.fixed(line.adjustedP, 4), "\(line.verdict)",
    ]
    return """
      <tr><th scope="row">\(line.metric)</th>\(cells.map { cell -> HTMLText in "<td>\(cell)</td>" })</tr>

      """
  }

  private static let style: HTMLText = """

    :root {
      color-scheme: light dark;
      --paper: #fbfbfa; --card: #ffffff; --ink: #1d2126; --quiet: #5a636d; --line: #dfe3e7;
      --alarm: #a3261c; --tint: #fbe9e7;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171a; --card: #1c2024; --ink: #e8eaed; --quiet: #a3abb4; --line: #343a41;
        --alarm: #ff9b8f; --tint: #3a1d1a;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 75rem; background: var(--paper);
      color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
    }
    h1 { margin: 0.5rem 0 0; font-size: 1.75rem; line-height: 1.2; }
    h2 { margin: 1.5rem 0 0.5rem; font-size: 1.2rem; }
    header p { margin: 0.25rem 0 0; color: var(--quiet); overflow-wrap: anywhere; }
    .alarm {
      margin-top: 1rem; padding: 0.25rem 1rem 0.5rem; background: var(--tint);
      border-left: 0.3rem solid var(--alarm);
    }
    .alarm h2 { margin-top: 0.5rem; color: var(--alarm); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    caption { text-align: start; color: var(--quiet); }
    th, td { padding: 0.3rem 0.75rem; border-bottom: 1px solid var(--line); text-align: end; }
    th, td { white-space: nowrap; }
    :is(th, td):is(:nth-child(-n+3), :nth-child(7), :nth-child(10)) { text-align: start; }
    figure { margin: 1rem 0; }
    .notes { padding-left: 1.2rem; color: var(--quiet); }

    """
}
