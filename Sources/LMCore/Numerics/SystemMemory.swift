import CKernels
import Glibc

/// Zeros that take no memory until they are written: whole pages from the system, on request large ones.
final class SystemMemory {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  /// - Parameter hasLargePages: for memory that is read from end to end all the time.
  init(byteCount: Int, hasLargePages: Bool = false) {
    // One more large page, so that the first can begin on its boundary.
    let largePage = 2 << 20
    self.byteCount = max(byteCount, 1) + (hasLargePages ? largePage : 0)
    let mapped = mmap(
      nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      preconditionFailure("the system has no address space for \(byteCount) bytes")
    }
    start = mapped
    guard hasLargePages else {
      pointer = mapped
      return
    }
    madvise(mapped, self.byteCount, MADV_HUGEPAGE)
    pointer = mapped + (largePage - Int(bitPattern: mapped) & (largePage - 1)) % largePage
  }

  private let start: UnsafeMutableRawPointer

  deinit { munmap(start, byteCount) }
}

/// The memory of this process.
package enum ProcessMemory {
  /// Keeps a part of what is freed for the next step, which then need not take it from the system page by page.
  package static func keepFreed() { ck_keep_freed_memory() }
}
