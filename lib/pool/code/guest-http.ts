/**
 * The part of the wrapper for functions that are no handlers of requests: `callEvent(handler, parts, context, key)` makes
 * an event of a request's parts, calls the function and answers the JSON text of its value, or undefined if that has none.
 * JavaScript for the guest, evaluated before the tenant's code; all of it under the limits of the invocation.
 */
export const guestHttpSource = `
  const { parse } = JSON;
  const { endsWith, toLowerCase, replaceAll, trim, trimStart } = String.prototype;
  const decode = decodeURIComponent;

  const decoded = (given) => {
    try {
      return decode(apply(replaceAll, given, ['+', ' ']));
    } catch {
      return given;
    }
  };

  // Several values of one name are a list.
  const pairsOf = (given) => {
    const pairs = { __proto__: null };
    for (let at = 0; at < given.length; ) {
      let end = apply(indexOf, given, ['&', at]);
      if (end < 0) end = given.length;
      const pair = apply(slice, given, [at, end]);
      at = end + 1;
      if (pair === '') continue;
      const middle = apply(indexOf, pair, ['=']);
      const name = decoded(middle < 0 ? pair : apply(slice, pair, [0, middle]));
      const value = middle < 0 ? '' : decoded(apply(slice, pair, [middle + 1]));
      const before = pairs[name];
      if (before === undefined) pairs[name] = value;
      else if (isArray(before)) before[before.length] = value;
      else pairs[name] = [before, value];
    }
    return pairs;
  };

  const headersOf = (flat) => {
    const headers = { __proto__: null };
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const name = flat[i];
      const before = headers[name];
      headers[name] = before === undefined ? flat[i + 1] : before + (name === 'cookie' ? '; ' : ', ') + flat[i + 1];
    }
    return headers;
  };

  const typeOf = (headers) => {
    const type = headers['content-type'];
    if (type === undefined) return '';
    const end = apply(indexOf, type, [';']);
    return apply(toLowerCase, apply(trim, end < 0 ? type : apply(slice, type, [0, end]), []), []);
  };

  const looksLikeJson = (given) => {
    const first = apply(trimStart, apply(slice, given, [0, 100]), [])[0];
    return first === '{' || first === '[';
  };

  // What its type says. Of a type that says little an object or a list in JSON is that all the same: \`curl -d\` calls
  // everything a form.
  const contentOf = (body, headers, key) => {
    if (typeof body !== 'string') return body;
    const type = typeOf(headers);
    const isJson = type === 'application/json' || apply(endsWith, type, ['+json']);
    const isForm = type === 'application/x-www-form-urlencoded';
    if (isJson && body === '') return null;
    if (isJson || ((isForm || type === '' || type === 'text/plain') && looksLikeJson(body))) {
      try {
        return parse(body);
      } catch (error) {
        if (isJson) return refuse(key, 'body', error.message);
      }
    }
    return isForm ? pairsOf(body) : body;
  };

  class HttpEvent {
    method;
    url;
    path;
    query;
    headers;
    body;
    rawBody;

    constructor(method, url, headers, body, key) {
      const path = apply(indexOf, url, ['/', apply(indexOf, url, ['://']) + 3]);
      const query = apply(indexOf, url, ['?', path]);
      this.method = method;
      this.url = url;
      this.path = apply(slice, url, query < 0 ? [path] : [path, query]);
      this.query = pairsOf(query < 0 ? '' : apply(slice, url, [query + 1]));
      this.headers = headersOf(headers);
      this.body = contentOf(body, this.headers, key);
      this.rawBody = body;
    }
  }
  delete HttpEvent.prototype.constructor;
  freeze(HttpEvent.prototype);

  const callEvent = async (handler, parts, context, key) => {
    if (handler === undefined) refuse(key, 'missing');
    return stringify(await handler(new HttpEvent(parts[0], parts[1], parts[2], parts[3], key), context));
  };
`;
