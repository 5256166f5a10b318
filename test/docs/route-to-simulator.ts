// Loaded before a documentation example runs: sends its requests to the simulator instead of ChatGPT, unchanged.
const { AXIO_DOCS_ISSUER: issuer = "", AXIO_DOCS_BACKEND: backend = "" } = process.env;
const realFetch = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const address = String(input instanceof Request ? input.url : input);
  const routed = address
    .replace("https://auth.openai.com", issuer)
    .replace("https://chatgpt.com/backend-api", backend);
  if (new URL(routed).hostname !== "127.0.0.1") throw new Error(`An example wants to reach ${address}.`);
  return realFetch(routed, init);
};
