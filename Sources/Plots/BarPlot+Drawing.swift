extension BarPlot {
  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    let values = series.joinedValues
    guard !values.isEmpty else {
      canvas.noData()
      return canvas.drawing()
    }
    if series.count > 1 { canvas.legend(series.map(\.name)) }
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    let whole = format.isWhole(values)
    if isVertical(width: canvas.innerWidth) {
      drawVertical(low, high, whole, on: &canvas)
    } else {
      drawHorizontal(low, high, whole, on: &canvas)
    }
    return canvas.drawing()
  }

  private func isVertical(width: Double) -> Bool {
    switch direction {
    case .vertical: return true
    case .horizontal: return false
    case .automatic:
      // An axis of values takes about 50 pixels.
      let slot = (width - 50) / Double(labels.count)
      let widest = labels.reduce(0) { max($0, LabelText.width(LabelText.line($1))) }
      // Labels such as those of hours are understood if only some are shown.
      return widest <= max(24, slot - 6)
    }
  }

  private func title(_ number: Int, _ index: Int, _ value: Double) -> String {
    let name = series[number].name
    return "\(labels[index])\(name.isEmpty ? "" : ", \(name)"): \(format.text(value))"
  }

  // MARK: Upwards

  private func drawVertical(
    _ low: Double, _ high: Double, _ whole: Bool, on canvas: inout Canvas
  ) {
    let axis = ValueAxis(
      on: &canvas, from: low, to: high, name: valueName, format: format, whole: whole,
      height: canvas.plotHeight, headroom: 12)
    let slot = (canvas.right - axis.left) / Double(labels.count)
    // A few bars on a wide figure need not become blocks.
    let group = min(slot * (slot < 4 ? 1 : 0.78), 96 * Double(series.count).squareRoot())
    let thickness = group / Double(series.count)
    let texts = series.map { $0.values.map { format.text(drawable($0)) } }
    let isLabelled = texts.joined().allSatisfy {
      LabelText.width($0) <= (series.count == 1 ? slot : thickness) - 2
    }
    let zero = axis.scale.position(0)
    /// From side to side, and from the zero line to the value.
    func frame(
      _ number: Int, _ index: Int, _ value: Double
    ) -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
      let x = axis.left + Double(index) * slot + (slot - group) / 2 + Double(number) * thickness
      let end = axis.scale.position(value)
      // What is not nothing is seen.
      let y =
        value > 0 ? min(end, zero - 1)...zero : value < 0 ? zero...max(end, zero + 1) : zero...zero
      return (x...(x + thickness), y)
    }
    for number in series.indices {
      canvas.series(number) { canvas in
        for (index, value) in series[number].values.enumerated() {
          guard let value = drawable(value) else { continue }
          let (x, y) = frame(number, index, value)
          canvas.bar(x: x, y: y, title: title(number, index, value))
        }
      }
    }
    if isLabelled {
      for number in series.indices {
        for (index, text) in texts[number].enumerated() {
          let value = drawable(series[number].values[index]) ?? 0
          let (x, y) = frame(number, index, value)
          canvas.text(
            text, (x.lowerBound + x.upperBound) / 2,
            value < 0 ? y.upperBound + 12 : y.lowerBound - 4, anchor: .middle, style: .value)
        }
      }
    }
    axis.drawZero(on: &canvas)
    // Values below the lowest bar may reach into the labels.
    if isLabelled, low < 0 { canvas.bottom += 12 }
    canvas.pointLabels(labels, name: labelName, left: axis.left, slot: slot) {
      axis.left + (Double($0) + 0.5) * slot
    }
  }

  // MARK: To the right

  private func drawHorizontal(
    _ low: Double, _ high: Double, _ whole: Bool, on canvas: inout Canvas
  ) {
    let widest = labels.reduce(0) { max($0, LabelText.width(LabelText.line($1))) }
    let labelWidth = min(widest, (canvas.width * (canvas.isWide ? 0.3 : 0.36)).rounded())
    let lines = labels.map { LabelText.wrapped($0, to: labelWidth, lines: 2) }
    let texts = series.map { $0.values.map { format.text(drawable($0)) } }
    let valueWidth = texts.joined().reduce(0) { max($0, LabelText.width($1)) } + 6
    let left = canvas.margin + labelWidth + 8
    // Values that would leave no room for their bars are told by the axis alone.
    let isLabelled = canvas.right - left - valueWidth * (low < 0 ? 2 : 1) >= 60
    let start = left + (isLabelled && low < 0 ? valueWidth : 0)
    let end = canvas.right - (isLabelled ? valueWidth : 12)
    let room = max(1, Int((end - start) / 80))
    let axis = TickAxis(low, high, intervals: room, whole: whole)
    let scale = LinearScale(low: axis.low, high: axis.high, start: start, end: end)
    if !valueName.isEmpty || !labelName.isEmpty {
      canvas.text(
        LabelText.shortened(labelName, to: labelWidth), left - 8, canvas.bottom + 11, anchor: .end,
        style: .quiet, full: labelName)
      canvas.text(
        LabelText.shortened(valueName, to: canvas.right - left), left, canvas.bottom + 11,
        style: .quiet, full: valueName)
      canvas.bottom += 20
    }
    let thickness: Double = series.count == 1 ? 18 : 13
    let isWrapped = lines.contains { $0.count > 1 }
    let block = thickness * Double(series.count)
    let pitch = max(block + 8, isWrapped ? 2 * Canvas.lineHeight + 6 : 0)
    let top = canvas.bottom
    let bottom = top + pitch * Double(labels.count)
    let grid = axis.ticks.map { tick in
      "M\(Canvas.point(scale.position(axis.value(tick)), top))V\(Markup.coordinate(bottom))"
    }
    canvas.grid(grid.joined())
    let zero = scale.position(0)
    for index in labels.indices {
      let middle = top + (Double(index) + 0.5) * pitch
      let rise = Double(lines[index].count - 1) * Canvas.lineHeight / 2
      canvas.lines(
        lines[index], left - 8, middle + 4 - rise, anchor: .end, full: labels[index])
      for number in series.indices {
        let y = middle - block / 2 + Double(number) * thickness
        guard let value = drawable(series[number].values[index]) else {
          canvas.text(PlotNumberFormat.missing, zero + 6, y + thickness / 2 + 4, style: .quiet)
          continue
        }
        let tip = scale.position(value)
        let x =
          value > 0
          ? zero...max(tip, zero + 1) : value < 0 ? min(tip, zero - 1)...zero : zero...zero
        canvas.series(number) { canvas in
          canvas.bar(
            x: x, y: y...(y + thickness - (series.count > 1 ? 1 : 0)),
            title: title(number, index, value))
        }
        let text = texts[number][index]
        if !isLabelled { continue }
        if value < 0 {
          canvas.text(text, x.lowerBound - 6, y + thickness / 2 + 4, anchor: .end, style: .value)
        } else {
          canvas.text(text, x.upperBound + 6, y + thickness / 2 + 4, style: .value)
        }
      }
    }
    canvas.axis("M\(Canvas.point(zero, top))V\(Markup.coordinate(bottom))")
    canvas.bottom = bottom
    for (tick, label) in zip(axis.ticks, format.labels(axis)) {
      canvas.text(
        label, scale.position(axis.value(tick)), bottom + 15, anchor: .middle, style: .quiet)
    }
    canvas.bottom += 19
  }
}

extension [BarPlot.Series] {
  /// All values that can be drawn.
  fileprivate var joinedValues: [Double] { flatMap { $0.values.compactMap { drawable($0) } } }
}
