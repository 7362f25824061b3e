import Glibc

public enum Sanitizer {
  /// Whether one of the compilers' sanitizers is in this process. They take the signals of a crash, end the program
  /// with codes of their own, and need more memory and files than any limit allows.
  public static let isAtWork = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
