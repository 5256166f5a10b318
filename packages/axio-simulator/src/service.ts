import { answerWithFaults, requestedFaults } from "./faults/answer-with-faults.ts";
import { applyFaults } from "./faults/apply-faults.ts";
import type { FaultRegistry } from "./faults/fault.ts";
import type { FaultTarget } from "./faults/fault-spec.ts";
import type { RecordedRequest } from "./http/recorded-request.ts";
import type { PlainReply, Reply } from "./http/reply.ts";
import { isObject, type JsonObject } from "./json.ts";
import type { RESPONSES_DEFAULTS, ResponsesOptions, WithDefaults } from "./options.ts";
import { streamedReply } from "./responses/streamed-reply.ts";
import type { TurnPlace } from "./responses/turn-tracker.ts";
import { type Refusal, refusalReply } from "./rules/refusal.ts";
import type { ServerState } from "./state.ts";
import type { EnvelopeContext } from "./stream/envelope.ts";
import type { Frame } from "./stream/frames.ts";

/** One endpoint. */
export interface Route<State> {
  /** The target of its faults. Default: it has no faults of the queue. */
  readonly target?: FaultTarget;
  readonly answer: (request: RecordedRequest, state: State) => Reply | Promise<Reply>;
  /** Called with the reply, faults included, before it is sent. */
  readonly settle?: (request: RecordedRequest, reply: Reply, state: State) => Promise<void>;
}

/**
 * The endpoints of one service and its rules for responses.
 *
 * @typeParam Caller Whom an access token stands for.
 */
export interface Service<State extends ServerState, Caller> {
  /** The endpoints except the one for responses, by method and path. */
  readonly routes: Readonly<Record<string, Route<State>>>;
  readonly responsesPath: string;
  /** The response to a request for a WebSocket that is not opened. */
  readonly upgradeRefusal: PlainReply;
  /** Members that a message may omit and a request over HTTP may not. */
  readonly messageDefaults: JsonObject;
  authenticate(
    request: RecordedRequest,
    state: State,
  ): { readonly caller: Caller } | { readonly refusal: Reply };
  /** Why the body of a request for a response is refused. */
  refuse(request: RecordedRequest, caller: Caller, state: State, isWarmUp: boolean): Refusal | undefined;
  /** Why a request for a WebSocket is refused. */
  refuseUpgrade(request: RecordedRequest): Reply | undefined;
  /** Why a message is refused that would be a valid request over HTTP. Default: never. */
  refuseMessage?(message: JsonObject): Refusal | undefined;
  /** The input of a request that continues a response that the service keeps. Default: it keeps no responses. */
  keptInput?(responseId: string, caller: Caller, state: State): readonly unknown[] | undefined;
  /** The members of a response that do not come from the request. */
  echo(caller: Caller): Pick<EnvelopeContext, "userId" | "dialect">;
  /** The headers of a response that other event streams do not have. */
  headers(
    request: RecordedRequest,
    caller: Caller,
    place: TurnPlace,
    state: State,
  ): Readonly<Record<string, string>>;
  /** The messages that take the place of these headers on a WebSocket. */
  announce(headers: Readonly<Record<string, string>>, caller: Caller, state: State): readonly Frame[];
  /** Records a request to any path. */
  observe(request: RecordedRequest, state: State): void;
  /** Records a request for a response and its reply. */
  observeResponse(request: RecordedRequest, caller: Caller, reply: Reply, state: State): void;
  /** The response to a request to an unknown path. */
  notFound(request: RecordedRequest, state: State): Reply;
}

/** Answers a request of an authenticated caller. */
export function authorized<State, Caller>(
  authenticate: (
    request: RecordedRequest,
    state: State,
  ) => { readonly caller: Caller } | { readonly refusal: Reply },
  answer: (request: RecordedRequest, caller: Caller, state: State) => Reply,
): Route<State>["answer"] {
  return (request, state) => {
    const outcome = authenticate(request, state);
    return "refusal" in outcome ? outcome.refusal : answer(request, outcome.caller, state);
  };
}

/** A service together with its state. */
export interface RunningService<State extends RunningState, Caller> {
  readonly service: Service<State, Caller>;
  readonly state: State;
}

/** The state that the endpoints of any service need. */
export interface RunningState extends ServerState {
  readonly options: WithDefaults<ResponsesOptions, typeof RESPONSES_DEFAULTS>;
  readonly registry: FaultRegistry<EnvelopeContext>;
}

/** Answers one request, faults included. */
export async function answerRequest<State extends RunningState, Caller>(
  request: RecordedRequest,
  { service, state }: RunningService<State, Caller>,
): Promise<Reply> {
  service.observe(request, state);
  if (request.path === service.responsesPath && ["GET", "POST"].includes(request.method)) {
    const outcome = service.authenticate(request, state);
    if ("refusal" in outcome) return outcome.refusal;
    if (request.method === "GET") return service.upgradeRefusal;
    return createResponse(request, outcome.caller, { service, state });
  }
  const route = service.routes[`${request.method} ${request.path}`];
  if (route === undefined) return service.notFound(request, state);
  const reply = await answerWithFaults(request, route.target, () => route.answer(request, state), state);
  await route.settle?.(request, reply, state);
  return reply;
}

/** Answers a request for a WebSocket: with the caller whom it is for, or with a refusal. */
export async function answerUpgrade<State extends RunningState, Caller>(
  request: RecordedRequest,
  running: RunningService<State, Caller>,
): Promise<{ readonly caller: Caller } | { readonly refusal: Reply }> {
  const { service, state } = running;
  if (request.path !== service.responsesPath) return { refusal: await answerRequest(request, running) };
  service.observe(request, state);
  const outcome = service.authenticate(request, state);
  if ("refusal" in outcome) return outcome;
  const fault = state.faults.take("upgrade");
  if (fault !== undefined) {
    return { refusal: applyFaults(service.upgradeRefusal, [fault], 1, state.registry, undefined) };
  }
  const refusal = state.options.webSocket ? service.refuseUpgrade(request) : service.upgradeRefusal;
  return refusal === undefined ? outcome : { refusal };
}

/** Checks the body of a request for a response, and answers as its script says. */
export async function createResponse<State extends RunningState, Caller>(
  request: RecordedRequest,
  caller: Caller,
  { service, state }: RunningService<State, Caller>,
): Promise<Reply> {
  const refusal = service.refuse(request, caller, state, false);
  const reply =
    refusal === undefined
      ? await streamedReply(
          {
            request,
            body: isObject(request.json) ? request.json : {},
            ...service.echo(caller),
            headers: (place) => service.headers(request, caller, place, state),
            // Faults of the queue wait for a request that would succeed.
            requestedFaults: () => requestedFaults(request, "responses", state),
          },
          state,
        )
      : refusalReply(refusal);
  service.observeResponse(request, caller, reply, state);
  return reply;
}
