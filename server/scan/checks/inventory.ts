import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";
import { quote } from "../evidence.js";
import { asksAModel, samePath } from "../openapi/choose.js";
import type { Operation } from "../openapi/document.js";
import { ARITHMETIC } from "../target/discover.js";
import { GRAPHQL_INTROSPECTION, isGraphqlPath } from "../target/graphql.js";
import type { HttpReply } from "../transport/client.js";

interface KnownPath {
  path: string;
  /** What the body must hold; a page that answers everything with 200 does not pass for it. */
  proof: RegExp;
  id: "api-docs-exposed" | "debug-endpoint-exposed" | "function-access-without-role";
  name: string;
}

const DOCS: readonly KnownPath[] = [
  { path: "/openapi.json", proof: /"(openapi|swagger)"\s*:\s*"/, id: "api-docs-exposed", name: "the OpenAPI document" },
  { path: "/swagger.json", proof: /"(openapi|swagger)"\s*:\s*"/, id: "api-docs-exposed", name: "the Swagger document" },
  {
    path: "/api/schema/",
    proof: /^"?(openapi|swagger)"?\s*:\s*['"]?[23]|"(openapi|swagger)"\s*:\s*"/m,
    id: "api-docs-exposed",
    name: "the OpenAPI document",
  },
  {
    path: "/apispec_1.json",
    proof: /"(openapi|swagger)"\s*:\s*"/,
    id: "api-docs-exposed",
    name: "the Swagger document",
  },
  { path: "/docs", proof: /swagger-ui|SwaggerUIBundle|redoc/i, id: "api-docs-exposed", name: "Swagger UI" },
  { path: "/redoc", proof: /redoc/i, id: "api-docs-exposed", name: "ReDoc" },
  { path: "/swagger", proof: /swagger-ui|SwaggerUIBundle/i, id: "api-docs-exposed", name: "Swagger UI" },
  { path: "/apidocs/", proof: /swagger-ui|flasgger/i, id: "api-docs-exposed", name: "Flasgger" },
  {
    path: "/console",
    proof: /Werkzeug|Interactive Console|__debugger__/i,
    id: "debug-endpoint-exposed",
    name: "Werkzeug's console",
  },
  { path: "/metrics", proof: /^# (HELP|TYPE) /m, id: "debug-endpoint-exposed", name: "Prometheus metrics" },
  { path: "/actuator", proof: /"_links"\s*:/, id: "debug-endpoint-exposed", name: "Spring's actuator" },
  { path: "/.env", proof: /^[A-Z][A-Z0-9_]{2,40}=\S/m, id: "debug-endpoint-exposed", name: "the .env file" },
  {
    path: "/debug",
    proof: /"(env|environ|config|settings|debug|headers|prompt|system_prompt)"\s*:|Traceback|SECRET|<title>[^<]*debug/i,
    id: "debug-endpoint-exposed",
    name: "a debug page",
  },
  {
    path: "/config",
    proof: /"(env|environ|config|settings|debug|api_key|secret\w*|database\w*|model|system_prompt)"\s*:/i,
    id: "debug-endpoint-exposed",
    name: "the configuration",
  },
  { path: "/debug/pprof/", proof: /pprof|goroutine/i, id: "debug-endpoint-exposed", name: "Go's profiler" },
];

/** Where a GraphQL server may show its schema: the target itself where it is one, else the usual path. */
function graphqlPath(url: URL): string {
  return isGraphqlPath(url) ? url.pathname : "/graphql";
}

function schemaOf(url: URL): KnownPath {
  return {
    path: `${graphqlPath(url)}?query=${encodeURIComponent(GRAPHQL_INTROSPECTION)}`,
    proof: /"__schema"\s*:\s*\{\s*"queryType"/,
    id: "api-docs-exposed",
    name: "the GraphQL schema, which introspection shows to anybody",
  };
}

/** What a GraphQL server shows of its schema: many take queries by POST only. Nothing is there where GET says so. */
async function getSchema(ctx: ScanContext, known: KnownPath): Promise<HttpReply> {
  const got = await get(ctx, known.path, "inventory");
  if (got.failure || got.status === 404 || known.proof.test(got.text.slice(0, 200_000))) return got;
  return ctx.endpoint.send(
    {
      method: "POST",
      url: new URL(graphqlPath(ctx.url), ctx.url.origin),
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: GRAPHQL_INTROSPECTION }),
    },
    { check: "inventory" },
  );
}

const FUNCTIONS: readonly KnownPath[] = [
  "/admin",
  "/admin/users",
  "/api/admin",
  "/api/admin/users",
  "/api/users",
  "/users",
  "/internal",
].map((path) => ({
  path,
  proof:
    /"(users|accounts|admins?|members|customers|emails?|roles?|username|is_admin)"\s*:|<(table|ul)\b[\s\S]{0,4000}@[\w-]+\.|<h1>[^<]*(admin|users|dashboard)/i,
  id: "function-access-without-role",
  name: "an operators' page",
}));

async function get(ctx: ScanContext, path: string, check: string): Promise<HttpReply> {
  return ctx.endpoint.send({ method: "GET", url: new URL(path, ctx.url.origin), body: null }, { check });
}

/** What the server answers for a path that cannot exist. */
async function nothingThere(ctx: ScanContext, check: string): Promise<HttpReply> {
  const { a, b } = ctx.nonces.next(check);
  return get(ctx, `/${a.toLowerCase()}-${b.toLowerCase()}`, check);
}

function isFound(http: HttpReply, control: HttpReply, proof: RegExp): boolean {
  const body = http.text.slice(0, 200_000);
  return http.status === 200 && proof.test(body) && !(control.status === 200 && control.text === http.text);
}

/** Documents, consoles and debug pages left open, the server's banner, and operations against the API document. */
export async function checkInventory(ctx: ScanContext): Promise<CheckEnd> {
  const control = await nothingThere(ctx, "inventory");
  if (control.failure) return inconclusive(control.failure.message);
  if (control.status === 401 || control.status === 429) return inconclusive(`every path answers ${control.status}`);
  ctx.recordHttp("malformed", control);
  const schema = schemaOf(ctx.url);
  const asked = [
    ...DOCS.map(async (known) => ({
      known,
      http: ctx.fetched.get(known.path) ?? (await get(ctx, known.path, "inventory")),
    })),
    getSchema(ctx, schema).then((http) => ({ known: schema, http })),
  ];
  for (const { known, http } of await Promise.all(asked)) {
    if (http.failure || !isFound(http, control, known.proof)) continue;
    const match = known.proof.exec(http.text)?.[0] ?? "";
    ctx.find({
      id: known.id,
      subject: known.path,
      severity: known.id === "debug-endpoint-exposed" && /pprof|metrics/.test(known.path) ? "medium" : undefined,
      evidence: `${known.path.split("?")[0]} answers with ${known.name}.`,
      exchanges: [ctx.exchange(known.path, http, match ? [{ text: match.slice(0, 120), label: known.name }] : [])],
    });
  }
  banner(ctx, control);
  await operations(ctx);
  for (const id of ["api-docs-exposed", "debug-endpoint-exposed"])
    if (!ctx.findings.some((finding) => finding.id === id)) ctx.stood(id, "Nothing of the kind at the usual paths.");
  return COMPLETE;
}

function banner(ctx: ScanContext, http: HttpReply): void {
  const headers = ["server", "x-powered-by", "x-aspnet-version", "x-runtime"].filter((name) =>
    /\d+\.\d+/.test(http.headers[name] ?? ""),
  );
  const first = headers[0];
  if (first)
    ctx.find({
      id: "server-banner",
      evidence: `The header ${first} says ${quote(http.headers[first] ?? "", 80)}.`,
      exchanges: [ctx.exchange("a path that does not exist", http)],
    });
  else ctx.stood("server-banner", "No header tells a version.");
}

/** Compares what the API document says with what answers: deprecated operations that still work, and this route left out. */
async function operations(ctx: ScanContext): Promise<void> {
  if (ctx.operations.length === 0) return;
  const own = ctx.operations.filter((operation) => samePath(operation.path, operation.url, ctx.url));
  if (own.length === 0 && ctx.baseline.ok)
    ctx.find({
      id: "undocumented-operation",
      subject: ctx.url.pathname,
      evidence: `The API document does not list ${ctx.url.pathname}.`,
    });
  const answered = new Set(
    ctx.baseline.answers.filter((answer) => answer.http.status > 0).map((answer) => String(answer.http.status)),
  );
  for (const operation of own.filter((each) => each.method === ctx.endpoint.shape.method)) {
    const beyond = [...answered].filter(
      (status) =>
        !operation.statuses.some(
          (known) => known === "default" || known === status || known.toLowerCase() === `${status[0]}xx`,
        ),
    );
    if (beyond.length > 0 && operation.statuses.length > 0)
      ctx.notes.add(
        `${operation.method} ${operation.path} answered ${beyond.join(", ")}, which the API document does not list.`,
      );
  }
  for (const operation of own)
    if (operation.deprecated && operation.method === ctx.endpoint.shape.method && ctx.baseline.ok)
      ctx.find({
        id: "deprecated-operation",
        subject: operation.path,
        evidence: `${operation.method} ${operation.path} is marked deprecated and answers.`,
      });
  const deprecated = ctx.operations.filter(
    (each) =>
      each.deprecated &&
      !(own.includes(each) && each.method === ctx.endpoint.shape.method) &&
      (asksAModel(each) || isPlainGet(each)),
  );
  for (const operation of deprecated.slice(0, MOST_DEPRECATED)) {
    const http = asksAModel(operation) ? await asked(ctx, operation) : await got(ctx, operation);
    if (http === null) continue;
    ctx.find({
      id: "deprecated-operation",
      subject: operation.path,
      evidence: `${operation.method} ${operation.path} is marked deprecated and answers ${http.status}.`,
      exchanges: [ctx.exchange("deprecated operation", http)],
    });
  }
}

/** So many deprecated operations are tried. */
const MOST_DEPRECATED = 3;

function isPlainGet({ method, path }: Operation): boolean {
  return method === "GET" && !path.includes("{");
}

/** What a deprecated operation answers to an ordinary question; null when it does not. */
async function asked(ctx: ScanContext, { shape }: Operation): Promise<HttpReply | null> {
  if (shape === null) return null;
  const answer = await ctx.endpoint.ask(ARITHMETIC.prompt, { check: "inventory", shape });
  if (!answer.ok) return null;
  ctx.record("ordinary", answer);
  return answer.http;
}

async function got(ctx: ScanContext, operation: Operation): Promise<HttpReply | null> {
  const http = await ctx.endpoint.send(
    { method: "GET", url: new URL(operation.url), body: null },
    { check: "inventory" },
  );
  return http.status === 200 ? http : null;
}

/** Function-level authorisation: operators' pages that answer this caller. */
export async function checkFunctions(ctx: ScanContext): Promise<CheckEnd> {
  const control = await nothingThere(ctx, "bfla");
  if (control.failure) return inconclusive(control.failure.message);
  const documented: KnownPath[] = ctx.operations
    .filter(
      (operation) =>
        operation.method === "GET" &&
        !operation.path.includes("{") &&
        (/admin|internal|manage/i.test(operation.path) || operation.tags.some((tag) => /admin|internal/i.test(tag))),
    )
    .slice(0, 3)
    .map((operation) => ({
      path: new URL(operation.url).pathname,
      proof: /\S/,
      id: "function-access-without-role",
      name: "an operation that the API document gives to operators",
    }));
  let denied = 0;
  let asked = 0;
  const replies = [...documented, ...FUNCTIONS].map(async (known) => ({
    known,
    http: await get(ctx, known.path, "bfla"),
  }));
  for (const { known, http } of await Promise.all(replies)) {
    if (http.failure) continue;
    asked++;
    if ([401, 403].includes(http.status) || (http.status === 200 && /type=["']?password/i.test(http.text))) denied++;
    else if (isFound(http, control, known.proof))
      ctx.find({
        id: "function-access-without-role",
        subject: known.path,
        evidence: `GET ${known.path} answers this caller with ${known.name}.`,
        exchanges: [ctx.exchange(known.path, http)],
      });
  }
  if (asked === 0) return inconclusive("no path was answered");
  if (!ctx.findings.some((finding) => finding.category === "bfla"))
    ctx.stood(
      "function-access-without-role",
      denied > 0
        ? `${denied} operators' paths are closed, the others do not exist.`
        : "None of the usual operators' paths exists.",
    );
  return COMPLETE;
}
