import type { JsonObject } from "../json.ts";
import type { SimulatedModel } from "../responses/model-catalogue.ts";
import type { Refusal } from "./refusal.ts";

/** The facts outside the body that some rules depend on. */
export interface RuleContext {
  /** The model that the request is for. Default: rules that depend on a model are skipped. */
  readonly model?: SimulatedModel | undefined;
  /** The types of hosted tools that the account lacks. Default: none. */
  readonly lackingTools?: readonly string[] | undefined;
  /** Whether encrypted content is genuine. Default: the simulator made it. */
  readonly isKnownContent?: ((content: string) => boolean) | undefined;
  /** Item members that only one service accepts. Default: none. */
  readonly privateItemMembers?: readonly string[] | undefined;
  /** Whether the request is a warm-up (`generate: false`). Default: false. */
  readonly isWarmUp?: boolean | undefined;
}

/** Returns why the service refuses a body, or `undefined` if the rule accepts it. Has no side effects. */
export type RequestRule = (body: JsonObject, context?: RuleContext) => Refusal | undefined;
