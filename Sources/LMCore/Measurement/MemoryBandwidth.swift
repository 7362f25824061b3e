import Glibc

/// How fast this machine reads memory: what bounds a decode step, which reads every weight once.
public final class MemoryBandwidth {
  private let memory: SystemMemory
  private let floatCount: Int
  private let pool: ThreadPool

  /// - Parameters:
  ///   - bytes: more than any cache holds.
  ///   - hasLargePages: of the kind that 8-bit weights lie in; those of mapped files do not.
  public init(threads: Int = 0, bytes: Int = 512 << 20, hasLargePages: Bool = false) {
    memory = SystemMemory(byteCount: bytes, hasLargePages: hasLargePages)
    floatCount = bytes / 4
    // What was never written is one page of zeros, wherever it is read.
    memory.pointer.initializeMemory(as: Float.self, repeating: 1, count: floatCount)
    pool = ThreadPool(threads: threads)
  }

  /// Bytes a second in one pass of all threads. Machines are shared and it changes by the second: measure beside what
  /// is compared with it.
  public func measure() -> Double {
    let chunks = floatCount / Pass.floatsPerChunk
    let sums = FloatBuffer(count: chunks)
    var pass = Pass(
      kernels: Kernels.available[0], pointer: memory.pointer.assumingMemoryBound(to: Float.self),
      sums: sums.pointer)
    let seconds = MonotonicClock.seconds {
      withExtendedLifetime(sums) {
        pool.run(chunks: chunks, &pass) { raw, chunk, _ in
          raw.assumingMemoryBound(to: Pass.self).pointee.read(chunk)
        }
      }
    }
    return Double(chunks * Pass.floatsPerChunk * 4) / seconds
  }

  private struct Pass {
    static let floatsPerChunk = 1 << 19

    let kernels: Kernels
    let pointer: UnsafeMutablePointer<Float>
    /// Takes each chunk's sum, so that the reading cannot be left out; one place for all would be a race.
    let sums: UnsafeMutablePointer<Float>

    func read(_ chunk: Int) {
      sums[chunk] = kernels.sum(pointer + chunk * Self.floatsPerChunk, count: Self.floatsPerChunk)
    }
  }
}
