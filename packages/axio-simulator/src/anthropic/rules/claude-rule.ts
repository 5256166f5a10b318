import type { JsonObject } from "../../json.ts";
import type { ClaudeModel } from "../models.ts";

/** The facts outside the body that some rules of the Messages API depend on. */
export interface ClaudeRuleContext {
  /** The model that the request is for. Default: rules that depend on a model are skipped. */
  readonly model?: ClaudeModel | undefined;
  /** The values of the header `anthropic-beta`. Default: none. */
  readonly betas?: ReadonlySet<string> | undefined;
  /** Whether the account binds thinking to the prefix without being asked. Default: true. */
  readonly bindsPrefix?: boolean | undefined;
  /** Whether a signature came from a replayed recording. Default: none did. */
  readonly isRecorded?: ((signature: string) => boolean) | undefined;
  /** Whether the request only counts tokens, and has no `max_tokens`. Default: false. */
  readonly isCount?: boolean | undefined;
}

/** Returns why the service refuses a body, or `undefined` if the rule accepts it. Has no side effects. */
export type ClaudeRule = (body: JsonObject, context: ClaudeRuleContext) => string | undefined;
