/// A variable of the environment that the program reads.
struct EnvironmentVariable {
  let name: String
  let what: String

  static let all = [
    EnvironmentVariable(
      name: "GPT2_VIZ_CONFIG", what: "The config file, in the place of the usual one; /dev/null is none."),
    EnvironmentVariable(
      name: "GPT2_VIZ_SERVER_KEY",
      what: "The key of a server that runs a model; it is sent to that server alone."),
    EnvironmentVariable(
      name: "XDG_CONFIG_HOME",
      what: "The folder of the folder of the config file (~/.config); a relative path is ignored."),
    EnvironmentVariable(
      name: "XDG_STATE_HOME",
      what: "The folder of the folder of saved sessions (~/.local/state); a relative path is ignored."),
    EnvironmentVariable(
      name: "GPT2_VIZ_CPU",
      what: "Computes with the kernels of this name: scalar, avx2, avx2-vnni, avx512, avx512-vnni or neon."),
    EnvironmentVariable(
      name: "OPENBLAS_CORETYPE", what: "The core that OpenBLAS, which score uses, takes this CPU for."),
    EnvironmentVariable(name: "NO_COLOR", what: "Not empty: no colours, but where --color always asks."),
    EnvironmentVariable(
      name: "CLICOLOR_FORCE",
      what: "Not empty and not 0: colours also where the output is a file or a pager."),
    EnvironmentVariable(
      name: "COLORFGBG",
      what:
        "The terminal's colours, as some terminals set it; --theme auto takes the last for its background."),
    EnvironmentVariable(
      name: "TERM", what: "The kind of the terminal; on one that is dumb, --plain serves."),
    EnvironmentVariable(
      name: "LC_ALL, LC_CTYPE, LANG", what: "A locale that is not UTF-8 gets ASCII characters only."),
    EnvironmentVariable(
      name: "HF_HOME, HF_HUB_CACHE",
      what: "Where the cache of the Hugging Face hub is, as for transformers."),
    EnvironmentVariable(name: "HF_TOKEN", what: "Opens private models to download."),
    EnvironmentVariable(name: "HF_ENDPOINT", what: "A mirror of the hub."),
    EnvironmentVariable(name: "HF_HUB_OFFLINE", what: "1, on, yes or true: download asks no network."),
    EnvironmentVariable(
      name: "http_proxy, https_proxy, no_proxy", what: "Proxies for downloads and servers."),
  ]
}
