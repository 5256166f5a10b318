/** One model of the catalogue, with the properties that the simulator uses. */
export interface SimulatedModel {
  readonly slug: string;
  readonly displayName: string;
  readonly visibility: "list" | "hide";
  /** The listed model with the lowest priority is the default. */
  readonly priority: number;
  readonly contextWindow: number;
  readonly maxContextWindow: number;
  readonly efforts: readonly string[];
  readonly defaultEffort: string;
  /** Whether instructions and tools must be in `input`. */
  readonly lite: boolean;
  readonly serviceTiers: readonly string[];
  /** The oldest client that sees the model. */
  readonly minimalClientVersion: string;
}

const TO_XHIGH = ["low", "medium", "high", "xhigh"];
const TO_MAX = [...TO_XHIGH, "max"];
const TO_ULTRA = [...TO_MAX, "ultra"];

/** The catalogue of autumn 2026, with older models for older clients. */
export const DEFAULT_MODELS: readonly SimulatedModel[] = [
  model("gpt-6.1-sol", 0, "0.160.0", { efforts: TO_ULTRA, defaultEffort: "low", lite: true }),
  model("gpt-6-sol", 1, "0.156.0", { efforts: TO_ULTRA, defaultEffort: "low", lite: true }),
  model("gpt-6-astra", 2, "0.153.0", { efforts: TO_ULTRA, lite: true, maxContextWindow: 872_000 }),
  model("gpt-6-luna", 3, "0.157.0", { efforts: TO_MAX, lite: true }),
  model("gpt-5.6-sol", 4, "0.144.0", {
    efforts: TO_ULTRA,
    defaultEffort: "low",
    lite: true,
    maxContextWindow: 872_000,
    serviceTiers: ["priority", "ultrafast"],
  }),
  model("gpt-5.6-terra", 5, "0.144.0", { efforts: TO_ULTRA, lite: true, maxContextWindow: 872_000 }),
  model("gpt-5.6-luna", 6, "0.144.0", { efforts: TO_MAX, lite: true, maxContextWindow: 872_000 }),
  model("gpt-5.5", 7, "0.124.0", {}),
  model("gpt-5.4", 16, "0.98.0", { visibility: "hide", maxContextWindow: 1_000_000 }),
  model("gpt-5.4-mini", 23, "0.98.0", { visibility: "hide", serviceTiers: [] }),
  model("gpt-5.2", 29, "0.0.1", { serviceTiers: [] }),
  model("codex-auto-review", 43, "0.98.0", { visibility: "hide", efforts: TO_MAX, lite: true }),
];

function model(
  slug: string,
  priority: number,
  minimalClientVersion: string,
  rest: Partial<SimulatedModel>,
): SimulatedModel {
  return {
    slug,
    displayName: slug
      .replace(/^gpt/, "GPT")
      .replace(/-([a-z])/g, (_, letter: string) => `-${letter.toUpperCase()}`),
    visibility: "list",
    priority,
    contextWindow: 272_000,
    maxContextWindow: 272_000,
    efforts: TO_XHIGH,
    defaultEffort: "medium",
    lite: false,
    serviceTiers: ["priority"],
    minimalClientVersion,
    ...rest,
  };
}

/** Compares versions of three numbers. A missing number counts as 0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [left, right] = [numbers(version), numbers(minimum)];
  for (const [index, wanted] of right.entries()) {
    const given = left[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}

function numbers(version: string): number[] {
  return (version.split(/[-+]/)[0] ?? "").split(".").map(Number);
}
