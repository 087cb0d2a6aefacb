import { isDeepStrictEqual } from 'node:util';

const sleep = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

/** What all tenants share in the host: no tenant may change it or put it out of order. */
function makeShared() {
  const config = { baseURL: 'https://api.example', headers: { accept: 'application/json' }, hosts: ['https', 'http'] };
  const calls = { count: 0 };
  const api = {
    http: {
      get: {
        handler: async ({ tenantId }) => {
          calls.count++;
          if (tenantId !== 'honest') throw Object.assign(new Error(`GET ${config.baseURL} failed`), { config, calls });
          return config.baseURL;
        },
      },
    },
    kv: {
      get: (key) => `value of ${String(key).slice(0, 100)}`,
      never: async () => new Promise(() => {}),
      later: async (ms) => sleep(Math.min(Number(ms) || 0, 200), 'late'),
      echo: async (value) => value,
      keep: () => undefined,
    },
  };
  return { config, calls, api };
}

/**
 * A platform with an honest tenant, whose function is warm, and an attacker. The attack runs, and the honest tenant is
 * asked all the while: it has to be answered, rightly, and to be charged for its own invocations only. Then the host's
 * objects have to be what they were. Answers 42.
 *
 * @param attack - what the attacker and whoever serves it do; it gets `{ server, deploy, invoke, config, isolet }`. What it
 *   is refused is nobody's fault: `deploy` and `invoke` answer the error's code then.
 */
export function siege(attack, options = {}) {
  return async ({ isolet }) => {
    const { config, calls, api } = makeShared();
    const before = structuredClone(config);
    const server = new isolet.ServerlessRuntime(api, options);
    let asked = 0;
    const askHonest = async () => {
      asked++;
      const answer = await within(server.invoke('honest', 'f', 21), 5000, 'the honest tenant has no answer');
      if (!isDeepStrictEqual(answer, [42, 'https://api.example']))
        throw new Error(`wrong answer ${JSON.stringify(answer)}`);
    };
    try {
      await server.deploy({
        tenantId: 'honest',
        name: 'f',
        code: 'async (n) => [n * 2, await http.get()]',
        prewarm: true,
      });
      await askHonest();
      let over = false;
      const attacked = attack({ isolet, server, config, ...clientOf(server) }).finally(() => {
        over = true;
      });
      attacked.catch(() => {});
      do {
        await askHonest();
        await sleep(20);
      } while (!over && asked < 60);
      await within(attacked, 6000, 'the attack does not end');
      await askHonest();
      if (!isDeepStrictEqual(config, before))
        throw new Error(`the platform's object was changed: ${JSON.stringify(config)}`);
      if (calls.count < asked) throw new Error('the platform lost calls');
      for (const key in {}) throw new Error(`Object.prototype has ${key}`);
      const { invocations, outcomes } = server.usage('honest');
      if (invocations !== asked || outcomes.ok !== asked) {
        throw new Error(`the books have ${invocations} invocations, ${outcomes.ok} of them good, not ${asked}`);
      }
      server.stats();
    } finally {
      await within(server.cleanup({ drain: false }), 5000, 'the platform does not close');
    }
    return 42;
  };
}

function clientOf(server) {
  const refused = (error) => {
    if (typeof error?.code === 'string' && error.code.startsWith('ERR_ISOLET_')) return error.code;
    if (error?.name === 'AbortError') return 'aborted';
    throw error;
  };
  return {
    deploy: (code, spec = {}) =>
      server.deploy({ tenantId: 'attacker', name: 'f', timeout: 200, ...spec, code }).catch(refused),
    invoke: (event, options, name = 'f', tenantId = 'attacker') =>
      server.invoke(tenantId, name, event, options).catch(refused),
  };
}

async function within(promise, ms, complaint) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, ms, new Error(complaint));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
