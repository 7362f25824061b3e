/// The values of some options that belong together, as the defaults have them until an option changes one.
///
/// Every command has a struct of the groups it takes, so that it cannot read an option of another command.
protocol OptionValues: Sendable {
  init()

  /// All options of a layer (config file, environment, command line) have been applied; those of the next one follow.
  mutating func closeLayer()
}

extension OptionValues {
  mutating func closeLayer() {}
}

/// The values of all groups of options, by their type.
struct OptionStore: Sendable {
  private var groups: [ObjectIdentifier: any OptionValues] = [:]

  subscript<Values: OptionValues>(type: Values.Type) -> Values {
    get { groups[ObjectIdentifier(type)] as? Values ?? Values() }
    set { groups[ObjectIdentifier(type)] = newValue }
  }

  mutating func closeLayer() {
    for type in groups.keys { groups[type]?.closeLayer() }
  }
}

/// What an option does to the values once its argument has been read.
typealias OptionChange = @Sendable (inout OptionStore) -> Void

/// An option, the argument that was given for it, and what comes of it.
struct GivenOption: Sendable {
  let option: Option
  let argument: OptionArgument
  let change: OptionChange
}
