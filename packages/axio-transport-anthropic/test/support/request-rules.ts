import { isJsonObject, type JsonObject } from "axio";

/** Lists what the API refuses in a body: order and pairing of messages, blank text, ids, thinking, cache breakpoints. */
export function faultsOf(body: JsonObject): readonly string[] {
  const faults: string[] = [];
  const messages = objects(body["messages"]);
  const seen = new Set<unknown>();
  for (const [at, { role, content }] of messages.entries()) {
    const blocks = objects(content);
    const fault = (text: string): void => {
      faults.push(`messages.${at}: ${text}`);
    };
    if (blocks.length === 0) fault("is empty");
    if (at > 0 && messages[at - 1]?.["role"] === role) fault(`follows another ${String(role)} message`);
    for (const block of blocks) for (const text of blockFaults(block)) fault(text);
    if (role === "assistant") {
      if (blocks.every(({ type }) => isThinking(type))) fault("has nothing but thinking");
      const ids = blocks.filter(({ type }) => type === "tool_use").map(({ id }) => id);
      for (const id of ids) {
        if (seen.has(id)) fault(`has the id ${String(id)} again`);
        seen.add(id);
      }
      const next = objects(messages[at + 1]?.["content"]).filter(({ type }) => type === "tool_result");
      const answered = next.map(({ tool_use_id: id }) => id);
      if ([...ids].sort().join() !== [...answered].sort().join())
        fault(`${ids.join()} has the results ${answered.join()}`);
    }
    if (role === "user") {
      const last = blocks.findLastIndex(({ type }) => type === "tool_result");
      if (blocks.slice(0, last + 1).some(({ type }) => type !== "tool_result"))
        fault("has results after other content");
      if (last >= 0 && messages[at - 1]?.["role"] !== "assistant") fault("has results without calls");
    }
  }
  const [first] = messages.filter(({ role }) => role !== "system");
  if (first?.["role"] !== "user") faults.push("the first message is not the user's");
  if (messages.at(-1)?.["role"] === "assistant") faults.push("the last message is the assistant's");
  return [...faults, ...serverCallFaults(messages), ...markFaults(body)];
}

function blockFaults(block: JsonObject): readonly string[] {
  const faults: string[] = [];
  const { type, id, name, input, content, is_error: isError, tool_use_id: resultOf } = block;
  if (type === "text" && !/[^\s\u200b-\u200d\u2060\ufeff]/.test(String(block["text"])))
    faults.push("has blank text");
  if (type === "tool_use") {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(id))) faults.push(`has the id ${JSON.stringify(id)}`);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(name)))
      faults.push(`has the tool name ${JSON.stringify(name)}`);
    if (!isJsonObject(input)) faults.push("has an input that is no object");
  }
  if (type === "tool_result") {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(resultOf))) faults.push("has a result with a bad id");
    for (const part of objects(content)) {
      faults.push(...blockFaults(part));
      if (isError === true && part["type"] !== "text") faults.push("has an error that is not text");
    }
    if (Array.isArray(content) && content.length === 0) faults.push("has an empty result");
  }
  if (type === "thinking" && (typeof block["signature"] !== "string" || block["signature"] === "")) {
    faults.push("has thinking without a signature");
  }
  if (isThinking(type) && block["cache_control"] !== undefined) faults.push("marks thinking");
  return faults;
}

function serverCallFaults(messages: readonly JsonObject[]): readonly string[] {
  const calls = new Set<unknown>();
  const faults: string[] = [];
  for (const { content } of messages) {
    for (const { type, id, tool_use_id: resultOf } of objects(content)) {
      if (type === "server_tool_use" || type === "mcp_tool_use") calls.add(id);
      else if (type !== "tool_result" && String(type).endsWith("_tool_result") && !calls.delete(resultOf)) {
        faults.push(`the result of ${String(resultOf)} has no call`);
      }
    }
  }
  // The newest call may still be open.
  const newest = objects(messages.findLast(({ role }) => role === "assistant")?.["content"]).map(
    ({ id }) => id,
  );
  return [
    ...faults,
    ...[...calls].filter((id) => !newest.includes(id as string)).map((id) => `${String(id)} has no result`),
  ];
}

/** The cache breakpoints of a body, in the order of the prefix. */
export function marksIn(body: JsonObject): readonly JsonObject[] {
  const blocks = objects(body["messages"]).flatMap(({ content }) => objects(content));
  return [...objects(body["tools"]), ...objects(body["system"]), ...blocks].filter(
    ({ cache_control: mark }) => mark !== undefined,
  );
}

function markFaults(body: JsonObject): readonly string[] {
  const marks = marksIn(body);
  const automatic = body["cache_control"] === undefined ? 0 : 1;
  const lifetimes = marks.map(({ cache_control: mark }) =>
    isJsonObject(mark) ? (mark["ttl"] ?? "5m") : "?",
  );
  return [
    ...(marks.length + automatic > 4 ? [`there are ${marks.length + automatic} marks`] : []),
    ...(lifetimes.join().includes("5m,1h") ? ["a longer mark follows a shorter one"] : []),
  ];
}

function isThinking(type: unknown): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** The objects in a value. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
