import GA4Model
import StatisticsCore

extension PathTally {
  /// The last nodes of paths, ascending.
  private func ends(_ children: [Int]) -> [Int] {
    tree.parents.indices.dropFirst().filter { children[$0] == children[$0 + 1] }
  }

  /// Adds what `other` holds in the order of its labels as `labels` calls them, each node followed by
  /// all behind it.
  mutating func merge(_ other: PathTally, sortedBy labels: [UInt32]) {
    let children = other.tree.children
    var nodes = [UInt32](repeating: PathTree.root, count: other.tree.count)
    var open = [PathTree.root]
    while let node = open.popLast() {
      if node != PathTree.root {
        let parent = nodes[Int(other.tree.parents[Int(node)])]
        nodes[Int(node)] = tree.child(of: parent, labels[Int(other.tree.labels[Int(node)])])
      }
      let next = children.nodes[children.starts[Int(node)]..<children.starts[Int(node) + 1]]
      open += next.sorted {
        labels[Int(other.tree.labels[Int($0)])] > labels[Int(other.tree.labels[Int($1)])]
      }
    }
    add(other, nodes: nodes)
  }

  func write(to writer: inout BinaryWriter) {
    writer.count(tree.count - 1)
    for node in 1..<max(1, tree.count) {
      writer.varint(UInt64(tree.parents[node]))
      writer.varint(UInt64(tree.labels[node]))
    }
    for end in ends(tree.children.starts) {
      writer.count(paths[end])
      writer.count(units[end])
    }
    let mixed = mixedUnits.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    writer.array(mixed) { writer, entry in
      writer.array(entry.key) { $0.varint(UInt64($1)) }
      writer.count(entry.value)
    }
  }

  /// Reads a tally whose labels are below `labelCount`.
  init(
    from reader: inout BinaryReader, query: PathQuery, labelCount: Int
  ) throws(BinaryDecodingError) {
    self.init()
    let start = reader.offset
    func check(_ holds: Bool, _ name: String) throws(BinaryDecodingError) {
      if !holds { throw .valueOutOfRange(name: name, offset: start) }
    }
    let count = try reader.count("number of nodes", minimumBytes: 2)
    var levels = [0]
    for node in 1..<(count + 1) {
      let parent = try reader.integer("number of a node", in: 0...(node - 1))
      let label = try reader.integer("label of a node", in: 0...(labelCount - 1))
      try check(
        parent == 0 || tree.labels[parent] != PathTree.end && levels[parent] < query.depth,
        "step of a node")
      let made = tree.child(of: UInt32(parent), UInt32(label))
      try check(made == UInt32(node), "label of a node")
      levels.append(levels[parent] + 1)
    }
    fill()
    var all = 0
    for end in ends(tree.children.starts) {
      try check(
        tree.labels[end] == PathTree.end || levels[end] == query.depth, "end of a path")
      paths[end] = try reader.tally()
      units[end] = try reader.tally()
      all += paths[end]
      // No log has as many; sums of many states must not overflow.
      try check(paths[end] > 0 && all <= 1 << 48, "number of paths")
    }
    let mixed = try reader.array(minimumBytes: 2) { reader throws(BinaryDecodingError) in
      let ends = try reader.array { reader throws(BinaryDecodingError) in
        UInt32(try reader.integer("number of a node", in: 1...max(1, count)))
      }
      return (ends, try reader.tally())
    }
    var found = units
    for (ends, units) in mixed {
      try check(
        ends.count > 1 && units > 0 && zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 }
          && ends.allSatisfy { Int($0) <= count && paths[Int($0)] > 0 }
          && mixedUnits.updateValue(units, forKey: ends) == nil, "units with several paths")
      for end in ends {
        found[Int(end)] += units
        try check(found[Int(end)] <= paths[Int(end)], "number of units")
      }
    }
    let isOnePath = query.anchors != .all
    try check(
      zip(found, paths).allSatisfy { isOnePath ? $0 == $1 : $0 <= $1 }
        && (mixedUnits.isEmpty || !isOnePath), "number of units")
  }
}
