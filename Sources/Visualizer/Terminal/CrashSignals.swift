import CGuard

/// The signals by which a thread crashes.
enum CrashSignals {
  /// Lets crashes of the calling thread be handled: the terminal is given back, and a file that was cut short is named.
  /// Threads of Dispatch may block them; threads that the caller starts inherit what it has.
  static func admit() { guard_admit_faults() }
}
