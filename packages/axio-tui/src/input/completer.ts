import type { App } from "../app/app.ts";
import { matchCommands } from "../commands/command-table.ts";
import { type CompletionItem, type CompletionQuery, completionQuery } from "../prompt/completion.ts";
import { projectFiles, rankFiles } from "../prompt/project-files.ts";

/** How many suggestions are shown. */
const MAX_ITEMS = 50;
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
      ? matchCommands(query).map(({ name, description }) => ({ text: `/${name}`, detail: description }))
      : rankFiles(this.#files, query, MAX_ITEMS).map((path) => ({
          text: /\s/.test(path) ? `@"${path}"` : `@${path}`,
        }));
  }

  #listFiles(): void {
    if (this.#listing !== undefined || performance.now() - this.#listedAt < CACHE_MS) return;
    this.#listing = projectFiles(this.#app.options.cwd).then((files) => {
      this.#files = files;
      this.#listedAt = performance.now();
      this.#listing = undefined;
      this.update();
    });
  }
}
