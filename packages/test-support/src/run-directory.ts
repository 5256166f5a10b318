/** The temporary directory that the test files of a run share, which vitest.config.ts sets; none in other programs. */
export const RUN_DIRECTORY: string | undefined = process.env["AXIO_TEST_RUN_DIRECTORY"];
