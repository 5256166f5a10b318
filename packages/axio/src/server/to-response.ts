import type { Block } from "../blocks.ts";
import { checkOptions, OPTION, oneOf, type RulesOf } from "../check-options.ts";
import { AxioError } from "../errors.ts";
import type { StreamEvent } from "../events.ts";
import { errorForUsers, type UserError } from "./error-for-users.ts";
import { encodeBytes, type RunEncoder, readableRun } from "./readable-run.ts";

/** Options of {@link toResponse}. */
export interface ToResponseOptions {
  /**
   * `"events"`: server-sent events, each with an event of the run as JSON. `"text"`: only the text of the responses; a failed
   * run breaks the connection off, so that a part is not taken for the whole. So does a retry that would take back text which
   * was sent. Default: `"events"`.
   */
  readonly format?: "events" | "text" | undefined;
  /** More headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called with the error of a run that failed, for the log. Not for an aborted run. Default: nothing. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Returns an error as users may see it. Default: `errorForUsers`. */
  readonly toUserError?: ((error: unknown) => UserError) | undefined;
}

/** The rules of {@link ToResponseOptions}. */
const RULES: RulesOf<ToResponseOptions> = {
  format: oneOf("events", "text"),
  headers: OPTION.object,
  onError: OPTION.function,
  toUserError: OPTION.function,
};

/**
 * Returns a run as the response of a web server. When the client leaves, the run is aborted: give the signal of the request
 * to `runStream()` too, for servers that do not cancel the body of a response.
 *
 * Users see no rate limits of the account, no data of the provider, and errors only as `toUserError` words them. A stream of
 * events that ended well has `run-end` as its last event, with a reason other than `error` and `aborted`.
 *
 * @throws AxioError `invalid-argument` for options that cannot be used, and a run that is not a stream of events.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { toResponse } from "axio/server";
 * import { ScriptedTransport, textAnswer } from "axio/testing";
 *
 * const agent = new Agent({ transport: new ScriptedTransport([textAnswer("Hello")]) });
 * const handle = async (request: Request): Promise<Response> =>
 *   toResponse(agent.runStream(await request.text(), { signal: request.signal }), { format: "text" });
 * const response = await handle(new Request("http://localhost/", { method: "POST", body: "Hi" }));
 * console.log(await response.text());
 * ```
 */
export function toResponse(run: AsyncIterable<StreamEvent>, options: ToResponseOptions = {}): Response {
  checkOptions("toResponse", options, RULES);
  const { format = "events", headers = {} } = options;
  const encoder = format === "text" ? textEncoder(options) : eventEncoder(options);
  return new Response(
    readableRun(
      run,
      encodeBytes(encoder, (text) => text),
    ),
    {
      headers: {
        "Content-Type": format === "text" ? "text/plain; charset=utf-8" : "text/event-stream; charset=utf-8",
        "Cache-Control": "no-cache",
        // Some proxies collect a response otherwise.
        "X-Accel-Buffering": "no",
        ...headers,
      },
    },
  );
}

function textEncoder(options: ToResponseOptions): RunEncoder<string> {
  /** The blocks of the current step whose text was sent. */
  const sent = new Set<number>();
  return {
    start: () => [],
    encode: (event) => {
      switch (event.type) {
        case "text-delta":
          sent.add(event.index);
          return [event.delta];
        case "step-end":
          sent.clear();
          return [];
        case "retry":
          // What was sent cannot be taken back.
          if (event.discardedBlocks.some((index) => sent.has(index))) throw event.error;
          return [];
        default:
          return [];
      }
    },
    end: () => [],
    fail: (error) => {
      report(error, options);
      throw error;
    },
  };
}

function eventEncoder(options: ToResponseOptions): RunEncoder<string> {
  const { toUserError = errorForUsers } = options;
  return {
    start: () => [],
    encode: (event) => {
      const shown = publicEvent(event, toUserError);
      return shown === undefined ? [] : [`event: ${event.type}\ndata: ${JSON.stringify(shown)}\n\n`];
    },
    end: () => [],
    // The events have told it.
    fail: (error) => {
      report(error, options);
      return [];
    },
  };
}

function report(error: unknown, { onError }: ToResponseOptions): void {
  if (!AxioError.is(error, "aborted")) onError?.(error);
}

/** Returns an event as users may see it; `undefined` if they may not. */
function publicEvent(event: StreamEvent, toUserError: (error: unknown) => UserError): object | undefined {
  switch (event.type) {
    case "rate-limits":
      return undefined;
    case "error":
    case "retry":
      return { ...event, error: toUserError(event.error) };
    case "block-end":
      return event.block.type === "opaque"
        ? undefined
        : { ...event, block: withoutProviderData(event.block) };
    case "image-output":
      return { ...event, image: withoutProviderData(event.image) };
    case "tool-result":
      return { ...event, result: withoutProviderData(event.result) };
    default:
      return event;
  }
}

function withoutProviderData({ providerData: _, ...block }: Block): object {
  return block;
}
