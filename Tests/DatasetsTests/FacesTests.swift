import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct FacesTests {
  @Test func aFaceIsAFunctionOfSeedAndIndex() throws {
    let faces = try ProceduralFaces(count: 100, size: 48)
    let again = try ProceduralFaces(count: 100, size: 48)
    #expect(try faces.picture(17) == again.picture(17))
    #expect(try faces.picture(17) != faces.picture(18))
    #expect(try faces.picture(17) != ProceduralFaces(count: 100, size: 48, seed: 2).picture(17))
    #expect(Set(try (0..<100).map { try faces.picture($0) }).count == 100)
    #expect(faces.labels?.groups.map(\.name) == ["hair", "eyes"] && faces.fingerprint == again.fingerprint)
  }

  @Test func sizesShowTheSameFace() throws {
    // A small face is what a large one becomes when it is averaged.
    for index in 0..<6 {
      let large = try ProceduralFaces(size: 128).picture(index)
      let small = try ProceduralFaces(size: 32).picture(index)
      var averaged = [UInt8](repeating: 0, count: small.count)
      PictureResizer.resize(
        large, width: 128, height: 128, channels: 3, fit: .stretch, into: &averaged, size: 32)
      var difference = 0
      for (a, b) in zip(small, averaged) { difference += abs(Int(a) - Int(b)) }
      #expect(Double(difference) / Double(small.count) < 4)
    }
  }

  @Test func everyTraitOccurs() {
    let traits = (0..<2000).map { FaceTraits(seed: 1, index: $0) }
    #expect(Set(traits.map(\.hairColour)).count == ProceduralFaces.hairColours.count)
    #expect(Set(traits.map(\.eyeColour)).count == ProceduralFaces.eyeColours.count)
    #expect(Set(traits.map(\.hairStyle)).count == FaceTraits.HairStyle.allCases.count)
    #expect(Set(traits.map(\.fringe)).count == FaceTraits.Fringe.allCases.count)
    #expect(Set(traits.map(\.eyeShape)).count == FaceTraits.EyeShape.allCases.count)
    #expect(Set(traits.map(\.mouth)).count == FaceTraits.Mouth.allCases.count)
    #expect(Set(traits.map(\.ornament)).count == FaceTraits.Ornament.allCases.count)
    #expect(Set(traits.map(\.glasses)).count == 2)
    #expect(ProceduralFaces.hairColours.map(\.name) == ProceduralFaces.hairColours.map(\.name).sorted())
    #expect(ProceduralFaces.eyeColours.map(\.name) == ProceduralFaces.eyeColours.map(\.name).sorted())
  }

  @Test func theHairRegionShowsTheHairColour() throws {
    let faces = try ProceduralFaces(size: 64)
    var wrong = 0
    for index in 0..<2000
    where HairRegion.hairColour(of: try faces.picture(index), size: 64) != faces.traits(of: index).hairColour
    {
      wrong += 1
    }
    #expect(wrong <= 2, "the rule judges our own pictures right")
  }

  @Test func grayFaces() throws {
    let colour = try ProceduralFaces(size: 32).picture(5)
    let gray = try ProceduralFaces(size: 32, channels: 1).picture(5)
    #expect(gray.count == 1024)
    for i in gray.indices {
      let luma =
        0.299 * Double(colour[3 * i]) + 0.587 * Double(colour[3 * i + 1]) + 0.114 * Double(colour[3 * i + 2])
      #expect(abs(Double(gray[i]) - luma) <= 1.1)
    }
  }

  @Test func facesWrittenAreFacesReadBack() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/new/faces"
    var told: [Int] = []
    try writeFaces(to: folder, count: 12, size: 32, seed: 5) { told.append($0) }
    #expect(told == Array(1...12))
    let faces = try ProceduralFaces(count: 12, size: 32, seed: 5)
    let read = try openDataset(folder, size: 32)
    #expect(read.count == 12)
    for i in 0..<12 {
      #expect(try read.picture(i) == faces.picture(i))
      for group in 0..<2 {
        let classes = try #require(read.labels?.groups[group].classes)
        let name = classes[read.labels?.classIndex(picture: i, group: group) ?? 0]
        let all = group == 0 ? ProceduralFaces.hairColours : ProceduralFaces.eyeColours
        #expect(name == all[faces.labels?.classIndex(picture: i, group: group) ?? 0].name)
      }
    }
    #expect(throws: DatasetError.folderNotEmpty(folder)) { try writeFaces(to: folder, count: 3, size: 32) }
    try writeFaces(to: folder, count: 3, size: 32, seed: 6, overwrite: true)
    #expect(try openDataset(folder, size: 32).count == 3, "pictures beyond the new count are gone")
    #expect(throws: DatasetError.self) { try writeFaces(to: folder + "/00000.png/x", count: 3) }
  }

  @Test func whatAKilledCallLeftUnfinishedIsRemoved() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/faces"
    try writeFaces(to: folder, count: 3, size: 16)
    for name in ["00002.png.part", "00099.png.part", "labels.csv.part", "mine.png.part", "mine.part"] {
      try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try writeFaces(to: folder, count: 2, size: 16, overwrite: true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["00000.png", "00001.png", "labels.csv", "mine.part", "mine.png.part"])
  }

  @Test func theWordFacesOpensThem() throws {
    let data = try openDataset("faces", size: 16, faceCount: 30)
    #expect(data.count == 30 && data.describe == "30 built-in faces (seed 1), labelled by hair, eyes")
    #expect(throws: DatasetError.self) { try openDataset("faces", size: 16, labels: .folders) }
    #expect(throws: DatasetError.self) { try openDataset("faces", size: 16, faceCount: 0) }
    #expect(throws: DatasetError.self) { try openDataset("faces", size: 16, channels: 4) }
  }
}
