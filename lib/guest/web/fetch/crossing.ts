/** Headers, requests and responses of the host's, of their parts. */
import type { HeadersParts, HostSignalParts, RequestParts, ResponseParts } from '../../../shared/web/parts.ts';
import { importSignal } from '../events/host-signals.ts';
import { fromBodyPart } from './body-crossing.ts';
import { HeaderList } from './header-list.ts';
import { type Headers, makeHeaders } from './headers.ts';
import { makeRequest, type Request } from './request.ts';
import { makeResponse, type Response, type ResponseHead } from './response.ts';

export const importHeaders = ([flat]: HeadersParts): Headers => makeHeaders(HeaderList.of(flat), 'none');

export function importRequest([head, headers, body, signal]: RequestParts): Request {
  const source = () => importSignal(signal as HostSignalParts) as unknown as AbortSignal;
  const guard = head.mode === 'no-cors' ? 'request-no-cors' : 'request';
  return makeRequest(head, HeaderList.of(headers), fromBodyPart(body), source, guard);
}

export const importResponse = ([head, headers, body]: ResponseParts): Response =>
  makeResponse(head as ResponseHead, HeaderList.of(headers), fromBodyPart(body), 'response');
