import Glibc

/// The number of a failed system call, and the system's sentence for it.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// `ENOENT`, `EACCES`…
  package let errorNumber: Int32

  /// - Parameter errorNumber: by default that of the last failed call. Take it before anything else is called.
  package init(_ errorNumber: Int32 = errno) { self.errorNumber = errorNumber }

  /// "Permission denied"
  package var description: String { String(cString: strerror(errorNumber)) }
}
