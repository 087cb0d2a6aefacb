/** Bodies that came whole with their requests, which show them as streams only. */
const bytes = new WeakMap<Request, Uint8Array>();

export function noteSentBytes(request: Request, body: unknown): void {
  if (typeof body === 'string') bytes.set(request, Buffer.from(body));
  else if (body instanceof Uint8Array) bytes.set(request, body);
}

/** The body of a guest's request, unless it is a stream or somebody reads it. */
export function sentBytes(request: Request): Uint8Array | undefined {
  return request.bodyUsed ? undefined : bytes.get(request);
}
