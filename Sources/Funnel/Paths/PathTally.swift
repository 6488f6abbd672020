/// How many paths and units there are, by the last node of the path.
struct PathTally: Sendable {
  var tree = PathTree()
  /// By node, how many paths end with it.
  var paths: [Int] = [0]
  /// By node, how many units there are all of whose paths end with it.
  var units: [Int] = [0]
  /// How many units have paths that end with several nodes, by these in ascending order.
  ///
  /// Only so are units distinct in whatever nodes a report puts together.
  var mixedUnits: [[UInt32]: Int] = [:]

  /// Adds a unit whose paths end with the nodes of `ends`, which are sorted here.
  mutating func add(_ ends: inout [UInt32]) {
    guard let first = ends.first else { return }
    fill()
    for node in ends { paths[Int(node)] += 1 }
    if ends.allSatisfy({ $0 == first }) {
      units[Int(first)] += 1
      return
    }
    ends.sort()
    var distinct: [UInt32] = []
    for node in ends where node != distinct.last { distinct.append(node) }
    mixedUnits[distinct, default: 0] += 1
  }

  /// Adds what `other` holds, whose labels are called here as `labels` says.
  mutating func merge(_ other: PathTally, labels: [UInt32]) {
    var nodes = [PathTree.root]
    nodes.reserveCapacity(other.tree.count)
    for node in 1..<max(1, other.tree.count) {
      let label = labels[Int(other.tree.labels[node])]
      nodes.append(tree.child(of: nodes[Int(other.tree.parents[node])], label))
    }
    add(other, nodes: nodes)
  }

  /// Adds what `other` holds, whose nodes are called here as `nodes` says.
  mutating func add(_ other: PathTally, nodes: [UInt32]) {
    fill()
    for node in other.paths.indices {
      paths[Int(nodes[node])] += other.paths[node]
      units[Int(nodes[node])] += other.units[node]
    }
    for (ends, count) in other.mixedUnits {
      mixedUnits[ends.map { nodes[Int($0)] }.sorted(), default: 0] += count
    }
  }

  /// Gives every node of the tree its places.
  mutating func fill() {
    let new = tree.count - paths.count
    guard new > 0 else { return }
    paths.append(contentsOf: repeatElement(0, count: new))
    units.append(contentsOf: repeatElement(0, count: new))
  }
}
