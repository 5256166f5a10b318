import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AxioError,
  type CompletionTransport,
  type JsonValue,
  ModelRegistry,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import type { PluginHost, Profile, Provider } from "axio/plugin";
import { reasoningBlock, stepEnd, textAnswer, textBlock, toolUseBlock } from "axio/testing";

const MODELS = [
  { id: "large", displayName: "Large", efforts: ["low", "high"], defaultEffort: "low" },
  { id: "small", displayName: "Small" },
].map((model) => ({
  ...model,
  capabilities: ["text", "tool-use", "vision"],
  contextWindow: 100_000,
}));

/**
 * A provider whose model does what the prompt says: `say TEXT`, `call TOOL JSON`, `think`, `wait`, `fail CODE`, `lose`, `end REASON`,
 * `seen` (the last message, as the model sees it). After tool results it says "Done."
 */
export const provider: Provider = {
  title: "Scripted",
  signIn: {
    title: "Sign in to Scripted",
    methods: ["browser"],
    stores: [{ name: "file" }],
    profile: async (host) => profileOf(host),
    profiles: async (host) => [profileOf(host)],
    setDefaultProfile: async (host) => profileOf(host),
    login: async (host) => {
      writeFileSync(markerOf(host), "");
      const profile = profileOf(host);
      return { ...profile, account: profile.account ?? { label: "ada" } };
    },
    logout: async (host) => {
      rmSync(markerOf(host), { force: true });
      return { signedOut: true, revoked: true };
    },
    forgetProfile: async () => undefined,
  },
  createTransport: () => new ObedientTransport(),
};

class ObedientTransport implements CompletionTransport {
  readonly name = "Scripted";
  readonly models: ModelRegistry = new ModelRegistry(MODELS);
  readonly model = this.models.get("large");

  async *stream({ messages, model, reasoning, signal }: StreamRequest): AsyncGenerator<TransportEvent> {
    const last = messages.at(-1);
    if (last?.content.some(({ type }) => type === "tool-result") === true) {
      yield* textAnswer("Done.");
      return;
    }
    const [first] = last?.content ?? [];
    const [verb = "", rest = ""] = splitOnce(first?.type === "text" ? first.text : "");
    switch (verb) {
      case "call": {
        const [name = "", json = "{}"] = splitOnce(rest);
        yield* textBlock(`I call ${name}.`);
        yield* toolUseBlock(`call-${messages.length}`, name, JSON.parse(json) as JsonValue, 1);
        yield stepEnd("tool-use");
        return;
      }
      case "think":
        yield* reasoningBlock("Hm.");
        yield* textBlock("After reasoning.", 1);
        yield stepEnd();
        return;
      case "wait":
        yield* textBlock("Waiting.");
        await once(signal ?? new AbortController().signal, "abort");
        throw new AxioError("aborted", "The operation was aborted.");
      case "fail":
        yield { type: "text-delta", index: 0, delta: "So " };
        throw new AxioError(rest as "usage-limit", `The service says: ${rest}.`);
      case "lose":
        yield* textBlock("Half an ans");
        yield {
          type: "retry",
          attempt: 1,
          delayMs: 0,
          error: new AxioError("stream-truncated", "The connection was lost."),
          discardedBlocks: [0],
        };
        yield* textAnswer("A whole answer.");
        return;
      case "end":
        yield* textBlock("The end.");
        yield stepEnd(rest as "refusal");
        return;
      case "model":
        yield* textAnswer(`${typeof model === "string" ? model : "default"} ${reasoning?.effort ?? "none"}`);
        return;
      case "seen":
        yield* textAnswer(JSON.stringify(last?.content));
        return;
      default:
        yield* textAnswer(`You said: ${verb} ${rest}`.trim());
    }
  }
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function profileOf(host: PluginHost): Profile {
  const account = existsSync(markerOf(host)) ? { label: "ada" } : undefined;
  return { name: "default", isDefault: true, location: "memory", account };
}

/** The file that stands for a sign-in. */
function markerOf({ env }: PluginHost): string {
  return join(env["HOME"] ?? "", "signed-in");
}
