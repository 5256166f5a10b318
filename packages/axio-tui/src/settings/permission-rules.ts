import { homedir } from "node:os";
import type { DecisionContext } from "../permissions/decision.ts";
import { locatePath } from "../permissions/locate-path.ts";
import {
  joinRules,
  RULE_ACTIONS,
  type RuleAction,
  type RuleSet,
  type RuleTexts,
  toRuleSet,
} from "../permissions/rule.ts";
import type { SettingsStore } from "./app-settings.ts";

/**
 * Where a rule holds: until the app ends, in this folder, or everywhere. The rules of `project` come from the folder's own
 * settings, and are read only.
 */
export type RuleScope = "session" | "folder" | "always" | "project";

/** The scopes that a user can choose. */
export const OWN_SCOPES = ["session", "folder", "always"] as const;

/** A rule and its place. */
export interface ScopedRule {
  readonly scope: RuleScope;
  readonly action: RuleAction;
  readonly text: string;
}

/** Options of {@link PermissionRules}. */
export interface PermissionRulesOptions {
  /** Default: rules are kept until the app ends. */
  readonly settings?: SettingsStore | undefined;
  /** The working directory, absolute. Default: unknown. */
  readonly cwd?: string | undefined;
  /** Default: the home directory of the user. */
  readonly home?: string | undefined;
  /** The rules that a trusted folder brings. Rules that allow are left out: a folder may only restrict. */
  readonly project?: RuleTexts | undefined;
}

/** The rules that apply: of the session, the folder, the user, and the folder's own. */
export class PermissionRules {
  readonly #settings: SettingsStore | undefined;
  readonly #cwd: string | undefined;
  readonly #project: RuleTexts;
  readonly context: DecisionContext;
  #session: RuleTexts = {};

  constructor({ settings, cwd, home = homedir(), project = {} }: PermissionRulesOptions = {}) {
    this.#settings = settings;
    this.#cwd = cwd;
    this.#project = { deny: project.deny, ask: project.ask };
    this.context = {
      cwd,
      home,
      ...(cwd === undefined ? {} : { locate: (path: string) => locatePath(cwd, path) }),
    };
  }

  /** All rules that apply. */
  current(): RuleSet {
    return joinRules(Object.values(this.#texts()).map(toRuleSet));
  }

  /** The rules with their places, in the order in which they count. */
  list(): readonly ScopedRule[] {
    const scopes = Object.entries(this.#texts()) as [RuleScope, RuleTexts][];
    return RULE_ACTIONS.flatMap((action) =>
      scopes.flatMap(([scope, texts]) => (texts[action] ?? []).map((text) => ({ scope, action, text }))),
    );
  }

  /** Adds a rule, if it is not there yet. */
  async add({ scope, action, text }: ScopedRule): Promise<void> {
    await this.#change(scope, (texts) => ({
      ...texts,
      [action]: [...(texts[action] ?? []).filter((other) => other !== text), text],
    }));
  }

  /** Removes a rule. */
  async remove({ scope, action, text }: ScopedRule): Promise<void> {
    await this.#change(scope, (texts) => ({
      ...texts,
      [action]: (texts[action] ?? []).filter((other) => other !== text),
    }));
  }

  #texts(): { readonly [Scope in RuleScope]: RuleTexts } {
    const saved = this.#settings?.current.permissions;
    const folder = this.#cwd === undefined ? undefined : saved?.folders?.[this.#cwd];
    return { session: this.#session, folder: folder ?? {}, always: saved ?? {}, project: this.#project };
  }

  async #change(scope: RuleScope, change: (texts: RuleTexts) => RuleTexts): Promise<void> {
    const [settings, cwd] = [this.#settings, this.#cwd];
    if (scope === "project") return;
    if (scope === "session" || settings === undefined || (scope === "folder" && cwd === undefined)) {
      this.#session = change(this.#session);
      return;
    }
    await settings.update((current) => {
      const permissions = current.permissions ?? {};
      const folders = permissions.folders ?? {};
      const changed =
        scope === "always"
          ? { ...permissions, ...change(permissions) }
          : { ...permissions, folders: { ...folders, [cwd ?? ""]: change(folders[cwd ?? ""] ?? {}) } };
      return { ...current, permissions: changed };
    });
  }
}
