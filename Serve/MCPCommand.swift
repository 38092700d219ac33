import ArgumentParser
import CommandSupport
import Foundation
import JSONRPC
import MCP

/// `perk-serve mcp`: serves an assistant on standard input until it ends.
struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve an assistant by the Model Context Protocol, on standard input and output.",
        discussion: """
            The assistant gets the tools submit_document, ask_question, list_documents and remove_document, and learned \
            documents as resources. Revisions 2024-11-05 to 2025-11-25 and 2026-07-28 are spoken. perk-serve http serves \
            the same at /mcp.

            A desktop assistant names the command in its settings:
              {"mcpServers": {"perk": {"command": "perk-serve", "args": ["mcp", "--allow-documents", "/home/me/reports"]}}}
            """)

    @OptionGroup var options: ServiceOptions
    @OptionGroup var clients: ClientOptions

    func run() throws {
        try clients.serveStandardInput(options) {
            MessageHandler(contextProtocolFor: $0, files: $1, version: programVersion, logger: $2)
        }
    }
}
