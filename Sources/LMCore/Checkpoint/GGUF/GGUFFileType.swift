/// What llama.cpp calls a file's mixture of block formats: `general.file_type`, an `llama_ftype` of its llama.h.
enum GGUFFileType {
  private static let names = [
    2: "q4_0", 3: "q4_1", 7: "q8_0", 8: "q5_0", 9: "q5_1", 10: "q2_k", 11: "q3_k_s", 12: "q3_k_m",
    13: "q3_k_l", 14: "q4_k_s", 15: "q4_k_m", 16: "q5_k_s", 17: "q5_k_m", 18: "q6_k", 21: "q2_k_s",
  ]

  /// "q4_k_m"; nil where the file does not say it, or names formats that cannot be read here.
  static func name(in metadata: GGUFMetadata) -> String? {
    (try? metadata.integer("general.file_type")).flatMap { names[$0] }
  }
}
