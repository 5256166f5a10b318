import type { ServerResponse } from "node:http";

/** Returns a request whose body a framework has parsed as a web request, which is aborted when the client leaves. */
export function toRequest(body: unknown, response: ServerResponse): Request {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return new Request("http://localhost/", {
    method: "POST",
    body: JSON.stringify(body),
    signal: gone.signal,
  });
}
