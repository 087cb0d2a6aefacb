// The floor: node:http, the same work in the handler, no limits, nobody else's code.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { name, n } = JSON.parse(Buffer.concat(chunks).toString());
    const text = JSON.stringify({ hello: name, n: n + 1 });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
