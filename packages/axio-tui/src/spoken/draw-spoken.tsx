/** @jsxRuntime automatic */
import type { EventEmitter } from "node:events";
import { render } from "ink";
import type { App } from "../app/app.ts";
import type { Drawing } from "../app/drawing.ts";
import { FrameLimiter } from "../app/frame-limiter.ts";
import { SpokenScreen } from "./spoken-screen.tsx";

/** Draws the app for a screen reader, as Ink does it: line after line, below what stands on the terminal. */
export function drawSpoken(app: App, input: EventEmitter, stdout: NodeJS.WriteStream): Drawing {
  const screen = () => <SpokenScreen view={app.state} state={app.conversation.state} />;
  const instance = render(screen(), {
    stdout,
    // It has all that Ink asks of a terminal's input.
    stdin: input as unknown as NodeJS.ReadStream,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: true,
  });
  const limiter = new FrameLimiter(() => instance.rerender(screen()));
  const unfollow = [app.subscribe(limiter.request), app.conversation.subscribe(limiter.request)];
  return {
    redraw: () => limiter.request(),
    end: () => {
      for (const end of unfollow) end();
      limiter.end();
      instance.unmount();
    },
  };
}
