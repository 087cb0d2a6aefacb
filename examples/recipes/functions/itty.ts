// A router of itty-router: what its routes answer becomes JSON.
import type { Context } from 'isolet/guest';
import { AutoRouter, error, type IRequest } from 'itty-router';

interface Env {
  GREETING: string;
}

const router = AutoRouter<IRequest, [Env, Context]>();

router
  .get('/hello/:name', ({ name }, env) => ({ message: `${env.GREETING} ${name}` }))
  .get('/sum', ({ query }) => Number(query['a']) + Number(query['b']))
  .get('/teapot', () => error(418, 'I am a teapot'));

export default router;
