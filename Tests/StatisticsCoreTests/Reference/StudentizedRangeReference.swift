/// Groups, degrees of freedom, q and the upper tail of the studentised range.
///
/// By mpmath 1.4.1 with 25 digits. Written by `Benchmarks/Accuracy/studentized_range.py`.
enum StudentizedRangeReference {
  static let cases: [(Int, Double, Double, Double)] = [
    (3, 12, 3.77, 0.05018236176055652),
    (3, 12, 0.5, 0.9337910199537984),
    (5, 30, 4.1, 0.05016577043316027),
    (4, 8, 20.0, 2.8628376698946515e-06),
    (10, 60, 9.5, 3.3144451130991264e-07),
    (20, 15, 6.0, 0.047512759518487824),
  ]
}
