/** @jsxRuntime automatic */
import { EventEmitter } from "node:events";
import { render } from "ink";
import { FrameWriter } from "../terminal/frame-writer.ts";
import type { App } from "./app.ts";
import { AppScreen } from "./app-screen.tsx";
import type { Drawing } from "./drawing.ts";
import { FrameLimiter } from "./frame-limiter.ts";

/** Draws the app with Ink, whenever it changes, at most 30 times a second. */
export function drawApp(app: App, input: EventEmitter, write: (text: string) => void): Drawing {
  const writer = new FrameWriter(write);
  const output = new FrameOutput(app, writer);
  const instance = render(screenOf(app), {
    // They have all that Ink asks of a terminal.
    stdout: output as unknown as NodeJS.WriteStream,
    stdin: input as unknown as NodeJS.ReadStream,
    exitOnCtrlC: false,
    patchConsole: false,
    // So Ink hands out whole frames and leaves the terminal alone: what it writes by itself erases all rows for each frame.
    debug: true,
  });
  const limiter = new FrameLimiter(() => instance.rerender(screenOf(app)));
  const unfollow = [app.subscribe(limiter.request), app.conversation.subscribe(limiter.request)];
  return {
    redraw: () => {
      writer.forget();
      limiter.request();
    },
    end: () => {
      for (const end of unfollow) end();
      limiter.end();
      output.isOver = true;
      instance.unmount();
    },
  };
}

function screenOf(app: App): ReturnType<typeof AppScreen> {
  return <AppScreen view={app.state} state={app.conversation.state} rowsOf={app.rowsOf()} />;
}

/** What Ink writes to. Takes frames and leaves out what Ink says to a terminal besides. */
class FrameOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  isOver = false;
  readonly #app: App;
  readonly #writer: FrameWriter;

  constructor(app: App, writer: FrameWriter) {
    super();
    this.#app = app;
    this.#writer = writer;
  }

  get columns(): number {
    return this.#app.state.width;
  }

  get rows(): number {
    return this.#app.state.height;
  }

  write(text: string): boolean {
    // What shows and hides the cursor is no frame.
    if (!this.isOver && !text.startsWith("\x1b[?25")) this.#writer.show(text);
    return true;
  }
}
