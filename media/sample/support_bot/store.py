"""Customers and orders in MongoDB."""
from pymongo import MongoClient

db = MongoClient()["acme"]


def find_customer(customer_id):
    # Every field of the document comes along, whoever needs it.
    return db.customers.find_one({"_id": customer_id})


def find_orders(customer_id):
    return db.orders.find({"customer": customer_id}, {"item": 1, "status": 1})
