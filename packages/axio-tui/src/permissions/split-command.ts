import {
  type Assignment,
  type Command,
  forEachChild,
  type ParameterExpansionPart,
  parse,
  type Redirect,
  type SyntaxNode,
  type Word,
  type WordPart,
} from "unbash";
import { UNKNOWN } from "./pattern.ts";

/** One command of a command line. Parts that are known only when it runs are {@link UNKNOWN}. */
export interface SimpleCommand {
  /** The variables that are set for it: `["A=1"]`. */
  readonly assignments: readonly string[];
  /** The program and its arguments. Empty for a line that only sets variables. */
  readonly words: readonly string[];
}

/** A file that a command line opens by a redirect. `path` is as it is written, or {@link UNKNOWN}. */
export interface RedirectedFile {
  readonly type: "read" | "write";
  readonly path: string;
}

/** The parts of a command line. */
export interface SplitCommand {
  /** All commands, also those in substitutions, here-documents and branches that may not run. */
  readonly commands: readonly SimpleCommand[];
  readonly files: readonly RedirectedFile[];
  /** Whether nothing else can run. */
  readonly isCertain: boolean;
}

const NOTHING: SplitCommand = { commands: [], files: [], isCertain: false };

/** Space that JavaScript knows and shells do not, and control characters: how they are split cannot be known. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this matches control characters
const UNUSUAL_SPACE = /[^\S \t\n]|[\0-\u0008\u000e-\u001f\u007f\ufeff]/;
/** A longer command is not split. */
const MAX_LENGTH = 50_000;
/** Arithmetic that uses no variable. Bash evaluates the text of a variable, which can contain a command. */
const NUMBERS_ONLY = /^[\d\s+\-*/%()<>=!&|^~?:,]*$/;
/** Tests that evaluate arithmetic or a name. */
const EVALUATING_TEST = /^-(?:v|R|eq|ne|lt|le|gt|ge|N|t|o)$/;

/** The nodes of commands that are understood, and need nothing but a look at their children. */
const TRANSPARENT: ReadonlySet<SyntaxNode["type"]> = new Set<SyntaxNode["type"]>([
  "Statement",
  "CompoundList",
  "AndOr",
  "Pipeline",
  "Time",
  "Negation",
  "Subshell",
  "BraceGroup",
  "Redirected",
  "If",
  "Elif",
  "While",
  "For",
  "Case",
  "CaseItem",
  "TestCommand",
  "TestLogical",
  "TestNot",
  "TestGroup",
  "Assignment",
  "Word",
  "Literal",
  "SingleQuoted",
  "DoubleQuoted",
  "AnsiCQuoted",
  "LocaleString",
  "SimpleExpansion",
  "Glob",
  "ExtendedGlob",
  "BraceExpansion",
  "HereDoc",
  "HereDocDelimiter",
  "HereDocBody",
  "HereString",
  "FileDescriptor",
  "Default",
  "Remove",
  "Replace",
  "CaseModification",
  // Their content is checked as a whole.
  "ArithmeticBinary",
  "ArithmeticUnary",
  "ArithmeticTernary",
  "ArithmeticGroup",
  "ArithmeticWord",
]);

/**
 * Splits a command line for bash or sh into its commands, without running anything. Whatever is not understood makes the
 * result uncertain: then the caller must not conclude that something is allowed.
 */
export function splitCommand(source: string): SplitCommand {
  if (source.length > MAX_LENGTH || UNUSUAL_SPACE.test(source)) return NOTHING;
  const splitter = new Splitter();
  try {
    splitter.visit(parse(source));
  } catch {
    return NOTHING;
  }
  return splitter.result();
}

class Splitter {
  readonly #commands: SimpleCommand[] = [];
  readonly #files: RedirectedFile[] = [];
  #isCertain = true;

  result(): SplitCommand {
    return { commands: this.#commands, files: this.#files, isCertain: this.#isCertain };
  }

  visit(node: SyntaxNode): void {
    if (!this.#isUnderstood(node)) this.#isCertain = false;
    if (node.type === "Command") this.#commands.push(simpleCommand(node));
    else if (node.type === "Redirect") this.#redirect(node);
    forEachChild(node, (child) => this.visit(child));
  }

  #isUnderstood(node: SyntaxNode): boolean {
    switch (node.type) {
      case "Script":
        return (node.errors ?? []).length === 0;
      case "Command":
        return [...node.prefix, ...node.suffix].every(
          (part) => part.type !== "Assignment" || part.value.type === "Word",
        );
      case "CommandExpansion":
      case "ProcessSubstitution":
        return node.script !== undefined;
      case "ArithmeticExpansion":
        return NUMBERS_ONLY.test(node.text.replace(/^\$(?:\(\(|\[)|(?:\)\)|\])$/g, ""));
      case "ParameterExpansion":
        return isHarmless(node);
      case "TestUnary":
      case "TestBinary":
        return !EVALUATING_TEST.test(node.operator);
      case "Redirect":
        return node.target !== undefined && node.descriptor?.type !== "FileDescriptorVariable";
      default:
        return TRANSPARENT.has(node.type);
    }
  }

  #redirect({ operator, target }: Redirect): void {
    if (target === undefined) return;
    const path = wordValue(target);
    const isDescriptor = (operator === ">&" || operator === "<&") && /^(?:\d+-?|-)$/.test(path);
    if (isDescriptor) return;
    // Bash opens a connection for these.
    if (/^\/dev\/(?:tcp|udp)\//.test(path)) this.#isCertain = false;
    if (["/dev/null", "/dev/stdout", "/dev/stderr"].includes(path)) return;
    const type = operator === "<" || operator === "<&" ? "read" : "write";
    this.#files.push({ type, path: path.includes(UNKNOWN) ? UNKNOWN : path });
  }
}

/** Whether the expansion of a parameter evaluates nothing but its own words. */
function isHarmless({ prefix, index, operation }: ParameterExpansionPart): boolean {
  if (prefix === "!" || index !== undefined) return false;
  if (operation === undefined) return true;
  return ["Default", "Remove", "Replace", "CaseModification"].includes(operation.type);
}

function simpleCommand({ prefix, name, args }: Command): SimpleCommand {
  return {
    assignments: prefix.flatMap((part) => (part.type === "Assignment" ? [assignmentText(part)] : [])),
    words: [
      ...(name === undefined ? [] : [wordValue(name)]),
      ...args.map((argument) =>
        argument.type === "Assignment" ? assignmentText(argument) : wordValue(argument),
      ),
    ],
  };
}

function assignmentText({ name, append, index, value }: Assignment): string {
  if (index !== undefined || value.type !== "Word") return UNKNOWN;
  return `${name}${append === true ? "+" : ""}=${wordValue(value)}`;
}

function wordValue({ parts, value }: Word): string {
  return parts === undefined ? value : parts.map(partValue).join("");
}

function partValue(part: WordPart): string {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
      return part.value;
    case "DoubleQuoted":
      return part.parts.map(partValue).join("");
    default:
      // Also `$'…'`, which is two words to some shells.
      return UNKNOWN;
  }
}
