extension HeatMapPlot {
  // Text of the ink keeps the contrast of WCAG AA on as much color as this.
  private static let mostColor = 0.45
  private static let leastColor = 0.04

  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    let values = rows.flatMap { $0.values.compactMap { drawable($0) } }
    guard !values.isEmpty, !columns.isEmpty else {
      canvas.noData()
      return canvas.drawing()
    }
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    func share(_ value: Double) -> Double {
      high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
    }

    let labels = rows.map { LabelText.line($0.label) }
    let widest = ([rowName] + labels).reduce(0) { max($0, LabelText.width($1)) }
    let labelWidth = min(widest, (canvas.width * (canvas.isWide ? 0.25 : 0.3)).rounded())
    let details = rows.map { LabelText.line($0.detail) }
    let detailWidth =
      hasDetails
      ? min(
        ([detailName] + details).reduce(0) { max($0, LabelText.width($1)) },
        (canvas.width * 0.18).rounded()) : 0
    let left = canvas.margin + labelWidth + 8 + (hasDetails ? detailWidth + 8 : 0)
    // A few columns on a wide figure need not become blocks.
    let slot = min((canvas.right - left) / Double(columns.count), 96)
    let texts = fieldTexts(within: slot - 2)
    let hasTexts = texts != nil
    let pitch: Double = hasTexts || rows.count <= 40 ? 22 : 16
    let gap = slot >= 8 ? 1.0 : 0

    // The names of rows, details and columns.
    canvas.text(
      LabelText.shortened(rowName, to: labelWidth), canvas.margin, canvas.bottom + 12,
      style: .quiet, full: rowName)
    if hasDetails {
      canvas.text(
        LabelText.shortened(detailName, to: detailWidth), left - 8, canvas.bottom + 12,
        anchor: .end, style: .quiet, full: detailName)
    }
    if !columnName.isEmpty {
      canvas.text(
        LabelText.shortened(columnName, to: canvas.right - left), left, canvas.bottom + 12,
        style: .quiet, full: columnName)
      canvas.bottom += Canvas.lineHeight
    }
    let columnTexts = columns.map { LabelText.line($0) }
    let columnWidth = min(
      columnTexts.reduce(0) { max($0, LabelText.width($1)) }, max(slot, canvas.innerWidth / 6))
    let every = max(1, Int(((columnWidth + 6) / slot).rounded(.up)))
    for index in stride(from: 0, to: columns.count, by: every) {
      let shown = LabelText.shortened(columnTexts[index], to: columnWidth)
      let half = LabelText.width(shown) / 2
      let middle = min(left + (Double(index) + 0.5) * slot, canvas.right - half)
      canvas.text(
        shown, middle, canvas.bottom + 12, anchor: .middle, style: .quiet, full: columns[index])
    }
    canvas.bottom += 18

    let top = canvas.bottom
    canvas.series(0) { canvas in
      for row in rows.indices {
        let y = top + Double(row) * pitch
        for column in columns.indices {
          guard let value = drawable(rows[row].values[column]) else { continue }
          let x = left + Double(column) * slot
          canvas.field(
            x: x...(x + slot - gap), y: y...(y + pitch - 1),
            opacity: Self.leastColor + (Self.mostColor - Self.leastColor) * share(value),
            isDashed: rows[row].provisional.contains(column),
            title: "\(name(row, column)): \(text(row, column))")
        }
      }
    }
    for row in rows.indices {
      let line = top + Double(row) * pitch + pitch / 2 + 3.5
      canvas.text(
        LabelText.shortened(labels[row], to: labelWidth), canvas.margin, line, full: labels[row])
      if hasDetails {
        canvas.text(
          LabelText.shortened(details[row], to: detailWidth), left - 8, line, anchor: .end,
          full: details[row])
      }
      guard let texts else { continue }
      for column in columns.indices where drawable(rows[row].values[column]) != nil {
        canvas.text(
          texts[row][column], left + (Double(column) + 0.5) * slot - gap / 2, line,
          anchor: .middle)
      }
    }
    canvas.bottom = top + pitch * Double(rows.count)
    if !hasTexts { drawScale(low, high, on: &canvas) }
    if rows.contains(where: { !$0.provisional.isEmpty }) {
      canvas.bottom += 18
      let note = "* dashed: may still change"
      canvas.text(
        LabelText.shortened(note, to: canvas.innerWidth), canvas.margin, canvas.bottom,
        style: .quiet, full: note)
      canvas.bottom += 4
    }
    return canvas.drawing()
  }

  /// The values by row and column in the form that fits into fields of a width, `nil` if none does.
  private func fieldTexts(within width: Double) -> [[String]]? {
    // Percentages are understood without decimals too.
    for format in format.isPercent ? [format, .percent(0)] : [format] {
      let texts = rows.indices.map { row in columns.indices.map { text(row, $0, format) } }
      if texts.joined().allSatisfy({ LabelText.width($0) <= width }) { return texts }
    }
    return nil
  }

  /// Where values have no room, a scale says which color is how much.
  private func drawScale(
    _ low: Double, _ high: Double, on canvas: inout Canvas
  ) {
    let (first, last) = (format.text(low), format.text(high))
    let from = canvas.margin + LabelText.width(first) + 6
    let width = min(160, canvas.right - LabelText.width(last) - 6 - from)
    if width < 20 { return }
    canvas.bottom += 10
    let y = canvas.bottom
    canvas.text(first, from - 6, y + 10, anchor: .end, style: .quiet)
    canvas.text(last, from + width + 6, y + 10, style: .quiet)
    canvas.series(0) { canvas in
      for step in 0..<10 {
        let x = from + width * Double(step) / 10
        canvas.field(
          x: x...(x + width / 10), y: y...(y + 12),
          opacity: Self.leastColor + (Self.mostColor - Self.leastColor) * Double(step) / 9,
          isDashed: false, title: nil)
      }
    }
    canvas.bottom += 14
  }
}
