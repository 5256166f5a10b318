import {
  type AgentStream,
  addUsage,
  type Block,
  type Message,
  NO_USAGE,
  type StreamEvent,
  userMessage,
} from "axio";
import type { SqliteContextStore } from "axio-context-sqlite";
import type { AppOptions } from "../app/app-options.ts";
import type { NoticeEntry } from "../transcript/entries.ts";
import { entriesOf, userEntry } from "../transcript/from-history.ts";
import { addEntry, applyEvents, EMPTY_TRANSCRIPT, notice } from "../transcript/transcript.ts";
import { Compactor, type DoneCompaction, undoCompaction } from "./compaction.ts";
import { endNotice } from "./end-notice.ts";
import { errorRemedy } from "./error-remedy.ts";
import { FrameBatch } from "./frame-batch.ts";
import { type ActiveTransport, activeModel, fittingEffort } from "./open-transport.ts";
import { promptContext } from "./prompt-context.ts";
import { runAgent } from "./run-agent.ts";
import { type ConversationState, FIRST_STATE, transportState } from "./state.ts";
import { Store } from "./store.ts";
import { systemPrompt } from "./system-prompt.ts";
import { toAppError } from "./to-app-error.ts";
import type { ToolBox } from "./tool-box.ts";

/** What a conversation is made of. */
export interface ConversationOptions {
  readonly app: Pick<AppOptions, "sessions" | "folder" | "settings">;
  readonly toolBox: ToolBox;
  /** What the project says to agents. */
  readonly projectInstructions?: string;
}

/** A conversation: the session, the run under way, and what is shown of them. Knows no terminal. */
export class Conversation extends Store<ConversationState> {
  readonly #options: ConversationOptions;
  readonly #events: FrameBatch<StreamEvent>;
  #open: ActiveTransport | undefined;
  #session: SqliteContextStore | undefined;
  #stream: AgentStream | undefined;
  #stopping: AbortController | undefined;
  #compaction: DoneCompaction | undefined;
  #queue: { readonly text: string; readonly blocks: readonly Block[] }[] = [];

  constructor(options: ConversationOptions) {
    super(FIRST_STATE);
    this.#options = options;
    this.#events = new FrameBatch((events) => this.#show(events));
  }

  /** The transport in use. */
  get open(): ActiveTransport | undefined {
    return this.#open;
  }

  /** The session in use, once something was said in it. */
  get session(): SqliteContextStore | undefined {
    return this.#session;
  }

