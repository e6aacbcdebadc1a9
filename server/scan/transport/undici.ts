/**
 * undici without what a scan has no use for: its index also loads fetch, web sockets, caches and mocks, which takes time
 * and memory at each start.
 */
import apiConnect from "undici/lib/api/api-connect.js";
import apiRequest from "undici/lib/api/api-request.js";
import errors from "undici/lib/core/errors.js";
import Agent from "undici/lib/dispatcher/agent.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";

// As the index does it: tunnels through a proxy are made with it.
Dispatcher.prototype.connect = apiConnect;

export type { Dispatcher };
export { Agent, EnvHttpProxyAgent, errors };

/**
 * Sends one request.
 * @returns the answer's head; its body is still to be read
 * @throws undici's errors, and the signal's reason
 */
export function request(
  dispatcher: Dispatcher,
  url: URL,
  options: Pick<Dispatcher.RequestOptions, "method" | "headers" | "body" | "signal">,
): Promise<Dispatcher.ResponseData> {
  return apiRequest.call(dispatcher, { ...options, origin: url.origin, path: `${url.pathname}${url.search}` });
}
