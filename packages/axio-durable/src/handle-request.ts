import { type ApprovalDecision, AxioError, isJsonObject } from "axio";
import { checkOptions } from "axio/internal";
import type { DurableAgent } from "./durable-agent.ts";
import { writeEvent } from "./durable-event.ts";
import { noRun } from "./observe.ts";
import { START_REQUEST_RULES } from "./start-rules.ts";

const COMMENT_MS = 15_000;
const STATUS: Readonly<Record<string, number>> = {
  "invalid-argument": 400,
  forbidden: 403,
  "not-found": 404,
  "store-unavailable": 503,
  "store-locked": 503,
};

/**
 * Answers requests of web pages about runs, for any framework that has `Request` and `Response`:
 *
 * - `POST /runs` with `{ prompt, conversationId?, runId?, model?, effort? }` starts a run. The settings of its responses, such as
 *   `temperature`, go into the same object. Its limits, such as `maxSteps`, are the program's.
 * - `GET /runs/{id}` returns it, `GET /runs/{id}/events` streams its events as server-sent events, after `Last-Event-ID`.
 * - `POST /runs/{id}/stop` stops it. Closing a stream does not.
 * - `GET /approvals` lists open approvals, `POST /approvals/{id}` with a decision decides.
 *
 * It knows no users: the program checks who asks before it calls this.
 *
 * @param prefix The path before these, such as `/api`. Default: none.
 * @returns `undefined` for other paths.
 */
export async function handleRunRequest(
  agent: DurableAgent,
  request: Request,
  prefix = "",
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (!pathname.startsWith(`${prefix}/`)) return undefined;
  const segments = pathSegments(pathname.slice(prefix.length + 1));
  if (segments.length > 3) return undefined;
  const [collection, id, action] = segments;
  const route = `${request.method} ${collection}${id === undefined ? "" : "/id"}${action === undefined ? "" : `/${action}`}`;
  try {
    switch (route) {
      case "POST runs":
        return Response.json(await startFrom(agent, await readBody(request)), { status: 201 });
      case "GET runs/id":
        return Response.json(await findRun(agent, id ?? ""));
      case "GET runs/id/events":
        await findRun(agent, id ?? "");
        return streamEvents(agent, id ?? "", request);
      case "POST runs/id/stop":
        return Response.json(await agent.stop(id ?? ""));
      case "GET approvals": {
        const runId = searchParams.get("run") ?? undefined;
        return Response.json(await agent.approvals.list({ open: true, runId }));
      }
      case "POST approvals/id":
        return Response.json(await decideFrom(agent, id ?? "", await readBody(request)));
      default:
        return undefined;
    }
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    const { code, message } = error;
    return Response.json({ error: { code, message } }, { status: STATUS[code] ?? 500 });
  }
}

/** The decoded segments of a path. Empty if it is not encoded correctly. */
function pathSegments(path: string): readonly string[] {
  try {
    return path.split("/").map((segment) => decodeURIComponent(segment));
  } catch {
    return [];
  }
}

async function findRun(agent: DurableAgent, id: string): ReturnType<DurableAgent["start"]> {
  const run = await agent.run(id);
  if (run === undefined) throw noRun(id);
  return run;
}

async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (!isJsonObject(body))
    throw new AxioError("invalid-argument", "The body is not a JSON object. Send one.");
  return body;
}

function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "string") return value;
  throw new AxioError("invalid-argument", `${name} is not a string. Send a string, or omit it.`);
}

function startFrom(
  agent: DurableAgent,
  body: Readonly<Record<string, unknown>>,
): ReturnType<DurableAgent["start"]> {
  checkOptions("POST /runs", body, START_REQUEST_RULES);
  const { prompt, ...options } = body;
  return agent.start(String(prompt), options);
}

function decideFrom(
  agent: DurableAgent,
  id: string,
  body: Readonly<Record<string, unknown>>,
): ReturnType<DurableAgent["approvals"]["decide"]> {
  const { action, input } = body;
  const reason = optionalText(body, "reason");
  const token = optionalText(body, "token");
  const decision = (action === "change" ? { action, input, reason } : { action, reason }) as ApprovalDecision;
  const by = optionalText(body, "by");
  return token === undefined
    ? agent.approvals.decide(id, decision, by)
    : agent.approvals.decideByToken(id, token, decision, by);
}

function streamEvents(agent: DurableAgent, id: string, request: Request): Response {
  const after = request.headers.get("last-event-id") ?? undefined;
  const controller = new AbortController();
  const events = agent.observe(id, { after, signal: controller.signal });
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval> | undefined;
  const end = (): void => {
    clearInterval(timer);
    controller.abort();
  };
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => {
      stream.enqueue(encoder.encode("retry: 1000\n\n"));
      timer = setInterval(() => stream.enqueue(encoder.encode(":\n\n")), COMMENT_MS);
    },
    // One event per read: a slow reader slows only itself, since the events are in the store.
    pull: async (stream) => {
      const { value, done } = await events.next().catch((error: unknown) => {
        end();
        throw error;
      });
      if (done === true) {
        end();
        stream.close();
      } else stream.enqueue(encoder.encode(`id: ${value.cursor}\ndata: ${writeEvent(value.event)}\n\n`));
    },
    cancel: async () => {
      end();
      await events.return();
    },
  });
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  return new Response(body, { headers });
}
