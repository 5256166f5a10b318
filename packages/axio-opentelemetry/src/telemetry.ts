import { type MeterProvider, metrics, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import { createInstruments, type Instruments } from "./instruments.ts";

/** Where telemetry goes, and what is in it. */
export interface TelemetryOptions {
  /** Creates the spans. Default: the global provider. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Creates the metrics. Default: the global provider, which must be registered before. */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Records the system prompt, messages, and the input and output of tools as attributes of spans. They may be private and
   * large. Pictures and files are recorded as their type only. Default: `false`.
   */
  readonly recordContent?: boolean | undefined;
}

/** Everything that records. */
export interface Telemetry {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
  readonly recordContent: boolean;
}

const SCOPE = "axio";

/** Reads the options. */
export function telemetryOf({
  tracerProvider = trace,
  meterProvider = metrics,
  recordContent = false,
}: TelemetryOptions): Telemetry {
  return {
    tracer: tracerProvider.getTracer(SCOPE),
    instruments: createInstruments(meterProvider.getMeter(SCOPE)),
    recordContent,
  };
}
