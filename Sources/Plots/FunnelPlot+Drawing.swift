extension FunnelPlot {
  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    let steps = groups[0].steps
    guard !steps.isEmpty else {
      canvas.noData()
      return canvas.drawing()
    }
    let isGrouped = groups.count > 1
    if isGrouped { canvas.legend(groups.map(\.name)) }

    let values = groups.map { group in steps.indices.map { valueText(group, $0) } }
    let valueWidth = values.joined().reduce(0) { max($0, LabelText.width($1, bold: true)) }
    let widest = steps.reduce(0) { max($0, LabelText.width(LabelText.line($1.label), bold: true)) }
    let isBeside = canvas.isWide
    let labelWidth = isBeside ? min(widest, (canvas.width * 0.28).rounded()) : 0
    let left = canvas.margin + (isBeside ? labelWidth + 12 : 0)
    // On a narrow figure without groups the value stands above its bar, beside the label.
    let isValueAbove = !isBeside && !isGrouped
    let end = isValueAbove ? canvas.right : canvas.right - valueWidth - 8
    let longest = groups.reduce(0.0) { longest, group in
      steps.indices.reduce(longest) { max($0, length(group, $1)) }
    }
    let scale = LinearScale(low: 0, high: longest > 0 ? longest : 1, start: left, end: end)
    let barHeight: Double = isGrouped ? 14 : isBeside ? 26 : 20
    let pitch = barHeight + (isGrouped ? 3 : 0)

    for index in steps.indices {
      if index > 0, !isGrouped { connect(to: index, from: left, on: &canvas) }
      let label = steps[index].label
      if isBeside {
        let lines = LabelText.wrapped(label, to: labelWidth, lines: 2, bold: true)
        let height = max(pitch * Double(groups.count), Double(lines.count) * Canvas.lineHeight)
        let middle = canvas.bottom + (isGrouped ? barHeight : height) / 2
        let rise = isGrouped ? 0 : Double(lines.count - 1) * Canvas.lineHeight / 2
        canvas.lines(lines, canvas.margin, middle + 4 - rise, style: .strong, full: label)
        drawBars(index, values, scale, top: canvas.bottom, barHeight, pitch, end, on: &canvas)
        canvas.bottom += height
      } else {
        let room = isValueAbove ? canvas.innerWidth - valueWidth - 12 : canvas.innerWidth
        let lines = LabelText.wrapped(label, to: room, lines: 2, bold: true)
        canvas.lines(lines, canvas.margin, canvas.bottom + 12, style: .strong, full: label)
        if isValueAbove {
          canvas.text(values[0][index], canvas.right, canvas.bottom + 12, anchor: .end)
        }
        canvas.bottom += Double(lines.count) * Canvas.lineHeight + 4
        drawBars(index, values, scale, top: canvas.bottom, barHeight, pitch, end, on: &canvas)
        canvas.bottom += pitch * Double(groups.count)
      }
      if isGrouped, index + 1 < steps.count { canvas.bottom += 12 }
    }
    return canvas.drawing()
  }

  private func drawBars(
    _ index: Int, _ values: [[String]], _ scale: LinearScale, top: Double, _ barHeight: Double,
    _ pitch: Double, _ end: Double, on canvas: inout Canvas
  ) {
    for (number, group) in groups.enumerated() {
      let y = top + Double(number) * pitch
      let length = length(group, index)
      let before = index > 0 ? self.length(group, index - 1) : length
      let x = scale.position(length)
      canvas.series(number) { canvas in
        if before > length {
          canvas.bar(
            .lost, x: x...scale.position(before), y: (y + 0.5)...(y + barHeight - 0.5),
            title: PlotNumberFormat.grouped(group.lost(index)) + " lost")
        }
        if length > 0 {
          canvas.bar(
            x: scale.start...max(x, scale.start + 1), y: y...(y + barHeight),
            title: title(group, index))
        }
      }
      // Narrow figures without groups have the value above.
      if end < canvas.right {
        canvas.text(values[number][index], canvas.right, y + barHeight / 2 + 4, anchor: .end)
      }
    }
  }

  /// What happens between two steps, in words.
  private func connect(to index: Int, from left: Double, on canvas: inout Canvas) {
    let group = groups[0]
    var parts: [String] = []
    if let share = group.shareOfPrevious(index) { parts.append(Self.percent(share) + " go on") }
    let lost = group.lost(index)
    if lost > 0 { parts.append(PlotNumberFormat.grouped(lost) + " lost") }
    if let detail = group.steps[index].detail, !detail.isEmpty { parts.append(detail) }
    let text = parts.joined(separator: " · ")
    canvas.bottom += 5
    canvas.arrow(left, canvas.bottom + 12)
    let lines = LabelText.wrapped(text, to: canvas.right - left - 14, lines: 2)
    canvas.lines(lines, left + 14, canvas.bottom + 12, style: .quiet, full: text)
    canvas.bottom += Double(lines.count) * Canvas.lineHeight + (canvas.isWide ? 7 : 10)
  }

  private func length(_ group: Group, _ index: Int) -> Double {
    switch scale {
    case .counts: Double(group.steps[index].count)
    case .shares: max(0, group.shareOfFirst(index) ?? 0)
    }
  }

  private func valueText(_ group: Group, _ index: Int) -> String {
    let count = PlotNumberFormat.grouped(group.steps[index].count)
    guard let share = group.shareOfFirst(index) else { return count }
    return "\(count) · \(Self.percent(share))"
  }

  private func title(_ group: Group, _ index: Int) -> String {
    let step = group.steps[index]
    var parts = [group.name, step.label].filter { !$0.isEmpty }.joined(separator: ", ")
    parts += ": \(PlotNumberFormat.grouped(step.count)) \(countName)"
    if let share = group.shareOfFirst(index) { parts += ", \(Self.percent(share)) of first step" }
    if let share = group.shareOfPrevious(index) {
      parts += ", \(Self.percent(share)) of step before"
    }
    if let detail = step.detail, !detail.isEmpty { parts += ", \(detail)" }
    return parts
  }
}
