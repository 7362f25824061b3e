import Foundation
import HubTestSupport
import LMCore
import Testing

/// One cache for this program and for the Python libraries that it belongs to.
///
/// Needs a Python with `transformers`, `torch` and `huggingface_hub`: GPT2_VIZ_PYTHON names it.
@Suite(
  .enabled(if: TestFiles.python != nil, "GPT2_VIZ_PYTHON names no Python with transformers"),
  .serialized)
struct HuggingFaceTests {
  private func run(_ script: String, _ environment: [String: String]) throws -> String {
    let python = try #require(TestFiles.python)
    let run = try ProgramRun(["-c", script], environment: environment, executable: python)
    try #require(run.code == 0, "\(run.errors)")
    return run.output
  }

  /// The text that transformers generates from the cache alone.
  private func story(of name: String, _ environment: [String: String]) throws -> String {
    try run(
      """
      import torch
      from transformers import AutoModelForCausalLM, AutoTokenizer
      tokenizer = AutoTokenizer.from_pretrained("\(name)")
      model = AutoModelForCausalLM.from_pretrained("\(name)", dtype=torch.float32)
      ids = tokenizer("Once upon a time", return_tensors="pt").input_ids
      out = model.generate(ids, do_sample=False, max_new_tokens=24, pad_token_id=0)
      print(tokenizer.decode(out[0]))
      """, environment.merging(["HF_HUB_OFFLINE": "1"]) { $1 })
  }

  private let words = ["generate", "Once upon a time", "-n", "24", "--greedy"]

  @Test(arguments: ["some/storyteller", "gpt2"])
  func transformersReadsWhatWasDownloaded(name: String) throws {
    let hub = try StorytellerHub(name)
    hub.server.misbehave([.cut(after: 4_000_000), .ignoreRange], with: "model.safetensors")
    #expect(try ProgramRun(["download", name], environment: hub.environment).code == 0)
    hub.server.stop()
    #expect(try story(of: name, hub.environment) == ProgramRun(words).output)
  }

  @Test(arguments: ["some/storyteller", "openai-community/gpt2"])
  func whatHuggingFaceHubDownloadedIsFound(name: String) throws {
    let hub = try StorytellerHub(name)
    let path = try run(
      """
      from huggingface_hub import hf_hub_download
      for name in \(StorytellerHub.files):
          path = hf_hub_download("\(name)", name)
      import os
      print(os.path.dirname(path))
      """, hub.environment)
    let models = try ProgramRun(["models", "--format", "json"], environment: hub.environment).json()["models"]
    let found = try #require(models?.array?.last)
    #expect(found["name"] == JSON(name))
    #expect(found["source"] == "cache")
    #expect(found["path"]?.string.map { $0 + "\n" } == path)
    for alias in [name] + (name == "openai-community/gpt2" ? ["gpt2"] : []) {
      let told = try ProgramRun(words + ["-m", alias], environment: hub.environment)
      #expect(told.output == (try ProgramRun(words).output))
    }
    let fetches = hub.fetchCount
    let again = try ProgramRun(["download", name, "-q"], environment: hub.environment)
    #expect(again.output == path)
    #expect(hub.fetchCount == fetches)
  }

  /// The other library waits for the same lock, and takes the file that this one has put there.
  @Test func theyWaitForEachOther() throws {
    let hub = try StorytellerHub("some/storyteller")
    let script = """
      import fcntl, os, subprocess, sys, time
      path = os.environ["HF_HOME"] + "/hub/.locks/models--some--storyteller"
      os.makedirs(path)
      from huggingface_hub.utils import WeakFileLock
      with WeakFileLock(path + "/\(hub.repository.files["model.safetensors"]?.tag ?? "").lock"):
          program = subprocess.Popen([sys.argv[1], "download", "some/storyteller"], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, text=True)
          for line in program.stderr:
              if "another process" in line:
                  print("waited")
                  break
      program.communicate()
      print(program.returncode)
      """
    let python = try #require(TestFiles.python)
    let run = try ProgramRun(
      ["-c", script, ProgramRun.executable], environment: hub.environment, executable: python)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output == "waited\n0\n")
  }
}
