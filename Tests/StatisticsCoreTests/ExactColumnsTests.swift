import StatisticsCore
import TestSupport
import Testing

@Suite struct ExactColumnsTests {
  /// What a column may hold.
  private enum Kind: Int, CaseIterable {
    case binary, counts, greatCounts, money, normal, everyExponent, subnormal, withSpecials
  }

  private func value(_ kind: Kind, _ random: inout SeededGenerator) -> Double {
    let sign: Double = random.next() & 1 == 0 ? 1 : -1
    switch kind {
    case .binary: return random.uniform() < 0.2 ? 1 : 0
    case .counts: return sign * Double(random.next() % 50)
    // Around the limit of 2²¹ for whole numbers.
    case .greatCounts: return sign * (0x1p21 + Double(random.next() % 3) - 1)
    case .money: return random.uniform() < 0.7 ? 0 : (random.uniform() * 1e5).rounded() / 100
    case .normal: return random.normal()
    case .everyExponent:
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : 0
    case .subnormal:
      return sign
        * (random.next() & 1 == 0 ? .leastNonzeroMagnitude * Double(random.next() % 99) : 1.5)
    case .withSpecials:
      return random.uniform() < 0.01
        ? [.infinity, -.infinity, .nan, -0.0][Int(random.next() % 4)] : sign * 0.1
    }
  }

  @Test(arguments: Rounds.parts)
  func `columns give the sums of their values one by one`(part: Int) {
    let workspace = ExactColumns()
    for var random in Rounds.generators("exact columns", part: part, perPart: 10) {
      let count = [0, 1, 3, 17, 1_024, 1_025, 2_500][Int(random.next() % 7)]
      let kinds = (0..<2).map { _ in Kind(rawValue: Int(random.next() % 8))! }
      let columns = kinds.map { kind in (0..<count).map { _ in value(kind, &random) } }
      var (sum, squares, products) = (ExactSum(), ExactSum(), ExactSum())
      unsafe columns[0].withUnsafeBufferPointer { x in
        unsafe workspace.add(x, to: &sum, squares: &squares)
        unsafe columns[1].withUnsafeBufferPointer { y in
          unsafe workspace.addProducts(x, y, to: &products)
        }
      }
      var (slowSum, slowSquares, slowProducts) = (ExactSum(), ExactSum(), ExactSum())
      for (x, y) in zip(columns[0], columns[1]) {
        slowSum.add(x)
        slowSquares.addProduct(x, x)
        slowProducts.addProduct(x, y)
      }
      #expect(sum == slowSum, "\(kinds) \(count)")
      #expect(squares == slowSquares, "\(kinds) \(count)")
      #expect(products == slowProducts, "\(kinds) \(count)")
    }
  }

  @Test func `a block of the largest numbers overflows nothing`() {
    let workspace = ExactColumns()
    for value in [Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0x1.fffffffffffffp21] {
      let column = [Double](repeating: value, count: Self.block)
      var (sum, squares, products) = (ExactSum(), ExactSum(), ExactSum())
      unsafe column.withUnsafeBufferPointer {
        unsafe workspace.add($0, to: &sum, squares: &squares)
        unsafe workspace.addProducts($0, $0, to: &products)
      }
      var (slowSum, slowSquares) = (ExactSum(), ExactSum())
      for value in column {
        slowSum.add(value)
        slowSquares.addProduct(value, value)
      }
      #expect(sum == slowSum && squares == slowSquares && products == slowSquares)
    }
  }

  private static let block = 3 * 1_024

  @Test func `a workspace forgets what it has added`() {
    let workspace = ExactColumns()
    for column in [[Double.nan, 0.1, .infinity], [0.1, .leastNonzeroMagnitude, 1e300], [0.25]] {
      var (sum, squares, products) = (ExactSum(), ExactSum(), ExactSum())
      unsafe column.withUnsafeBufferPointer {
        unsafe workspace.add($0, to: &sum, squares: &squares)
        unsafe workspace.addProducts($0, $0, to: &products)
      }
      #expect(sum == ExactSum(column))
      #expect(squares == products)
    }
  }
}
