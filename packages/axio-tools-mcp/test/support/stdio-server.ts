import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { testServer } from "./test-server.ts";

// The test server on standard input and output. First logs to stdout, like many real servers.
process.stdout.write("The server is starting.\n");
await testServer().connect(new StdioServerTransport());
