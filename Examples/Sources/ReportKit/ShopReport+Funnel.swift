import ExampleSupport
import Funnel
import Plots

extension ShopReport {
  /// How many values of a breakdown are shown; the JSON lists all.
  static let funnelGroups = 8

  /// The funnel as a figure, and another one for its breakdown.
  var funnelFigures: [FunnelPlot] {
    let title = "Funnel of \(settings.funnel.unit.rawValue) \(settings.funnel.window)"
    let whole = funnel.plot(title: title, groups: 0)
    guard let breakdown = settings.funnel.breakdown, let first = funnel.groups.first else {
      return [whole]
    }
    // A figure of one group has no legend.
    let only = funnel.groups.count == 1 ? ": \(first.label.text ?? "(missing)")" : ""
    return [
      whole,
      funnel.plot(title: "\(title), by \(breakdown.dimension)\(only)", groups: Self.funnelGroups),
    ]
  }

  /// What the figures do not say, a line each.
  var funnelNotes: [String] {
    var notes: [String] = []
    let count = funnel.groups.count
    if count > Self.funnelGroups {
      notes.append(
        "The first \(Self.funnelGroups) of \(NumberText.grouped(count)) values of"
          + " \(settings.funnel.breakdown!.dimension); the JSON has all")
    }
    let open = funnel.steps.reduce(0) { $0 + $1.openWindows }
    if open > 0 {
      notes.append(
        "\(NumberText.grouped(open)) \(settings.funnel.unit.rawValue) may still go on: their window"
          + " ends after the data")
    }
    return notes
  }
}

extension FunnelReport.GroupLabel {
  /// The value, `nil` where it is missing.
  var text: String? {
    switch self {
    case .value(let value): value
    case .other: "(other)"
    }
  }
}
