// The terminal app from its sources, with the packages of this workspace and the simulator as plugins.
import { join } from "node:path";
import { runProcess } from "axio-tui";

await runProcess({ plugins: [join(import.meta.dirname, "simulator-plugin")] });
