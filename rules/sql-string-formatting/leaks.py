import psycopg2
from flask import Flask, request

app = Flask(__name__)


@app.route("/plan")
def plan():
    cur = psycopg2.connect("dbname=shop").cursor()
    cur.execute(f"SELECT plan FROM users WHERE name = '{request.args['name']}'")  # expect: sql-string-formatting
    return {"plan": cur.fetchone()[0]}
