import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What is wrong with `text` as XML, `nil` when it is well-formed.
public func xmlProblem(_ text: String) -> String? {
  let parser = XMLParser(data: Data(text.utf8))
  if parser.parse() { return nil }
  return "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")"
}
