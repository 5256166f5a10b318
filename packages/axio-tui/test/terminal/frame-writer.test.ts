import { describe, expect, it } from "vitest";
import { FrameWriter } from "../../src/terminal/frame-writer.ts";
import { VirtualScreen } from "../support/virtual-screen.ts";

function writer() {
  const screen = new VirtualScreen(10, 4);
  const writes: string[] = [];
  const frames = new FrameWriter((text) => {
    writes.push(text);
    screen.write(text);
  });
  return { screen, writes, frames };
}

describe("FrameWriter", () => {
  it("shows each frame as it is, whatever stood there", () => {
    const { screen, frames } = writer();
    for (const frame of ["one\ntwo\nthree\nfour", "one\n\nthr", "a\nb\nc\nd", "longer row\nx"]) {
      frames.show(frame);
      expect(screen.text().trimEnd()).toBe(frame);
    }
  });

  it("writes the rows that changed alone, at once, and nothing for the same frame", () => {
    const { writes, frames } = writer();
    frames.show("one\ntwo\nthree");
    frames.show("one\nTWO\nthree");
    frames.show("one\nTWO\nthree");
    expect(writes).toHaveLength(2);
    expect(writes[1]).toContain("TWO");
    expect(writes[1]).not.toContain("three");
    expect(writes[1]?.startsWith("\x1b[?2026h")).toBe(true);
    expect(writes[1]?.endsWith("\x1b[?2026l")).toBe(true);
  });

  it("writes all of it again after others wrote to the screen", () => {
    const { writes, frames } = writer();
    frames.show("one\ntwo");
    frames.forget();
    frames.show("one\ntwo");
    expect(writes[1]).toContain("one");
  });
});
