import Testing
import Wording

@Suite("Words that messages share") struct WordingTests {
  @Test("Counts are set apart by thousands")
  func groups() {
    #expect(
      [0, 999, 1_000, 9_570_307, -12_345].map(grouped) == ["0", "999", "1,000", "9,570,307", "-12,345"])
  }

  @Test("Columns of words are set to the left, those of numbers to the right, and no line ends in spaces")
  func tables() {
    let table = TextTable(
      head: ["features", "by", "C"], rows: [["D", "SVM", "12"], ["raw pixels", "", ""]], columnsOfWords: 2)
    #expect(
      table.lines == [
        "features    by    C",
        "D           SVM  12",
        "raw pixels",
      ])
    #expect(TextTable(head: ["a", "bc"], rows: [["def", "1"]]).lines == ["a    bc", "def   1"])
  }
}
