import { GENERIC_DIALECT } from "axio-chat-completions";
import { isLoopbackHost } from "axio-http/internal";
import type { Server, ServerId } from "./server.ts";
import { SERVERS } from "./servers.ts";

/** The ports at which servers on this machine usually run. */
const LOCAL_PORTS: Readonly<Record<string, ServerId>> = {
  "11434": "ollama",
  "1234": "lmstudio",
  "30000": "sglang",
};

/** The preset of an unknown server: only what every server accepts is sent. */
function genericServer(url: URL): Server {
  return {
    id: "custom",
    name: url.host,
    baseUrl: url.href,
    api: "chat",
    dialect: { ...GENERIC_DIALECT, name: url.host },
    models: "generic",
    key: { header: "authorization", variables: [], isOptional: true },
  };
}

/** Returns the preset of the server at a URL: by its host, or its port on this machine. Otherwise that of an unknown server. */
export function findServer(url: URL): Server {
  const { hostname, port } = url;
  const known = Object.values(SERVERS).find(
    ({ baseUrl }) =>
      baseUrl !== undefined && new URL(baseUrl).hostname === hostname && !isLoopbackHost(hostname),
  );
  if (known !== undefined) return known;
  if (/\.(?:openai\.azure|services\.ai\.azure|cognitiveservices\.azure)\.com$/.test(hostname))
    return SERVERS.azure;
  if (/^dashscope[\w-]*\.aliyuncs\.com$/.test(hostname)) return SERVERS.alibaba;
  if (hostname === "ollama.com") return SERVERS.ollama;
  const local = isLoopbackHost(hostname) ? LOCAL_PORTS[port] : undefined;
  return local === undefined ? genericServer(url) : SERVERS[local];
}
