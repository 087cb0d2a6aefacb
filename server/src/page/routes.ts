import type { Route } from '../http/router.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>isolet-server</title>
<h1>isolet-server</h1>
<p>Functions are at <code>/fn/&lt;tenant&gt;/&lt;name&gt;</code>, the administration is under <code>/v1</code>.</p>
</html>
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The page at `/`. */
export const pageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ response }) => {
      response.writeHead(200, headers);
      response.end(page);
    },
  },
];
