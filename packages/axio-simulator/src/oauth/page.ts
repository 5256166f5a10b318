import type { SimulatedAccount } from "./accounts.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #5d6470; --line: #d9dce2; --paper: #fff; --ground: #f4f5f7; --accent: #10756a; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --soft: #a2a9b6; --line: #3a404b; --paper: #1d2026; --ground: #131519; --accent: #4cc4b3; --on-accent: #06231f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: min(1.5rem, 5vw); background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(26rem, 100%); padding: min(2rem, 6vw); background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; }
p { margin: .5rem 0 1rem; color: var(--soft); }
.badge { display: inline-block; margin-bottom: 1rem; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--soft); font-size: .8rem; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: .5rem; color: var(--soft); font-size: .9rem; }
.account { display: flex; gap: .75rem; align-items: center; margin-bottom: .5rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .75rem; cursor: pointer; }
.account:has(:checked) { border-color: var(--accent); }
.account input { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; }
.account small { display: block; color: var(--soft); }
input[type=text] { width: 100%; margin-bottom: 1rem; padding: .7rem .8rem; border: 1px solid var(--line); border-radius: .6rem; background: transparent; color: inherit; font: 1.1rem ui-monospace, monospace; letter-spacing: .08em; }
button { width: 100%; margin-top: .5rem; padding: .75rem; border: 1px solid var(--line); border-radius: .75rem; background: transparent; color: inherit; font: inherit; cursor: pointer; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { overflow-wrap: anywhere; }
`;

/** A page of the simulator. `body` is HTML, `title` is text. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><span class="badge">Simulator: no real account</span>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`;
}

/** An error page with a text and a code. */
export function errorPage(code: string, description: string): string {
  return page(
    "Something went wrong",
    `<p>${escapeHtml(description)}</p><p>Code: <code>${escapeHtml(code)}</code></p>`,
  );
}

/** A choice of accounts with the first selected, and two buttons. */
export function accountChoice(accounts: readonly SimulatedAccount[]): string {
  return `${accountFieldset(accounts)}
${decisionButton("continue", "Continue", true)}
${decisionButton("deny", "Deny", false)}`;
}

/** A choice of accounts with the first selected. */
export function accountFieldset(accounts: readonly SimulatedAccount[]): string {
  const choices = accounts.map(
    (account, index) =>
      `<label class="account"><input type="radio" name="account" value="${escapeHtml(account.id)}"${index === 0 ? " checked" : ""}><span>${escapeHtml(account.name)}<small>${escapeHtml(account.email)} · ${escapeHtml(account.planType)}</small></span></label>`,
  );
  return `<fieldset><legend>Choose an account</legend>
${choices.join("\n")}
</fieldset>`;
}

/** A button that submits a decision. */
export function decisionButton(decision: string, label: string, isPrimary: boolean): string {
  return `<button${isPrimary ? ' class="primary"' : ""} type="submit" name="decision" value="${decision}">${escapeHtml(label)}</button>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
