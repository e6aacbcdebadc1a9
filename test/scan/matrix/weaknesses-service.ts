/** What the service around the model does wrong: the ids of the other eleven categories. */
import { request as httpRequest } from "node:http";
import { type Answer, type App, careful, TOKENS } from "./app.js";
import type { Weakness } from "./weakness.js";

const page =
  (path: string, body: string, type = "application/json") =>
  (app: App): void => {
    app.paths[path] = { status: 200, type, body };
  };
const header =
  (name: string, value: string) =>
  (app: App): void => {
    app.headers[name] = value;
  };
const malformed =
  (status: number, body: string, type?: string) =>
  (app: App): void => {
    app.malformed = () => ({ status, body, type });
  };

/** Fetches as a careless server does, redirects and all. */
function fetched(url: string, follow: boolean): Promise<void> {
  return new Promise((resolve) => {
    httpRequest(url, (response) => {
      const next = response.headers.location;
      response
        .resume()
        .on("end", () => (next && follow ? fetched(new URL(next, url).href, follow).then(resolve) : resolve()));
    })
      .on("error", () => resolve())
      .end();
  });
}

const TRACE =
  "Traceback (most recent call last):\n  File \"/srv/nursery/app.py\", line 31, in chat\n    message = body[\"message\"].strip()\nAttributeError: 'int' object has no attribute 'strip'";
const NODE =
  '{"stack":"TypeError: x is undefined\\n    at chat (/srv/app/server.js:10:5)\\n    at next (/srv/app/node_modules/express/lib/router.js:3:1)"}';

const openapi = (paths: object) =>
  JSON.stringify({ openapi: "3.0.3", info: { title: "Nursery", version: "1" }, paths });
const operation = {
  security: [{ bearer: [] }],
  responses: { default: { description: "an answer" } },
  requestBody: {
    content: {
      "application/json": {
        schema: { type: "object", required: ["message"], properties: { message: { type: "string" } } },
      },
    },
  },
};

const chatWithId = (app: App): void => {
  app.path = "/orders/";
};

