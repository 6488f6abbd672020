extension IntervalPlot {
  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    let values = rows.flatMap { row in
      [row.point, row.ends?.lowerBound, row.ends?.upperBound].compactMap { $0 }
    }
    guard !values.isEmpty else {
      canvas.noData()
      return canvas.drawing()
    }
    let low = min(reference, values.min()!)
    let high = max(reference, values.max()!)
    let names = rows.flatMap { [$0.label, $0.detail] }
    let widest = names.reduce(0) { max($0, LabelText.width(LabelText.line($1))) }
    let labelWidth = min(widest, (canvas.width * (canvas.isWide ? 0.3 : 0.34)).rounded())
    let left = canvas.margin + labelWidth + 14
    // The numbers stand at the right where there is room, else above their interval.
    let texts = rows.map(text)
    let textWidth = texts.reduce(0) { max($0, LabelText.width($1)) }
    let isBeside = canvas.right - left - textWidth - 12 >= 220
    let right = canvas.right - (isBeside ? textWidth + 16 : 12)
    let axis = TickAxis(
      low, high,
      intervals: max(
        1, Int((right - left) / max(80, LabelText.width(format.text(high)) + 24))),
      whole: format.isWhole(values))
    let scale = LinearScale(low: axis.low, high: axis.high, start: left, end: right)
    if !valueName.isEmpty {
      canvas.text(
        LabelText.shortened(valueName, to: right - left), left, canvas.bottom + 11, style: .quiet,
        full: valueName)
      canvas.bottom += 20
    }
    let pitch = isBeside ? 36.0 : 46.0
    let top = canvas.bottom
    let bottom = top + pitch * Double(rows.count)
    canvas.grid(
      axis.ticks.map { tick in
        "M\(Canvas.point(scale.position(axis.value(tick)), top))V\(Markup.coordinate(bottom))"
      }.joined())
    canvas.axis(
      "M\(Canvas.point(scale.position(reference), top))V\(Markup.coordinate(bottom))")
    for (index, row) in rows.enumerated() {
      let middle = top + (Double(index) + 0.5) * pitch
      let line = isBeside ? middle : middle + 8
      draw(row, at: line, scale, on: &canvas)
      label(row, left - 14, middle, labelWidth, on: &canvas)
      if isBeside {
        canvas.text(texts[index], canvas.right, middle + 4, anchor: .end, style: .value)
      } else {
        let shown = LabelText.shortened(texts[index], to: canvas.right - left)
        let half = LabelText.width(shown) / 2
        let center = row.point.map(scale.position) ?? (left + right) / 2
        canvas.text(
          shown, max(left + half, min(center, canvas.right - half)), line - 10, anchor: .middle,
          style: .value, full: texts[index])
      }
    }
    canvas.bottom = bottom
    for (tick, label) in zip(axis.ticks, format.labels(axis)) {
      let shown = LabelText.shortened(label, to: canvas.innerWidth)
      let half = LabelText.width(shown) / 2
      let place = scale.position(axis.value(tick))
      canvas.text(
        shown, max(canvas.margin + half, min(place, canvas.right - half)), bottom + 15,
        anchor: .middle, style: .quiet)
    }
    canvas.bottom += 19
    return canvas.drawing()
  }

  private func text(_ row: Row) -> String {
    guard let point = row.point else { return PlotNumberFormat.missing }
    guard let ends = row.ends else { return format.text(point) }
    return
      "\(format.text(point)) (\(format.text(ends.lowerBound)) … \(format.text(ends.upperBound)))"
  }

  private func label(
    _ row: Row, _ x: Double, _ middle: Double, _ width: Double, on canvas: inout Canvas
  ) {
    guard !row.detail.isEmpty else {
      let lines = LabelText.wrapped(row.label, to: width, lines: 2)
      let rise = Double(lines.count - 1) * Canvas.lineHeight / 2
      canvas.lines(lines, x, middle + 4 - rise, anchor: .end, full: row.label)
      return
    }
    canvas.text(
      LabelText.shortened(row.label, to: width), x, middle - 2, anchor: .end, full: row.label)
    canvas.text(
      LabelText.shortened(row.detail, to: width), x, middle + 13, anchor: .end, style: .quiet,
      full: row.detail)
  }

  private func draw(_ row: Row, at y: Double, _ scale: LinearScale, on canvas: inout Canvas) {
    canvas.series(0) { canvas in
      if let ends = row.ends {
        let (from, to) = (scale.position(ends.lowerBound), scale.position(ends.upperBound))
        canvas.line(
          "M\(Canvas.point(from, y - 5))v10M\(Canvas.point(from, y))H\(Markup.coordinate(to))"
            + "M\(Canvas.point(to, y - 5))v10", series: 0)
      }
      if let point = row.point {
        canvas.sign(scale.position(point), y, isFilled: isClear(row))
      }
    }
    if row.point != nil || row.ends != nil {
      let from = row.ends.map { scale.position($0.lowerBound) } ?? scale.position(row.point!)
      let to = row.ends.map { scale.position($0.upperBound) } ?? scale.position(row.point!)
      canvas.hover(
        x: (from - 6)...(to + 6), y: (y - 9)...(y + 9), title: "\(Self.name(row)): \(text(row))")
    }
  }
}
