// The server as a user has it: started by its command, asked over HTTP, stopped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const token = 'the-token-of-the-platform';
const child = spawn(process.execPath, ['node_modules/isolet-server/dist/cli.js', 'serve'], {
  env: { ...process.env, ISOLET_SERVER_PORT: '0', ISOLET_SERVER_DATA: 'data', ISOLET_SERVER_ADMIN_TOKEN: token },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await Promise.race([
  once(createInterface({ input: child.stdout }), 'line'),
  once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
]);
const { url } = JSON.parse(line);

async function put(path, body) {
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (status >= 300) throw new Error(`PUT ${path} was answered with ${status}`);
}

await put('/v1/tenants/acme', {});
await put('/v1/tenants/acme/functions/f', { code: '() => 6 * 7' });
const answer = await (await fetch(`${url}/fn/acme/f`)).text();
child.kill('SIGTERM');
const [code] = await once(child, 'exit');
if (answer !== '42' || code !== 0) throw new Error(`it answered ${answer} and ended with ${code}`);
console.log(`served on Node ${process.versions.node}`);
