import {
  type CompletionTransport,
  fromBatches,
  type ModelRegistry,
  type ModelSpec,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import { withDeadline } from "axio-http";
import type { AccountModels } from "./account-models.ts";
import type { Answers } from "./answers.ts";
import type { BearerCredentials } from "./credentials.ts";

/** What a {@link ResponsesTransport} is made of. */
export interface ResponsesTransportParts<C extends BearerCredentials> {
  readonly name: string;
  readonly models: AccountModels<C>;
  readonly answers: Answers<C>;
  /** How long a call may take in all, in milliseconds. Default: no limit. */
  readonly deadlineMs: number | undefined;
}

/** What every transport to a Responses API does alike: the models to choose from, the one in use, and answers. */
export class ResponsesTransport<C extends BearerCredentials> implements CompletionTransport, Disposable {
  readonly name: string;
  readonly #parts: ResponsesTransportParts<C>;

  constructor(parts: ResponsesTransportParts<C>) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get model(): ModelSpec {
    return this.#parts.models.current;
  }

  get models(): ModelRegistry {
    return this.#parts.models.list;
  }

  stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const { answers, deadlineMs } = this.#parts;
    return fromBatches(() =>
      deadlineMs === undefined
        ? answers.stream(request)
        : withDeadline(deadlineMs, request.signal, (signal) => answers.stream({ ...request, signal })),
    );
  }

  /**
   * Asks for the account's models and keeps them in `models`. What was asked in the last 5 minutes holds, until an answer
   * says that there is another list. Where nobody is signed in, or the backend does not answer, the list is that of the
   * options, or else the one that comes with the transport.
   *
   * @throws AxioError `aborted` only.
   */
  fetchModels({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<ModelRegistry> {
    return this.#parts.models.fetch(signal);
  }

  /** Ends the connections that are kept for calls to come. A transport whose calls each have one of their own has none. */
  close(): void {
    this.#parts.answers.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
