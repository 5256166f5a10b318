// A mock and a proxy of undici that a program sets for all its requests. The argument is the version of undici.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readBodyText, sendStreamingRequest } from "axio-http";

/** The part of undici that programs use for this. */
interface Undici {
  readonly setGlobalDispatcher: (dispatcher: unknown) => void;
  readonly ProxyAgent: new (url: string) => unknown;
  readonly MockAgent: new () => {
    disableNetConnect(): void;
    get(origin: string): {
      intercept(request: { readonly path: string }): {
        reply(status: number, body: string): { persist(): void };
      };
    };
  };
}

const proxy = createServer((_, response) => response.end("by the proxy"));
proxy.on("connect", (_, socket) => {
  socket.write("HTTP/1.1 200 OK\r\n\r\n");
  socket.once("data", () =>
    socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 12\r\n\r\nby the proxy"),
  );
});
await once(proxy.listen(0, "127.0.0.1"), "listening");
const { port } = proxy.address() as AddressInfo;
// Nothing responds here.
const url = "http://127.0.0.1:9/path";

const undici = await load(`undici-${process.argv[2]}`);
if (undici !== undefined) {
  const mock = new undici.MockAgent();
  mock.disableNetConnect();
  mock.get(new URL(url).origin).intercept({ path: "/path" }).reply(200, "by the mock").persist();
  for (const dispatcher of [mock, new undici.ProxyAgent(`http://127.0.0.1:${port}`)]) {
    undici.setGlobalDispatcher(dispatcher);
    const fetched = await textOf(async () => (await fetch(url)).text());
    const sent = await textOf(async () => readBodyText(await sendStreamingRequest({ url }), { whole: true }));
    if (fetched !== undefined && sent !== fetched) console.log(`fetch got ${fetched}, axio ${sent}`);
  }
}
console.log("done");
process.exit();

/** Returns `undefined` if that version needs a newer runtime. */
async function load(name: string): Promise<Undici | undefined> {
  try {
    return (await import(name)) as Undici;
  } catch {
    return undefined;
  }
}

async function textOf(request: () => Promise<string>): Promise<string | undefined> {
  return request().catch(() => undefined);
}
