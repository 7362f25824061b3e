import Glibc

/// How much memory the process can still use, by each limit.
struct MemoryBudget {
  enum Bound: Hashable, Sendable {
    /// Free memory of the machine, caches included.
    case system
    /// A control group, as containers and batch systems set one.
    case group
    /// `ulimit -v` and `ulimit -d`: they bound what is asked for, used or not.
    case addressSpace, data
  }

  /// The bytes that each bound leaves. A bound that is not set, or that cannot be read, is not there.
  let left: [Bound: Int]

  init(left: [Bound: Int]) { self.left = left }

  /// - Parameter root: where /proc and /sys are.
  init(root: String = "") {
    var left = Self.shellLimits(root)
    left[.system] = Self.number(after: "MemAvailable:", in: root + "/proc/meminfo").map { $0 << 10 }
    left[.group] = Self.group(root)
    self.left = left
  }

  /// What the limits of the shell leave; reads nothing where none is set.
  static func ofShell() -> MemoryBudget { MemoryBudget(left: shellLimits("")) }

  private static func shellLimits(_ root: String) -> [Bound: Int] {
    var left: [Bound: Int] = [:]
    // The first number of statm is all mapped memory, the sixth is data.
    for (bound, limit, field) in [(Bound.addressSpace, RLIMIT_AS, 0), (.data, RLIMIT_DATA, 5)] {
      var value = rlimit()
      guard getrlimit(__rlimit_resource_t(limit.rawValue), &value) == 0,
        let bytes = Int(exactly: value.rlim_cur), value.rlim_cur != rlim_t.max
      else { continue }
      let pages = numbers(in: root + "/proc/self/statm")
      guard pages.count > field else { continue }
      left[bound] = max(bytes - pages[field] * Int(sysconf(Int32(_SC_PAGESIZE))), 0)
    }
    return left
  }

  /// The tightest of the control groups that the process is in.
  private static func group(_ root: String) -> Int? {
    var least: Int?
    for line in lines(in: root + "/proc/self/cgroup") {
      // "0::/a/b" for version 2, "4:memory:/a/b" for version 1.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[1].isEmpty || parts[1].split(separator: ",").contains("memory") else {
        continue
      }
      let isNew = parts[1].isEmpty
      let base = root + "/sys/fs/cgroup" + (isNew ? "" : "/memory")
      let names =
        isNew ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      var place = String(parts[2] == "/" ? "" : parts[2])
      while true {
        let folder = base + place
        // No limit is the word "max", or a number near the largest there is.
        if let limit = numbers(in: folder + "/" + names.0).first, limit < 1 << 60,
          let used = numbers(in: folder + "/" + names.1).first
        {
          // The group's share of the page cache is given back when it is needed.
          let prefix = isNew ? "" : "total_"
          let cached = ["inactive_file", "active_file"].reduce(0) {
            $0 + (number(after: prefix + $1, in: folder + "/memory.stat") ?? 0)
          }
          least = min(least ?? .max, max(limit - max(used - cached, 0), 0))
        }
        guard let slash = place.lastIndex(of: "/") else { break }
        place = String(place[..<slash])
      }
    }
    return least
  }

  private static func lines(in path: String) -> [Substring] {
    String(decoding: FileSystem.read(path, limit: 1 << 20) ?? [], as: UTF8.self).split(separator: "\n")
  }

  private static func numbers(in path: String) -> [Int] {
    lines(in: path).first?.split(separator: " ").prefix { Int($0) != nil }.compactMap { Int($0) } ?? []
  }

  private static func number(after name: String, in path: String) -> Int? {
    for line in lines(in: path) {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}
