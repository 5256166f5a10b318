import type { CompletionTransport } from "./transport.ts";

/** Returns a transport that streams in another way, and otherwise does what the given one does. */
export function delegatingTransport(
  transport: CompletionTransport,
  stream: CompletionTransport["stream"],
): CompletionTransport {
  const { name, provider, notForOthers } = transport;
  return {
    name,
    ...(provider !== undefined && { provider }),
    ...(notForOthers !== undefined && { notForOthers }),
    // These change when the list of models is requested.
    get model() {
      return transport.model;
    },
    get models() {
      return transport.models;
    },
    fetchModels: async (options) => (await transport.fetchModels?.(options)) ?? transport.models,
    unsupportedSettings: (request) => transport.unsupportedSettings?.(request) ?? [],
    stream,
  };
}
