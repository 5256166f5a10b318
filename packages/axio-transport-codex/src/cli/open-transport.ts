import type { Credentials } from "axio-auth";
import type { TransportCall } from "axio-transport-kit/cli";
import type { CodexTransportOptions } from "../options.ts";
import { CodexTransport } from "../transport.ts";

/** Makes the transport that the options choose. */
export function openTransport({ args, ...call }: TransportCall<Credentials>): CodexTransport {
  const baseUrl = args.text("base-url");
  const issuer = args.text("issuer");
  return new CodexTransport({
    ...call,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    transport: channelOf(args.text("transport")),
  });
}

/** The parser has checked that it is one of them. */
function channelOf(name: string | undefined): NonNullable<CodexTransportOptions["transport"]> {
  return name === "websocket" || name === "auto" ? name : "sse";
}
