// Parent side of one variant: a process that stays alive between its rounds, so that variants that need different Node
// flags can still be interleaved.
import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = join(dirname(fileURLToPath(import.meta.url)), 'variant.mjs');

// isolated-vm refuses to work with Node's start-up snapshot; the others run as a service would run them.
const flagsFor = (variant) => (variant.startsWith('isolated-vm') ? ['--no-node-snapshot'] : []);

export class VariantProcess {
  #child;
  #waiting;
  #stderr = '';

  /** @param options `processors`: how many it may use; all without. */
  constructor({ nodePath, file, caseName, variant, settings, processors }) {
    this.#child = fork(entry, [file, caseName, variant, JSON.stringify(settings)], {
      execPath: processors ? 'taskset' : nodePath,
      execArgv: [
        ...(processors ? ['-c', `0-${processors - 1}`, nodePath] : []),
        '--expose-gc',
        '--no-warnings',
        ...flagsFor(variant),
      ],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-4000);
    });
    this.#child.on('message', (reply) => this.#settle(reply));
    this.#child.on('exit', (code, signal) => {
      this.#settle({ error: `process ended (${signal ?? code}) ${this.#stderr}` });
    });
  }

  ask(type, limitMs = 180_000) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#settle({ error: `no answer to "${type}" in ${limitMs} ms` });
        this.#child.kill('SIGKILL');
      }, limitMs);
      this.#waiting = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      if (this.#child.connected) this.#child.send({ type });
      else this.#settle({ error: `process is gone ${this.#stderr}` });
    });
  }

  async close() {
    if (this.#child.connected) await this.ask('close', 20_000);
    this.#child.kill('SIGKILL');
  }

  #settle(reply) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(reply);
  }
}
