import type { Page } from "playwright-core";

/** The width of a narrow phone. */
export const PHONE = { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2, isMobile: true } as const;

/** Returns the visible text of an element. */
export function shownText(page: Page, selector: string): Promise<string> {
  return page.locator(selector).innerText();
}

/** Returns by how many pixels the page is wider than the window. */
export function horizontalOverflow(page: Page): Promise<unknown> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/**
 * Returns the lowest contrast between a text and its background (WCAG 2.2, 1.4.3 requires 4.5). Supports only opaque colors,
 * as these pages use.
 */
export async function lowestContrast(page: Page): Promise<number> {
  const lowest = await page.evaluate(LOWEST_CONTRAST);
  if (typeof lowest !== "number") throw new Error("The page has no text.");
  return lowest;
}

// Runs in the page, without the types of this project.
const LOWEST_CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") &&
    element.checkVisibility());
  return Math.min(...texts.map((element) => {
    const [dark, light] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }));
})()`;
