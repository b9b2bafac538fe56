// Exits with 0 while the service answers. Whether calls are possible, which
// needs a sidecar too, is a question for /readyz.
const { PORT = "8080" } = process.env;
const signal = AbortSignal.timeout(2_000);
const { ok } = await fetch(`http://127.0.0.1:${PORT}/healthz`, { signal });
process.exit(ok ? 0 : 1);
