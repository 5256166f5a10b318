import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Launch, Worker } from "./crew.ts";
import { ROUTE_SERVERS, type RouteServer } from "./route-servers.ts";
import type { RouteName } from "./routes.ts";
import { openSharedSignIn, type SharedSignIn } from "./shared-sign-in.ts";
import type { CallOutcome, WorkerOptions } from "./worker.ts";

/** The disturbance of each round. */
export type Trouble = "none" | "kill" | "stop";

/** Options of {@link runRace}. */
export interface RaceOptions {
  /** The route of the sign-in. Default: `"codex"`. */
  readonly route?: RouteName;
  readonly processes: number;
  /** The number of token lifetimes. */
  readonly rounds: number;
  readonly trouble: Trouble;
  readonly launch: Launch;
  /** How long a response of the token endpoint takes. Default: 0. */
  readonly tokenDelayMs?: number;
  /** Lets the server expire the tokens at once instead of by time, so that nothing depends on timing. */
  readonly endTokens?: boolean;
  /** Does not kill the lock's holder: if it has already sent the refresh request, the sign-in is lost. */
  readonly spareHolder?: boolean;
  /** The URL of an empty database, for a sign-in of Codex that is stored there. Default: it is in a file. */
  readonly database?: string;
}

/** The result of a race. */
export interface RaceResult {
  readonly rounds: number;
  readonly calls: number;
  /** Refreshes of an expired token, counted by the server. */
  readonly expiries: number;
  readonly refreshes: number;
  /** Refresh tokens that the server received twice. */
  readonly reused: number;
  /** Failed calls by error code. */
  readonly failures: Readonly<Record<string, number>>;
  /** How often the stored refresh token was invalid at the end of a round. */
  readonly lostSignIns: number;
  /** Processes that were killed or stopped. */
  readonly hits: number;
  /** Those of them that held the lock and had already sent the refresh request. */
  readonly hitsWhileRefreshing: number;
  readonly longestWaitMs: number;
  /** Violations of the service's rules, as far as the server records them. */
  readonly violations: readonly string[];
}

/** The lifetime of a token, and of one that the server expires early, in seconds. Both are short for the session. */
const TOKEN_LIFETIME_SECONDS = 2;
const ENDED_TOKEN_LIFETIME_SECONDS = 25;
/** How long the lock's holder may show no sign of life. The default of 10 s is longer than the tokens live. */
const LOCK_STALE_AFTER_MS = 400;
/** How long a holder stays stopped: long enough to be replaced. */
const STOPPED_MS = 700;
/** All processes call when the token expires, and a quarter of them again within this time. */
const SPREAD_MS = 1_500;

