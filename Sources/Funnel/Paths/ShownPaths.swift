import GA4Model

/// The nodes of a tally that a report shows, the others joined.
struct ShownPaths {
  private struct Entry {
    var label: PathReport.Label
    /// The node of the tree, `nil` for several of them.
    var node: Int?
    var count: Int
    var units = 0
    var step: Int
    /// The entries behind it.
    var children = 0..<0
  }

  private let query: PathQuery
  private let tally: PathTally
  private let values: [Bytewise?]
  private var entries: [Entry] = []
  /// By node of the tree, its entry, -1 for none.
  private var entryOfNode: [Int]
  /// By node of the tree, the entry that joins the nodes behind it that are not listed, -1 for none.
  private var entryOfOthers: [Int]

  init(_ query: PathQuery, _ tally: PathTally, _ values: [Bytewise?]) {
    self.query = query
    self.tally = tally
    self.values = values
    entryOfNode = Array(repeating: -1, count: tally.tree.count)
    entryOfOthers = entryOfNode
    choose()
    countUnits()
  }

  /// The tree.
  var root: PathReport.Node { node(0, of: nil) }

  private func node(_ index: Int, of parent: Int?) -> PathReport.Node {
    let entry = entries[index]
    func share(of count: Int) -> Double? {
      count == 0 ? nil : Double(entry.count) / Double(count)
    }
    return PathReport.Node(
      label: entry.label, count: entry.count, units: entry.units,
      shareOfParent: parent.flatMap { share(of: entries[$0].count) },
      shareOfRoot: share(of: entries[0].count), children: entry.children.map { node($0, of: index) }
    )
  }

  /// Chooses the nodes, step by step.
  private mutating func choose() {
    var counts = tally.paths
    for node in counts.indices.dropFirst().reversed() {
      counts[Int(tally.tree.parents[node])] += counts[node]
    }
    let children = tally.tree.children
    entries.append(Entry(label: .anchor(query.label), node: 0, count: counts[0], step: 0))
    entryOfNode[0] = 0
    var index = 0
    while index < entries.count {
      defer { index += 1 }
      guard let node = entries[index].node else { continue }
      let step = entries[index].step + 1
      let first = entries.count
      var listed = children.nodes[children.starts[node]..<children.starts[node + 1]].map { Int($0) }
      let end = listed.firstIndex { tally.tree.labels[$0] == PathTree.end }.map {
        listed.remove(at: $0)
      }
      listed.sort { left, right in
        counts[left] != counts[right]
          ? counts[left] > counts[right] : Bytewise?.precedes(value(left), value(right))
      }
      for child in listed.prefix(query.limit) {
        entryOfNode[child] = entries.count
        let label = value(child).map { PathReport.Label.value($0.text) } ?? .missing
        entries.append(Entry(label: label, node: child, count: counts[child], step: step))
      }
      let others = listed.dropFirst(query.limit)
      if !others.isEmpty {
        entryOfOthers[node] = entries.count
        let count = others.reduce(0) { $0 + counts[$1] }
        entries.append(Entry(label: .other, node: nil, count: count, step: step))
      }
      if let end {
        entryOfNode[end] = entries.count
        entries.append(
          Entry(
            label: query.direction == .following ? .end : .start, node: end, count: counts[end],
            step: step))
      }
      entries[index].children = first..<entries.count
    }
  }

  private func value(_ node: Int) -> Bytewise? { values[Int(tally.tree.labels[node]) - 1] }

  /// Counts the units of each entry once, whatever nodes it joins.
  private mutating func countUnits() {
    var lastUnit = [Int](repeating: -1, count: entries.count)
    var unit = 0
    func passed(_ end: Int, _ count: Int) {
      var node = end
      while true {
        let parent = Int(tally.tree.parents[node])
        let entry = entryOfNode[node] >= 0 ? entryOfNode[node] : entryOfOthers[parent]
        if entry >= 0, lastUnit[entry] != unit {
          lastUnit[entry] = unit
          entries[entry].units += count
        }
        if node == 0 { return }
        node = parent
      }
    }
    for end in tally.units.indices where tally.units[end] > 0 {
      passed(end, tally.units[end])
      unit += 1
    }
    for (ends, count) in tally.mixedUnits {
      for end in ends { passed(Int(end), count) }
      unit += 1
    }
  }
}
