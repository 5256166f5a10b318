import type { AxioError } from "../errors.ts";
import type { JsonObject } from "../json.ts";

/** What an app gives to the plugins that it loads. */
export interface PluginHost {
  /** The app's own name, as people know it: `"axio"`. A sign-in shows it to them. */
  readonly appName: string;
  /** The folder that the app works in, absolute. */
  readonly cwd: string;
  /** The variables of the surroundings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the person's settings say to this plugin, unchecked. Empty where they say nothing. */
  readonly settings: JsonObject;
  /** Fires when the app ends. */
  readonly signal: AbortSignal;
  /** Shows the person something that went wrong without ending anything. */
  onWarning(warning: AxioError | string): void;
  /**
   * Asks the person whether something may be done. The app remembers an answer that was given for the session, and asks
   * no second time. Where nobody can be asked, the answer is no.
   *
   * @throws AxioError `aborted` where the signal fires first.
   */
  requestPermission(question: PermissionRequest): Promise<Permission>;
}

/** What a person is asked before something is done in their name. */
export interface PermissionRequest {
  /** What is about to be done, in a line: `"Run a command"`, `"Change src/main.ts"`. */
  readonly title: string;
  /** What exactly: a command, the lines that change. Default: nothing more than the title. */
  readonly detail?: PermissionDetail;
  /**
   * What an answer "for this session" covers: every question of the same key is answered with it. `"shell:git status"` covers
   * one command, `"write"` all writing.
   */
  readonly key: string;
  /** What the key covers, as the end of "Yes, and for this session also …": `"all changes to files in this folder"`. */
  readonly scopeDescription?: string;
  /** Takes the question back. */
  readonly signal?: AbortSignal;
}

/** What exactly is asked about. `diff` is a unified diff. */
export type PermissionDetail =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "command"; readonly command: string }
  | { readonly type: "diff"; readonly path: string; readonly diff: string };

/** A person's answer. `reason` is what they want done in its place, for the model. */
export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly reason?: string };
