import CGuard
import Glibc
import LMCore

guard_ends()
if !hasMemoryToBegin {
  let sentence: StaticString =
    "gpt2-viz: 'ulimit -v' or 'ulimit -d' leaves too little memory to begin: raise it.\n"
  write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
  _exit(1)
}

if !memoryIsLimited { ProcessMemory.keepFreed() }
let code = runProgram()
// Under `ulimit -v` a thread of OpenBLAS may retry its allocation forever, and exit() would wait for that thread.
if memoryIsLimited { _exit(code) }
exit(code)

private var memoryIsLimited: Bool {
  [RLIMIT_AS, RLIMIT_DATA].contains { resource in
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
  }
}

/// Swift ends the process without a sentence of ours where it gets no memory for a string or a list.
private var hasMemoryToBegin: Bool {
  let size = 2 << 20
  let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  return mapped != MAP_FAILED && munmap(mapped, size) == 0
}
