export { AxioModel, type AxioModelOptions } from "./model.ts";
export { AxioModelProvider } from "./provider.ts";
