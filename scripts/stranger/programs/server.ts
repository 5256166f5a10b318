import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Agent } from "axio";
import { CodexTransport } from "axio-transport-codex";

const agent = new Agent({ transport: new CodexTransport() });
const server = createServer(async (request, response) => {
  const stream = agent.runStream(await text(request));
  response.on("close", () => stream.abort());
  response.writeHead(200, { "content-type": "text/event-stream" });
  for await (const event of stream) response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.end();
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("The server has no port.");

const url = `http://127.0.0.1:${address.port}`;
const body = await (await fetch(url, { method: "POST", body: "say Served." })).text();
server.close();
const events = [...body.matchAll(/^data: (.+)$/gm)].map(
  ([, data = ""]) => JSON.parse(data) as { readonly type: string; readonly delta?: string },
);
console.log(events.map(({ type, delta }) => (type === "text-delta" ? delta : "")).join(""));
