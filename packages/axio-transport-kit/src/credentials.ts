export type { BearerCredentials } from "axio-auth";
