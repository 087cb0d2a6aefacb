// A Hono application: it has the method `fetch`, so it is a handler as it stands.
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';

interface Env {
  kv: { get(key: string): Promise<string | undefined>; set(key: string, value: string): Promise<void> };
}

const app = new Hono<{ Bindings: Env }>();

app.use(async (c, next) => {
  await next();
  c.header('x-powered-by', 'hono');
});
app.get('/notes/:id', async (c) => {
  const text = await c.env.kv.get(c.req.param('id'));
  if (text === undefined) throw new HTTPException(404, { message: 'no such note' });
  return c.json({ text });
});
app.put('/notes/:id', async (c) => {
  const { text } = await c.req.json<{ text: string }>();
  await c.env.kv.set(c.req.param('id'), text);
  return c.body(null, 204);
});

export default app;
