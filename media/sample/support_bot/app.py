"""A support bot as many are built in a hurry: it works, and it leaks at every step.

This file is a bad example on purpose. safe_app.py beside it does the same without the leaks.
"""
from flask import Flask, jsonify, request

from support_bot.llm import ask, ask_about
from support_bot.store import find_customer, find_orders

app = Flask(__name__)


@app.route("/chat", methods=["POST"])
def chat():
    question = request.json["question"]
    # The caller's words become part of the instructions.
    answer = ask(f"You are the support bot of Acme Outdoor. Answer politely. The customer says: {question}")
    # The model's words go out as they are.
    return jsonify({"answer": answer})


@app.route("/customers/<customer_id>/summary")
def customer_summary(customer_id):
    customer = find_customer(customer_id)
    # The model gets to see an e-mail address and a card number.
    answer = ask_about(
        f"Name: {customer['name']}, e-mail: {customer['email']}, card: {customer['card_number']}",
        "Summarise this customer for a support agent.",
    )
    return jsonify({"summary": answer})


@app.route("/customers/<customer_id>/orders")
def order_status(customer_id):
    try:
        orders = find_orders(customer_id)
        lines = [f"{order['item']}: {order['status']}" for order in orders]
        return jsonify({"answer": ask_about("\n".join(lines), "Where are the parcels?")})
    except Exception as error:
        # Addresses, paths and queries of the inside reach the caller.
        return jsonify({"error": str(error)}), 500


if __name__ == "__main__":
    # Whoever meets an error gets a Python console.
    app.run(host="0.0.0.0", debug=True)
