import { allow, callerOf } from './admin/authority.ts';
import { Guesses } from './admin/guesses.ts';
import { ServerError } from './errors/server-error.ts';
import { answerJson } from './http/answers.ts';
import type { Route } from './http/router.ts';
import type { Platform } from './platform/platform.ts';

/**
 * What those ask who keep the server running: whether it lives, whether it takes requests, its numbers. The numbers name
 * tenants and functions, so they take a token of the platform unless the configuration says otherwise.
 */
export function operatorRoutes(platform: Platform, isDraining: () => boolean): Route[] {
  const guesses = new Guesses();
  return [
    { method: 'GET', path: '/healthz', handle: ({ response }) => answerJson(response, 200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      handle({ response }) {
        if (isDraining()) throw new ServerError('ERR_ISOLET_SERVER_DRAINING', 'The server is being stopped.');
        answerJson(response, 200, { status: 'ready' });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle({ request, response }) {
        if (!isPublic(platform)) {
          allow(await callerOf(request, platform.tokens, guesses), { access: 'platform', method: 'GET' }, undefined);
        }
        const { text, type } = await platform.metrics.read();
        response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
        response.end(text);
      },
    },
  ];
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

const isPublic = ({ config }: Platform): boolean => config.metrics.public ?? loopback.test(config.host);
