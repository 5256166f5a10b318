import { EVERY_SERVER } from "./every-server.ts";
import { HOSTED } from "./hosted.ts";
import { LOCAL } from "./local.ts";
import { ROUTERS } from "./routers.ts";
import type { Section } from "./sentence.ts";

/** All sections of docs/servers.md. */
export const SECTIONS: readonly Section[] = [...EVERY_SERVER, ...ROUTERS, ...HOSTED, ...LOCAL];
