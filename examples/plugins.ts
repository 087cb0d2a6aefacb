/** Plugins with hooks: each plugin has a runtime of its own, state that stays, and only the API it was given. */
import { type JsFunction, Runtime } from 'isolet';

type Hook = JsFunction<unknown[], unknown>;
interface Plugin {
  runtime: Runtime;
  hooks: Record<string, unknown>;
}

class PluginHost {
  readonly #plugins = new Map<string, Plugin>();

  /** The code is a script whose value is an object of functions, the hooks. */
  async load(name: string, code: string, api: object): Promise<void> {
    const runtime = await Runtime.create({ name, timeout: 200, maxHeapSize: 16 * 1024 * 1024 });
    try {
      runtime.bindObject('host', api);
      const hooks = await runtime.evalAsync<Record<string, unknown>>(code, { filename: `${name}.js` });
      if (typeof hooks !== 'object' || hooks === null) throw new TypeError(`plugin '${name}' has no hooks`);
      this.#plugins.set(name, { runtime, hooks });
    } catch (error) {
      await runtime.closeAsync();
      throw error;
    }
  }

  /** Gives the value to each plugin's hook in turn. A plugin that fails is skipped, one that never ends is unloaded. */
  async run(hook: string, value: unknown): Promise<unknown> {
    let current = value;
    for (const [name, { hooks }] of this.#plugins) {
      const fn = hooks[hook];
      if (typeof fn !== 'function') continue;
      try {
        current = await (fn as Hook).callAsync([current]);
      } catch (error) {
        const { code, message } = error as Error & { code?: string };
        console.log(`${name}.${hook} failed: ${message.split(':')[0]}`);
        if (code === 'ERR_ISOLET_TIMEOUT') await this.unload(name);
      }
    }
    return current;
  }

  async unload(name: string): Promise<void> {
    const plugin = this.#plugins.get(name);
    this.#plugins.delete(name);
    await plugin?.runtime.closeAsync();
    console.log(`unloaded ${name}`);
  }

  async unloadAll(): Promise<void> {
    for (const name of [...this.#plugins.keys()]) await this.unload(name);
  }
}

const host = new PluginHost();
const saved: unknown[] = [];
const api = { save: async (note: unknown) => saved.push(note), settings: { suffix: '!' } };

await host.load('shout', '({ render: (text) => text.toUpperCase() + host.settings.suffix })', api);
await host.load(
  'count',
  `let calls = 0;
   ({ render: async (text) => { await host.save(++calls); return text + ' (' + calls + ')'; } })`,
  api,
);
await host.load('rude', '({ render: (text) => null.length, close: () => { for (;;); } })', api);
await host.load('broken', 'throw new Error("cannot start")', api).catch((error) => console.log(error.message));

console.log(await host.run('render', 'hello'));
console.log(await host.run('render', 'again'));
await host.run('close', undefined);
console.log(`saved ${saved.join(', ')}`);
await host.unloadAll();
