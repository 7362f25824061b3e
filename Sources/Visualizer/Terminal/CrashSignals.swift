import CGuard

/// The signals of a crash, such as SIGSEGV and SIGBUS.
enum CrashSignals {
  /// Unblocks them in the calling thread, so that the handler restores the terminal and names a truncated file.
  /// Dispatch threads may block these signals; new threads inherit the mask of the calling one.
  static func admit() { guard_admit_faults() }
}
