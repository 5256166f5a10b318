import { renderUnicodeCompact } from "uqr";
import type { Channel } from "./channel.ts";

const BORDER = 2;
const WHITE_ON_BLACK = "\u001b[97;40m";
const RESET = "\u001b[0m";

/**
 * Draws a QR code for an address, or gives nothing where the terminal cannot show it: no terminal, too narrow, no Unicode.
 * Light modules are drawn, so that it reads on a dark ground; with colours on, on any.
 */
export function drawQrCode(
  address: string,
  { isTerminal, width, style }: Pick<Channel, "isTerminal" | "width" | "style">,
): readonly string[] {
  if (!isTerminal || !style.unicode) return [];
  const lines = renderUnicodeCompact(address, { border: BORDER }).split("\n");
  if (lines.some((line) => line.length > width)) return [];
  return style.colors ? lines.map((line) => `${WHITE_ON_BLACK}${line}${RESET}`) : lines;
}
