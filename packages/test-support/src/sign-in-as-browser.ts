/** The last page of a sign-in. */
export interface BrowserVisit {
  readonly status: number;
  /** The headline of the last page. */
  readonly headline: string;
  readonly html: string;
}

/** Acts like a user in a browser: opens the sign-in page, presses the button with this label, and follows the redirects. */
export async function signInAsBrowser(url: string, button = "Continue"): Promise<BrowserVisit> {
  const page = await fetch(url);
  const html = await page.text();
  const action = attribute(/<form\b[^>]*>/.exec(html)?.[0] ?? "", "action");
  const fields = new URLSearchParams();
  for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name !== "" && !fields.has(name)) fields.set(name, attribute(input, "value"));
  }
  for (const [, tag = "", label = ""] of html.matchAll(/(<button\b[^>]*>)([^<]*)/g)) {
    if (label.trim() === button) fields.set(attribute(tag, "name"), attribute(tag, "value"));
  }
  const answer = await fetch(new URL(action, page.url), { method: "POST", body: fields });
  const last = await answer.text();
  return { status: answer.status, headline: /<h1>([^<]*)/.exec(last)?.[1] ?? "", html: last };
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return value
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
