import Testing

@testable import LMCore

@Suite struct RotaryTests {
  private func numbers(_ count: Int) -> [Float] {
    (0..<count).map { index -> Float in Float((index * 37 + 11) % 23) / 7 - 1.5 }
  }

  private func rotate(_ rotary: Rotary, _ numbers: [Float], position: Int) -> [Float] {
    let table = RotationTable(rotary, capacity: 2)
    table.place(0, at: position + 1)
    table.place(1, at: position)
    var numbers = numbers
    numbers.withUnsafeMutableBufferPointer { table.rotate($0.baseAddress!, row: 1) }
    return numbers
  }

  /// Both pairings rotate the same pairs, where the numbers of one lie as the other has them.
  @Test(arguments: [2, 6, 64], [0, 1, 900]) func pairingsAreReorderingsOfEachOther(
    _ width: Int, _ position: Int
  ) {
    let head = numbers(width)
    let halves = rotate(Rotary(dimensions: width, base: 10_000), head, position: position)
    /// The numbers in pairs of neighbours.
    func paired(_ numbers: [Float]) -> [Float] {
      (0..<width / 2).flatMap { index in [numbers[index], numbers[index + width / 2]] }
    }
    var rotary = Rotary(dimensions: width, base: 10_000)
    rotary.pairing = .neighbours
    let neighbours = rotate(rotary, paired(head), position: position)
    let expected = paired(halves)
    #expect(expected == neighbours)
    #expect((halves == head) == (position == 0))
  }

  @Test func aPartOfAHeadStaysAsItIs() {
    let head = numbers(15)
    // Three numbers of fifteen are four, as transformers rounds; the frequencies are those of three.
    let rotary = Rotary(dimensions: 3, base: 10_000)
    #expect(rotary.width == 4)
    #expect(rotary.frequencies.count == 2)
    #expect(abs(rotary.frequencies[1] - 0.0021544347) < 1e-9)
    let rotated = rotate(rotary, head, position: 5)
    #expect(rotated[4...] == head[4...])
    #expect(rotated[..<4] != head[..<4])
  }

  @Test func scalingIsOfFrequencies() {
    let plain = Rotary(dimensions: 16, base: 5000).frequencies
    var rotary = Rotary(dimensions: 16, base: 5000)
    rotary.scaling = .linear(factor: 4)
    #expect(zip(plain, rotary.frequencies).allSatisfy { $0 / 4 == $1 })
    rotary.scaling = .llama3(factor: 8, low: 1, high: 4, trainedLength: 40)
    let scaled = rotary.frequencies
    #expect(scaled[0] == plain[0], "a wave of 6 positions stays")
    #expect(scaled[7] == plain[7] / 8, "one of 10,000 is stretched")
    #expect(scaled[1] < plain[1] && scaled[1] > plain[1] / 8, "one of 18 is between")
  }

  /// In double the angle at position 8,191 would be another number.
  @Test func theAngleIsAFloatProduct() {
    let frequency = Rotary(dimensions: 4, base: 7).frequencies[1]
    let table = rotate(Rotary(dimensions: 4, base: 7), [0, 1, 0, 0], position: 8191)
    let angle = Float(8191) * frequency
    #expect(Double(angle) != 8191 * Double(frequency))
    #expect(table[1] == Float(cos64(Double(angle))))
  }
}
