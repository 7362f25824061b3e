import CGuard
import Glibc

guard_ends()

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
