#%% f-string for psycopg
import psycopg2
from flask import Flask, request

app = Flask(__name__)
conn = psycopg2.connect("dbname=app")


@app.route("/user")
def user():
    cur = conn.cursor()
    cur.execute(f"SELECT id, name FROM users WHERE name = '{request.args['name']}' AND plan = 'gold'")
    return "", 204

#%% fixed
import psycopg2
from flask import Flask, request

app = Flask(__name__)
conn = psycopg2.connect("dbname=app")


@app.route("/user")
def user():
    cur = conn.cursor()
    cur.execute("SELECT id, name FROM users WHERE name = %s AND plan = 'gold'", (request.args['name'],))
    return "", 204

#%% a variable for sqlite
import sqlite3
from flask import Flask, request

app = Flask(__name__)


@app.route("/user/<name>")
def user(name):
    conn = sqlite3.connect("app.db")
    city = request.args["city"]
    query = f"SELECT id FROM users WHERE name = '{name}' AND city LIKE '%{city}%' LIMIT 5"
    conn.execute(query)
    return "", 204

#%% fixed
import sqlite3
from flask import Flask, request

app = Flask(__name__)


@app.route("/user/<name>")
def user(name):
    conn = sqlite3.connect("app.db")
    city = request.args["city"]
    query = "SELECT id FROM users WHERE name = ? AND city LIKE ? LIMIT 5"
    conn.execute(query, (name, f"%{city}%"))
    return "", 204

#%% plus and percent for django
from django.db import connection
from django.http import JsonResponse


def user(request):
    name = request.GET["name"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM users WHERE name = '" + name + "'")
        cursor.execute("SELECT id FROM logins WHERE name = '%s'" % name)
    return JsonResponse({"ok": True})

#%% fixed
from django.db import connection
from django.http import JsonResponse


def user(request):
    name = request.GET["name"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM users WHERE name = %s", (name,))
        cursor.execute("SELECT id FROM logins WHERE name = %s", (name,))
    return JsonResponse({"ok": True})

#%% insert
import sqlite3
from flask import Flask, request

app = Flask(__name__)
conn = sqlite3.connect("app.db")


@app.route("/note", methods=["POST"])
def note():
    text = request.form["text"]
    conn.execute("INSERT INTO notes (text, owner) VALUES ('{}', '{}')".format(text, request.form["owner"]))
    return "", 204

#%% fixed
import sqlite3
from flask import Flask, request

app = Flask(__name__)
conn = sqlite3.connect("app.db")


@app.route("/note", methods=["POST"])
def note():
    text = request.form["text"]
    conn.execute("INSERT INTO notes (text, owner) VALUES (?, ?)", (text, request.form["owner"]))
    return "", 204

#%% none: the name of a table
import psycopg2
from flask import Flask, request

app = Flask(__name__)
conn = psycopg2.connect("dbname=app")


@app.route("/rows")
def rows():
    cur = conn.cursor()
    cur.execute(f"SELECT id FROM {request.args['table']}")
    return "", 204

#%% none: an order
import sqlite3
from flask import Flask, request

app = Flask(__name__)
conn = sqlite3.connect("app.db")


@app.route("/rows")
def rows():
    conn.execute(f"SELECT id FROM users ORDER BY name, {request.args['column']}")
    return "", 204

#%% none: a literal percent sign
import psycopg2
from flask import Flask, request

app = Flask(__name__)
conn = psycopg2.connect("dbname=app")


@app.route("/rows")
def rows():
    cur = conn.cursor()
    cur.execute(f"SELECT id FROM users WHERE share = '5%' AND name = '{request.args['name']}'")
    return "", 204
