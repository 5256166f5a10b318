import { listProjectFiles } from "axio-tools-local/project-files";
import type { App } from "../app/app.ts";
import { matchCommands } from "../commands/command-table.ts";
import { type CompletionItem, type CompletionQuery, completionQuery } from "../prompt/completion.ts";
import { rankFiles } from "../prompt/rank-files.ts";

/** How many suggestions are shown. */
const MAX_ITEMS = 50;
/** How many files and directories of the project are listed. */
const MAX_ENTRIES = 20_000;
/** How long the list of files is cached, in milliseconds. */
const CACHE_MS = 10_000;

/** Suggests commands and paths for the word at the cursor. */
export class Completer {
  readonly #app: App;
  #files: readonly string[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Updates the suggestions after a change of the prompt. */
  update(): void {
    const app = this.#app;
    const query = completionQuery(app.state.editor);
    if (query?.kind === "file") this.#listFiles();
    const items = query === undefined ? [] : this.#items(query);
    if (query !== undefined && items.length > 0)
      app.change({ completion: { start: query.start, end: query.end, items, index: 0 } });
    else if (app.state.completion !== undefined) app.change({ completion: undefined });
  }

  #items({ kind, query }: CompletionQuery): readonly CompletionItem[] {
    return kind === "command"
      ? matchCommands(this.#app.commands, query).map(({ name, description }) => ({
          text: `/${name}`,
          detail: description,
        }))
      : rankFiles(this.#files, query, MAX_ITEMS).map((path) => ({
          text: /\s/.test(path) ? `@"${path}"` : `@${path}`,
        }));
  }

  #listFiles(): void {
    if (this.#listing !== undefined || performance.now() - this.#listedAt < CACHE_MS) return;
    const { options, signal } = this.#app;
    this.#listing = listProjectFiles(options.cwd, { maxEntries: MAX_ENTRIES, signal })
      .then(
        (files) => {
          this.#files = files;
        },
        // A folder that cannot be read has nothing to suggest.
        () => undefined,
      )
      .then(() => {
        this.#listedAt = performance.now();
        this.#listing = undefined;
        if (!signal.aborted) this.update();
      });
  }
}
