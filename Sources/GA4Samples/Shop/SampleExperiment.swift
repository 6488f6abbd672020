/// An A/B experiment that runs in a sample shop with a known effect.
///
/// Every visitor is assigned by a fair coin that depends on the seed and the visitor alone, and
/// exposed once: in the first visit the shop logs `experiment_impression` with the parameters
/// `experiment_id` and `variant`. In the variant `treatment` the last step of the checkout, from
/// payment to purchase, succeeds (1 + ``lift``) times as often. Nothing else differs, so a lift of 0
/// is an A/A experiment over the same visitors.
public struct SampleExperiment: Sendable, Hashable {
  /// The value of the parameter `experiment_id`.
  public var id: String
  /// The relative gain in the probability of the last step.
  public let lift: Double

  /// Makes an experiment.
  ///
  /// - Parameters:
  ///   - id: what `experiment_id` says.
  ///   - lift: the relative gain of the treatment, from −1 (nobody buys) to 0.3.
  public init(id: String = "checkout_button", lift: Double = 0.1) {
    precondition(lift >= -1 && lift <= 0.3, "The lift of an experiment must lie in -1...0.3.")
    self.id = id
    self.lift = lift
  }

  /// The values of the parameter `variant`, the control first.
  public static let variants = ["control", "treatment"]
}
