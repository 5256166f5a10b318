import { describe, expect, it } from "vitest";
import { FrameWriter } from "../../src/terminal/frame-writer.ts";
import { VirtualScreen } from "../support/virtual-screen.ts";

function writer() {
  const screen = new VirtualScreen(12, 4);
  const writes: string[] = [];
  const frames = new FrameWriter((text) => {
    writes.push(text);
    screen.write(text);
  });
  return { screen, writes, frames };
}

describe("FrameWriter", () => {
  it("shows each frame, whatever was there before", () => {
    const { screen, frames } = writer();
    for (const frame of ["one\ntwo\nthree\nfour", "one\n\nthr", "a\nb\nc\nd", "longer row\nx"]) {
      frames.show({ rows: frame.split("\n") });
      expect(screen.text().trimEnd()).toBe(frame);
    }
  });

  it("writes only changed rows, as one synchronized update, and nothing for the same frame", () => {
    const { writes, frames } = writer();
    const cursor = { row: 0, column: 1 };
    frames.show({ rows: ["one", "two", "three"], cursor });
    frames.show({ rows: ["one", "TWO", "three"], cursor });
    frames.show({ rows: ["one", "TWO", "three"], cursor: { ...cursor } });
    expect(writes).toHaveLength(2);
    expect(writes[1]).toContain("TWO");
    expect(writes[1]).not.toContain("three");
    expect(writes[1]?.startsWith("\x1b[?2026h")).toBe(true);
    expect(writes[1]?.endsWith("\x1b[?2026l")).toBe(true);
  });

  it("ends each frame with the cursor at its position", () => {
    const { screen, frames } = writer();
    frames.show({ rows: ["abc", "def"], cursor: { row: 0, column: 2 } });
    expect(screen.cursor()).toBe("ab|c");
    frames.show({ rows: ["abc", "changed"], cursor: { row: 0, column: 2 } });
    expect(screen.cursor()).toBe("ab|c");
    frames.show({ rows: ["abc", "changed"], cursor: { row: 1, column: 7 } });
    expect(screen.cursor()).toBe("changed|");
  });

  it("hides the cursor if a frame has none", () => {
    const { screen, frames } = writer();
    frames.show({ rows: ["abc"] });
    expect(screen.cursor()).toBeUndefined();
    frames.show({ rows: ["abc"], cursor: { row: 0, column: 0 } });
    expect(screen.cursor()).toBe("|abc");
    frames.show({ rows: ["abc"] });
    expect(screen.cursor()).toBeUndefined();
  });

  it("writes the whole frame again after foreign output", () => {
    const { writes, frames } = writer();
    frames.show({ rows: ["one", "two"] });
    frames.forget();
    frames.show({ rows: ["one", "two"] });
    expect(writes[1]).toContain("one");
  });
});
