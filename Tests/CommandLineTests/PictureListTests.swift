import Configuration
import Models
import Recipes
import Testing

@Suite("Which pictures to make")
struct PictureListTests {
  @Test("Seeds come from a list, a count, a grid, or are 64")
  func lists() throws {
    #expect(try SeedList(seeds: "0-3,99,7-7", count: nil, places: nil).seeds == [0, 1, 2, 3, 99, 7])
    #expect(try SeedList(seeds: nil, count: 3, places: 9).seeds == [0, 1, 2])
    #expect(try SeedList(seeds: nil, count: nil, places: 6).seeds.count == 6)
    #expect(try SeedList(seeds: nil, count: nil, places: nil).seeds.count == 64)
  }

  @Test(
    "A list that cannot be read is told why",
    arguments: [
      ("a", "\"a\" is neither"), ("", "\"\" is neither"), ("1,", "\"\" is neither"),
      ("-1", "\"-1\" is neither"),
      ("1-2-3", "\"1-2-3\" is neither"), ("9-3", "9-3 runs backwards"),
      ("0-9223372036854775807", "that is more than 1000000 pictures"), ("1.5", "\"1.5\" is neither"),
    ])
  func wrongLists(list: String, reason: String) {
    expectRunError(
      "--seeds takes numbers and ranges from 0 on, as 0-63,99, and was given \"\(list)\": \(reason)"
    ) { try SeedList(seeds: list, count: nil, places: nil) }
  }

  @Test("Counts and grids are checked")
  func counts() throws {
    expectRunError("--count must be a whole number from 1 to 1000000, and is 0") {
      try SeedList(seeds: nil, count: 0, places: nil)
    }
    expectRunError("--count and --seeds were both given, and each says which pictures: leave one out") {
      try SeedList(seeds: "1", count: 1, places: nil)
    }
    let grid = try PictureGrid("5x3")
    #expect((grid.columns, grid.rows, grid.places) == (5, 3, 15))
    for text in ["5", "0x3", "x", "5x3x2", "5x-1", "1001x1"] {
      expectRunError(
        "--grid takes columns x rows, each from 1 to 1000, as 8x8, and was given \"\(text)\""
      ) { try PictureGrid(text) }
    }
    #expect(PictureGrid(holding: 64) == (try PictureGrid("8x8")))
    #expect(PictureGrid(holding: 65) == (try PictureGrid("9x8")))
    #expect(PictureGrid(holding: 1) == (try PictureGrid("1x1")))
  }
}
