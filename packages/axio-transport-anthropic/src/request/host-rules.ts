/** The parts of a request that a host accepts. A refusal of the host changes it for later requests. */
export interface HostRules {
  /** Whether it is Anthropic's own API. Compatible servers get the core of the API only. */
  readonly isAnthropic: boolean;
  /** Whether tools may ask for their input as the model writes it. */
  readonly eagerInput: boolean;
  /** Whether tools may be strict. */
  readonly strictTools: boolean;
  /** Whether cache breakpoints are accepted. */
  readonly cacheControl: boolean;
  /** The values of `anthropic-beta` that were refused. */
  readonly refusedBetas: readonly string[];
  /** The types of blocks that were refused. */
  readonly refusedBlocks: readonly string[];
  /** The members of the body that were refused. */
  readonly refusedMembers: readonly string[];
}

/** The rules of a host that has refused nothing so far. */
export function hostRules(isAnthropic: boolean): HostRules {
  return {
    isAnthropic,
    eagerInput: isAnthropic,
    strictTools: true,
    cacheControl: true,
    refusedBetas: [],
    refusedBlocks: [],
    refusedMembers: [],
  };
}
