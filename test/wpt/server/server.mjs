/** The server that tests of fetch ask: files of the checkout, and what its Python handlers would answer. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Exchange, write } from './exchange.mjs';
import { fileReply } from './files.mjs';
import { handlers } from './handlers.mjs';
import { readRequest } from './read-request.mjs';
import { slowHandlers } from './slow-handlers.mjs';

const all = { ...handlers, ...slowHandlers };

/** Whether a handler of that path is there. */
export function isPorted(path) {
  return Object.hasOwn(all, path);
}

/**
 * Two ports of one server: two origins.
 * @param {string} dir the checkout
 * @returns {Promise<{ ports: number[], close: () => void }>}
 */
export async function startServer(dir) {
  const stash = new Map();
  const open = new Set();
  const servers = [listen(), listen()];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return {
    ports: servers.map((server) => server.address().port),
    close() {
      for (const server of servers) server.close();
      for (const socket of open) socket.destroy();
    },
  };

  function listen() {
    return createServer({ allowHalfOpen: true }, (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => {});
      answer(socket).catch(() => socket.destroy());
    }).listen(0, '127.0.0.1');
  }

  async function answer(socket) {
    const message = await readRequest(socket.iterator({ destroyOnReturn: false }));
    if (message === undefined) return void socket.end();
    // Reads on, or nobody would notice that the client is gone.
    socket.on('end', () => socket.destroy()).resume();
    const request = new Exchange(message);
    const reply = isPorted(request.path) ? await all[request.path](request, stash) : await fileReply(dir, request);
    await write(socket, request.method, reply);
  }
}

/** Fills in what `.sub` files leave open: hosts, ports and the address of the test. */
export function substitute(source, ports) {
  const known = {
    host: 'localhost',
    'ports[http][0]': ports[0],
    'ports[http][1]': ports[1],
    // Nothing listens there: there are no certificates.
    'ports[https][0]': 1,
    'ports[https][1]': 1,
    'hosts[alt][]': '127.0.0.1',
    'hosts[alt][www2]': '127.0.0.1',
  };
  return source.replaceAll(/\{\{([^}]*)\}\}/g, (whole, name) => {
    if (name.startsWith('domains[')) return '127.0.0.1';
    return String(known[name] ?? whole);
  });
}
