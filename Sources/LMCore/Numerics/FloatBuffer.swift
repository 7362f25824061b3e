import Glibc

/// Floats on a cache line's boundary, owned, allocated once, zero at first.
final class FloatBuffer {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>

  init(count: Int) {
    self.count = count
    pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  var view: TensorView { TensorView(pointer: pointer, type: .float32, rows: 1, columns: count) }
}

/// Zeros that take no memory until they are written: whole pages from the system.
final class LazyFloatBuffer {
  let pointer: UnsafeMutablePointer<Float>
  private let byteCount: Int

  init(count: Int) {
    byteCount = max(count, 1) * 4
    let mapped = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      preconditionFailure("the system has no address space for \(byteCount) bytes")
    }
    pointer = mapped.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { munmap(pointer, byteCount) }
}
