/**
 * What the host does for the web's APIs of guests, by the names under which the guest's program asks (`ops.host` in
 * lib/guest/web/base/ops.ts). Each is loaded when a guest first asks for it.
 */
export { provideWebHandler, type WebCaller, type WebHandler } from '../runtime/web-host.ts';
