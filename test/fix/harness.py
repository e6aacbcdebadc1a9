"""Runs the code of a fixture against small stand-ins for the libraries that it uses, and tells what they were given."""
import json
import logging
import os
import sqlite3
import sys
import types

SECRETS = {"email": "ann@example.org", "phone": "+39 06 555", "ssn": "123-45-6789"}
RECORD = {
    "_id": "7", "id": "7", "name": "Ann", "plan": "gold", "city": "Rome", "job": "baker", "title": "Bread", "teaser": "Fresh", "lang": "en",
    "address": {"city": "Rome"}, "display_name": "Ann B", "country": "Italy", "label": "A", "status": "open", "product": "roll", "amount": 3,
    "created_at": "today", "Name": "Ann", "first-order": "1", "_rank": "2", **SECRETS,
}
REPLY = "Write to bob@example.org, 123-45-6789."
ROLES = {"system", "user", "assistant", "developer"}
CHAT_ARGUMENTS = set("model messages max_tokens temperature top_p n stop stream presence_penalty frequency_penalty user seed logprobs".split())
COMPLETION_MODELS = ("text-", "davinci", "curie", "babbage", "ada", "gpt-3.5-turbo-instruct")
RESERVED = {"name", "status", "order", "user", "date", "count"}


class Thing(dict):
    """Read by key and by attribute, as the SDKs' answers are."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Sent(dict):
    """What a client sent: every field is there, and says that it is the user's."""

    def __missing__(self, key):
        return f"USER:{key}"

    def get(self, key, default=None):
        return self[key]


class Log:
    def __init__(self):
        self.chat, self.prompts, self.fetched, self.runs, self.logged, self.deferred = [], [], [], [], [], []


log = Log()


def check_messages(messages):
    assert isinstance(messages, list) and messages, "messages is no list"
    for m in messages:
        assert set(m) == {"role", "content"} and m["role"] in ROLES, m
        assert isinstance(m["content"], str) and m["content"], m


def chat(**kw):
    unknown = set(kw) - CHAT_ARGUMENTS
    assert not unknown, f"the chat call does not know {unknown}"
    assert not kw["model"].startswith(COMPLETION_MODELS), kw["model"]
    check_messages(kw["messages"])
    log.chat.append([(m["role"], m["content"]) for m in kw["messages"]])
    choice = Thing(message=Thing(role="assistant", content=REPLY), finish_reason="stop", index=0)
    return Thing(choices=[choice] * (kw.get("n") or 1), usage=Thing(total_tokens=9), model=kw["model"])


def complete(**kw):
    assert isinstance(kw["prompt"], str)
    log.prompts.append(kw["prompt"])
    return Thing(choices=[Thing(text=REPLY, index=0)] * (kw.get("n") or 1), usage=Thing(total_tokens=9))


class OpenAI:
    def __init__(self, *args, **kw):
        space = types.SimpleNamespace
        self.chat = space(completions=space(create=chat))
        self.completions = space(create=complete)
        self.responses = space(create=self.respond)

    @staticmethod
    def respond(model, input, instructions=None):
        texts = [("user", input)]
        log.chat.append(([("system", instructions)] if instructions else []) + texts)
        return types.SimpleNamespace(output_text=REPLY)


class Anthropic:
    def __init__(self):
        self.messages = types.SimpleNamespace(create=self.create)

    @staticmethod
    def create(*, model, max_tokens, messages, system=None):
        check_messages(messages)
        assert all(m["role"] != "system" for m in messages)
        log.chat.append(([("system", system)] if system else []) + [(m["role"], m["content"]) for m in messages])
        return types.SimpleNamespace(content=[types.SimpleNamespace(text=REPLY)])


class ChatOpenAI:
    def __init__(self, **kw):
        pass

    def invoke(self, value):
        names = {"human": "user"}
        log.chat.append([("user", value)] if isinstance(value, str) else [(names.get(r, r), t) for r, t in value])
        return types.SimpleNamespace(content=REPLY)


