/// How a conversation becomes the text that a chat model reads.
public struct ChatTemplate: Hashable, Sendable {
}
