/** Ends with 0 where the gateway of this container works, if only in part, and with 1 otherwise. */
const port = process.env['HTTP_PORT'] ?? '';
const url = `http://127.0.0.1:${port === '' ? '4567' : port}/health`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = response.ok ? 0 : 1;
  console.log(await response.text());
} catch (error) {
  process.exitCode = 1;
  console.error(`${url}: ${error instanceof Error ? error.message : String(error)}`);
}
