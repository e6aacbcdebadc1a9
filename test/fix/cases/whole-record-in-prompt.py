#%% a row in a text
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Ticket(models.Model):
    subject = models.CharField(max_length=80)
    status = models.CharField(max_length=9)
    email = models.EmailField()
    owner = models.ForeignKey("Customer", on_delete=models.CASCADE)


def triage(request, pk):
    ticket = Ticket.objects.get(pk=pk)
    client.responses.create(model="m", max_output_tokens=9, input=f"Triage: {ticket.__dict__}")
    return JsonResponse({"ok": True})

#%% fixed
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Ticket(models.Model):
    subject = models.CharField(max_length=80)
    status = models.CharField(max_length=9)
    email = models.EmailField()
    owner = models.ForeignKey("Customer", on_delete=models.CASCADE)


def triage(request, pk):
    ticket = Ticket.objects.get(pk=pk)
    ticket_fields = {"subject": ticket.subject, "status": ticket.status}
    client.responses.create(model="m", max_output_tokens=9, input=f"Triage: {ticket_fields}")
    return JsonResponse({"ok": True})

#%% rows in a message
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from openai import OpenAI

app = Flask(__name__)
db = SQLAlchemy(app)
client = OpenAI(timeout=10)


class Patient(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    ward = db.Column(db.String(20))
    diagnosis = db.Column(db.String(200))
    visits = db.relationship("Visit")


@app.route("/wards")
def wards():
    patients = Patient.query.all()
    client.chat.completions.create(
        model="m",
        max_tokens=9,
        messages=[{"role": "system", "content": "Count the wards."}, {"role": "user", "content": str(patients)}],
    )
    return jsonify(ok=True)

#%% fixed
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from openai import OpenAI

app = Flask(__name__)
db = SQLAlchemy(app)
client = OpenAI(timeout=10)


class Patient(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    ward = db.Column(db.String(20))
    diagnosis = db.Column(db.String(200))
    visits = db.relationship("Visit")


@app.route("/wards")
def wards():
    patients = Patient.query.all()
    client.chat.completions.create(
        model="m",
        max_tokens=9,
        messages=[{"role": "system", "content": "Count the wards."}, {"role": "user", "content": str([{"ward": row.ward} for row in patients])}],
    )
    return jsonify(ok=True)

#%% named attributes
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Order(models.Model):
    status = models.CharField(max_length=9)
    iban = models.CharField(max_length=34)


class Desk:
    def load(self, pk):
        self.order = Order.objects.get(pk=pk)

    def ask(self):
        prompt = f"Explain {vars(self.order)} in one sentence."
        client.responses.create(model="m", max_output_tokens=9, input=prompt)


def explain(request, pk):
    desk = Desk()
    desk.load(pk)
    desk.ask()
    return JsonResponse({"ok": True})

#%% fixed
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Order(models.Model):
    status = models.CharField(max_length=9)
    iban = models.CharField(max_length=34)


class Desk:
    def load(self, pk):
        self.order = Order.objects.get(pk=pk)

    def ask(self):
        order_fields = {"status": self.order.status}
        prompt = f"Explain {order_fields} in one sentence."
        client.responses.create(model="m", max_output_tokens=9, input=prompt)


def explain(request, pk):
    desk = Desk()
    desk.load(pk)
    desk.ask()
    return JsonResponse({"ok": True})

#%% none: a row that writes itself out
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from openai import OpenAI

app = Flask(__name__)
db = SQLAlchemy(app)
client = OpenAI(timeout=10)


class Account(db.Model):
    plan = db.Column(db.String(20))
    iban = db.Column(db.String(40))

    def to_dict(self):
        return {c.name: getattr(self, c.name) for c in self.__table__.columns}


@app.route("/advice/<int:number>")
def advice(number):
    account = Account.query.get(number)
    prompt = "Advise on " + str(account.to_dict())
    client.responses.create(model="m", max_output_tokens=9, input=prompt)
    return jsonify(ok=True)

#%% none: nobody says which fields there are
from flask import Flask, jsonify
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI(timeout=10)
db = MongoClient()["shop"]


@app.route("/hint/<uid>")
def hint(uid):
    user = db.users.find_one({"_id": uid})
    client.responses.create(model="m", max_output_tokens=9, input=f"Suggest a plan for {user}.")
    return jsonify(ok=True)

#%% none: a text that rows were put into before
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Ticket(models.Model):
    subject = models.CharField(max_length=80)
    email = models.EmailField()


def triage(request):
    tickets = Ticket.objects.all()
    lines = ", ".join(f"<{ticket.__dict__}>" for ticket in tickets)
    client.responses.create(model="m", max_output_tokens=9, input=f"Triage: {lines}")
    return JsonResponse({"ok": True})


#%% none: a row of a comprehension inside a text
from django.db import models
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


class Ticket(models.Model):
    subject = models.CharField(max_length=80)
    email = models.EmailField()


def triage(request):
    tickets = Ticket.objects.all()
    lines = ", ".join(f"<{ticket.__dict__}>" for ticket in tickets)
    client.responses.create(model="m", max_output_tokens=9, input="Triage: " + lines)
    return JsonResponse({"ok": True})