class Flask:
    def __init__(self, name):
        self.routes, self.handlers, self.config, self.debug = [], [], {}, False
        self.logger = logging.getLogger("app")
        self.wsgi_app = None
        apps.append(self)

    def route(self, path, **kw):
        return lambda f: self.routes.append((path, f)) or f

    def errorhandler(self, kind):
        return lambda f: self.handlers.append(f) or f

    def run(self, host=None, port=None, debug=None, **kw):
        log.runs.append({"debug": bool(debug), **{k: v for k, v in kw.items() if k == "use_debugger"}})


apps = []


def plain(value):
    return json.loads(json.dumps(value, default=str))


def jsonify(*args, **kw):
    return plain(args[0] if args else kw)


def project(record, names):
    return {k: v for k, v in record.items() if names is None or k in names}


class Cursor(list):
    def sort(self, *args, **kw):
        return self

    def limit(self, n):
        return self


class Collection:
    def find_one(self, filter=None, projection=None):
        got = project(RECORD, set(projection) | {"_id"} if projection else None)
        log.fetched.append(sorted(got))
        return got

    def find(self, filter=None, projection=None):
        return Cursor([self.find_one(filter, projection)])


class Database:
    def __getattr__(self, name):
        return Collection()

    __getitem__ = __getattr__


class MongoClient:
    app = Database()


class Table:
    def __init__(self, typed=False):
        self.typed = typed

    def fetch(self, ProjectionExpression=None, ExpressionAttributeNames=None, **kw):
        known = ExpressionAttributeNames or {}
        used = str(kw.get("FilterExpression", "")) + str(ProjectionExpression or "")
        for placeholder in known:
            assert placeholder in used, f"{placeholder} is unused"
        names = None
        if ProjectionExpression is not None:
            names = []
            for part in ProjectionExpression.split(","):
                part = part.strip()
                if part.startswith("#"):
                    names.append(known[part])
                else:
                    assert part.lower() not in RESERVED, f"{part} is reserved"
                    assert part.replace("_", "").isalnum() and part[0].isalpha(), part
                    names.append(part)
        got = project({k: v for k, v in RECORD.items() if k != "_id"}, names)
        log.fetched.append(sorted(got))
        return {k: {"S": v} for k, v in got.items()} if self.typed else got

    def get_item(self, Key, TableName=None, **kw):
        return {"Item": self.fetch(**kw)}

    def query(self, **kw):
        return {"Items": [self.fetch(**kw)], "Count": 1}

    scan = query


def database():
    db = sqlite3.connect(":memory:")
    for table in ("users", "orders"):
        columns = {k: str(v) for k, v in RECORD.items() if k.isidentifier() and k not in ("_id", "_rank", "Name")}
        columns.update(user_id="7", created="1")
        db.execute(f"create table {table} ({', '.join(columns)})")
        db.execute(f"insert into {table} values ({', '.join('?' * len(columns))})", list(columns.values()))
    return db


class SqlCursor:
    def __init__(self, raw):
        self.raw = raw

    def execute(self, sql, args=()):
        self.raw.execute(sql.replace("%s", "?"), args)
        log.fetched.append(sorted(d[0] for d in self.raw.description))
        return self

    def row(self, got):
        return got and {d[0]: v for d, v in zip(self.raw.description, got)}

    def fetchone(self):
        return self.row(self.raw.fetchone())

    def fetchall(self):
        return [self.row(r) for r in self.raw.fetchall()]

    def __iter__(self):
        return iter(self.fetchall())

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


class SqlConnection:
    def __init__(self, *args, **kw):
        self.raw = database()

    def cursor(self, **kw):
        return SqlCursor(self.raw.cursor())

    def execute(self, sql, args=()):
        return self.cursor().execute(sql, args)

    def close(self):
        pass

    __enter__, __exit__ = SqlCursor.__enter__, SqlCursor.__exit__


class QuerySet:
    def __init__(self, model, names=None):
        self.model, self.names = model, names

    def only(self, *names):
        for name in names:
            assert name == "pk" or name.removesuffix("_id") in self.model.columns(), f"{name} is no field"
        return QuerySet(self.model, set(names))

    def same(self, *args, **kw):
        return self

    filter = order_by = all = exclude = same

    def values(self, *names):
        row = {k: RECORD.get(k, "7") for k in names or self.model.columns()}
        log.fetched.append(sorted(row))
        return [row]

    def __iter__(self):
        return iter([self.get()])

    def __getitem__(self, key):
        return self

    def get(self, **kw):
        got = self.model()
        object.__setattr__(got, "loaded", self.names)
        log.fetched.append(sorted(self.names or self.model.columns()))
        return got

    first = get


