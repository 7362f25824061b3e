/// Divides the scores by T.
///
/// T = 0 stands for greedy decoding and keeps one token, the lowest id of those tied at the top: the limit
/// T -> 0 would split the mass among them. T = infinity makes every token that is left equally likely.
struct TemperatureProcessor: LogitsProcessor {
  let filter = FilterName.temperature
  let temperature: Double

  init(_ temperature: Double) throws(SamplingError) {
    guard temperature >= 0 else { throw .valueOutOfRange(.temperature, temperature) }
    self.temperature = temperature
  }

  var isActive: Bool { temperature != 1 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    if temperature == 0 {
      let first = candidates.range.lowerBound
      candidates.keep(first..<first + 1, by: filter)
    } else {
      candidates.setTemperature(temperature)
    }
  }
}
