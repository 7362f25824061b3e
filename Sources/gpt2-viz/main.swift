import CGuard
import Glibc

guard_ends()

exit(runProgram())
