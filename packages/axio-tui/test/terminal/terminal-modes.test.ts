import type { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { TerminalModes } from "../../src/terminal/terminal-modes.ts";
import { VirtualScreen } from "../support/virtual-screen.ts";

describe("TerminalModes", () => {
  it("restores the terminal before an uncaught error is written, and says how to continue", () => {
    const screen = new VirtualScreen(80, 24);
    const modes = new TerminalModes(screen as unknown as NodeJS.WriteStream, false);
    modes.enter();
    const node: EventEmitter = process;
    node.emit("uncaughtExceptionMonitor", new Error("late"), "uncaughtException");
    expect(screen.after).toMatch(/\?1049l.*axio --continue\n$/);
    modes.leave();
    expect(screen.after.split("1049l")).toHaveLength(2);
    expect(process.listenerCount("uncaughtExceptionMonitor")).toBe(0);
  });
});
