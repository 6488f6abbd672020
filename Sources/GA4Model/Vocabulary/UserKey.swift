/// The identity by which events are grouped into one user.
///
/// A `user_id` and a `user_pseudo_id` of the same spelling are two users.
public enum UserKey: Sendable, Hashable, Comparable, Codable {
  /// The device or browser, `user_pseudo_id`.
  case pseudoID(String)
  /// The signed-in user, `user_id`.
  case userID(String)

  /// The id without its kind.
  public var id: String {
    switch self {
    case .pseudoID(let id), .userID(let id): id
    }
  }

  /// Whether kind and bytes of the id are the same, so that equality agrees with the order.
  public static func == (left: UserKey, right: UserKey) -> Bool {
    switch (left, right) {
    case (.pseudoID(let a), .pseudoID(let b)), (.userID(let a), .userID(let b)):
      a.utf8.elementsEqual(b.utf8)
    default: false
    }
  }

  /// Orders by the bytes of the id, then pseudo ids before user ids.
  public static func < (left: UserKey, right: UserKey) -> Bool {
    if left.id.utf8.elementsEqual(right.id.utf8) {
      if case .pseudoID = left, case .userID = right { return true }
      return false
    }
    return left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
  }
}

/// The rule that says which events belong to one user.
public enum UserIdentity: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// `user_id` where present, otherwise `user_pseudo_id`.
  case userIDOrPseudoID
  /// `user_pseudo_id` only; events without one have no user.
  case pseudoID
  /// `user_id` only; events without one have no user.
  case userID
  /// As ``userIDOrPseudoID``, and a pseudo id that carried one user id belongs to it as a whole;
  /// one that carried several belongs, event by event, to the latest earlier login, else to the
  /// first later one. It needs the whole log, so a state that streams cannot use it.
  case stitched

  /// The rule in words.
  public var description: String {
    switch self {
    case .userIDOrPseudoID: "user_id, otherwise user_pseudo_id"
    case .pseudoID: "user_pseudo_id"
    case .userID: "user_id"
    case .stitched: "user_id, pseudo ids stitched to the user ids they carried"
    }
  }
}
