// Inputs that libFuzzer finds by watching which code they reach: see Scripts/fuzz-coverage.
import FuzzSupport
import Glibc
import LMCore

/// The kind that GPT2_VIZ_FUZZ_KIND names.
private let kind: FuzzKind = {
  let name = getenv("GPT2_VIZ_FUZZ_KIND").map { String(cString: $0) } ?? ""
  guard let kind = FuzzKind.all.first(where: { $0.name == name }) else {
    preconditionFailure("GPT2_VIZ_FUZZ_KIND is none of \(FuzzKind.all.map(\.name))")
  }
  return kind
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: size))
  let outcome = FuzzCase.run(kind, input, RandomSource(seed: UInt64(size)))
  if case .failed(let complaint) = outcome { preconditionFailure(complaint) }
  return 0
}
