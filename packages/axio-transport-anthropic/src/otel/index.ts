export { type InstrumentOptions, instrument } from "axio-transport-kit/otel";
