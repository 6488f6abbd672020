import GA4Model

extension SampleTruth: CustomStringConvertible {
  /// The truth as text tables.
  public var description: String {
    var lines = ["\(people) people", ""]
    lines += Self.table(
      ["step", "sessions", "expected", "people"],
      funnel.map {
        [
          $0.event.rawValue, String($0.sessions), Self.decimal($0.expectedSessions, 1),
          String($0.people),
        ]
      })
    lines += Self.table(
      ["days later", "observed", "returned", "rate %", "planted %"],
      retention.filter { $0.people > 0 && ($0.day <= 7 || $0.day % 7 == 0) }.map {
        [
          String($0.day), String($0.people), String($0.returned),
          Self.decimal(100 * Double($0.returned) / Double($0.people), 2),
          Self.decimal(100 * $0.probability, 2),
        ]
      })
    lines += Self.table(
      [
        "channel", "source / medium", "first %", "later %", "people", "sessions", "purchases",
        "revenue",
      ],
      channels.map {
        [
          $0.group, $0.source + " / " + $0.medium, Self.decimal(100 * $0.firstShare, 0),
          Self.decimal(100 * $0.returnShare, 0), String($0.people), String($0.sessions),
          String($0.purchases), Self.decimal($0.revenue, 2),
        ]
      })
    lines += Self.table(
      ["segment", "share %", "people", "sessions", "buyers", "purchases", "revenue"],
      segments.map {
        [
          $0.name, Self.decimal(100 * $0.share, 0), String($0.people), String($0.sessions),
          String($0.buyers), String($0.purchases), Self.decimal($0.revenue, 2),
        ]
      })
    if let lift {
      lines += Self.table(
        ["variant", "people", "buyers", "expected", "purchases", "revenue"],
        variants.map {
          [
            $0.name, String($0.people), String($0.buyers), Self.decimal($0.expectedBuyers, 1),
            String($0.purchases), Self.decimal($0.revenue, 2),
          ]
        })
      lines.removeLast()
      lines += [
        "planted lift of the last step: \(lift < 0 ? "−" : "")\(Self.decimal(100 * abs(lift), 1)) %",
        "",
      ]
    }
    lines += Self.table(
      ["counted", "clean", "exported"],
      Self.figures(clean).indices.map { index in
        let figure = Self.figures(clean)[index]
        return [figure.0, figure.1, Self.figures(exported)[index].1]
      })
    let made = Defect.allCases.filter { defects[$0] > 0 }
    if !made.isEmpty {
      lines += Self.table(["defect", "made"], made.map { [$0.rawValue, String(defects[$0])] })
    }
    return lines.dropLast().joined(separator: "\n")
  }

  private static func figures(_ counts: SampleCounts) -> [(String, String)] {
    [
      ("events", String(counts.events)),
      ("events without user", String(counts.eventsWithoutUser)),
      ("users", String(counts.users)), ("user_pseudo_id", String(counts.pseudoIDs)),
      ("user_id", String(counts.userIDs)), ("sessions", String(counts.sessions)),
      ("engaged sessions", String(counts.engagedSessions)),
      ("purchases", String(counts.purchases)), ("transactions", String(counts.transactions)),
      ("revenue", decimal(counts.revenue, 2)),
      ("revenue of transactions", decimal(counts.transactionRevenue, 2)),
      ("refunds", String(counts.refunds)), ("refund value", decimal(counts.refundValue, 2)),
    ]
  }

  /// The rows under their titles, the first column flush left, with an empty line after.
  private static func table(_ titles: [String], _ rows: [[String]]) -> [String] {
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + blanks : blanks + text
      }.joined(separator: "  ")
    } + [""]
  }

  /// `value`, which is not negative, with `places` decimals.
  private static func decimal(_ value: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((value * Double(scale)).rounded())
    return places == 0
      ? String(scaled) : String(scaled / scale) + "." + padded(scaled % scale, to: places)
  }
}
