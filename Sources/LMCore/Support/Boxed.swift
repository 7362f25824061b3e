/// A value behind one reference: a copy counts one reference, however many arrays the value has.
final class Boxed<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
