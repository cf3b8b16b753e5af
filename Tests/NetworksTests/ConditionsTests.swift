import Configuration
import Foundation
import Networks
import Recipes
import Tensors
import TestSupport
import Testing

@Suite("Conditions, codes and heads in JSON")
struct ConditionsTests {
  private func whole() throws -> Architecture {
    var architecture = try ArchitecturePreset.cdcgan64.architecture(
      size: 16, width: 4,
      groups: [
        LabelGroup(name: "hair", classes: ["black", "blonde", "red"]),
        LabelGroup(name: "eyes", classes: ["blue", "brown"]),
      ])
    architecture.codes = Codes(categorical: [10, 3], uniform: 2)
    architecture.q = Head(after: 4, layers: [.dense(.init(outFeatures: 15))])
    architecture.classifier = Head(after: 5, layers: [.dense(.init(outFeatures: 5))])
    return architecture
  }

  /// `whole` with the member of one key changed.
  private func changed(_ member: String) throws -> Architecture {
    let change = try JSONDecoder().decode(ConfigurationValue.self, from: Data("{\(member)}".utf8))
    return try Architecture(configuration: try whole().configuration.merging(change))
  }

  @Test("They come back as they went, and what there is none of is left out")
  func roundTrip() throws {
    let architecture = try whole()
    try architecture.validate()
    let text = architecture.configuration.json()
    #expect(try JSONDecoder().decode(Architecture.self, from: Data(text.utf8)) == architecture)
    let plain = try ArchitecturePreset.dcgan64.architecture().configuration.json()
    for key in ["conditions", "codes", "\"q\"", "classifier"] { #expect(!plain.contains(key)) }
    #expect(
      try #require(architecture.codes).configuration.json() == #"{"categorical": [10, 3], "uniform": 2}"#)
    #expect(
      try #require(architecture.conditions).configuration.json()
        == #"{"groups": [{"name": "hair", "classes": ["black", "blonde", "red"]}, {"name": "eyes", "classes": ["blue", "brown"]}], "planes": true}"#
    )
  }

