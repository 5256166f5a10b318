import { type Channel, channel } from "node:diagnostics_channel";
import type { DiagnosticMessages, DiagnosticName } from "axio-transport-kit";
import { currentScope, type RequestListener } from "./scope.ts";

/** The channels that are listened to. Transports publish in the scope of the response that they stream. */
const listened = new Set<Channel>();

/** Adds what transports publish about their requests to the span of the response. Later calls do nothing. */
export function listenToTransports(): void {
  listen("axio:request", (request, { url, attempt }) => request.sent(url, attempt));
  listen("axio:retry", (request, { attempt, delayMs, code }) => request.retried(attempt, delayMs, code));
  listen("axio:refresh", (request, { elapsedMs, code }) => request.refreshed(elapsedMs, code));
}

function listen<Name extends DiagnosticName>(
  name: Name,
  record: (request: RequestListener, message: DiagnosticMessages[Name]) => void,
): void {
  const source = channel(name);
  if (listened.has(source)) return;
  listened.add(source);
  source.subscribe((message) => {
    const request = currentScope()?.request;
    if (request !== undefined) record(request, message as DiagnosticMessages[Name]);
  });
}
