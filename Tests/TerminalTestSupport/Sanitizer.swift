import Glibc

/// Whether the compilers' sanitizers are at work in this process.
public enum Sanitizer {
  /// They take the signals of a crash, and end the program with a code of their own.
  public static let takesCrashes = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
