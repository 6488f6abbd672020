enum StudentizedRangeReference {
  static let cases: [(Int, Double, Double, Double)] = []
}