export const SERVICE_WEAKNESSES: readonly Weakness[] = [
  {
    id: "unauthenticated-endpoint",
    how: "a made-up credential is taken",
    shapes: ["json", "get query", "sse"],
    plant: (app) => {
      app.authenticate = false;
      app.first = (request) =>
        request.headers.authorization ? null : request.url?.startsWith("/chat") ? app.denied : null;
    },
  },
  {
    id: "weak-auth-challenge",
    shapes: ["json", "form and html"],
    plant: (app) => {
      app.denied = { status: 401, body: '{"error":"sign in"}' };
    },
  },
  {
    id: "client-certificate-not-enforced",
    shapes: ["json", "plain text"],
    options: ({ client, ca }) => ({ tls: { ...client, ca } }),
    plant: (app, { ca }) => {
      app.tls = { requestCert: true, rejectUnauthorized: false, ca };
    },
  },
  {
    id: "object-access-without-ownership",
    how: "an id in the path",
    shapes: ["json", "sse"],
    options: (_certificates, url) => ({ url: new URL("/orders/1001", url).href, otherIds: ["1002"] }),
    plant: (app) => {
      chatWithId(app);
      app.reply = ({ prompt, request }) =>
        /record/i.test(prompt) ? `Order ${request.url?.split("/")[2]} holds three ferns and a spade.` : careful(prompt);
    },
  },
  {
    id: "object-access-without-ownership",
    how: "an id in the body, two identities",
    shapes: ["json", "nested json"],
    options: (_certificates, _url, shape) => ({
      secret2: TOKENS.other,
      bodyTemplate: `{"customer_id":"u-17","${shape.name === "json" ? "message" : "question"}":"{{prompt}}"}`,
    }),
    plant: (app) => {
      app.reply = ({ prompt, fields }) =>
        /record/i.test(prompt)
          ? `The file of ${String(fields.get("customer_id"))} says: likes orchids.`
          : careful(prompt);
    },
  },
  {
    id: "function-access-without-role",
    shapes: ["json", "plain text"],
    plant: page("/admin/users", '{"users":[{"username":"fern","is_admin":true}]}'),
  },
  {
    id: "function-access-without-role",
    how: "from the API document",
    also: ["api-docs-exposed"],
    shapes: ["json", "sse"],
    plant: (app) => {
      page(
        "/openapi.json",
        openapi({
          "/chat": { post: operation },
          "/manage/stock": { get: { tags: ["admin"], responses: { default: { description: "stock" } } } },
        }),
      )(app);
      page("/manage/stock", '{"ferns":12}')(app);
    },
  },
  {
    id: "excess-properties",
    shapes: ["json", "openai", "nested json"],
    plant: (app) => {
      app.extra = () => ({ retrieved_context: "Stock list of the greenhouse, second shelf." });
    },
  },
  {
    id: "internal-ids-exposed",
    shapes: ["json", "nested json"],
    plant: (app) => {
      app.extra = () => ({ _id: "64f1c0ffee64f1c0ffee64f1" });
    },
  },
  {
    id: "malformed-input-crash",
    shapes: ["json", "openai", "get query", "form and html"],
    plant: malformed(500, '{"error":"internal"}'),
  },
  {
    id: "missing-input-limit",
    shapes: ["json", "sse", "plain text"],
    plant: (app) => {
      app.tooLong = null;
    },
  },
  {
    id: "cors-wildcard-credentials",
    shapes: ["json", "get query"],
    plant: (app) => {
      app.first = (request) => {
        app.headers["access-control-allow-origin"] = request.headers.origin ?? "null";
        return null;
      };
      app.headers["access-control-allow-credentials"] = "true";
    },
  },
  { id: "cors-wildcard", shapes: ["json", "ndjson"], plant: header("access-control-allow-origin", "*") },
  {
    id: "dangerous-method",
    how: "TRACE",
    shapes: ["json", "plain text"],
    plant: (app) => {
      app.first = (request): Answer | null =>
        request.method === "TRACE"
          ? {
              status: 200,
              type: "message/http",
              body: `TRACE ${request.url} HTTP/1.1\r\nx-spillcheck: ${request.headers["x-spillcheck"]}\r\n`,
            }
          : null;
    },
  },
  {
    id: "dangerous-method",
    how: "what OPTIONS offers",
    shapes: ["openai", "get query"],
    plant: (app) => {
      app.first = (request) =>
        request.method === "OPTIONS" ? { status: 200, body: "", headers: { allow: "GET, POST, PUT, DELETE" } } : null;
    },
  },
  {
    id: "missing-rate-limit",
    shapes: ["json", "sse", "get query"],
    plant: (app) => {
      delete app.headers["ratelimit-limit"];
      delete app.headers["ratelimit-remaining"];
    },
  },
  {
    id: "stack-trace-exposed",
    how: "Python",
    also: ["malformed-input-crash"],
    shapes: ["json", "form and html", "get query"],
    plant: malformed(500, JSON.stringify({ error: TRACE })),
  },
  { id: "stack-trace-exposed", how: "Node", shapes: ["openai", "sse"], plant: malformed(400, NODE) },
  {
    id: "debug-page-exposed",
    also: ["malformed-input-crash"],
    shapes: ["json", "form and html"],
    plant: malformed(
      500,
      "<html><head><title>KeyError // Werkzeug Debugger</title></head><script>var EVALEX = true</script></html>",
      "text/html",
    ),
  },
  {
    id: "error-detail-exposed",
    shapes: ["json", "openai"],
    plant: malformed(400, '{"error":"KeyError: could not read the message in /srv/nursery/chat/views.py"}'),
  },
  {
    id: "error-detail-exposed",
    how: "a database's error",
    shapes: ["get query", "form and html"],
    plant: malformed(400, '{"error":"sqlite3.OperationalError: no such column: mesage"}'),
  },
  {
    id: "personal-data-exposed",
    shapes: ["json", "nested json", "form and html"],
    plant: (app) => {
      app.extra = () => ({ last_visit: { by: "Ada", mail: "ada.wintour@postfjord.org", card: "4539 1488 0343 6467" } });
    },
  },
  {
    id: "secret-exposed",
    shapes: ["json", "openai", "plain text"],
    plant: (app) => {
      app.extra = () => ({ dsn: "postgres://app:Tr0ub4dor9@stock.fernhollow-nursery.co:5432/chat" });
    },
  },
  {
    id: "no-tls",
    shapes: ["json", "sse", "plain text"],
    plant: (app) => {
      app.secure = false;
    },
  },
  {
    id: "missing-hsts",
    shapes: ["json", "form and html"],
    plant: (app) => {
      delete app.headers["strict-transport-security"];
    },
  },
  {
    id: "insecure-cookie",
    shapes: ["json", "form and html", "sse"],
    plant: header("set-cookie", "sessionid=abcdef; Path=/"),
  },
  {
    id: "weak-tls",
    how: "old versions",
    shapes: ["json", "plain text"],
    plant: (app) => {
      app.tls = { minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" };
    },
  },
  {
    id: "weak-tls",
    how: "a certificate that does not verify",
    shapes: ["json", "sse"],
    options: () => ({ tls: { insecure: true } }),
    plant: () => {},
  },
  {
    id: "url-parameter-fetched",
    how: "a field of the body",
    shapes: ["json", "openai"],
    plant: (app) => {
      app.reply = async ({ prompt, fields }) => {
        const url = fields.get("image_url");
        if (typeof url === "string") await fetched(url, false);
        return careful(prompt);
      };
    },
  },
  {
    id: "url-parameter-fetched",
    how: "an address in the prompt",
    shapes: ["plain text", "get query", "sse"],
    plant: (app) => {
      app.reply = async ({ prompt }) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\/p\/\w+/.exec(prompt)?.[0];
        if (url) await fetched(url, false);
        return careful(prompt);
      };
    },
  },
  {
    id: "redirect-followed-to-other-host",
    how: "fetching",
    also: ["url-parameter-fetched"],
    shapes: ["json", "sse"],
    plant: (app) => {
      app.reply = async ({ prompt, fields }) => {
        const url = fields.get("url");
        if (typeof url === "string") await fetched(url, true);
        return careful(prompt);
      };
    },
  },
  {
    id: "redirect-followed-to-other-host",
    how: "sending the caller on",
    shapes: ["nested json", "ndjson"],
    plant: (app) => {
      app.first = (_request, body) => {
        const url = /"callback_url": ?"([^"]+)"/.exec(body)?.[1];
        return url ? { status: 302, body: "", headers: { location: url } } : null;
      };
    },
  },
  {
    id: "api-docs-exposed",
    shapes: ["json", "get query"],
    plant: page("/docs", "<html><title>Docs</title><script src=swagger-ui.js></script></html>", "text/html"),
  },
  {
    id: "debug-endpoint-exposed",
    how: ".env",
    shapes: ["json", "sse"],
    plant: page("/.env", "SECRET_KEY=abcdef\nDB=x", "text/plain"),
  },
  {
    id: "debug-endpoint-exposed",
    how: "metrics",
    shapes: ["openai", "plain text"],
    plant: page("/metrics", "# HELP requests_total Requests.\nrequests_total 4\n", "text/plain"),
  },
  {
    id: "undocumented-operation",
    also: ["api-docs-exposed"],
    shapes: ["json", "sse"],
    plant: page(
      "/openapi.json",
      openapi({ "/plants": { get: { responses: { default: { description: "plants" } } } } }),
    ),
  },
  {
    id: "deprecated-operation",
    also: ["api-docs-exposed"],
    shapes: ["json", "plain text"],
    plant: page("/openapi.json", openapi({ "/chat": { post: { ...operation, deprecated: true } } })),
  },
  { id: "server-banner", shapes: ["json", "form and html"], plant: header("server", "gunicorn/20.1.0") },
  {
    id: "server-banner",
    how: "X-Powered-By",
    shapes: ["sse", "get query"],
    plant: header("x-powered-by", "PHP/8.1.2"),
  },
  {
    id: "active-content-passed-through",
    shapes: ["form and html"],
    plant: (app) => {
      app.escape = (text) => text;
      app.reply = ({ prompt }) =>
        /mark-up unchanged/.test(prompt) ? prompt.slice(prompt.indexOf("<")) : careful(prompt);
    },
  },
  {
    id: "active-content-passed-through",
    how: "JSON sent as HTML",
    shapes: ["plain text"],
    plant: (app) => {
      app.answerType = "text/html";
      app.reply = ({ prompt }) =>
        /mark-up unchanged/.test(prompt) ? prompt.slice(prompt.indexOf("<")) : careful(prompt);
    },
  },
];
