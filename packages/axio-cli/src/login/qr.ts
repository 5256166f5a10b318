import { renderUnicodeCompact } from "uqr";
import type { Output } from "../output.ts";

const BORDER = 2;
const WHITE_ON_BLACK = "\u001b[97;40m";
const RESET = "\u001b[0m";

/**
 * Draws a QR code for an address. Returns no lines if it cannot be shown: no terminal, too narrow, no Unicode. Draws the light
 * modules, for terminals with a dark background; with colors, it works on any background.
 */
export function drawQrCode(
  address: string,
  { isTerminal, width, style }: Pick<Output, "isTerminal" | "width" | "style">,
): readonly string[] {
  if (!isTerminal || !style.unicode) return [];
  const lines = renderUnicodeCompact(address, { border: BORDER }).split("\n");
  if (lines.some((line) => line.length > width)) return [];
  return style.colors ? lines.map((line) => `${WHITE_ON_BLACK}${line}${RESET}`) : lines;
}
