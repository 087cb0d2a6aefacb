import { type DataFolder, dataFolder, ServerProcess } from '../server-process.ts';

/** A server with one tenant, `acme`, whose code is run as it is given. */
export class Tenants implements AsyncDisposable {
  server: ServerProcess;
  readonly #data: DataFolder;
  readonly #settings: object;
  #count = 0;

  private constructor(server: ServerProcess, data: DataFolder, settings: object) {
    this.server = server;
    this.#data = data;
    this.#settings = settings;
  }

  get folder(): string {
    return this.#data.path;
  }

  /** @param tier - limits of every tenant's tier */
  static async start(tier: Record<string, unknown> = {}): Promise<Tenants> {
    const data = await dataFolder();
    const settings = { tiers: { standard: tier } };
    const server = await ServerProcess.startWith(data.path, settings);
    await server.ask('PUT', '/v1/tenants/acme', {});
    return new Tenants(server, data, settings);
  }

  /** The same again, after the process was killed. */
  async restart(): Promise<this> {
    await this.server.end('SIGKILL');
    this.server = await ServerProcess.startWith(this.folder, this.#settings);
    return this;
  }

  /** What the body of an async function answers, which has `env` and `event`; what it throws, as data. */
  async run(body: string, event: unknown = null, tenant = 'acme') {
    const name = `f${++this.#count}`;
    await this.deploy(name, body, tenant);
    return this.invoke(name, event, tenant);
  }

  async deploy(name: string, body: string, tenant = 'acme'): Promise<void> {
    const { status, body: answer } = await this.server.ask('PUT', `/v1/tenants/${tenant}/functions/${name}`, {
      code: `export default async (event, { env, ...context }) => {
        try { return await (async () => { ${body} })(); }
        catch (error) { return { threw: { ...error, name: error.name, message: error.message } }; }
      }`,
    });
    if (status !== 201 && status !== 200) throw new Error(JSON.stringify(answer));
  }

  async invoke(name: string, event: unknown = null, tenant = 'acme') {
    return (await this.server.ask('POST', `/v1/tenants/${tenant}/functions/${name}/invoke`, JSON.stringify(event)))
      .body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#data[Symbol.asyncDispose]();
  }
}
