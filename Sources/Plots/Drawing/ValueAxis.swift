/// An axis of values at the left of an area, with its grid.
struct ValueAxis {
  /// The area of the marks.
  let left: Double
  let top: Double
  let bottom: Double
  let scale: LinearScale

  /// Draws the axis at the bottom of `canvas`, with `name` above it, and takes the area's height.
  ///
  /// - Parameter headroom: pixels that are left free above the highest value.
  init(
    on canvas: inout Canvas, from low: Double, to high: Double, name: String,
    format: PlotNumberFormat, whole: Bool, height: Double, headroom: Double = 0
  ) {
    let axis = TickAxis(low, high, intervals: canvas.isWide ? 6 : 4, whole: whole)
    let labels = format.labels(axis)
    let labelWidth = labels.reduce(0) { max($0, LabelText.width($1)) }
    if !name.isEmpty {
      let shown = LabelText.shortened(name, to: canvas.innerWidth)
      canvas.text(shown, canvas.margin, canvas.bottom + 11, style: .quiet, full: name)
      canvas.bottom += 22
    }
    left = canvas.margin + labelWidth + 8
    top = canvas.bottom + 4 + headroom
    bottom = top + height
    scale = LinearScale(low: axis.low, high: axis.high, start: bottom, end: top)
    var path = ""
    for (tick, label) in zip(axis.ticks, labels) {
      let y = scale.position(axis.value(tick))
      path += "M\(Canvas.point(left, y))H\(Markup.coordinate(canvas.right))"
      canvas.text(label, left - 8, y + 4, anchor: .end, style: .quiet)
    }
    canvas.grid(path)
    canvas.bottom = bottom
  }

  /// Draws the line of zero.
  func drawZero(on canvas: inout Canvas) {
    canvas.axis("M\(Canvas.point(left, scale.position(0)))H\(Markup.coordinate(canvas.right))")
  }
}

extension Canvas {
  /// The height of an area of marks that suits the width.
  var plotHeight: Double { max(180, min(340, (width * 0.36).rounded())) }

  /// Labels of evenly spaced points under an area, as many as have room, and `name` below them.
  ///
  /// - Parameter keepsWithin: whether points lie at the very ends, so that their labels must be moved
  ///   inwards.
  mutating func pointLabels(
    _ labels: [String], name: String, left: Double, slot: Double, keepsWithin: Bool = false,
    position: (Int) -> Double
  ) {
    let widest = labels.reduce(0) { max($0, LabelText.width(LabelText.line($1))) }
    bottom += 8
    // Where words would be broken, such as dates, it reads better to leave some labels out; but of
    // few wide bars every one keeps its label.
    let areWordsWhole = labels.allSatisfy { label in
      LabelText.line(label).split(separator: " ").allSatisfy {
        LabelText.width(String($0)) <= slot - 6
      }
    }
    let isWrapped = slot >= 120 || slot >= 64 && areWordsWhole
    if !keepsWithin, widest <= slot - 6 || isWrapped {
      // Every label has its place, if need be in two or three lines.
      var taken = 1
      for (index, label) in labels.enumerated() {
        let wrapped = LabelText.wrapped(label, to: slot - 6, lines: isWrapped ? 3 : 1)
        taken = max(taken, wrapped.count)
        lines(
          wrapped, position(index), bottom + 12, anchor: .middle, style: .quiet, full: label)
      }
      bottom += 3 + Double(taken) * Self.lineHeight
    } else {
      let room = min(widest, max(72, innerWidth / 3))
      let every = max(1, Int(((room + 12) / slot).rounded(.up)))
      var free = -Double.infinity
      for index in stride(from: 0, to: labels.count, by: every) {
        let shown = LabelText.shortened(labels[index], to: room)
        let half = LabelText.width(shown) / 2
        let x = max(margin + half, min(right - half, position(index)))
        // The last may have been moved towards the one before.
        guard x - half >= free else { continue }
        text(shown, x, bottom + 12, anchor: .middle, style: .quiet, full: labels[index])
        free = x + half + 8
      }
      bottom += 3 + Self.lineHeight
    }
    axisName(name, from: left)
  }

  /// The name of the axis under an area, in its middle.
  mutating func axisName(_ name: String, from left: Double) {
    guard !name.isEmpty else { return }
    let shown = LabelText.shortened(name, to: right - left)
    text(shown, (left + right) / 2, bottom + 13, anchor: .middle, style: .quiet, full: name)
    bottom += 17
  }
}
