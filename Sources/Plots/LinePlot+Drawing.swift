extension LinePlot {
  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    let values = series.flatMap { series in
      series.values.compactMap { drawable($0) }
        + series.band.compactMap { Self.limits($0) }.flatMap { [$0.lowerBound, $0.upperBound] }
    }
    guard var low = values.min(), var high = values.max() else {
      canvas.noData()
      return canvas.drawing()
    }
    if includesZero {
      low = min(low, 0)
      high = max(high, 0)
    }
    if series.count > 1 { canvas.legend(series.map(\.name), lines: true) }
    let axis = ValueAxis(
      on: &canvas, from: low, to: high, name: valueName, format: format,
      whole: format.isWhole(values), height: canvas.plotHeight)
    // Half a sign of room at the ends.
    let left = axis.left + 4
    let right = canvas.right - 4
    let slot = labels.count > 1 ? (right - left) / Double(labels.count - 1) : right - left
    func x(_ index: Int) -> Double {
      labels.count > 1 ? left + Double(index) * slot : (left + right) / 2
    }
    if low < 0, high > 0 { axis.drawZero(on: &canvas) }
    for number in series.indices where !series[number].band.isEmpty {
      canvas.series(number) { $0.band(bandPath(number, axis.scale, x)) }
    }
    let hasDots = slot >= 9
    for number in series.indices {
      canvas.series(number) { canvas in
        let values = series[number].values.map { drawable($0) }
        var path = ""
        for (index, value) in values.enumerated() {
          guard let value else { continue }
          let isFirst = index == 0 || values[index - 1] == nil
          path += isFirst ? "M" : "L"
          path += Canvas.point(x(index), axis.scale.position(value))
        }
        // Dense points would run together.
        canvas.line(path, series: number, width: slot < 2 ? 1.2 : 2)
        for (index, value) in values.enumerated() {
          guard let value else { continue }
          let isAlone =
            (index == 0 || values[index - 1] == nil)
            && (index + 1 == values.count || values[index + 1] == nil)
          if hasDots || isAlone {
            canvas.dot(x(index), axis.scale.position(value), series: number)
          }
        }
      }
    }
    if hasDots {
      for index in labels.indices {
        let from = max(axis.left, x(index) - slot / 2)
        let to = min(canvas.right, x(index) + slot / 2)
        canvas.hover(x: from...to, y: axis.top...axis.bottom, title: title(index))
      }
    }
    canvas.pointLabels(
      labels, name: labelName, left: axis.left, slot: slot, keepsWithin: true, position: x)
    return canvas.drawing()
  }

  /// All that is known of one point.
  private func title(_ index: Int) -> String {
    let parts = series.map { series in
      var text = series.name.isEmpty ? "" : series.name + " "
      text += format.text(drawable(series.values[index]))
      if !series.band.isEmpty, let limits = Self.limits(series.band[index]) {
        text += " (\(format.text(limits.lowerBound)) to \(format.text(limits.upperBound)))"
      }
      return text
    }
    return "\(labels[index]): \(parts.joined(separator: "; "))"
  }

  /// The outlines of the band's parts between gaps.
  private func bandPath(
    _ number: Int, _ scale: LinearScale, _ x: (Int) -> Double
  ) -> String {
    let limits = series[number].band.map { Self.limits($0) }
    var path = ""
    var start = 0
    while start < limits.count {
      guard limits[start] != nil else {
        start += 1
        continue
      }
      let end = limits[start...].firstIndex { $0 == nil } ?? limits.count
      // A point alone has the width of a sign.
      let half: Double = end - start == 1 ? 3 : 0
      var upper: [String] = []
      var lower: [String] = []
      for index in start..<end {
        guard let range = limits[index] else { continue }
        upper.append(Canvas.point(x(index) - half, scale.position(range.upperBound)))
        lower.append(Canvas.point(x(index) - half, scale.position(range.lowerBound)))
        guard half > 0 else { continue }
        upper.append(Canvas.point(x(index) + half, scale.position(range.upperBound)))
        lower.append(Canvas.point(x(index) + half, scale.position(range.lowerBound)))
      }
      path += "M" + (upper + lower.reversed()).joined(separator: "L") + "Z"
      start = end
    }
    return path
  }

  /// The limits that can be drawn.
  private static func limits(_ range: ClosedRange<Double>?) -> ClosedRange<Double>? {
    guard let range, drawable(range.lowerBound) != nil, drawable(range.upperBound) != nil else {
      return nil
    }
    return range
  }
}
