import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Agent, buildConnector } from 'undici';
import type { EgressReason } from '../../errors/egress-error.ts';
import { dependencies, type Undici } from './dependencies.ts';
import type { ResolvedEgress } from './options.ts';
import type { Admission, Policy } from './policy.ts';

/** The longest that one attempt to connect may take, in ms. */
const connectPatience = 10_000;

/** A connection that the policy does not want. */
export class Refused extends Error {
  readonly reason: EgressReason;
  readonly address: string;

  constructor(reason: EgressReason, address: string) {
    super(reason);
    this.reason = reason;
    this.address = address;
  }
}

/**
 * Connections, each to an address that was checked: a name is looked up once for a connection, and what was found is what
 * is connected to. Requests that only their address lets through have connections of their own, since a connection that is
 * there is not checked again.
 */
export class Network {
  readonly undici: Undici;
  readonly #policy: Policy;
  readonly #options: ResolvedEgress;
  readonly #agents = new Map<Admission, Agent>();

  constructor(policy: Policy, options: ResolvedEgress) {
    this.undici = dependencies().undici;
    this.#policy = policy;
    this.#options = options;
  }

  agent(admission: Admission): Agent {
    let agent = this.#agents.get(admission);
    if (!agent) {
      const connect = this.#connect(admission);
      // Times of undici's own would come before those of the options.
      agent = new this.undici.Agent({ connect, headersTimeout: 0, bodyTimeout: 0, allowH2: false });
      this.#agents.set(admission, agent);
    }
    return agent;
  }

  #connect(admission: Admission): buildConnector.connector {
    const byPort = new Map<string, buildConnector.connector>();
    return (target, done) => {
      const port = target.port || (target.protocol === 'https:' ? '443' : '80');
      const check = (address: string): void => {
        const reason = this.#policy.judge(address, port, admission);
        if (reason) throw new Refused(reason, address);
      };
      const hostname = target.hostname.replace(/^\[|\]$/g, '');
      try {
        // Nobody looks up what is an address already.
        if (isIP(hostname)) check(hostname);
      } catch (error) {
        done(error as Error, null);
        return;
      }
      let connector = byPort.get(port);
      if (!connector) {
        connector = this.#connector(check);
        byPort.set(port, connector);
      }
      connector(target, done);
    };
  }

  #connector(check: (address: string) => void): buildConnector.connector {
    const timeout = Math.min(connectPatience, this.#options.timeout);
    const find = this.#options.lookup ?? ofSystem;
    const lookup: LookupFunction = (hostname, options, done) => {
      resolve(hostname, find, check).then(
        (found) => {
          const [first] = found;
          if (options.all) done(null, found);
          else done(null, first.address, first.family);
        },
        (error) => done(error, options.all ? [] : '', 0),
      );
    };
    const connect = this.undici.buildConnector({ timeout, lookup } as buildConnector.BuildOptions);
    return (target, done) => {
      connect(target, (...[error, socket]) => {
        if (error) return done(error, null);
        try {
          // Whatever happened between the two.
          check(socket.remoteAddress ?? 'none');
        } catch (refused) {
          socket.destroy();
          return done(refused as Error, null);
        }
        done(null, socket);
      });
    };
  }
}

type Found = [{ address: string; family: number }, ...{ address: string; family: number }[]];

/** One address that is refused refuses the name: who mixes them is trying something. */
async function resolve(
  hostname: string,
  find: NonNullable<ResolvedEgress['lookup']>,
  check: (address: string) => void,
): Promise<Found> {
  const found = (await find(hostname)).map((address) => {
    const family = isIP(address);
    if (family === 0) throw new TypeError(`'lookup' answered what is no address for '${hostname}'`);
    check(address);
    return { address, family };
  });
  if (found.length === 0) throw Object.assign(new Error(`No address for '${hostname}'`), { code: 'ENOTFOUND' });
  return found as Found;
}

const ofSystem = async (hostname: string): Promise<string[]> =>
  (await systemLookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
