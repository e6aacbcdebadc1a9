import psycopg2
from flask import Flask, request

app = Flask(__name__)


@app.route("/plan")
def plan():
    cur = psycopg2.connect("dbname=shop").cursor()
    cur.execute("SELECT plan FROM users WHERE name = %s", (request.args['name'],))
    return {"plan": cur.fetchone()[0]}
