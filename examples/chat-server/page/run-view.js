/** Creates an element with properties and children. Text is never HTML. */
export function element(name, properties = {}, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}

const ENDS = {
  aborted: "Stopped.",
  "max-steps": "Ended after the most steps that are allowed.",
  budget: "Ended at the limit of its budget.",
  error: "Failed.",
};

/**
 * Creates the view of a run: the prompt, and an answer that grows with each event. Events may be shown again from the first
 * one in a new view: the outcome is the same.
 */
export function createRunView({ prompt, decide }) {
  const [first, ...script] = prompt.split("\n");
  const question = element("p", { className: "prompt" }, first);
  if (script.length > 0) question.append(element("span", { className: "script" }, `\n${script.join("\n")}`));
  const answer = element("div", { className: "answer" });
  answer.setAttribute("aria-live", "polite");
  answer.setAttribute("aria-busy", "true");
  const root = element("section", {}, question, answer);
  /** The blocks of the current response by their position, which are discarded if it is requested again. */
  let blocks = new Map();
  const cards = new Map();

  const block = (index, create) => {
    if (!blocks.has(index)) {
      blocks.set(index, create());
      answer.append(blocks.get(index));
    }
    return blocks.get(index);
  };
  const text = (index) => block(index, () => element("p", { className: "text" }));
  const reasoning = (index) =>
    block(index, () => element("details", {}, element("summary", {}, "Reasoning"), element("p"))).lastChild;
  const card = (index, id, name) => {
    block(index, () => {
      cards.set(id, createCard(name));
      return cards.get(id).root;
    });
    return cards.get(id);
  };

  const showBlock = (index, shown) => {
    if (shown.type === "text") text(index).textContent = shown.text;
    else if (shown.type === "tool-use") card(index, shown.id, shown.name).setInput(shown.input);
  };

  /** Shows an event. Returns a note for the status line, if there is one. */
  const show = (event) => {
    const { type, index, toolCallId } = event;
    if (type === "text-delta") text(index).append(event.delta);
    else if (type === "reasoning-delta") reasoning(index).append(event.delta);
    else if (type === "tool-use-start") card(index, toolCallId, event.name);
    else if (type === "block-end") showBlock(index, event.block);
    else if (type === "tool-output-delta") cards.get(toolCallId)?.setProgress(event.delta);
    else if (type === "tool-result") cards.get(toolCallId)?.setResult(event.result);
    else if (type === "step-end") blocks = new Map();
    else if (type === "retry") {
      for (const discarded of event.discardedBlocks) {
        blocks.get(discarded)?.remove();
        blocks.delete(discarded);
      }
      return "The answer was interrupted. Another attempt continues it.";
    } else if (type === "approval-request") {
      cards.get(toolCallId)?.ask(event.question, (decision) => decide(event.approvalId, decision));
      return "A tool needs your approval.";
    } else if (type === "error") answer.append(element("p", { className: "error" }, event.error.message));
    else if (type === "run-end") {
      answer.setAttribute("aria-busy", "false");
      return ENDS[event.reason] ?? "";
    }
    return undefined;
  };
  return { root, show };
}

/** A card of a tool call: its input, its progress, a question if it needs approval, and its result. */
function createCard(name) {
  const state = element("span", { className: "state" }, "Running");
  const input = element("pre", { hidden: true });
  const progress = element("progress", { hidden: true });
  progress.setAttribute("aria-label", `Progress of ${name}`);
  const output = element("p", { className: "output", hidden: true });
  const question = element("div", { hidden: true, className: "question" });
  question.setAttribute("role", "group");
  question.setAttribute("aria-label", "Approval");
  const root = element(
    "article",
    { className: "card" },
    element("h2", {}, element("code", {}, name), state),
    input,
    progress,
    output,
    question,
  );
  root.setAttribute("aria-label", `Tool ${name}`);
  const setOutput = (text) => {
    output.hidden = false;
    output.textContent = text;
  };
  const setState = (text, className = "") => {
    state.textContent = text;
    root.className = `card ${className}`;
  };
  return {
    root,
    setInput: (value) => {
      input.hidden = false;
      input.textContent = JSON.stringify(value, undefined, 2);
    },
    setProgress: (delta) => {
      const [, done, all] = /(\d+) of (\d+)/.exec(delta) ?? [];
      if (all !== undefined)
        Object.assign(progress, { hidden: false, value: Number(done), max: Number(all) });
      setOutput(delta.trim());
    },
    ask: (text, decide) => {
      setState("Needs approval", "asks");
      const answerWith = (label, decision) => {
        const button = element("button", { type: "button", textContent: label });
        button.addEventListener("click", () => {
          question.hidden = true;
          setState(decision.action === "allow" ? "Approved" : "Denied");
          void decide(decision);
        });
        return button;
      };
      question.hidden = false;
      question.replaceChildren(
        element("p", {}, text),
        answerWith("Approve", { action: "allow" }),
        answerWith("Deny", { action: "deny", reason: "The user denied it." }),
      );
    },
    setResult: ({ content, isError }) => {
      progress.hidden = true;
      question.hidden = true;
      setState(isError ? "Not done" : "Done", isError ? "failed" : "done");
      setOutput(
        typeof content === "string"
          ? content
          : content.map((part) => part.text ?? `[${part.type}]`).join("\n"),
      );
    },
  };
}
