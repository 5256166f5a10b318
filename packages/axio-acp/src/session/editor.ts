import type {
  AgentContext,
  ClientCapabilities,
  RequestPermissionOutcome,
  RequestPermissionRequest,
  SessionUpdate,
} from "@agentclientprotocol/sdk";

/** A message to the user that is not a part of the conversation. */
export interface EditorNotice {
  readonly severity: "info" | "warning" | "error";
  readonly title: string;
}

/** The editor, as one session uses it. Updates arrive in the order in which they are sent. */
export class Editor {
  readonly #client: AgentContext;
  readonly #capabilities: ClientCapabilities;
  readonly #log: (line: string) => void;
  readonly sessionId: string;

  /** @param log Takes what an editor cannot show. */
  constructor(
    client: AgentContext,
    capabilities: ClientCapabilities,
    options: { readonly sessionId: string; readonly log: (line: string) => void },
  ) {
    this.#client = client;
    this.#capabilities = capabilities;
    this.#log = options.log;
    this.sessionId = options.sessionId;
  }

  async update(updates: readonly SessionUpdate[]): Promise<void> {
    for (const update of updates)
      await this.#client.notify("session/update", { sessionId: this.sessionId, update });
  }

  /** Shows a notice if the editor has notices; else logs it. */
  async notice({ severity, title }: EditorNotice): Promise<void> {
    if (this.#capabilities.session?.notices == null) this.#log(title);
    else await this.update([{ sessionUpdate: "notice", severity, title }]);
  }

  /** Asks the user. Rejects if the signal fires first, or the editor is gone. */
  async requestPermission(
    request: Omit<RequestPermissionRequest, "sessionId">,
    signal: AbortSignal | undefined,
  ): Promise<RequestPermissionOutcome> {
    const { outcome } = await this.#client.request(
      "session/request_permission",
      { sessionId: this.sessionId, ...request },
      signal === undefined ? {} : { cancellationSignal: signal, stopWaitingOnCancel: true },
    );
    return outcome;
  }
}
