/** Services and texts that an app object keeps: what is put into it where the app starts is found where a route reads it. */
import { describe, expect, it } from "vitest";
import { createTestEngine, testPath } from "../support/engine.js";

const service = `from openai import OpenAI


class Clerk:
    def __init__(self):
        self.client = OpenAI()

    def answer(self, text):
        return self.client.responses.create(model="m", instructions="Be kind.", input=text).output_text


class Echo:
    def answer(self, text):
        return len(text)
`;

interface App {
  /** Where the app starts. */
  main: string;
  /** Where it is asked. */
  routes: string;
}

const fast = (kept: string, read: string): App => ({
  main: `from fastapi import FastAPI, Request
from routes import router
from service import Clerk, Echo

${kept}
app.include_router(router)
`,
  routes: `from fastapi import APIRouter, Depends, Request, WebSocket

router = APIRouter()


def get_clerk(request: Request):
    return request.app.state.clerk


${read}
`,
});
const lifespan = `async def lifespan(app: FastAPI):
    app.state.clerk = Clerk()
    app.state.echo = Echo()
    yield


app = FastAPI(lifespan=lifespan)
`;
const route = (expression: string, params = "text: str, request: Request") => `@router.post("/ask")
def ask(${params}):
    return {"answer": ${expression}}`;

const flask = (kept: string, read: string): App => ({
  main: `from flask import Flask
from service import Clerk, Echo


def create_app():
    app = Flask(__name__)
    ${kept}
    from routes import bp
    app.register_blueprint(bp)
    return app
`,
  routes: `from flask import Blueprint, current_app, jsonify, request

bp = Blueprint("bp", __name__)


@bp.post("/ask")
def ask():
    return jsonify(answer=${read})
`,
});

const sent = '.answer(request.json["text"])';
const leaks: Record<string, App> = {
  "state of a lifespan": fast(lifespan, route("request.app.state.clerk.answer(text)")),
  "a dependency that reads it": fast(lifespan, route("clerk.answer(text)", "text: str, clerk=Depends(get_clerk)")),
  "state that the module sets": fast(
    "app = FastAPI()\napp.state.clerk = Clerk()\n",
    route("request.app.state.clerk.answer(text)"),
  ),
  "a handler of the start inside a factory": fast(
    'def create():\n    app = FastAPI()\n\n    @app.on_event("startup")\n    async def start():\n        app.state.clerk = Clerk()\n\n    return app\n\n\napp = create()\n',
    route("request.app.state.clerk.answer(text)"),
  ),
  "the state of a parameter without a type": fast(
    lifespan.replace("app: FastAPI", "app"),
    route("request.app.state.clerk.answer(text)"),
  ),
  "the state of a request that a middleware fills": fast(
    'app = FastAPI()\n\n\n@app.middleware("http")\nasync def fill(request: Request, call_next):\n    request.state.clerk = Clerk()\n    return await call_next(request)\n',
    route("request.state.clerk.answer(text)"),
  ),
  extensions: flask('app.extensions["clerk"] = Clerk()', `current_app.extensions["clerk"]${sent}`),
  "the configuration": flask('app.config["CLERK"] = Clerk()', `current_app.config["CLERK"]${sent}`),
  "an attribute of the app": flask("app.clerk = Clerk()", `current_app.clerk${sent}`),
};
const clean: Record<string, App> = {
  "another name of the state": fast(lifespan, route("request.app.state.echo.answer(text)")),
  "a name that nobody sets": fast(lifespan, route("request.app.state.other.answer(text)")),
  "the state of something else": fast(
    lifespan.replace("app.state.clerk", "app.other.clerk"),
    route("request.app.state.clerk.answer(text)"),
  ),
  "the state of the request": fast(lifespan, route("request.state.clerk.answer(text)")),
  "what else a middleware puts there": fast(
    'app = FastAPI()\n\n\n@app.middleware("http")\nasync def fill(request: Request, call_next):\n    request.state.clerk = Echo()\n    return await call_next(request)\n',
    route("request.state.clerk.answer(text)"),
  ),
  "another extension": flask(
    'app.extensions["clerk"] = Clerk()\n    app.extensions["echo"] = Echo()',
    `current_app.extensions["echo"]${sent}`,
  ),
  "another attribute": flask("app.clerk = Clerk()\n    app.echo = Echo()", `current_app.echo${sent}`),
};

const files = ({ main, routes }: App) => ({ "service.py": service, "main.py": main, "routes.py": routes });

async function reported(of: Record<string, string>, edit?: Record<string, string>): Promise<string[]> {
  const engine = await createTestEngine(of);
  try {
    if (edit) engine.allFindings();
    for (const [name, text] of Object.entries(edit ?? {})) engine.open(testPath(name), text);
    const found = engine.findings(testPath("routes.py")).map((f) => f.rule);
    return found.filter((rule) => rule === "raw-llm-output");
  } finally {
    engine.dispose();
  }
}

describe("what an app keeps", () => {
  it.each(Object.entries(leaks))("%s", async (_, app) => {
    expect(await reported(files(app))).toEqual(["raw-llm-output"]);
  });

  it.each(Object.entries(clean))("%s: nothing is reported", async (_, app) => {
    expect(await reported(files(app))).toEqual([]);
  });

  it("is known anew once something else is put there", async () => {
    const app = files(leaks["state of a lifespan"]!);
    const other = app["main.py"].replace("clerk = Clerk()", "clerk = Echo()");
    expect(await reported(app, { "main.py": other })).toEqual([]);
    expect(await reported({ ...app, "main.py": other }, { "main.py": app["main.py"] })).toEqual(["raw-llm-output"]);
  });
});