/** Lets many processes share one sign-in with access tokens of two seconds, and counts the events. */
export async function runRace(options: RaceOptions): Promise<RaceResult> {
  const folder = await mkdtemp(join(tmpdir(), "axio-race-"));
  const { route = "codex" } = options;
  const server = await ROUTE_SERVERS[route]({
    tokenLifetimeSeconds: options.endTokens ? ENDED_TOKEN_LIFETIME_SECONDS : TOKEN_LIFETIME_SECONDS,
    tokenDelayMs: options.tokenDelayMs ?? 0,
  });
  const signIn = await openSharedSignIn(route, join(folder, `${route}.json`), options.database);
  const race = new Race(options, server, route, signIn);
  try {
    return await race.run();
  } finally {
    await race.close();
    await signIn.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

class Race {
  readonly #options: RaceOptions;
  readonly #server: RouteServer;
  readonly #signInPlace: SharedSignIn;
  readonly #workerOptions: WorkerOptions;
  readonly #workers: Worker[] = [];
  readonly #failures: Record<string, number> = {};
  #rounds = 0;
  #calls = 0;
  #lostSignIns = 0;
  #hits = 0;
  #hitsWhileRefreshing = 0;
  #longestWaitMs = 0;

  constructor(options: RaceOptions, server: RouteServer, route: RouteName, signIn: SharedSignIn) {
    this.#options = options;
    this.#server = server;
    this.#signInPlace = signIn;
    const { baseUrl, issuer } = server;
    const { path, database } = signIn;
    const lockStaleAfterMs = LOCK_STALE_AFTER_MS;
    this.#workerOptions = { route, path, database, baseUrl, issuer, lockStaleAfterMs };
  }

  async run(): Promise<RaceResult> {
    const { processes, rounds } = this.#options;
    await this.#signIn(3_600);
    await this.#fillUp(processes);
    await this.#signIn();
    for (let round = 0; round < rounds; round += 1) {
      await this.#untilTokenEnds();
      this.#rounds += 1;
      await this.#round();
      await this.#fillUp(processes);
    }
    const { expiries, refreshes, refreshTokenReuses } = this.#server.counts();
    return {
      rounds,
      calls: this.#calls,
      expiries,
      refreshes,
      reused: refreshTokenReuses,
      failures: this.#failures,
      lostSignIns: this.#lostSignIns,
      hits: this.#hits,
      hitsWhileRefreshing: this.#hitsWhileRefreshing,
      longestWaitMs: this.#longestWaitMs,
      violations: this.#server.violations(),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  async #signIn(lifetimeSeconds?: number): Promise<void> {
    await this.#signInPlace.save(this.#server.issue(lifetimeSeconds));
  }

  async #fillUp(processes: number): Promise<void> {
    while (this.#workers.length < processes) {
      // A few at a time, because all at once would starve the first ones.
      const missing = Math.min(4, processes - this.#workers.length);
      const start = () => Worker.start(this.#options.launch, this.#workerOptions);
      const workers = await Promise.all(Array.from({ length: missing }, start));
      this.#workers.push(...workers);
      // The first call loads modules, which may take longer than the tokens live.
      if (this.#rounds === 0) await Promise.all(workers.map((worker) => worker.call({ id: 0, delayMs: 0 })));
    }
  }

  async #untilTokenEnds(): Promise<void> {
    if (this.#options.endTokens) return this.#server.expireAccessTokens();
    const credentials = await this.#signInPlace.load();
    await sleep(Math.max(0, (credentials?.expiresAt ?? 0) - Date.now()));
  }

  async #round(): Promise<void> {
    const outcomes = this.#workers.map((worker) => worker.call({ id: ++this.#calls, delayMs: 0 }));
    for (let count = 0; count < this.#workers.length / 4; count += 1) {
      const worker = this.#workers[Math.floor(Math.random() * this.#workers.length)];
      if (worker !== undefined)
        outcomes.push(worker.call({ id: ++this.#calls, delayMs: Math.random() * this.#spreadMs }));
    }
    const done = Promise.all(outcomes);
    if (this.#options.trouble === "kill") await this.#killOne();
    if (this.#options.trouble === "stop") await this.#stopHolder(done);
    for (const outcome of await done) this.#count(outcome);
    await this.#checkSignIn();
  }

  #count(outcome: CallOutcome | undefined): void {
    // A killed process waits for nothing.
    if (outcome === undefined) return;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, outcome.ms);
    if (outcome.error !== undefined) this.#failures[outcome.error] = (this.#failures[outcome.error] ?? 0) + 1;
  }

  async #killOne(): Promise<void> {
    await sleep(Math.random() * this.#spreadMs);
    const victim = this.#workers[Math.floor(Math.random() * this.#workers.length)];
    if (victim === undefined) return;
    // A stopped process cannot take the lock between the check and the kill.
    victim.signal("SIGSTOP");
    const wasHolder = (await this.#signInPlace.holder()) === victim.pid;
    if (wasHolder && this.#options.spareHolder) return victim.signal("SIGCONT");
    this.#workers.splice(this.#workers.indexOf(victim), 1);
    await victim.kill();
    await this.#countHit(wasHolder);
  }

  /** Stops the lock's holder for longer than it may show no sign of life. */
  async #stopHolder(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    // At any moment of a refresh.
    const from = performance.now() + Math.random() * (10 + (this.#options.tokenDelayMs ?? 0));
    let holder: Worker | undefined;
    while (!isDone && holder === undefined) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const pid = performance.now() < from ? undefined : await this.#signInPlace.holder();
      holder = this.#workers.find((worker) => worker.pid === pid);
    }
    if (holder === undefined) return;
    holder.signal("SIGSTOP");
    try {
      await this.#countHit((await this.#signInPlace.holder()) === holder.pid);
      await sleep(STOPPED_MS);
    } finally {
      holder.signal("SIGCONT");
    }
  }

  get #spreadMs(): number {
    return this.#options.endTokens ? 0 : SPREAD_MS;
  }

  async #countHit(wasHolder: boolean): Promise<void> {
    this.#hits += 1;
    if (wasHolder && !(await this.#isSignedIn())) this.#hitsWhileRefreshing += 1;
  }

  async #checkSignIn(): Promise<void> {
    if (await this.#isSignedIn()) return;
    this.#lostSignIns += 1;
    await this.#signIn();
  }

  /** Tells whether the stored refresh token is the server's current one. */
  async #isSignedIn(): Promise<boolean> {
    const credentials = await this.#signInPlace.load();
    return this.#server.isLive(credentials?.refreshToken ?? "");
  }
}
