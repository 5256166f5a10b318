// The command, with the plugins of this workspace from their sources: nothing has to be built for the tests.
import { runProcess } from "../../src/cli/run-process.ts";

await runProcess({ conditions: ["axio-source"] });