  /** Uses another transport, or the same with another choice, from the next run on. */
  use(open: ActiveTransport): void {
    if (this.#open !== undefined && this.#open.transport !== open.transport) this.#open.transport.close?.();
    this.#open = open;
    this.#showTransport(open);
  }

  /** Says something: now, or after what is under way. Gives what ends with the run. */
  async send(text: string, attachments: readonly Block[] = []): Promise<void> {
    const blocks: readonly Block[] = [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...attachments,
    ];
    if (blocks.length === 0) return;
    if (this.state.phase !== "idle") {
      this.#queue.push({ text, blocks });
      this.change({ queued: this.#queue.map((message) => message.text) });
      return;
    }
    for (let next: readonly Block[] | undefined = blocks; next !== undefined; next = this.#takeQueued())
      await this.#run(next);
  }

  /** Stops what is under way. What is whole is kept. */
  stop(): void {
    this.#stream?.abort();
    this.#stopping?.abort();
  }

  /** Gives back what waits to be said, and forgets it. */
  takeBackQueued(): readonly string[] {
    const texts = this.#queue.map(({ text }) => text);
    this.#queue = [];
    if (texts.length > 0) this.change({ queued: [] });
    return texts;
  }

  /** Shows something that the app says. */
  say(level: NoticeEntry["level"], text: string, remedy?: string): void {
    this.#events.flush();
    this.change({ transcript: addEntry(this.state.transcript, notice(level, text, remedy)) });
  }

  /** Shows what went wrong, and what the person can do. */
  sayError(thrown: unknown): void {
    const error = toAppError(thrown);
    if (error.code !== "aborted") {
      this.say("error", error.message, errorRemedy(error, this.#open?.plugin.usageUrl));
    }
  }

  /** Begins a new session. The old one stays in the list. */
  clear(): void {
    this.#session = undefined;
    this.#compaction = undefined;
    this.change({
      transcript: EMPTY_TRANSCRIPT,
      opened: this.state.opened + 1,
      resumedEntries: 0,
      contextTokens: 0,
      usage: NO_USAGE,
      canUndoCompaction: false,
    });
    this.drop("sessionId");
  }

  /**
   * Goes on with a session that is there.
   *
   * @throws AxioError `invalid-argument` where there is none of this id.
   */
  async resume(id: string): Promise<void> {
    const session = await this.#options.app.sessions.open(id);
    const history = await session.history();
    this.#compaction = undefined;
    await this.#showSession(session, history);
  }

  /** Goes on in a copy of the session. */
  async fork(): Promise<boolean> {
    if (this.#session === undefined) return false;
    this.#session = await this.#session.fork();
    this.#compaction = undefined;
    this.change({ sessionId: this.#session.id, canUndoCompaction: false });
    return true;
  }

  /** Puts the older part of the conversation into fewer words. */
  async compact(): Promise<void> {
    const [session, open] = [this.#session, this.#open];
    if (session === undefined || open === undefined) {
      this.say("info", "There is nothing to compact yet.");
      return;
    }
    this.#stopping = new AbortController();
    this.#begin("compacting");
    try {
      const done = await new Compactor(this.#options.app.sessions, session, open).now(this.#stopping.signal);
      if (done === undefined) this.say("info", "The conversation is short enough: nothing was compacted.");
      else await this.#showCompaction(done);
    } catch (error) {
      if (this.#stopping.signal.aborted) this.say("info", "Stopped. The conversation is as it was.");
      else this.sayError(error);
    }
    this.#stopping = undefined;
    this.#end();
  }

  /** Takes the last compaction back. */
  async undoCompaction(): Promise<void> {
    const [session, done] = [this.#session, this.#compaction];
    if (session === undefined || done === undefined) {
      this.say(
        "info",
        "No compaction of this session can be taken back.",
        "/sessions lists what it was before.",
      );
      return;
    }
    const before = await undoCompaction(session, done);
    this.#compaction = undefined;
    await this.#showSession(before, await before.history());
    this.say("info", "The compaction was taken back: the model sees the whole conversation again.");
  }

  /** Ends what is under way, and lets go of the transport. */
  async close(): Promise<void> {
    this.#queue = [];
    this.stop();
    await this.#running;
    this.#events.flush();
    this.#open?.transport.close?.();
  }

  #running: Promise<void> = Promise.resolve();

  async #run(blocks: readonly Block[]): Promise<void> {
    this.#running = this.#runOnce(blocks);
    await this.#running;
  }

  async #runOnce(blocks: readonly Block[]): Promise<void> {
    const { app, toolBox, projectInstructions } = this.#options;
    const open = this.#open;
    const said = userEntry(userMessage(blocks));
    if (said !== undefined) this.change({ transcript: addEntry(this.state.transcript, said) });
    if (open === undefined || open.needsSignIn) {
      this.say(
        "error",
        "Nobody is signed in, so there is no model to ask.",
        "/login signs in, /model chooses another way.",
      );
      return;
    }
    this.#begin("running");
    try {
      this.#session ??= await app.sessions.create();
      this.change({ sessionId: this.#session.id });
      await toolBox.open();
      const failure = await runAgent({
        blocks,
        context: this.#context(this.#session, open),
        open,
        toolBox,
        system: systemPrompt(promptContext(app.folder, toolBox, projectInstructions)),
        onStart: (stream) => {
          this.#stream = stream;
        },
        onEvent: (event) => this.#events.add(event),
      });
      this.#events.flush();
      if (failure !== undefined) this.sayError(failure);
      this.change({ contextTokens: await this.#session.tokenCount() });
    } catch (error) {
      this.#events.flush();
      this.sayError(error);
    }
    this.#stream = undefined;
    this.#end();
  }

  #context(session: SqliteContextStore, open: ActiveTransport): ReturnType<Compactor["automatic"]> {
    const { app } = this.#options;
    if (!app.settings.current.autoCompact) return session;
    return new Compactor(app.sessions, session, open).automatic({
      onCompaction: (done) => {
        this.#showCompaction(done).catch((error: unknown) => this.sayError(error));
      },
      onFailure: (error) =>
        this.say("warning", `The conversation could not be compacted: ${toAppError(error).message}`),
    });
  }

  #show(events: readonly StreamEvent[]): void {
    let { usage, rateLimits, contextTokens } = this.state;
    let wasStopped = false;
    for (const event of events) {
      if (event.type === "step-end") {
        usage = addUsage(usage, event.usage);
        contextTokens = event.usage.inputTokens + event.usage.outputTokens || contextTokens;
      } else if (event.type === "rate-limits") {
        rateLimits = event.rateLimits;
      } else if (event.type === "run-end") {
        wasStopped = event.reason === "aborted";
        const text = endNotice(event.reason);
        if (text !== undefined) this.#afterEvents.push(text);
      }
    }
    const isCut =
      wasStopped && this.state.transcript.live.some(({ entry }) => "isLive" in entry && entry.isLive);
    let transcript = applyEvents(this.state.transcript, events);
    if (wasStopped)
      transcript = addEntry(
        transcript,
        notice(
          "info",
          isCut
            ? "Stopped. What was unfinished stays on the screen, but the model will not see it."
            : "Stopped.",
        ),
      );
    for (const text of this.#afterEvents.splice(0))
      transcript = addEntry(transcript, notice("warning", text));
    this.change({ transcript, usage, contextTokens, ...(rateLimits === undefined ? {} : { rateLimits }) });
  }

  readonly #afterEvents: string[] = [];

  async #showSession(session: SqliteContextStore, history: readonly Message[]): Promise<void> {
    this.#session = session;
    const settled = entriesOf(history);
    this.change({
      transcript: { settled, live: [] },
      opened: this.state.opened + 1,
      resumedEntries: settled.length,
      sessionId: session.id,
      contextTokens: await session.tokenCount(),
      usage: NO_USAGE,
      canUndoCompaction: false,
    });
  }

  async #showCompaction(done: DoneCompaction): Promise<void> {
    this.#compaction = done;
    const { replaced, tokensBefore, tokensAfter } = done.result;
    this.change({ contextTokens: tokensAfter, canUndoCompaction: true });
    this.say(
      "info",
      `Compacted: ${replaced} older messages were put into a summary, ${tokensBefore.toLocaleString("en")} tokens into ${tokensAfter.toLocaleString("en")}. The transcript above stays.`,
      "/compact undo takes it back.",
    );
  }

  #showTransport(open: ActiveTransport): void {
    const model = activeModel(open);
    const fitting = fittingEffort(model, open.effort) ?? model.defaultEffort;
    if (fitting === undefined) this.drop("effort");
    // Limits are those of an account.
    const { transport: before } = this.state;
    if (before?.name !== open.name || before.profile !== open.profile || open.needsSignIn)
      this.drop("rateLimits");
    this.change({
      transport: transportState(open),
      model,
      ...(fitting === undefined ? {} : { effort: fitting }),
    });
  }

  #begin(phase: "running" | "compacting"): void {
    this.change({ phase, since: Date.now() });
  }

  #end(): void {
    this.change({ phase: "idle", since: Date.now() });
  }

  #takeQueued(): readonly Block[] | undefined {
    const next = this.#queue.shift();
    if (next !== undefined) this.change({ queued: this.#queue.map(({ text }) => text) });
    return next?.blocks;
  }
}
