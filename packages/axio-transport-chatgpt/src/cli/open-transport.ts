import type { TransportCall } from "axio-transport-kit/cli";
import type { ChatGPTCredentials } from "../credentials.ts";
import { ChatGPTTransport } from "../transport.ts";

/** Makes the transport that the options choose. */
export function openTransport({ args, ...call }: TransportCall<ChatGPTCredentials>): ChatGPTTransport {
  const baseUrl = args.text("base-url");
  const issuer = args.text("issuer");
  return new ChatGPTTransport({
    ...call,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(issuer === undefined ? {} : { issuer }),
  });
}
