"""Routes: `/chat/` leaks and `/safe/` does not, both behind Django's CSRF check; `/open/` leaks without it; `/error/` raises.

`/members/` asks for the cookie `sessionid=MEMBER` besides, `/lax/` for any cookie of that name.
"""

import json

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from shop import model

MEMBER = "4c1e9a70-member"
PAGE = "<!doctype html><title>Garden shop</title><p>Ask about plants, tools and orders.</p>"


def leak(request):
    body = json.loads(request.body)
    return JsonResponse({"reply": model.careless(body["message"]), "model": "juniper-1"})


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def chat(request):
    return HttpResponse(PAGE) if request.method == "GET" else leak(request)


@csrf_exempt
@require_http_methods(["POST"])
def open_chat(request):
    return leak(request)


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def safe(request):
    if request.method == "GET":
        return HttpResponse(PAGE)
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(message, str):
        return JsonResponse({"error": "message must be a text"}, status=400)
    if len(message) > 2000:
        return JsonResponse({"error": "message is too long"}, status=413)
    response = JsonResponse({"reply": model.filtered(message)})
    response["RateLimit-Limit"] = "60"
    return response


@ensure_csrf_cookie
def members(request):
    if request.COOKIES.get("sessionid") != MEMBER:
        return JsonResponse({"error": "please sign in"}, status=403)
    return safe(request)


@ensure_csrf_cookie
def lax(request):
    if "sessionid" not in request.COOKIES:
        return JsonResponse({"error": "please sign in"}, status=403)
    return safe(request)


@csrf_exempt
def error(request):
    orders = {"1": "a fern"}
    return JsonResponse({"reply": orders[json.loads(request.body)["message"]]})


urlpatterns = [
    path("chat/", chat),
    path("open/", open_chat),
    path("safe/", safe),
    path("members/", members),
    path("lax/", lax),
    path("error/", error),
]
