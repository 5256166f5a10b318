import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { testServer } from "./test-server.ts";

// The test server on standard input and output. Writes where it should not first, as many do.
process.stdout.write("The server is starting.\n");
await testServer().connect(new StdioServerTransport());
