import { delegatingTransport } from "../delegating-transport.ts";
import { toAxioError } from "../error-text.ts";
import { AxioError, throwIfAborted } from "../errors.ts";
import type { TransportEvent } from "../events.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { ModelRegistry, type ModelSpec } from "../models.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";
import { eventsWithoutSecrets } from "./hide-secrets.ts";
import { type Difference, differences } from "./json-difference.ts";
import {
  canonical,
  formatRecording,
  parseRecording,
  type RecordedResponse,
  type Recording,
  type RecordingRules,
  recordedError,
  recordedRequest,
  recordedTransport,
  recordingName,
  replayedError,
  replayedEvent,
  replayedModel,
} from "./recording.ts";
import { openRecordings, type Recordings } from "./recordings.ts";

/** The options of {@link recordTransport} and {@link replayTransport}. They must be the same for both. */
export interface RecordingOptions extends RecordingRules {
  /** A directory, or another place. */
  readonly recordings: string | Recordings;
}

/** How many differences a message lists. */
const LISTED = 5;

/**
 * Sends requests with a transport, and writes each with its response to a file, for {@link replayTransport}. Recordings of an
 * earlier process are replaced. A response that the caller did not read to its end is not recorded.
 *
 * What looks like a token is replaced with `[hidden]`, also in the values of members such as `password` or `api_key`; `secrets`
 * names more. Look at the files before you share them.
 *
 * @example
 * ```ts
 * import { recordTransport, replayTransport } from "axio/testing";
 *
 * const options = { recordings: "test/recordings" };
 * const recorded = process.env["RECORD"] ? recordTransport(transport, options) : replayTransport(options);
 * ```
 */
export function recordTransport(
  transport: CompletionTransport,
  options: RecordingOptions,
): CompletionTransport {
  const recordings = openRecordings(options.recordings);
  const written = new Map<string, readonly RecordedResponse[]>();
  const write = (request: JsonObject, response: RecordedResponse): void => {
    const name = recordingName(request);
    const responses = [...(written.get(name) ?? []), response];
    written.set(name, responses);
    const recording = { version: 1, transport: recordedTransport(transport), request, responses } as const;
    recordings.write(name, formatRecording(recording));
  };
  const plain = (events: readonly TransportEvent[]): readonly JsonValue[] =>
    eventsWithoutSecrets(events, options.secrets ?? []);
  return delegatingTransport(transport, async function* stream(request: StreamRequest) {
    const identity = recordedRequest(request, options);
    const events: TransportEvent[] = [];
    try {
      for await (const event of transport.stream(request)) {
        events.push(event);
        yield event;
      }
    } catch (thrown) {
      const error = toAxioError(thrown);
      if (error.code !== "aborted")
        write(identity, { events: plain(events), error: recordedError(error, options) });
      throw thrown;
    }
    write(identity, { events: plain(events) });
  });
}

/**
 * Answers requests from the recordings of {@link recordTransport}, without a network. The order of requests does not matter. A
 * request that was recorded several times gets its responses in order, then the last one again.
 *
 * @throws AxioError `invalid-argument` if there are no recordings, and from the iteration if a request is not recorded: the
 *   message names the nearest recording and how it differs.
 */
export function replayTransport(options: RecordingOptions): CompletionTransport {
  const recordings = openRecordings(options.recordings);
  const recorded = recordings
    .list()
    .map((name) => ({ name, recording: parseRecording(name, recordings.read(name) ?? "") }));
  const [first] = recorded;
  if (first === undefined) {
    throw new AxioError(
      "invalid-argument",
      `There are no recordings in ${recordings.place}. Record them with recordTransport().`,
    );
  }
  const { transport } = first.recording;
  const models = new Map<string, ModelSpec>(
    recorded.map(({ recording }) => [
      replayedModel(recording.transport).id,
      replayedModel(recording.transport),
    ]),
  );
  const replayed = new Map<string, number>();
  return {
    name: transport.name,
    ...(transport.provider !== undefined && { provider: transport.provider }),
    model: replayedModel(transport),
    models: new ModelRegistry(models.values()),
    async *stream(request) {
      throwIfAborted(request.signal);
      const identity = recordedRequest(request, options);
      const name = recordingName(identity);
      const found = recorded.find((entry) => entry.name === name)?.recording;
      if (found === undefined || canonical(found.request) !== canonical(identity))
        throw missing(identity, recorded, recordings.place);
      const count = replayed.get(name) ?? 0;
      replayed.set(name, count + 1);
      const response = found.responses[Math.min(count, found.responses.length - 1)];
      for (const event of response?.events ?? []) {
        throwIfAborted(request.signal);
        yield replayedEvent(event);
      }
      if (response?.error !== undefined) throw replayedError(response.error);
    },
  };
}

interface NamedRecording {
  readonly name: string;
  readonly recording: Recording;
}

function missing(request: JsonObject, recorded: readonly NamedRecording[], place: string): AxioError {
  const [nearest] = recorded
    .map(({ name, recording }) => ({ name, found: differences(recording.request, request) }))
    .sort((left, right) => left.found.length - right.found.length);
  const { name = "", found = [] } = nearest ?? {};
  const issues = found.map(({ path, description }: Difference) => `${path}: ${description}`);
  const more = found.length > LISTED ? `\n- and ${found.length - LISTED} more` : "";
  const list = issues.slice(0, LISTED).map((issue) => `\n- ${issue}`);
  return new AxioError(
    "invalid-argument",
    `This request is not recorded in ${place}. The nearest of ${recorded.length} recordings is ${name}, which differs in:${list.join("")}${more}\nRecord it with recordTransport(), or leave out with \`normalize\` what changes from run to run.`,
  );
}
