import type { JsonObject } from "../json.ts";
import type { Refusal } from "./refusal.ts";

/** The properties of a model that rules depend on. */
export interface RuleModel {
  readonly slug: string;
  readonly efforts: readonly string[];
  readonly serviceTiers: readonly string[];
  /** Whether `efforts` has every effort, so that `none` is refused if it is not there. Default: false. */
  readonly lacksNone?: boolean | undefined;
}

/** The facts outside the body that some rules depend on. */
export interface RuleContext {
  /** The model that the request is for. Default: rules that depend on a model are skipped. */
  readonly model?: RuleModel | undefined;
  /** The types of hosted tools that the account lacks. Default: none. */
  readonly lackingTools?: readonly string[] | undefined;
  /** Whether encrypted content is genuine. Default: the simulator made it. */
  readonly isKnownContent?: ((content: string) => boolean) | undefined;
  /** Item members that only one service accepts. Default: none. */
  readonly privateItemMembers?: readonly string[] | undefined;
  /**
   * Whether the route is that of the platform with an API key, which accepts more roles, items and tools than a plan.
   * Default: false.
   */
  readonly isPlatform?: boolean | undefined;
  /** Whether the service keeps items, so that encrypted content may be missing. Default: false. */
  readonly keepsItems?: boolean | undefined;
  /** Whether the request is a warm-up (`generate: false`). Default: false. */
  readonly isWarmUp?: boolean | undefined;
}

/** Returns why the service refuses a body, or `undefined` if the rule accepts it. Has no side effects. */
export type RequestRule = (body: JsonObject, context?: RuleContext) => Refusal | undefined;
