import { createRunView, element } from "./run-view.js";

const transcript = document.querySelector("#transcript");
const status = document.querySelector("#status");
const composer = document.querySelector("#composer");
const prompt = document.querySelector("#prompt");
const send = composer.querySelector("[type=submit]");
const stop = document.querySelector("#stop");
const suggestions = document.querySelector("#suggestions");

/** The conversation is part of the address, so that a reload and a link find it again. */
let conversationId = location.hash.slice(1) || undefined;

async function call(path, body) {
  const options = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`api/${path}`, options);
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
  return answer;
}

/** Calls the server, and shows why if that fails. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    status.textContent = error.message;
  }
}

function showRunning(runId) {
  send.hidden = runId !== undefined;
  stop.hidden = runId === undefined;
  stop.onclick = () => attempt(() => call(`runs/${encodeURIComponent(runId)}/stop`, {}));
}

/** Shows a run from its first event to its end. After a lost connection the browser asks for the events after the last one. */
function follow({ id, prompt: blocks }) {
  const view = createRunView({
    prompt: blocks.map(({ text }) => text ?? "").join("\n"),
    decide: (approvalId, decision) =>
      attempt(() => call(`approvals/${encodeURIComponent(approvalId)}`, decision)),
  });
  transcript.append(view.root);
  view.root.scrollIntoView({ block: "end" });
  showRunning(id);
  return new Promise((resolve) => {
    const events = new EventSource(`api/runs/${encodeURIComponent(id)}/events`);
    const end = (text) => {
      events.close();
      showRunning(undefined);
      status.textContent = text;
      resolve();
    };
    events.onopen = () => (status.textContent = "");
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) end("The server no longer has this run.");
      else status.textContent = "The connection was lost. Reconnecting …";
    };
    events.onmessage = ({ data }) => {
      const { scrollHeight, scrollTop, clientHeight } = document.scrollingElement;
      const isAtEnd = scrollHeight - scrollTop - clientHeight < 80;
      const event = JSON.parse(data);
      const note = view.show(event);
      if (note !== undefined) status.textContent = note;
      if (isAtEnd) document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight;
      if (event.type === "run-end") end(note);
    };
  });
}

async function start(text) {
  suggestions.hidden = true;
  send.disabled = true;
  await attempt(async () => {
    const run = await call("runs", { prompt: text, conversationId });
    conversationId = run.conversationId;
    history.replaceState(undefined, "", `#${conversationId}`);
    prompt.value = "";
    send.disabled = false;
    await follow({ id: run.id, prompt: [{ text }] });
    prompt.focus();
  });
  send.disabled = false;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (send.hidden || send.disabled || prompt.value.trim() === "") return;
  void start(prompt.value);
});
prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
window.addEventListener("hashchange", () => location.reload());

await attempt(async () => {
  if (conversationId !== undefined) {
    for (const run of await call(`conversations/${encodeURIComponent(conversationId)}/runs`))
      await follow(run);
    return;
  }
  for (const { title, prompt: text } of await call("suggestions")) {
    const button = element("button", { type: "button", textContent: title });
    button.addEventListener("click", () => void start(text));
    suggestions.append(button);
  }
});
