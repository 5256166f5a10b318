import type { App } from "../app/app.ts";
import { matchCommands } from "../commands/command-table.ts";
import { type CompletionItem, completionQuery } from "../prompt/completion.ts";
import { projectFiles } from "../prompt/project-files.ts";
import { rankFiles } from "../prompt/rank-files.ts";

const MOST_ITEMS = 50;
/** How long the list of files is used before it is made anew, in milliseconds. */
const FRESH_FOR = 10_000;

/** Offers commands and paths for what is being written. */
export class Completer {
  readonly #app: App;
  #files: readonly string[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Looks at the prompt anew. */
  update(): void {
    const app = this.#app;
    const query = completionQuery(app.state.editor);
    if (query === undefined) {
      if (app.state.completion !== undefined) app.drop("completion");
      return;
    }
    if (query.kind === "file") this.#listFiles();
    const items: readonly CompletionItem[] =
      query.kind === "command"
        ? matchCommands(query.query).map(({ name, description }) => ({
            text: `/${name}`,
            detail: description,
          }))
        : rankFiles(this.#files, query.query, MOST_ITEMS).map((path) => ({
            text: /\s/.test(path) ? `@"${path}"` : `@${path}`,
          }));
    if (items.length === 0) {
      if (app.state.completion !== undefined) app.drop("completion");
      return;
    }
    app.change({ completion: { start: query.start, end: query.end, items, index: 0 } });
  }

  #listFiles(): void {
    if (this.#listing !== undefined || performance.now() - this.#listedAt < FRESH_FOR) return;
    this.#listing = projectFiles(this.#app.options.folder).then((files) => {
      this.#files = files;
      this.#listedAt = performance.now();
      this.#listing = undefined;
      this.update();
    });
  }
}
