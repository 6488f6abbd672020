/// How many go from step to step, and where they leave.
///
/// ```swift
/// let funnel = FunnelPlot(
///   "Checkout",
///   steps: [
///     FunnelPlot.Step("View item", count: 1_000),
///     FunnelPlot.Step("Add to cart", count: 250, detail: "median 3 min"),
///     FunnelPlot.Step("Purchase", count: 40, detail: "median 2 min"),
///   ])
/// funnel.table[2]   // ["Add to cart", "250", "25.0%", "25.0%", "median 3 min"]
/// ```
///
/// Bars lie, since that leaves room for the names of the steps on a phone. A dashed end shows who
/// was lost since the step before.
public struct FunnelPlot: PlotFigure {
  /// One step of a funnel.
  public struct Step: Sendable, Hashable {
    /// The step's name.
    public var label: String
    /// How many reached the step.
    public var count: Int
    /// The share of the first step, `nil` to divide the counts.
    public var shareOfFirst: Double?
    /// The share of the step before, `nil` to divide the counts.
    public var shareOfPrevious: Double?
    /// More about how the step was reached, such as the median time since the step before.
    public var detail: String?

    /// Makes a step.
    ///
    /// - Parameters:
    ///   - label: the step's name.
    ///   - count: how many reached the step, 0 or more. It may exceed that of the step before.
    ///   - shareOfFirst: its share of the first step, 1 for all; `nil` to divide the counts.
    ///   - shareOfPrevious: its share of the step before, 1 for all; `nil` to divide the counts.
    ///   - detail: more about how the step was reached, such as "median 3 min".
    public init(
      _ label: String, count: Int, shareOfFirst: Double? = nil, shareOfPrevious: Double? = nil,
      detail: String? = nil
    ) {
      precondition(count >= 0, "The count of a funnel's step cannot be negative.")
      self.label = label
      self.count = count
      self.shareOfFirst = shareOfFirst
      self.shareOfPrevious = shareOfPrevious
      self.detail = detail
    }
  }

  /// The steps of some of those who are counted, such as the users of one device category.
  public struct Group: Sendable, Hashable {
    /// The group's name.
    public var name: String
    /// Its steps, with the same labels as those of the other groups.
    public var steps: [Step]

    /// Makes a group with `steps`.
    public init(_ name: String, steps: [Step]) {
      self.name = name
      self.steps = steps
    }
  }

  /// What the lengths of the bars stand for.
  public enum Scale: Sendable, Hashable {
    /// The counts, so that groups show how large they are.
    case counts
    /// The shares of the first step, so that groups of different sizes compare.
    case shares
  }

  /// What the figure shows.
  public var title: String
  /// The groups, one for a funnel without a breakdown.
  public let groups: [Group]
  /// What the lengths of the bars stand for.
  public var scale: Scale
  /// What is counted, such as "users".
  public var countName: String
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a figure of one funnel.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - steps: the steps in their order; none for a figure that says so.
  ///   - countName: what is counted.
  ///   - summary: what is to be seen; `nil` for a sentence made from the counts.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, steps: [Step], countName: String = "users", summary: String? = nil,
    identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    self.init(
      title, groups: [Group("", steps: steps)], scale: .counts, countName: countName,
      summary: summary, identifier: identifier, colors: colors)
  }

  /// Makes a figure of the funnels of several groups.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - groups: 1 to 8 groups, whose steps have the same labels.
  ///   - scale: what the lengths of the bars stand for.
  ///   - countName: what is counted.
  ///   - summary: what is to be seen; `nil` for a sentence made from the counts.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, groups: [Group], scale: Scale = .shares, countName: String = "users",
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    precondition((1...8).contains(groups.count), "A funnel is drawn for 1 to 8 groups.")
    precondition(
      groups.allSatisfy { $0.steps.map(\.label) == groups[0].steps.map(\.label) },
      "The groups of a funnel need steps with the same labels.")
    self.title = title
    self.groups = groups
    self.scale = scale
    self.countName = countName
    self.summary = summary ?? Self.summary(groups, countName)
    self.identifier = identifier
    self.colors = colors
  }

  /// The steps with their counts and shares; with several groups a row for each step and group.
  public var table: [[String]] {
    let hasDetails = groups.contains { $0.steps.contains { $0.detail != nil } }
    var header = ["Step"]
    if groups.count > 1 { header.append("Group") }
    header += [Self.capitalized(countName), "Of first step", "Of step before"]
    if hasDetails { header.append("Detail") }
    var rows = [header]
    for index in groups[0].steps.indices {
      for group in groups {
        let step = group.steps[index]
        var row = [step.label]
        if groups.count > 1 { row.append(group.name) }
        row.append(PlotNumberFormat.grouped(step.count))
        row.append(Self.percent(group.shareOfFirst(index)))
        row.append(Self.percent(index == 0 ? nil : group.shareOfPrevious(index)))
        if hasDetails { row.append(step.detail ?? "") }
        rows.append(row)
      }
    }
    return rows
  }

  static func percent(_ share: Double?) -> String { PlotNumberFormat.percent().text(share) }

  /// A name as the head of a column.
  static func capitalized(_ name: String) -> String {
    guard let first = name.unicodeScalars.first, ("a"..."z").contains(first) else { return name }
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private static func summary(_ groups: [Group], _ countName: String) -> String {
    let sentences = groups.map { group -> String in
      let name = group.name.isEmpty ? "" : group.name + ": "
      guard let first = group.steps.first, let last = group.steps.last else {
        return name + "no steps"
      }
      var text = "\(name)\(PlotNumberFormat.grouped(first.count)) \(countName) at \(first.label)"
      guard group.steps.count > 1 else { return text }
      text += ", \(PlotNumberFormat.grouped(last.count)) at \(last.label)"
      if let share = group.shareOfFirst(group.steps.count - 1) { text += " (\(percent(share)))" }
      let lost = group.steps.indices.dropFirst().map { group.lost($0) }
      if let most = lost.max(), most > 0, let index = lost.firstIndex(of: most) {
        text += "; most are lost after \(group.steps[index].label):"
        text += " \(PlotNumberFormat.grouped(most))"
      }
      return text
    }
    return sentences.joined(separator: ". ") + "."
  }
}

extension FunnelPlot.Group {
  func shareOfFirst(_ index: Int) -> Double? {
    let step = steps[index]
    if let share = drawable(step.shareOfFirst) { return share }
    return steps[0].count > 0 ? Double(step.count) / Double(steps[0].count) : nil
  }

  func shareOfPrevious(_ index: Int) -> Double? {
    guard index > 0 else { return nil }
    let step = steps[index]
    if let share = drawable(step.shareOfPrevious) { return share }
    let previous = steps[index - 1].count
    return previous > 0 ? Double(step.count) / Double(previous) : nil
  }

  /// How many of the step before did not reach the step.
  func lost(_ index: Int) -> Int {
    index == 0 ? 0 : max(0, steps[index - 1].count - steps[index].count)
  }
}
