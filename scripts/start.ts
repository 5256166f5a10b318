// The terminal app from its sources, with the packages of this workspace as plugins, and the simulator besides.
import { join } from "node:path";
import { runProcess } from "axio-tui";

await runProcess({ plugins: [join(import.meta.dirname, "simulator-plugin")] });
