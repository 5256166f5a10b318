import { type HttpRequest, type HttpResponse, sendRequest, sendStreamingRequest } from "../../src/index.ts";

/** The functions that send a request, for the tests that apply to both. */
export const senders: readonly (readonly [
  name: string,
  send: (request: HttpRequest) => Promise<HttpResponse>,
])[] = [
  ["sendRequest", sendRequest],
  ["sendStreamingRequest", sendStreamingRequest],
];
