// The same text is deployed to the server and is workerd's module.
export default {
  async fetch(request) {
    const { name, n } = await request.json();
    return Response.json({ hello: name, n: n + 1 });
  },
};
