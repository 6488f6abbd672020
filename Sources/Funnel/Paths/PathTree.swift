/// Paths that share their beginnings, as a tree in flat arrays.
///
/// A node is known by its number; parents have lower numbers than their children, and the root has
/// 0. An edge is found by hashing the number of the parent and the label, without a text.
struct PathTree: Sendable {
  static let root: UInt32 = 0
  /// The label of the node with which a path ends before its last step.
  static let end: UInt32 = 0

  /// By node, the node before; the root is its own.
  private(set) var parents: [UInt32] = [0]
  /// By node, the label; that of the root has no meaning.
  private(set) var labels: [UInt32] = [0]
  /// Open addressing: the node at the end of an edge, or 0, since no edge leads to the root.
  private var table = [UInt32](repeating: 0, count: 64)
  private var shift: UInt64 = 58

  var count: Int { parents.count }

  /// The node that has the label `label` behind `parent`, which is made if there is none.
  @inline(__always)
  mutating func child(of parent: UInt32, _ label: UInt32) -> UInt32 {
    var place = home(parent, label)
    while true {
      let node = table[place]
      if node == 0 { return insert(parent, label, place) }
      if parents[Int(node)] == parent && labels[Int(node)] == label { return node }
      place = (place + 1) & (table.count - 1)
    }
  }

  @inline(__always)
  private func home(_ parent: UInt32, _ label: UInt32) -> Int {
    Int(((UInt64(parent) << 32 | UInt64(label)) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  @inline(never)
  private mutating func insert(_ parent: UInt32, _ label: UInt32, _ place: Int) -> UInt32 {
    precondition(count < Int(UInt32.max), "There are more different paths than a tree can hold")
    let node = UInt32(count)
    parents.append(parent)
    labels.append(label)
    table[place] = node
    if count > table.count / 2 { grow() }
    return node
  }

  private mutating func grow() {
    table = Array(repeating: 0, count: table.count * 2)
    shift -= 1
    for node in 1..<count {
      var place = home(parents[node], labels[node])
      while table[place] != 0 { place = (place + 1) & (table.count - 1) }
      table[place] = UInt32(node)
    }
  }

  /// The children of every node, those of node *n* being `nodes[starts[n]..<starts[n + 1]]`.
  var children: (starts: [Int], nodes: [UInt32]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for node in 1..<max(1, count) { starts[Int(parents[node]) + 1] += 1 }
    for node in 0..<count { starts[node + 1] += starts[node] }
    var free = starts
    var nodes = [UInt32](repeating: 0, count: count - 1)
    for node in 1..<max(1, count) {
      let parent = Int(parents[node])
      nodes[free[parent]] = UInt32(node)
      free[parent] += 1
    }
    return (starts, nodes)
  }
}
