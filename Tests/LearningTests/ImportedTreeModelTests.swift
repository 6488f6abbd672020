import Foundation
import StatisticsCore
import TestSupport
import Testing

@testable import Learning

/// `Reference/foreign_models.json`: models, rows and predictions of XGBoost 3.2.0 and LightGBM 4.7.0.
private enum Foreign {
  static let file: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/foreign_models.json")
    return try! JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url))
  }()

  static let cases = file["cases"]!.elements!.map(ForeignCase.init)
  static func text(_ id: String) -> String { cases.first { $0.id == id }!.text }
}

private struct ForeignCase: Sendable, CustomTestStringConvertible {
  let value: JSONValue
  var id: String { value["id"]!.text! }
  var testDescription: String { id }
  var text: String { value["model"]!.text! }
  var isXGBoost: Bool { id.hasPrefix("xgboost") }
  var rows: [[Double]] { value["rows"]!.matrix }
  var expected: [[Double]] { value["expected"]!.matrix }
  var scores: [[Double]] { value["scores"]!.matrix }

  func model() throws -> ImportedTreeModel {
    let bytes = Array(text.utf8)
    return isXGBoost
      ? try ImportedTreeModel(xgboost: bytes) : try ImportedTreeModel(lightGBM: bytes)
  }
}

