import LMCore

/// Damage to the values of a JSON document, which stays well formed.
enum JSONMutations {
  static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    guard var document = try? JSON(parsing: bytes) else { return }
    mutate(&document, &random)
    bytes = Array(document.description.utf8)
  }

  /// Changes one of the documents of a file that has one a line.
  static func mutateLine(of bytes: inout [UInt8], _ random: inout RandomSource) {
    let lineFeed = UInt8(ascii: "\n")
    var lines = bytes.split(separator: lineFeed, omittingEmptySubsequences: false).map(Array.init)
    mutate(&lines[random.below(lines.count)], &random)
    bytes = Array(lines.joined(separator: [lineFeed]))
  }

  static func mutate(_ document: inout JSON, _ random: inout RandomSource) {
    for _ in 0...random.below(3) { change(&document, &random, depth: 0) }
  }

  /// Walks down to a value by chance, and changes it.
  private static func change(_ value: inout JSON, _ random: inout RandomSource, depth: Int) {
    let goesDown = depth == 0 ? !random.isOneIn(40) : !random.isOneIn(3)
    switch value {
    case .object(var members) where goesDown && !members.isEmpty:
      let index = random.below(members.count)
      if depth > 0 || !random.isOneIn(3) {
        change(&members[index].value, &random, depth: depth + 1)
      } else {
        rearrange(&members, at: index, &random)
      }
      value = .object(members)
    case .array(var values) where goesDown && !values.isEmpty:
      let index = random.below(values.count)
      switch random.below(6) {
      case 0: values.remove(at: index)
      case 1: values.insert(values[random.below(values.count)], at: index)
      case 2: values.append(anyValue(&random))
      default: change(&values[index], &random, depth: depth + 1)
      }
      value = .array(values)
    default: value = anyValue(&random)
    }
  }

  private static func rearrange(_ members: inout [JSON.Member], at index: Int, _ random: inout RandomSource) {
    let other = random.below(members.count)
    switch random.below(6) {
    case 0: members.remove(at: index)
    case 1: members.insert(members[other], at: index)
    case 2: members.swapAt(index, other)
    case 3: members[index].name = members[other].name
    case 4: (members[index].value, members[other].value) = (members[other].value, members[index].value)
    default: members[index].name += String(decoding: random.pick(ByteMutations.texts), as: UTF8.self)
    }
  }

  static func anyValue(_ random: inout RandomSource) -> JSON {
    switch random.below(9) {
    case 0: return nil
    case 1: return JSON(random.isOneIn(2))
    case 2: return .string(String(decoding: random.pick(ByteMutations.texts), as: UTF8.self))
    case 3: return .string(String(repeating: "ab\u{1B}", count: random.pick([0, 1, 50, 5000])))
    case 4: return .array(Array(repeating: JSON(random.below(3)), count: random.pick([0, 1, 3, 5000])))
    case 5:
      return random.isOneIn(2) ? [:] : ["dtype": "F32", "shape": [], "data_offsets": [JSON(0), JSON(0)]]
    default:
      let literal = random.pick(ByteMutations.numbers)
      // Only what JSON has a word for: the rest is for the bytes' own mutations.
      return (try? JSON(parsing: literal)) ?? JSON(random.below(1000))
    }
  }
}
