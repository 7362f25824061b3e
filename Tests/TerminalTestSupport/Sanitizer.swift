import Glibc

public enum Sanitizer {
  /// Whether one of the compilers' sanitizers is in this process. They take the signals of a crash, end the program
  /// with codes of their own, and need more memory and files than any limit allows.
  public static let isAtWork = dlsym(nil, "__asan_init") != nil || holdsSignalsBack
  /// Whether it is the one for threads: a signal waits until the thread that it met makes a call which the sanitizer
  /// watches, so that a fault's handler may come late or never.
  public static let holdsSignalsBack = dlsym(nil, "__tsan_init") != nil
}
