import Glibc

/// Whether the compilers' sanitizers are at work in this process.
public enum Sanitizer {
  /// They take the signals of a crash, and end the program with a code of their own.
  public static let takesCrashes = isAtWork
  /// They map far more memory than any limit allows.
  public static let isBeyondLimits = isAtWork

  private static let isAtWork = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
