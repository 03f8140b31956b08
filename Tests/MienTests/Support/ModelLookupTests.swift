import Testing

@testable import MienKit
@testable import mien

extension MienTests {
  /// Where a model is looked for, over made-up folders.
  @Suite struct ModelLookupTests {
    /// - Parameter models: the model folders that there are.
    private func lookup(_ models: [String], named: String? = nil, package: String? = "/mien") -> ModelLookup {
      var environment = ["HOME": "/home/eve"]
      environment["MIEN_MODEL"] = named
      let folder = "/home/eve/.local/share/mien/models/"
      return ModelLookup(
        environment: environment, package: package, isModel: { models.contains($0) },
        names: { place in
          #expect([folder, "models/"].contains(place + "/"))
          return models.filter { $0.hasPrefix(place + "/") }.map { String($0.dropFirst(place.count + 1)) }
        })
    }

    private static let kept = "/home/eve/.local/share/mien/models"

    @Test func eachPlaceComesBeforeTheNext() throws {
      let all = ["/mien/models/nano", Self.kept + "/one"]
      #expect(try lookup(all, named: "/env").find("/option") == .init(path: "/option"))
      #expect(try lookup(all, named: "/env").find(nil) == .init(path: "/env"))
      // Set to nothing is not set.
      #expect(try lookup(all, named: "").find(nil).path == "/mien/models/nano")
      #expect(try lookup(all).find(nil) == .init(path: "/mien/models/nano", passed: Self.kept))
      #expect(try lookup(["/mien/models/nano"]).find(nil) == .init(path: "/mien/models/nano"))
      #expect(try lookup(all, package: nil).find(nil) == .init(path: Self.kept + "/one"))
      #expect(try lookup([Self.kept + "/one"]).find(nil) == .init(path: Self.kept + "/one"))
    }

    @Test func theUsersFolderIsAModelOrHasADefaultOrOne() throws {
      #expect(try lookup([Self.kept]).find(nil).path == Self.kept)
      let two = [Self.kept + "/two", Self.kept + "/one"]
      #expect(try lookup(two + [Self.kept + "/default"]).find(nil).path == Self.kept + "/default")
      // What an import that was killed leaves is none.
      #expect(try lookup([Self.kept + "/one", Self.kept + "/two.12.tmp"]).find(nil).path == Self.kept + "/one")
      let several = #expect(throws: ModelNotFound.self) { try lookup(two).find(nil) }.map { Failure($0) }
      #expect(several?.status == .usage)
      #expect(several?.line?.contains("--model \(Self.kept)/one, --model \(Self.kept)/two") == true)
    }

    @Test func allPlacesAreNamed() throws {
      let none = #expect(throws: ModelNotFound.self) { try lookup([]).find(nil) }.map { Failure($0) }
      #expect(none?.status == .noInput)
      let line = none?.line ?? ""
      for word in [
        "$MIEN_MODEL (not set)", "/mien/models/nano", Self.kept, "--model DIR", "mien model import",
        "make default-model",
      ] { #expect(line.contains(word), "\(line)") }
      let copied = #expect(throws: ModelNotFound.self) { try lookup([], package: nil).find(nil) }.map { Failure($0) }
      #expect(copied?.line?.contains("models/nano of the package (mien lies in none)") == true)
    }

    @Test func aCertainOneIsLookedForEverywhere() {
      let models = ["/env", "/mien/models/nano", Self.kept + "/default", Self.kept + "/one", "models/here"]
      #expect(lookup(models, named: "/env").candidates == models)
      #expect(lookup(models, named: "/gone", package: nil).candidates == Array(models[2...]))
    }
  }
}
