import StatisticsCore

// What makes a readout of millions of units quick: a few thousand units at a time are put in the order
// of their arms, once for all columns, so that each arm's values of a column lie side by side.
extension ExperimentUnits {
  private static let blockSize = 4096

  /// Returns the moments of each arm for each column.
  ///
  /// - Parameters:
  ///   - units: The units that count.
  ///   - limits: For each column the number above which values are lowered to it.
  func moments(of units: Range<Int>, limits: [Double]) -> [[MetricMoments]] {
    var moments = columns.map { column in
      [MetricMoments](
        repeating: MetricMoments(variables: column.variables.count), count: names.count)
    }
    let variables = columns.map(\.variables)
    let workspace = ExactColumns()
    var order = ArmOrder(arms: names.count, size: Self.blockSize)
    var scratch = [Double](
      repeating: 0, count: Self.blockSize * (variables.map(\.count).max() ?? 0))
    var start = units.lowerBound
    while start < units.upperBound {
      let block = start..<min(start + Self.blockSize, units.upperBound)
      order.arrange(arms[block])
      for column in columns.indices {
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          for (place, values) in variables[column].enumerated() {
            unsafe order.gather(
              values, from: block.lowerBound, limit: place == 0 ? limits[column] : .infinity,
              into: UnsafeMutableBufferPointer(rebasing: scratch[(place * Self.blockSize)...]))
          }
          for arm in names.indices {
            let range = order.range(of: arm)
            if range.isEmpty { continue }
            let parts = unsafe variables[column].indices.map { place in
              let first = place * Self.blockSize + range.lowerBound
              return unsafe UnsafeBufferPointer(rebasing: scratch[first..<(first + range.count)])
            }
            unsafe moments[column][arm].add(columns: parts, workspace)
          }
        }
      }
      start = block.upperBound
    }
    return moments
  }
}

/// The units of a block in the order of their arms.
private struct ArmOrder {
  /// The places of the units in the block, arm by arm.
  private var rows: [Int32]
  /// Where each arm ends in the rows, and where the first begins.
  private var ends: [Int]
  private var count = 0

  init(arms: Int, size: Int) {
    rows = Array(repeating: 0, count: size)
    ends = Array(repeating: 0, count: arms + 1)
  }

  /// Puts a block in order.
  mutating func arrange(_ arms: ArraySlice<Int32>) {
    count = arms.count
    for arm in ends.indices { ends[arm] = 0 }
    for arm in arms { ends[Int(arm) + 1] += 1 }
    for arm in ends.indices.dropFirst() { ends[arm] += ends[arm - 1] }
    // Each start moves to the next one while its arm fills up.
    var row: Int32 = 0
    for arm in arms {
      rows[ends[Int(arm)]] = row
      ends[Int(arm)] += 1
      row += 1
    }
    for arm in ends.indices.dropFirst().reversed() { ends[arm] = ends[arm - 1] }
    ends[0] = 0
  }

  /// The places of the units of an arm in the order.
  func range(of arm: Int) -> Range<Int> { ends[arm]..<ends[arm + 1] }

  /// Copies the values of the block that begins at `first`, lowered to the limit, in this order.
  func gather(
    _ values: [Double], from first: Int, limit: Double,
    into target: UnsafeMutableBufferPointer<Double>
  ) {
    unsafe values.withUnsafeBufferPointer { values in
      unsafe rows.withUnsafeBufferPointer { rows in
        if limit == .infinity {
          for place in 0..<count { unsafe target[place] = values[first + Int(rows[place])] }
        } else {
          for place in 0..<count {
            unsafe target[place] = min(values[first + Int(rows[place])], limit)
          }
        }
      }
    }
  }
}
