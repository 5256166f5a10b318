/** The tools that rules are about: the types of a permission request's subject. */
export const RULE_TOOLS = ["shell", "read", "write", "mcp", "fetch"] as const;

/** A tool that rules are about. */
export type RuleTool = (typeof RULE_TOOLS)[number];

/** The effects of a rule, the strongest first: a rule that denies wins over all others. */
export const RULE_ACTIONS = ["deny", "ask", "allow"] as const;

/** The effect of a rule. */
export type RuleAction = (typeof RULE_ACTIONS)[number];

/** A permission rule: `shell: npm test *`. */
export interface Rule {
  readonly tool: RuleTool;
  readonly pattern: string;
}

/** Rules by their effect, as they are written in the settings. */
export type RuleTexts = { readonly [Action in RuleAction]?: readonly string[] | undefined };

/** Rules by their effect. */
export type RuleSet = { readonly [Action in RuleAction]: readonly Rule[] };

/** A text that is a rule, or the reason why it is not. */
export type ParsedRule = { readonly rule: Rule } | { readonly problem: string };

/** Reads a rule: `tool: pattern`. */
export function parseRule(text: string): ParsedRule {
  const [, name = "", rest = ""] = /^\s*([a-z]*)\s*:\s*([\s\S]*?)\s*$/.exec(text) ?? [];
  const tool = RULE_TOOLS.find((known) => known === name);
  if (tool === undefined)
    return { problem: `it must be "tool: pattern", and the tool one of: ${RULE_TOOLS.join(", ")}` };
  if (rest === "") return { problem: `its pattern is empty; "${tool}: *" stands for everything` };
  if (tool === "mcp" && rest !== "*" && !/^[^/]+\/./.test(rest))
    return { problem: 'its pattern must be "server/tool", such as "files/*"' };
  return { rule: { tool, pattern: rest } };
}

/** The text of a rule, as {@link parseRule} reads it. */
export function formatRule({ tool, pattern }: Rule): string {
  return `${tool}: ${pattern}`;
}

/** Reads the texts of rules. A text that is not a rule is left out: {@link parseRule} says why. */
export function toRuleSet(texts: RuleTexts): RuleSet {
  const read = (list: readonly string[] = []): readonly Rule[] =>
    list.flatMap((text) => {
      const parsed = parseRule(text);
      return "rule" in parsed ? [parsed.rule] : [];
    });
  return { deny: read(texts.deny), ask: read(texts.ask), allow: read(texts.allow) };
}

/** The rules about one tool. */
export function rulesAbout(tool: RuleTool, { deny, ask, allow }: RuleSet): RuleSet {
  const select = (list: readonly Rule[]): readonly Rule[] => list.filter((rule) => rule.tool === tool);
  return { deny: select(deny), ask: select(ask), allow: select(allow) };
}

/** Joins sets of rules. */
export function joinRules(sets: readonly RuleSet[]): RuleSet {
  return {
    deny: sets.flatMap(({ deny }) => deny),
    ask: sets.flatMap(({ ask }) => ask),
    allow: sets.flatMap(({ allow }) => allow),
  };
}