class Field:
    def __init__(self, *args, **kw):
        pass


class Model:
    loaded = None

    def __init_subclass__(cls):
        cls.objects = QuerySet(cls)

    @classmethod
    def columns(cls):
        return {k for k, v in vars(cls).items() if isinstance(v, Field)}

    def __getattribute__(self, name):
        columns = type(self).columns()
        if name == "pk" or name.removesuffix("_id") in columns:
            if self.loaded is not None and name not in self.loaded and name != "pk":
                log.deferred.append(name)
            return str(RECORD.get(name, "7"))
        return object.__getattribute__(self, name)


def order(item):
    raise ValueError("postgres://app:pw@db/shop")


class Capture(logging.Handler):
    def emit(self, record):
        log.logged.append({"text": record.getMessage(), "trace": bool(record.exc_info and record.exc_info[0])})


def module(name, **names):
    mod = types.ModuleType(name)
    mod.__dict__.update(names)
    sys.modules[name] = mod
    return mod


def install():
    request = types.SimpleNamespace(json=Sent(), form=Sent(), args=Sent(), get_json=lambda **kw: Sent(), POST=Sent())
    flask = module("flask", Flask=Flask, Blueprint=lambda *a: Flask(a[0]), jsonify=jsonify, request=request)
    flask.Response = lambda body, **kw: body
    space = types.SimpleNamespace
    module("openai", OpenAI=OpenAI, ChatCompletion=space(create=chat), Completion=space(create=complete))
    module("anthropic", Anthropic=Anthropic)
    module("litellm", completion=chat)
    module("langchain_openai", ChatOpenAI=ChatOpenAI)
    module("pymongo", MongoClient=MongoClient)
    module("boto3", resource=lambda name: space(Table=lambda t: Table()), client=lambda name: Table(typed=True))
    module("psycopg2", connect=SqlConnection)
    module("psycopg2.extras", RealDictCursor=object)
    module("sqlite3", connect=SqlConnection, Row=object)
    module("shop", order=order)
    module("django")
    module("django.http", JsonResponse=jsonify, HttpResponse=lambda body, **kw: body)
    module("django.shortcuts", get_object_or_404=lambda m, **kw: getattr(m, "objects", m).get(**kw))
    fields = {k: Field for k in "CharField EmailField ForeignKey ManyToManyField".split()}
    models = module("django.db.models", Model=Model, CASCADE=1, **fields)
    module("django.db", models=models)
    return request


def run(source, name):
    """Runs a module as the main one, then each of its views once. Gives back what was seen, as JSON."""
    global log
    log = Log()
    apps.clear()
    for key in ("FLASK_DEBUG", "FLASK_ENV"):
        os.environ.pop(key, None)
    os.environ["MODEL"] = "gpt-4o"
    request = install()
    root = logging.getLogger()
    root.handlers[:] = [Capture()]
    space = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), space)
    answers = []
    for app in apps:
        for path, view in app.routes:
            answers.append(plain(view(**({"user_id": "7"} if "<user_id>" in path else {}))))
        for handler in app.handlers:
            answers.append(plain(handler(order_error())))
    for view in ("summary", "place", "joke"):
        if not apps and view in space:
            answers.append(plain(space[view](request, **({"pk": 7} if "pk" in space[view].__code__.co_varnames else {}))))
    return json.dumps({
        "answers": answers, "chat": log.chat, "prompts": log.prompts, "fetched": log.fetched, "runs": log.runs, "logged": log.logged,
        "deferred": log.deferred, "app_debug": [a.debug or bool(a.config.get("DEBUG")) for a in apps],
        "environment": {k: os.environ.get(k) for k in ("FLASK_DEBUG", "FLASK_ENV")}, "config_class": getattr(space.get("Config"), "DEBUG", None),
    })


def order_error():
    try:
        order(None)
    except ValueError as e:
        return e


def compiles(source, name):
    compile(source, name, "exec")
    return True