  @Test("What is left out is planes, no uniform code, no categorical code")
  func defaults() throws {
    let text = #"{"groups": [{"name": "a", "classes": ["b"]}]}"#
    let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(text.utf8))
    let conditions = try Conditions(configuration: value, path: "conditions")
    #expect(conditions == Conditions(groups: [LabelGroup(name: "a", classes: ["b"])], planes: true))
    #expect(try changed(#""codes": {"categorical": [2], "uniform": null}"#).codes?.uniform == 0)
  }

  @Test("Where vectors and codes lie")
  func places() throws {
    let architecture = try whole()
    #expect(architecture.conditions?.places == [0..<3, 3..<5])
    #expect(architecture.codes?.categoricalPlaces == [0..<10, 10..<13])
    #expect(architecture.codes?.uniformPlaces == 13..<15)
    #expect(architecture.codes?.size == 15 && architecture.besideLatent == 20 && architecture.planes == 5)
    #expect(architecture.roles == [.generator, .discriminator, .q, .classifier])
    #expect(try architecture.input(of: .q).description == "4 x 4 x 8")
    #expect(try architecture.input(of: .discriminator).channels == 8)
  }

  @Test(
    "Each wrong value is named with its place and what would be right",
    arguments: [
      (
        #""conditions": {"groups": []}"#, "conditions.groups is empty, and conditions have at least one group"
      ),
      (#""conditions": {"groups": 3}"#, "conditions.groups must be a list, and is 3"),
      (
        #""conditions": {"groups": [{"name": "a", "classes": ["b"]}], "plane": true}"#,
        "conditions has an unknown key \"plane\"; did you mean planes?"
      ),
      (
        #""conditions": {"groups": [{"name": "a", "classes": ["b"]}, {"name": "a", "classes": ["c"]}]}"#,
        "conditions.groups has \"a\" twice"
      ),
      (
        #""conditions": {"groups": [{"name": "a", "classes": ["b", "c", "b"]}]}"#,
        "conditions.groups.0.classes has \"b\" twice"
      ),
      (
        #""conditions": {"groups": [{"name": "a", "classes": []}]}"#,
        "conditions.groups.0.classes is empty, and a group has at least one class"
      ),
      (
        #""conditions": {"groups": [{"name": "a", "classes": ["b", 3]}]}"#,
        "conditions.groups.0.classes.1 must be the name of a class, and is 3"
      ),
      (
        #""conditions": {"groups": [{"name": "", "classes": ["b"]}]}"#,
        "conditions.groups.0.name must be the name of a group, and is \"\""
      ),
      (
        #""conditions": {"groups": [{"name": "a", "classes": ["b"], "size": 3}]}"#,
        "conditions.groups.0 has an unknown key \"size\"; there is name and classes"
      ),
      (
        #""codes": {"categorical": [], "uniform": 0}"#,
        "codes has no code: give \"categorical\" or \"uniform\", or leave it out"
      ),
      (
        #""codes": {"categorical": [10, 1]}"#,
        "codes.categorical.1 must be a code's number of values, from 2 to 4096, and is 1"
      ),
      (#""codes": {"uniform": -1}"#, "codes.uniform must be a whole number from 0 to 4096, and is -1"),
      (#""q": {"after": 0}"#, "q.after must be a whole number from 1 to 100000, and is 0"),
      (#""q": {"after": 3, "layer": []}"#, "q has an unknown key \"layer\"; did you mean layers?"),
      (
        #""classifier": {"layers": [{"layer": "dens", "out": 5}]}"#,
        "classifier.layers.0 is an unknown layer \"dens\"; did you mean dense?"
      ),
    ])
  func wrongValues(member: String, sentence: String) throws {
    expectError(sentence) { try changed(member) }
  }

  @Test("More classes than anybody has are refused")
  func tooMany() throws {
    let classes = (0..<4_097).map { "\"c\($0)\"" }.joined(separator: ",")
    expectError("conditions.groups has 4097 classes together, and at most 4096 are taken") {
      try changed(#""conditions": {"groups": [{"name": "a", "classes": [\#(classes)]}]}"#)
    }
  }

  @Test("Parts that do not meet are refused with what would be right")
  func meetings() throws {
    func expect(_ sentence: String, _ change: (inout Architecture) -> Void) throws {
      var architecture = try whole()
      change(&architecture)
      expectError(sentence) { try architecture.validate() }
    }
    try expect("q.after is 6, but it shares from 1 to 5 of the discriminator's 6 layers") { $0.q?.after = 6 }
    try expect("classifier.after is 9, but it shares from 1 to 5 of the discriminator's 6 layers") {
      $0.classifier?.after = 9
    }
    try expect("there is a \"q\", which tells the codes, but there are none") { $0.codes = nil }
    try expect("there are \"codes\" but no \"q\", the head that finds them in a picture") { $0.q = nil }
    try expect("there is a \"classifier\", which tells the classes of \"conditions\", but there are none") {
      $0.conditions = nil
    }
    try expect(
      "q ends in 1 x 1 x 14 at q.0 (dense), and must end in 15 numbers, one for each of the codes"
    ) { $0.q?.layers = [.dense(.init(outFeatures: 14))] }
    try expect(
      "classifier ends in 1 x 1 x 6 at classifier.0 (dense), and must end in 5 numbers, one for each of the classes of "
        + "\"conditions\""
    ) { $0.classifier?.layers = [.dense(.init(outFeatures: 6))] }
    try expect(
      "q ends in q.1 (tanh), but the losses take raw logits and means: leave that layer out"
    ) { $0.q?.layers.append(.tanh) }
    try expect("the q has no layers, and needs at least one") { $0.q?.layers = [] }
  }

  @Test("A head that tells classes is put on once, and only where D has layers before its last")
  func classifying() throws {
    let groups = [LabelGroup(name: "a", classes: ["b", "c"])]
    let once = try ArchitecturePreset.dcgan64.architecture(size: 16, width: 4).classifying(groups)
    expectError("dcgan64 has a head that tells classes already") { try once.classifying(groups) }
    var flat = try ArchitecturePreset.dcgan64.architecture(size: 16, width: 4)
    flat.discriminator = [.dense(.init(outFeatures: 1))]
    expectError("dcgan64 cannot tell classes: its discriminator has no layer before its last") {
      try flat.classifying(groups)
    }
  }
}