@Suite struct ImportedTreeModelTests {
  @Test(arguments: Foreign.cases)
  private func `predictions are those of the tool`(_ item: ForeignCase) async throws {
    let model = try item.model()
    let table = try FeatureTable(names: model.schema.names, rows: item.rows)
    let scores = try model.scores(for: table)
    for (row, expected) in item.scores.enumerated() {
      for (found, wanted) in zip(scores[row], expected) {
        // LightGBM gives sums as scores of averages.
        let wanted = model.isAverage ? wanted / Double(model.treeCount) : wanted
        #expect(
          item.isXGBoost ? found == wanted : abs(found - wanted) <= 1e-12 * max(1, abs(wanted)),
          "row \(row): \(found) instead of \(wanted)")
      }
      #expect(scores[row].count == expected.count)
    }
    let tolerance = item.isXGBoost ? 1e-6 : 1e-12
    func isClose(_ found: Double, _ wanted: Double) -> Bool {
      abs(found - wanted) <= tolerance * max(1e-3, abs(wanted))
    }
    if model.classes.isEmpty {
      let values = try model.values(for: table)
      #expect(zip(values, item.expected).allSatisfy { isClose($0, $1[0]) }, "\(values)")
      #expect(try await model.values(for: table, workers: 3) == values)
      #expect(try model.value(for: table.row(3)) == values[3])
      #expect(model.value(codes: item.rows[4]) == values[4])
      return
    }
    let found = try model.probabilities(for: table)
    #expect(try await model.probabilities(for: table, workers: 3) == found)
    #expect(try model.probabilities(for: table.row(3)) == found[3])
    #expect(model.probabilities(codes: item.rows[4]) == found[4])
    for (row, expected) in item.expected.enumerated() {
      if model.objective == "multi:softmax" {
        #expect(found.target.codes[row] == Int(expected[0]))
      } else if expected.count == 1 {
        #expect(isClose(found[row][1], expected[0]), "row \(row): \(found[row]) \(expected)")
      } else {
        #expect(
          zip(found[row], expected).allSatisfy(isClose), "row \(row): \(found[row]) \(expected)")
      }
    }
  }

  @Test func `columns, classes and importances are read`() throws {
    let model = try ImportedTreeModel(
      xgboost: Array(Foreign.text("xgboost binary").utf8), classes: ["stays", "buys"])
    #expect(model.schema.names == ["views", "clicks", "hours", "channel"])
    #expect(model.classes == ["stays", "buys"])
    #expect(model.tool == .xgboost && model.objective == "binary:logistic" && model.treeCount == 6)
    #expect(abs(model.gainImportances.reduce(0) { $0 + $1.value } - 1) < 1e-12)
    #expect(model.gainImportances.max { $0.value < $1.value }?.name == "views")
    let unnamed = try ImportedTreeModel(
      xgboost: Array(Foreign.text("xgboost binary with base score").utf8))
    #expect(unnamed.schema.names == ["f0", "f1", "f2", "f3"])
    let three = try ImportedTreeModel(lightGBM: Array(Foreign.text("lightgbm classes").utf8))
    #expect(three.classes == ["0", "1", "2"])
    let error = #expect(throws: LearningError.self) {
      try ImportedTreeModel(
        lightGBM: Array(Foreign.text("lightgbm classes").utf8), classes: ["a", "b"])
    }
    #expect(
      error?.description
        == "The model has 3 classes, and 2 names were given. Give each class a name of its own.")
  }

  @Test func `an imported model is saved in the format of this library`() throws {
    let path = NSTemporaryDirectory() + "/imported-\(UUID().uuidString)"
    defer {
      for end in ["", ".json", ".txt"] { try? FileManager.default.removeItem(atPath: path + end) }
    }
    for item in Foreign.cases {
      var model = try item.model()
      model.notes.title = item.id
      try model.save(to: path)
      let read = try #require(SavedModels.read(contentsOf: path) as? ImportedTreeModel)
      #expect(read.encoded() == model.encoded())
      #expect(read.trees == model.trees && read.card == model.card)
      let bytes = model.encoded()
      for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 23)) {
        var damaged = bytes
        damaged[place] ^= 4
        #expect(throws: LearningError.self) { try ImportedTreeModel(decoding: damaged) }
      }
    }
    let text = Foreign.text("lightgbm binary")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".txt"))
    let model = try ImportedTreeModel(lightGBMContentsOf: path + ".txt")
    #expect(model.encoded() == (try ImportedTreeModel(lightGBM: Array(text.utf8))).encoded())
    let other = #expect(throws: LearningError.self) {
      try ImportedTreeModel(xgboostContentsOf: path + ".txt")
    }
    #expect(
      other?.description.hasPrefix(path + ".txt: The bytes are not a model of XGBoost") == true)
  }

  @Test func `what is not read is refused in a sentence`() throws {
    func message(_ id: String) -> String? {
      let bytes = Array(Foreign.file["refused"]![id]!.text!.utf8)
      do {
        _ =
          id.hasPrefix("xgboost")
          ? try ImportedTreeModel(xgboost: bytes) : try ImportedTreeModel(lightGBM: bytes)
        return nil
      } catch {
        #expect(error.code == .unsupported)
        return error.description
      }
    }
    let booster =
      "The model of XGBoost cannot be read: its booster is not gbtree, and no other is read. Train it "
      + "with booster=gbtree."
    #expect(message("xgboost dart") == booster)
    #expect(message("xgboost gblinear") == booster)
    #expect(
      message("xgboost vector leaves")
        == "The model of XGBoost cannot be read: it predicts several targets at a time. Train a "
        + "model for each target.")
    #expect(
      message("lightgbm linear trees")
        == "The model of LightGBM cannot be read: its leaves hold linear models. Train it with "
        + "linear_tree=false.")
  }

  // Before version 3 the base score was no list, and directions were true and false before 1.6.
  @Test func `files of older versions of XGBoost are read`() throws {
    let text = Foreign.text("xgboost binary").replacing("[4.3E-1]", with: "4.3E-1")
      .replacing(#/"default_left":\[([01,]*)\]/#) { match in
        let flags = match.output.1.split(separator: ",").map { $0 == "1" ? "true" : "false" }
        return "\"default_left\":[\(flags.joined(separator: ","))]"
      }
    #expect(text.contains("\"default_left\":[true,false,"))
    let old = try ImportedTreeModel(xgboost: Array(text.utf8))
    let new = try ImportedTreeModel(xgboost: Array(Foreign.text("xgboost binary").utf8))
    #expect(old.encoded() == new.encoded())
  }

  private func edited(_ id: String, _ old: String, _ new: String) -> LearningError? {
    let text = Foreign.text(id)
    #expect(text.contains(old))
    let bytes = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
    do {
      _ =
        id.hasPrefix("xgboost")
        ? try ImportedTreeModel(xgboost: bytes) : try ImportedTreeModel(lightGBM: bytes)
      return nil
    } catch { return error }
  }

  @Test func `models that claim what they do not hold are refused`() throws {
    for (old, new) in [
      ("\"num_class\":\"0\"", "\"num_class\":\"1000000000000\""),
      (
        "\"num_feature\":\"4\",\"num_target", "\"num_feature\":\"4000000000\",\"num_target"
      ),
      ("\"left_children\":[1", "\"left_children\":[0"),
      ("\"left_children\":[1", "\"left_children\":[2"),
      ("\"left_children\":[1", "\"left_children\":[-9"),
      ("\"tree_info\":[0", "\"tree_info\":[7"), ("\"split_indices\":[0", "\"split_indices\":[4"),
      ("[4.3E-1]", "[1E0]"), ("[4.3E-1]", "[]"), ("[4.3E-1]", "[4E-1,4E-1]"),
    ] {
      #expect(edited("xgboost binary", old, new)?.code == .unreadable, "\(new)")
    }
    #expect(
      edited("xgboost binary", "\"tree_info\":[0", "\"tree_info\":[7")?.description
        == "The model of XGBoost is damaged: the tree at position 0 is none. Save it again with its "
        + "tool.")
    let features = edited(
      "xgboost binary with base score", "\"num_feature\":\"4\",\"num_target",
      "\"num_feature\":\"4000000000\",\"num_target")
    #expect(features?.code == .unsupported)
    #expect(edited("xgboost binary", "binary:logistic", "survival:cox")?.code == .unsupported)
    for (old, new) in [
      ("left_child=1", "left_child=0"), ("left_child=1", "left_child=99"),
      ("left_child=1", "left_child=-9223372036854775808"),
      ("num_tree_per_iteration=1", "num_tree_per_iteration=4611686018427387904"),
      ("num_tree_per_iteration=1", "num_tree_per_iteration=2"),
      ("max_feature_idx=3", "max_feature_idx=9223372036854775807"),
      ("cat_boundaries=0 1", "cat_boundaries=0 1000000000"),
      ("split_feature=0", "split_feature=4"), ("leaf_value=-0.1", "leaf_value=nan -0.1"),
      ("sigmoid:1", "sigmoid:-1"),
    ] {
      #expect(edited("lightgbm categories", old, new)?.code == .unreadable, "\(new)")
    }
    #expect(edited("lightgbm binary", "objective=binary", "objective=other")?.code == .unsupported)
  }

  @Test func `two classes with a score each are two classes`() throws {
    let text = Foreign.text("lightgbm classes").replacing("num_class=3", with: "num_class=2")
      .replacing("num_class:3", with: "num_class:2")
      .replacing("num_tree_per_iteration=3", with: "num_tree_per_iteration=2")
    // Nine trees do not divide in two; the last is left out.
    let end = try #require(text.range(of: "Tree=8"))
    let model = try ImportedTreeModel(
      lightGBM: Array((text[..<end.lowerBound] + "end of trees\n").utf8))
    #expect(model.classes == ["0", "1"])
    let row = model.probabilities(codes: [0, 1, 0.5, 2])
    #expect(row.count == 2 && abs(row[0] + row[1] - 1) < 1e-12)
    #expect(try ImportedTreeModel(decoding: model.encoded()).encoded() == model.encoded())
  }

  @Test(arguments: Rounds.parts)
  func `random damage never stops the program`(_ part: Int) throws {
    for var generator in Rounds.generators("foreign model", part: part, perPart: 10) {
      let item = generator.choose(from: Foreign.cases)
      var bytes = Array(item.text.utf8)
      for _ in 0..<generator.integer(in: 1...4) {
        let place = generator.integer(below: bytes.count)
        switch generator.integer(below: 4) {
        case 0: bytes[place] = UInt8(generator.integer(below: 256))
        case 1: bytes[place] = UInt8(ascii: "0") + UInt8(generator.integer(below: 10))
        case 2: bytes.remove(at: place)
        default:
          bytes.removeSubrange(place..<min(bytes.count, place + generator.integer(in: 1...300)))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let read =
        item.isXGBoost
        ? try? ImportedTreeModel(xgboost: bytes) : try? ImportedTreeModel(lightGBM: bytes)
      guard let read else { continue }
      let rows = item.rows.map { Array($0.prefix(read.schema.columns.count)) }
      guard let table = try? FeatureTable(names: read.schema.names, rows: rows) else { continue }
      _ = try? read.scores(for: table)
      _ = read.classes.isEmpty ? nil : try? read.probabilities(for: table)
      #expect(try ImportedTreeModel(decoding: read.encoded()).trees == read.trees)
      // Under a right checksum too.
      var saved = read.encoded()
      for _ in 0..<3 {
        saved[generator.integer(in: 30...(saved.count - 9))] = UInt8(generator.integer(below: 256))
      }
      saved.renewChecksum()
      if let forged = try? ImportedTreeModel(decoding: saved), forged.schema == read.schema {
        _ = try? forged.scores(for: table)
      }
    }
  }
}
